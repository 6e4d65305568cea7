import type { StoredGraph } from '../../graph/store/port.ts';
import { verdictRank, type AnalysisResult, type Finding, type Fix } from '../../schema/index.ts';
import { analyze, type AnalyzeOptions } from '../analyze.ts';
import { applyAll } from './batch.ts';
import { applyEdit, type Graph } from './edit.ts';
import { FixGraph, type Candidate, type Reached } from './fix-kind.ts';
import { HARDENING_LIST } from './hardening.gen.ts';
import { problemsOf, proofOf, type Problems, type Proof } from './prove.ts';

export interface HardenOptions extends AnalyzeOptions { /** Analyses of single changes; those beyond are known by what all of them do together. */ maxRuns?: number }

/**
 * Conditions and controls for what stays open, and for posture rows: nothing of them closes a path, so what each does is read off two whole
 * analyses. A change that opens anything, or after which nothing weighs less, is not offered; advice that only people can carry out is.
 */
export function hardeningOf(stored: StoredGraph, result: Pick<AnalysisResult, 'findings' | 'posture'>, options: HardenOptions = {}): Fix[] {
  const open = result.findings.filter((f) => f.state === 'open');
  const candidates = gather(stored, open, result);
  const doing = candidates.filter((c) => !isAdvice(c));
  const all = applyAll(stored, doing.map((c) => c.fix.edit));
  const read = (g: Graph): AnalysisResult => analyze({ ...stored, nodes: [...g.nodes], edges: [...g.edges] }, options);
  const together = doing.length > 0 ? read(all) : undefined;
  let before: Problems | undefined;
  const proof = (g: Graph): Proof => proofOf((before ??= problemsOf(stored, options)), problemsOf(g, options));
  const opensAny = doing.length > 0 && proof(all).opens.length > 0;
  let left = options.maxRuns ?? 8;
  const out: Fix[] = [];
  for (const c of candidates) {
    if (isAdvice(c)) { out.push(asFix(c, [], [])); continue; }
    const joint = effectOf(c, open, result, together!);
    const hidden = [...c.touches].some((t) => !together!.findings.some((f) => f.fingerprint === t));
    if (!opensAny && !hidden && joint.lowers.length === 0 && joint.settles.length === 0) continue;
    if (left <= 0) { if (!opensAny) out.push(asFix(c, joint.lowers, joint.settles)); continue; }
    left--;
    const g = applyEdit(stored, c.fix.edit);
    // From a weaker start a finding has another fingerprint: what is left of it is read off the rows.
    const alone = opensAny || hidden ? proof(g) : undefined;
    if (alone && alone.opens.length > 0) continue;
    const { lowers, settles } = effectOf(c, open, result, read(g));
    const weakens = (alone?.weakens ?? []).filter((f) => c.touches.has(f));
    if (lowers.length > 0 || settles.length > 0 || weakens.length > 0) out.push(asFix(c, lowers, settles, weakens));
  }
  return out;
}

const isAdvice = (c: Candidate): boolean => c.fix.edit.kind === 'edges' && c.fix.edit.remove.length === 0 && c.fix.edit.nodes.length === 0;

/** `touches` of a candidate: findings it lies on the path of, and posture rows it is about. */
function gather(stored: StoredGraph, open: readonly Finding[], result: Pick<AnalysisResult, 'posture'>): Candidate[] {
  const reached = open.map((f): Reached => ({ fingerprint: f.fingerprint, effect: f.effect, path: f.path, rules: f.rules }));
  const g = new FixGraph(stored, reached);
  const found = new Map<string, Candidate>();
  const add = (c: Candidate, key: string, rules: readonly string[]): void => {
    const there = found.get(c.fix.id) ?? { ...c, touches: new Set<string>() };
    there.touches.add(key);
    there.fix = { ...there.fix, rules: [...new Set([...there.fix.rules, ...rules])].sort() };
    found.set(c.fix.id, there);
  };
  for (const kind of HARDENING_LIST) {
    if (kind.at) for (const r of reached) for (const [index, hop] of r.path.hops.entries()) for (const c of kind.rule === undefined || r.rules.includes(kind.rule) ? kind.at(hop, { reached: r, index, hops: r.path.hops }, g) : []) add(c, r.fingerprint, kind.rule ? [kind.rule] : r.rules);
    if (kind.row) for (const row of result.posture) if (row.state === 'open' && row.rule === kind.rule) for (const c of kind.row(row, g)) add(c, row.fingerprint, [row.rule]);
  }
  return [...found.values()].sort((a, b) => b.touches.size - a.touches.size || a.cost - b.cost || (a.fix.id < b.fix.id ? -1 : 1));
}

type Lowered = NonNullable<Fix['lowers']>;

function effectOf(c: Candidate, open: readonly Finding[], before: Pick<AnalysisResult, 'posture'>, after: AnalysisResult): { lowers: Lowered; settles: string[] } {
  const now = new Map(after.findings.map((f) => [f.fingerprint, f]));
  const rows = new Set(after.posture.map((r) => r.fingerprint));
  const lowers = open.flatMap((f): Lowered => {
    const n = c.touches.has(f.fingerprint) ? now.get(f.fingerprint) : undefined;
    return n && (n.score.value < f.score.value || verdictRank(n.verdict) > verdictRank(f.verdict)) ? [{ fingerprint: f.fingerprint, score: [f.score.value, n.score.value], verdict: [f.verdict, n.verdict] }] : [];
  });
  const unlabelled = open.filter((f) => c.touches.has(f.fingerprint) && f.rules.some((r) => c.fix.rules.length === 1 && c.fix.rules[0] === r && now.has(f.fingerprint) && !now.get(f.fingerprint)!.rules.includes(r))).map((f) => f.fingerprint);
  return { lowers, settles: [...unlabelled, ...before.posture.filter((r) => c.touches.has(r.fingerprint) && !rows.has(r.fingerprint)).map((r) => r.fingerprint)] };
}

const asFix = (c: Candidate, lowers: Lowered, settles: string[], weakens: string[] = []): Fix => ({ ...c.fix, closes: [], weakens, adds: [], lowers, settles });
