import { severityRank, verdictRank, type AnalysisResult, type Comparison, type Finding, type PathChange, type PostureRow, type ToolOf } from '../../schema/index.ts';
import { byImportance } from '../findings/compose.ts';
import { START_SAYS, strength } from '../findings/starts.ts';
import { lost, unreadIn } from './compare-coverage.ts';
import { TakenIn } from './taken-in.ts';

/**
 * Two answers, by fingerprint. A finding whose fingerprint is new may still be an old problem with a weaker start or fewer assets: it is paired
 * with what it continues and then is `changed`. It is `opened` when the start is stronger or an asset is reached that was not before.
 */
export function compare(before: AnalysisResult, after: AnalysisResult, names: { before: string; after: string }): Comparison {
  const old = new Map(open(before).map((f) => [f.fingerprint, f]));
  const known = new Set(before.findings.map((f) => f.fingerprint));
  const out: Comparison = {
    ...names, opened: [], closed: [], changed: [], undetermined: [], ...postureDiff(before, after), ...inventoryDiff(before, after), same: 0, notes: lost(before, after),
  };
  const continued = new Set<string>();
  const candidates = byDeed(open(before));
  const [adminBefore, adminAfter] = [new TakenIn(open(before)), new TakenIn(open(after))];
  for (const f of open(after)) {
    // Accepted before and open now: the acceptance ended, no path was opened by what changed.
    const was = old.get(f.fingerprint) ?? (known.has(f.fingerprint) ? before.findings.find((b) => b.fingerprint === f.fingerprint) : nearest(f, candidates));
    if (was) continued.add(was.fingerprint);
    const part = was ? undefined : adminBefore.by(f, true);
    if (part) out.changed.push({ finding: f, before: part, what: [`was part of: ${part.title}`] });
    else classify(f, was, out);
  }
  const decided = after.findings.filter((f) => f.state !== 'open');
  for (const f of decided) if (!known.has(f.fingerprint)) out.notes.push(`new, but ${f.state}${f.accepted?.owner ? ` by ${f.accepted.owner}` : ''}${f.accepted?.until ? ` until ${f.accepted.until}` : ''}: ${f.title} (${f.severity}${f.accepted?.reason ? `, “${f.accepted.reason}”` : ''})`);
  const accepted = new Set(decided.map((f) => f.fingerprint));
  for (const f of old.values()) {
    if (continued.has(f.fingerprint)) continue;
    const unread = accepted.has(f.fingerprint) ? undefined : unreadIn(f, before, after);
    const over = accepted.has(f.fingerprint) ? undefined : adminAfter.by(f, false);
    if (over?.verdict === 'unknown') out.undetermined.push({ finding: f, what: [`not seen by itself any more, and whether it is part of another was not read: ${over.title}`] });
    else if (over) out.changed.push({ finding: f, before: f, what: [`is part of: ${over.title}`] });
    else if (unread) out.undetermined.push({ finding: f, what: [`not seen any more, but ${unread}`] });
    else out.closed.push({ finding: f, what: [accepted.has(f.fingerprint) ? 'accepted or ignored now' : 'no path is left'] });
  }
  for (const list of [out.opened, out.closed, out.changed, out.undetermined]) list.sort((a, b) => byImportance(a.finding, b.finding));
  return out;
}

const open = (r: AnalysisResult): Finding[] => r.findings.filter((f) => f.state === 'open');

function classify(f: Finding, was: Finding | undefined, out: Comparison): void {
  if (!was) {
    const change: PathChange = { finding: f, what: ['no such path before'] };
    if (f.verdict === 'unknown') out.undetermined.push({ ...change, what: ['new, and a fact that decides it was not read'] });
    else out.opened.push(change);
    return;
  }
  const more = moreAssets(was, f);
  const stronger = strength(f.startClass) < strength(was.startClass);
  const what = differences(was, f, more);
  if (what.length === 0) out.same++;
  else if (f.verdict === 'unknown' && (was.verdict !== 'unknown' || more > 0 || stronger)) out.undetermined.push({ finding: f, before: was, what });
  else if (more > 0 || stronger) out.opened.push({ finding: f, before: was, what });
  else out.changed.push({ finding: f, before: was, what });
}

function differences(was: Finding, f: Finding, more: number): string[] {
  const what: string[] = [];
  if (f.startClass !== was.startClass) what.push(`start: ${START_SAYS[was.startClass]} → ${START_SAYS[f.startClass]}`);
  if (more > 0) what.push(`reaches ${more} more`);
  if (f.severity !== was.severity) what.push(`severity: ${was.severity} → ${f.severity}${severityRank(f.severity) < severityRank(was.severity) ? ', worse' : ''}`);
  if (f.verdict !== was.verdict) what.push(`verdict: ${was.verdict} → ${f.verdict}${verdictRank(f.verdict) < verdictRank(was.verdict) ? ', surer' : ''}`);
  const fewer = moreAssets(f, was);
  if (fewer > 0) what.push(`reaches ${fewer} fewer`);
  return what;
}

const assetsOf = (f: Finding): { ids: ReadonlySet<string>; count: number } => ({ ids: new Set(f.assetGroup ? f.assetGroup.members.map((m) => m.id) : [f.asset.id]), count: f.assetGroup?.count ?? 1 });

/** Assets of `b` that `a` had not. Groups list their first members only: beyond those, numbers are compared. */
function moreAssets(a: Finding, b: Finding): number {
  const [x, y] = [assetsOf(a), assetsOf(b)];
  if (x.count > x.ids.size || y.count > y.ids.size) return Math.max(0, y.count - x.count);
  return [...y.ids].filter((id) => !x.ids.has(id)).length;
}

const deedKey = (f: Finding): string => [f.subject.id, f.identity?.id ?? '', f.effect].join('|');

function byDeed(findings: readonly Finding[]): Map<string, Finding[]> {
  const out = new Map<string, Finding[]>();
  for (const f of findings) {
    const list = out.get(deedKey(f));
    if (list) list.push(f);
    else out.set(deedKey(f), [f]);
  }
  return out;
}

/** The same deed on at least one of the same assets; of several the one that shares most, then the strongest start. */
function nearest(f: Finding, candidates: ReadonlyMap<string, readonly Finding[]>): Finding | undefined {
  const mine = assetsOf(f).ids;
  let best: { finding: Finding; shared: number } | undefined;
  for (const c of candidates.get(deedKey(f)) ?? []) {
    const shared = [...assetsOf(c).ids].filter((id) => mine.has(id)).length;
    if (shared > 0 && (!best || shared > best.shared || (shared === best.shared && strength(c.startClass) < strength(best.finding.startClass)))) best = { finding: c, shared };
  }
  return best?.finding;
}

/**
 * Rows by fingerprint; of the others those that speak of the same property of the same thing are one. A fingerprint names the place of the statement,
 * and a plan and its code, or a block and where it was moved to, name one place differently.
 */
function postureDiff(before: AnalysisResult, after: AnalysisResult): Pick<Comparison, 'postureOpened' | 'postureClosed'> {
  const ids = (r: AnalysisResult): Set<string> => new Set(r.posture.map((p) => p.fingerprint));
  const [was, is] = [ids(before), ids(after)];
  const [opened, closed] = [after.posture.filter((p) => !was.has(p.fingerprint)), before.posture.filter((p) => !is.has(p.fingerprint))];
  // A row is not there where a finding carries its rule over the same thing: it was, or is, said by the finding.
  return { postureOpened: without(opened, closed).filter((p) => p.state === 'open' && !carried(p, before)), postureClosed: without(closed, opened).filter((p) => p.state === 'open' && !carried(p, after)) };
}

const carried = (p: PostureRow, by: AnalysisResult): boolean => by.findings.some((f) => f.rules.includes(p.rule) && (f.subject.id === p.node.id || f.path.hops.some((h) => h.node.id === p.node.id)));

/** Rows that are left when each of `other` has taken one that says the same. */
function without(rows: readonly PostureRow[], other: readonly PostureRow[]): PostureRow[] {
  const says = (p: PostureRow): string => [p.rule, p.node.id, ...p.evidence.map((e) => e.source?.property?.split('/')[0] ?? '').sort()].join('|');
  const taken = new Map<string, number>();
  for (const p of other) taken.set(says(p), (taken.get(says(p)) ?? 0) + 1);
  return rows.filter((p) => {
    const n = taken.get(says(p)) ?? 0;
    taken.set(says(p), n - 1);
    return n <= 0;
  });
}

function inventoryDiff(before: AnalysisResult, after: AnalysisResult): Pick<Comparison, 'agentsAdded' | 'agentsRemoved' | 'toolsAdded' | 'toolsRemoved'> {
  const agents = (r: AnalysisResult): Map<string, AnalysisResult['agents'][number]> => new Map(r.agents.map((a) => [a.agent.id, a]));
  const tools = (r: AnalysisResult): Map<string, ToolOf> => new Map(r.agents.flatMap((a) => a.tools.map((t) => [`${a.agent.id}|${t.tool.id}`, { agent: a.agent, tool: t.tool }] as const)));
  const less = <T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, unknown>): T[] => [...a].filter(([id]) => !b.has(id)).sort(([x], [y]) => (x < y ? -1 : 1)).map(([, v]) => v);
  const [a, b, s, t] = [agents(before), agents(after), tools(before), tools(after)];
  return { agentsAdded: less(b, a).map((x) => x.agent), agentsRemoved: less(a, b).map((x) => x.agent), toolsAdded: less(t, s), toolsRemoved: less(s, t) };
}
