import { createHash } from 'node:crypto';
import { severityOf } from '../../queries/remedy/plan.ts';
import { showHoles, type CoverageEntry, type Finding, type Fix, type Severity } from '../../schema/index.ts';
import { escape } from '../formats/markdown.ts';
import { capability, hopRef, hopSource } from '../text/hops.ts';
import { placeOf } from '../text/fixes.ts';
import { TrackerRefused, type Known, type Ticket, type Tracker } from '../trackers/tracker.ts';
import type { Remedies } from './remedies.ts';

const DAYS: Record<Severity, number> = { critical: 7, high: 30, medium: 90, low: 180, info: 365 };

export interface TicketOptions { today: Date; /** Before `path#L1`, '' = no links. */ linkBase: string; labels: readonly string[]; assignee?: string; dryRun: boolean; log: (text: string) => void }
export interface Done { action: 'create' | 'update' | 'reopen' | 'close' | 'keep' | 'failed'; fix: string; title: string; ref?: string; why?: string }

/** One ticket per fix of the plan. The text depends on the fix and its findings only, so that an equal fix gives an equal ticket. */
export function ticketOf(fix: Fix, r: Remedies, o: TicketOptions): Ticket {
  const findings = r.findings.filter((f) => fix.closes.includes(f.fingerprint));
  const worst = findings[0]!;
  const severity = severityOf(fix, r.findings);
  const diff = r.diffs?.get(fix.id);
  const link = (file: string, line: number | undefined, text: string): string => (o.linkBase ? `[\`${text}\`](${o.linkBase}${encodeURI(file)}${line ? `#L${line}` : ''})` : `\`${text}\``);
  const code = (s: string): string => s.replace(/`/g, '');
  const body = [
    `${escape(`Closes ${fix.closes.length} attack path${fix.closes.length === 1 ? '' : 's'}; the worst: ${worst.title}.`)}`, '',
    `**${severity}** · ${worst.verdict} · rules ${fix.rules.join(', ') || 'none'}${worst.owner ? ` · owner ${escape(worst.owner)}` : ''}`, '',
    '## What to change', '', `${escape(fix.text)}, at ${fix.source?.file ? link(fix.source.file, fix.source.startLine, code(placeOf(fix))) : `\`${code(placeOf(fix))}\``}.`, '',
    ...(diff ? [fenced(diff, 'diff'), ''] : []),
    ...(fix.mightBreak.length > 0 ? ['Might break:', '', ...fix.mightBreak.map((b) => `- ${escape(b)}`), ''] : []),
    '## The worst path', '', ...worst.path.hops.map((h, i) => { const s = hopRef(h); return `${i + 1}. ${escape(capability(h))} (${h.verdict})${s?.file ? `, ${link(s.file, s.startLine, code(hopSource(h)))}` : ''}: ${escape(h.says)}`; }), '',
    ...(worst.requires.length > 0 ? [`Holds if: ${worst.requires.map(escape).join('; ')}.`, ''] : []),
    '## Closes', '', ...findings.slice(0, 30).map((f) => `- ${f.severity}: ${escape(f.title)}`), ...(findings.length > 30 ? [`- … and ${findings.length - 30} more`] : []), '',
    `Proof: the change was applied to the graph and analysed again; these paths are gone and none is new.${r.patched.get(fix.id)?.startsWith('patched') ? ' The patched code was read again with the same answer.' : ''}`,
  ].join('\n');
  const title = `${fix.op === 'remove' ? 'Remove' : fix.op === 'add' ? 'Add' : 'Narrow'} ${fix.what}: ${showHoles(fix.node.name)} (closes ${fix.closes.length})`.replace(/[\r\n]+/g, ' ').slice(0, 200);
  const sources = [...new Map(findings.flatMap((f) => [f.subject.definedAt, fix.source]).flatMap((s) => (s?.file ? [[`${s.source}|${s.file}`, { source: s.source, file: s.file }] as const] : []))).values()];
  const due = new Date(o.today.getTime() + DAYS[severity] * 86_400_000).toISOString().slice(0, 10);
  const hash = createHash('sha256').update(title).update(body).digest('hex').slice(0, 16);
  return { fixId: fix.id, title, body, severity, labels: [...o.labels, `severity:${severity}`], ...(o.assignee && { assignee: o.assignee }), meta: { fix: fix.id, hash, due, findings: [...fix.closes], sources } };
}

/** A fence that the text in it cannot end. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((m) => m[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}

/** Brings the tracker in line with the plan. What fails is said and the rest is done; a tracker that refuses everything stops it. */
export async function syncTickets(tracker: Tracker, r: Remedies, o: TicketOptions): Promise<Done[]> {
  const done: Done[] = [];
  const there = await tracker.find();
  const known = new Map<string, Known>();
  const step = async (d: Done, work: () => Promise<Known | void>): Promise<void> => {
    try {
      const k = o.dryRun || d.action === 'keep' ? undefined : await work();
      done.push({ ...d, ...(k && { ref: k.ref }) });
    } catch (e) {
      if (e instanceof TrackerRefused) throw e;
      done.push({ ...d, action: 'failed', why: `${d.action}: ${(e as Error).message}` });
    }
  };
  for (const k of there ?? []) {
    if (!known.has(k.meta.fix)) known.set(k.meta.fix, k);
    else if (k.open) await step({ action: 'close', fix: k.meta.fix, title: k.ref, ref: k.ref, why: `the same fix as ${known.get(k.meta.fix)!.ref}` }, () => tracker.close(k, `the same fix as ${known.get(k.meta.fix)!.ref}`));
  }
  const wanted = new Set<string>();
  for (const fix of r.plan.fixes) {
    let t = ticketOf(fix, r, o);
    wanted.add(t.fixId);
    const k = known.get(t.fixId);
    if (k) t = { ...t, meta: { ...t.meta, due: k.open ? k.meta.due : t.meta.due } };
    t = { ...t, body: `Due ${t.meta.due}.\n\n${t.body}` };
    const about = { fix: t.fixId, title: t.title, ...(k && { ref: k.ref }) };
    if (!k) await step({ ...about, action: 'create' }, () => tracker.create(t));
    else if (!k.open) await step({ ...about, action: 'reopen', why: 'the path is back' }, () => tracker.reopen(k, t));
    else if (k.meta.hash !== t.meta.hash) await step({ ...about, action: 'update' }, () => tracker.update(k, t));
    else await step({ ...about, action: 'keep' }, () => Promise.resolve());
  }
  for (const k of known.values()) {
    if (!k.open || wanted.has(k.meta.fix)) continue;
    const verdict = landed(k, r.findings, r.coverage);
    const about = { fix: k.meta.fix, title: k.ref, ref: k.ref };
    if (verdict.close) await step({ ...about, action: 'close', why: verdict.why }, () => tracker.close(k, verdict.why));
    else done.push({ ...about, action: 'keep', why: verdict.why });
  }
  return done;
}

/** A ticket closes when none of its paths is open any more, and what they were made of was read this time. */
function landed(k: Known, findings: readonly Finding[], coverage: readonly CoverageEntry[]): { close: boolean; why: string } {
  const mine = findings.filter((f) => k.meta.findings.includes(f.fingerprint));
  if (mine.some((f) => f.state === 'open')) return { close: false, why: 'its paths are still there' };
  for (const s of k.meta.sources) {
    const of = coverage.filter((c) => c.source === s.source && (c.input === '' || c.input === '.' || c.input === s.file || s.file.startsWith(`${c.input}/`)));
    if (of.length === 0 || of.some((c) => c.status !== 'read' && c.status !== 'partial') || of.some((c) => c.problems.some((p) => p.source?.file === s.file && /parse|unreadable|too-large/.test(p.code)))) return { close: false, why: `${s.file} was not read this time` };
  }
  return { close: true, why: mine.length > 0 ? 'accepted as a risk' : 'the paths are gone' };
}
