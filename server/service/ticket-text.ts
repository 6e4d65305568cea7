import { createHash } from 'node:crypto';
import { severityOf } from '../../queries/remedy/plan.ts';
import { ruleFiles } from '../../queries/rules/index.ts';
import { showHoles, type Finding, type Fix, type Severity, type SourceRef } from '../../schema/index.ts';
import { hopRef } from '../text/hops.ts';
import { requiresText } from '../text/requires.ts';
import { plain, type Block, type Inline } from '../trackers/text/document.ts';
import type { Ticket } from '../trackers/tracker.ts';
import type { Remedies } from './remedies.ts';

const DAYS: Record<Severity, number> = { critical: 7, high: 30, medium: 90, low: 180, info: 365 };
const LISTED = 30;
const TITLE = 200;

export interface TextOptions { today: Date; /** Before `path#L1`, '' = no links. */ linkBase: string; labels: readonly string[]; assignee?: string }

export const dueOf = (severity: Severity, today: Date): string => new Date(today.getTime() + DAYS[severity] * 86_400_000).toISOString().slice(0, 10);

/** One ticket per fix of the plan. The text depends on the fix, its findings and `due` only, so that an equal fix gives an equal ticket. */
export function ticketOf(fix: Fix, r: Remedies, o: TextOptions, dueBefore?: string): Ticket {
  const closes = new Set(fix.closes);
  const findings = r.findings.filter((f) => closes.has(f.fingerprint));
  const worst = findings[0]!;
  const severity = severityOf(fix, r.findings);
  const today = dueOf(severity, o.today);
  const due = dueBefore !== undefined && dueBefore < today ? dueBefore : today;
  const title = titleOf(fix, worst, findings.length);
  const blocks = [...whyBlocks(worst, findings, severity, due), ...changeBlocks(fix, r, o), ...pathBlocks(worst, o), ...endBlocks(fix, findings, r)];
  const files = findings.flatMap((f) => [f.subject.definedAt, fix.source]).flatMap((s) => (s?.file ? [[`${s.source}|${s.file}`, { source: s.source, file: s.file }] as const] : []));
  const meta = { fix: fix.id, hash: createHash('sha256').update(title).update(JSON.stringify(blocks)).digest('hex').slice(0, 16), due, ...(r.scope !== undefined && { scope: r.scope }), findings: [...fix.closes], sources: [...new Map(files).values()] };
  return { fixId: fix.id, title, blocks, severity, labels: [...o.labels, `severity:${severity}`], ...(o.assignee && { assignee: o.assignee }), meta };
}

/** What to do, and what it stops. */
function titleOf(fix: Fix, worst: Finding, n: number): string {
  const more = n > 1 ? ` (and ${n - 1} more)` : '';
  const head = `${clip(upper(doing(fix)), TITLE / 2)}. Stops: `;
  return plain(`${head}${clip(lower(worst.title), TITLE - head.length - more.length)}${more}`).replace(/@/g, '@\u200b');
}

/** An action list is for the text of the ticket; the title says what is taken away. */
function doing(fix: Fix): string {
  const text = plain(fix.text);
  const [, where, what] = /^(in [^,]+), allow .*: without ([^:]+)$/.exec(text) ?? [];
  return where === undefined ? text : `${where}, take away ${what}`;
}
const clip = (s: string, max: number): string => (s.length <= max ? s : `${s.slice(0, max - 1).replace(/[\s,]+\S*$/, '')}…`);
const lower = (s: string): string => (/^(Anyone|An?|The|Agent|Every|Who) /.test(s) ? s[0]!.toLowerCase() + s.slice(1) : s);
const upper = (s: string): string => (/^[a-z]+ /.test(s) ? s[0]!.toUpperCase() + s.slice(1) : s);

function whyBlocks(worst: Finding, findings: readonly Finding[], severity: Severity, due: string): Block[] {
  const owners = [...new Set(findings.flatMap((f) => f.owner ?? []))];
  const n = findings.length - 1;
  return [
    { paragraph: [{ strong: `${worst.title}.` }, n > 0 ? ` This one change closes that path and ${n} more.` : ' This change closes that path.'] },
    ...(worst.score.why ? [{ paragraph: [scoreText(worst)] }] : []),
    { bullets: [
      [{ strong: 'Severity' }, ` ${severity}`], [{ strong: 'Due' }, ` ${due}`],
      [{ strong: 'Verdict' }, ` ${verdictText(worst)}`],
      [{ strong: 'Owner' }, owners.length > 0 ? ` ${owners.join(', ')}` : ' nobody is named: no tag, CODEOWNERS line or overreach.yaml says whose it is'],
    ] },
  ];
}

/** The reasons of the score; where a rule set the severity higher than the score says, by which. */
function scoreText(f: Finding): string {
  const why = upper(f.score.why.replace(/^\w+ \d+: /, '').replace(/ \(E\d\)/g, '').replace(/\.$/, ''));
  return `${why}.${f.score.raised === undefined ? '' : ` Severity ${f.score.raised}.`}`;
}

function verdictText(f: Finding): string {
  if (f.verdict === 'proven') return 'proven by what was read';
  const holds = f.requires.length > 0 ? `: ${requiresText(f.requires)}` : '';
  return f.verdict === 'conditional' ? `conditional, it holds if this does${holds}` : `unknown, a fact that decides it was not read${holds}`;
}

function changeBlocks(fix: Fix, r: Remedies, o: TextOptions): Block[] {
  const diff = r.diffs?.get(fix.id);
  const no = r.patched.get(fix.id) ?? (fix.noPatch === undefined ? undefined : `no patch: ${fix.noPatch}`);
  return [
    { heading: 'What to change' },
    { paragraph: [upper(fix.text), ...(fix.source?.file ? [', at ', ...places(fix.source, o)] : fix.node.address ? [', at ', { code: fix.node.address }] : []), '.'] },
    ...(diff ? [{ source: diff, language: 'diff' }, { paragraph: ['Save it as ', { code: 'fix.diff' }, ' and run ', { code: 'git apply fix.diff' }, ' in the folder that was scanned.'] }]
      : no?.startsWith('no patch') ? [{ paragraph: [`There is no ready patch${no.slice('no patch'.length)}.`.replace(/\.\.$/, '.')] }] : []),
    ...(fix.mightBreak.length > 0 ? [{ heading: 'What it might break' }, { bullets: fix.mightBreak.map((b) => [upper(b)]) }] : []),
  ];
}

/** The line, and for code in a module the calls that make this instance of it, nearest first. */
function places(s: SourceRef, o: TextOptions): Inline[] {
  const one = (file: string, line: number | undefined): Inline => ({ code: line ? `${file}:${line}` : file, ...(o.linkBase && { href: o.linkBase + encodeURI(file).replace(/[()#?]/g, (c) => `%${c.charCodeAt(0).toString(16)}`) + (line ? `#L${line}` : '') }) });
  return [one(s.file!, s.startLine), ...(s.moduleChain ?? []).toReversed().flatMap((m) => [', called at ', one(m.file, m.startLine)])];
}

function pathBlocks(worst: Finding, o: TextOptions): Block[] {
  return [
    { heading: 'The worst path, step by step' }, { paragraph: [`It starts with: ${showHoles(worst.path.start.says)}.`] },
    { numbered: worst.path.hops.map((h) => {
      const s = hopRef(h);
      return [{ strong: `${upper(h.says)}.` }, ` ${h.verdict === 'proven' ? 'Proven' : h.verdict === 'conditional' ? 'Conditional' : 'Unknown'}${h.requires.length > 0 ? `: ${h.requires.join('; ')}` : ''}`, ...(s?.file ? [', ', ...places(s, o)] : []), '.'];
    }) },
  ];
}

const TITLES = new Map(ruleFiles.map((r) => [r.rule.id, r.rule.title]));
const ruleText = (id: string): Inline[] => (TITLES.has(id) ? [{ code: id }, ` ${TITLES.get(id)!}`] : [{ code: id }]);

function endBlocks(fix: Fix, findings: readonly Finding[], r: Remedies): Block[] {
  const listed: Inline[][] = findings.slice(0, LISTED).map((f) => [`${f.severity}, ${f.verdict}: ${f.title} `, { code: f.fingerprint.slice(0, 12) }]);
  return [
    { heading: 'What it closes' }, { bullets: [...listed, ...(findings.length > LISTED ? [[`… and ${findings.length - LISTED} more`]] : [])] },
    ...(fix.rules.length > 0 ? [{ heading: 'Rules that see it' }, { bullets: fix.rules.map(ruleText) }] : []),
    { heading: 'Proof' },
    { paragraph: [`The change was applied to the graph and everything was analysed again: ${findings.length === 1 ? 'this path is' : 'these paths are'} gone and no new one is there.${r.patched.get(fix.id)?.startsWith('patched') ? ' The patched code was read again with the same answer.' : ''}`] },
    { heading: 'How it ends' },
    { paragraph: ['This ticket closes when a scan reads the code again and the paths are gone, and opens again when one returns. To keep the risk instead, for a time, name who answers for it', findings.length > 1 ? ', for each path by its id above: ' : ': ', { code: `overreach accept ${findings[0]!.fingerprint.slice(0, 12)} --owner <who> --reason <why> --until <date>` }, '.'] },
  ];
}
