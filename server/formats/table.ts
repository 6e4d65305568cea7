import { becomes } from '../../queries/review/principal-list.ts';
import { showHoles, type AnalysisResult, type Finding } from '../../schema/index.ts';
import type { Format, FormatOptions } from '../formats.ts';
import { placeText } from '../text/hops.ts';
import { pathLines } from '../text/path.ts';
import { columns, cut, painter, type Painter } from '../text/style.ts';

const SCREEN = 40;

function worst(f: Finding, p: Painter, width: number): string[] {
  const out = [`${p.severity(f.severity, f.severity.toUpperCase())} ${f.score.value}  ${p.bold(f.title)}  ${p.dim(`${f.verdict} · ${f.rules.join(' ')} · ${f.fingerprint.slice(0, 12)}`)}`];
  out.push(...pathLines(f.path, p, width));
  if (f.score.why) out.push(`  ${p.dim(cut(f.score.why, width - 4))}`);
  return out;
}

function table(findings: readonly Finding[], p: Painter, width: number): string[] {
  const rows = findings.map((f) => [f.severity, String(f.score.value), f.verdict, f.title, f.rules.map((r) => r.replace('AGT-', '')).join(' '), placeText(f.subject.definedAt), f.fingerprint.slice(0, 8)]);
  return columns([['severity', 'score', 'verdict', 'finding', 'rules', 'agent defined at', 'id'], ...rows], [8, 5, 11, Math.max(48, width - 95), 24, 62, 8], (c, y, i) => (y === 0 ? p.dim(c) : i === 0 ? p.severity(findings[y - 1]!.severity, c) : c));
}

function coverage(r: AnalysisResult): string[] {
  const read = r.coverage.filter((c) => c.status === 'read' || c.status === 'partial');
  const out = [`read ${read.length} input${read.length === 1 ? '' : 's'}, ${read.reduce((n, c) => n + c.resources, 0)} resources → ${r.counts.nodes} nodes, ${r.counts.edges} edges, ${r.counts.facts} facts`];
  const unread = new Map<string, number>();
  for (const c of r.coverage) if (c.status === 'recognised-not-read') unread.set(c.source, (unread.get(c.source) ?? 0) + 1);
  if (unread.size > 0) out.push(`recognised, not read: ${[...unread].map(([s, n]) => `${n} ${s}`).join(', ')}`);
  const problems = r.coverage.flatMap((c) => c.problems);
  const errors = problems.filter((x) => ['parse-error', 'unreadable', 'too-large', 'outside-root', 'symlink-loop'].includes(x.code));
  for (const e of errors.slice(0, 3)) out.push(`could not read ${e.source?.file ?? e.subject ?? ''}${e.source?.startLine ? `:${e.source.startLine}` : ''}: ${e.message}`);
  if (errors.length > 3) out.push(`… and ${errors.length - 3} more that could not be read`);
  const unmapped = new Map<string, number>();
  for (const c of r.coverage) for (const [t, n] of Object.entries(c.unmapped)) unmapped.set(t, (unmapped.get(t) ?? 0) + n);
  if (unmapped.size > 0) out.push(`types without a meaning here: ${[...unmapped].sort((a, b) => b[1] - a[1]).slice(0, 4).map(([t, n]) => `${t} ×${n}`).join(', ')}${unmapped.size > 4 ? ` and ${unmapped.size - 4} more` : ''}`);
  const open = problems.length - errors.length;
  if (open > 0) out.push(`${open} things could not be resolved (--format json lists them with file and line)`);
  if (r.missingLayers.length > 0) out.push(`layers not in the input: ${r.missingLayers.join(', ')}`);
  const waiting = r.rules.filter((x) => !x.evaluated);
  if (waiting.length > 0) out.push(`rules not evaluated: ${waiting.map((x) => `${x.id} (needs ${x.needs.join(', ')})`).slice(0, 4).join(', ')}${waiting.length > 4 ? ` and ${waiting.length - 4} more` : ''}`);
  return out;
}

/** The first screen: the worst path hop by hop, then all findings, then what could not be decided. At most 40 lines. */
function render(r: AnalysisResult, o: FormatOptions): string {
  const p = painter(o.color);
  const open = r.findings.filter((f) => f.state === 'open');
  const out: string[] = [];
  if (open[0]) out.push(...worst(open[0], p, o.width), '');
  else out.push(p.bold('No attack path was found within what was read.'), '');
  const tail: string[] = [];
  const posture = r.posture.filter((x) => x.state === 'open').length;
  const escalating = r.principals.filter(becomes);
  const admins = r.principals.filter((x) => x.isAdmin.value).length;
  const ways = escalating.slice(0, 3).map((x) => `${showHoles(x.identity.name)} by ${x.canBecomeAdmin.steps.map((s) => s.technique).join(', ')}`).join('; ');
  const room = o.width - 80;
  if (r.principals.length > 0) tail.push(`principals: ${r.principals.length}, ${admins} admin now, ${escalating.length} can become admin${ways !== '' && room >= 30 ? ` (${cut(ways, room)})` : ''}: overreach principals`);
  tail.push(`agents: ${r.agents.length} · posture: ${posture} · accepted or ignored: ${r.findings.length - open.length}`);
  for (const u of r.undecided.slice(0, 3)) tail.push(`decide first: ${cut(showHoles(u.what), o.width - 40)} (${u.findings} finding${u.findings === 1 ? '' : 's'})`);
  tail.push(...coverage(r).map((l) => cut(l, o.width)));
  const left = Math.max(5, SCREEN - out.length - tail.length - 3);
  if (open.length > 0) {
    const shown = o.allRules ? open : open.slice(0, left);
    out.push(...table(shown, p, o.width));
    if (shown.length < open.length) out.push(p.dim(`… ${open.length - shown.length} more: --all-rules shows every finding, --format json has all of them`));
    out.push('');
  }
  return [...out, ...tail].join('\n') + '\n';
}

export const format: Format = { name: 'table', says: 'for a terminal: worst path, findings, what could not be decided', render };
