import { atLeast, type Finding, type Fix, type FixPlan, type Severity } from '../../schema/index.ts';
import type { DeriveOptions } from '../derive/index.ts';
import { candidatesOf, type Candidate, type Reached } from './candidates.ts';
import { applyAll, proveAll, type Watch } from './batch.ts';
import type { Graph } from './edit.ts';
import { passOf, proofOf, type Pass, type Problems, type Proof } from './prove.ts';

export interface RemedyOptions extends DeriveOptions {
  /** Analyses that may be made as proof. */
  maxRuns?: number;
  /** Findings to look at; default: all open ones. */
  only?: ReadonlySet<string>;
  /** Fixes at most. */
  maxFixes?: number;
  progress?: (done: number, of: number) => void;
  /** A pass over the graph, when there is one. */
  base?: Pass;
}

const WEIGHT: Record<Severity, number> = { critical: 8, high: 4, medium: 2, low: 1, info: 0.2 };
const ROUNDS = 5;
export const USUAL_RUNS = 60;

interface Tried { candidate: Candidate; proof: Proof }

/**
 * The smallest set of changes that closes most, greedily: each candidate is proven by analysing the changed graph (see batch.ts), those that
 * open anything are dropped, then the one that closes the most weight for its price is taken until nothing more closes. What is left is
 * looked at again with the changes in place, since a second path may stand behind the first.
 */
export function fixPlan(g: Graph, findings: readonly Finding[], options: RemedyOptions = {}): FixPlan {
  const max = options.maxRuns ?? USUAL_RUNS;
  const open = findings.filter((f) => f.state === 'open' && (options.only?.has(f.fingerprint) ?? true));
  const weight = new Map(open.map((f) => [f.fingerprint, WEIGHT[f.severity]]));
  const rules = new Map(findings.map((f) => [f.fingerprint, f.rules]));
  const base = options.base ?? passOf(g, options);
  const out: FixPlan = { fixes: [], alternatives: [], remaining: [], closedTogether: [], runs: 1, truncated: false };
  const covered = new Set<string>();
  const rejected = new Set<string>();
  const revealed = new Set<string>();
  let here: Graph = base.stored;
  let now = base;
  let reached: Reached[] = open.map((f) => ({ fingerprint: f.fingerprint, effect: f.effect, path: f.path, rules: f.rules }));
  for (let round = 0; round < ROUNDS && reached.length > 0; round++) {
    const tried: Tried[] = [];
    const candidates = candidatesOf(reached, here).filter((c) => !rejected.has(c.fix.id));
    const { proofs, runs, last } = proveAll(here, now, candidates.map((c) => c.fix.edit), { ...options, maxRuns: max - out.runs, ...(open.length > MANY ? { watch: thrift(candidates) } : {}) });
    out.runs += runs;
    candidates.forEach((candidate, i) => {
      const proof = proofs[i];
      if (!proof) out.truncated ||= out.runs >= max;
      // A change that opens something, or closes nothing, is none.
      else if (proof.opens.length > 0 || proof.closes.every((f) => !weight.has(f))) rejected.add(candidate.fix.id);
      else tried.push({ candidate, proof });
    });
    const picked = cover(tried, weight, covered, options.maxFixes === undefined ? undefined : options.maxFixes - out.fixes.length);
    out.alternatives.push(...picked.rest);
    // Each opens nothing by itself; together they must not either.
    let next = now;
    for (; picked.fixes.length > 0; out.alternatives.push(picked.fixes.pop()!)) {
      if (last && sameFixes(picked.fixes, last.members.map((i) => candidates[i]!))) next = last.pass;
      else {
        next = passOf(applyAll(here, picked.fixes.map((f) => f.edit)), options, now);
        out.runs++;
      }
      if (proofOf(base, next).opens.length === 0) break;
    }
    if (picked.fixes.length === 0) break;
    here = applyAll(here, picked.fixes.map((f) => f.edit));
    now = next;
    out.fixes.push(...picked.fixes);
    for (const f of proofOf(base, now).closes) covered.add(f);
    if (out.fixes.length >= (options.maxFixes ?? Infinity)) break;
    now = { ...now, found: withStanding(base.found, now, covered) };
    // What an administrator's path stood for is said by itself once that is gone: it is closed with it.
    for (const f of revealedBy(base.found, now.found)) if (!weight.has(f)) { weight.set(f, WEIGHT.medium); revealed.add(f); }
    reached = [...now.found].filter(([f]) => weight.has(f) && !covered.has(f)).flatMap(([fingerprint, p]) => { const path = p.path(); return path ? [{ fingerprint, effect: p.effect, path, rules: rules.get(fingerprint) ?? [] }] : []; });
  }
  out.closedTogether = out.fixes.length === 0 ? [] : proofOf(base, now).closes.filter((f) => weight.has(f) && !revealed.has(f)).sort();
  for (const f of [...out.fixes, ...out.alternatives]) mention(f, revealed);
  const closed = new Set(out.closedTogether);
  out.remaining = open.map((f) => f.fingerprint).filter((f) => !closed.has(f));
  return out;
}

const sameFixes = (fixes: readonly Fix[], candidates: readonly Candidate[]): boolean => {
  const ids = new Set(fixes.map((f) => f.id));
  return ids.size === candidates.length && candidates.every((c) => ids.has(c.fix.id));
};

/**
 * Problems that stand with less than they had: from a weaker start or over fewer assets they have another fingerprint, and are still the
 * problem that was found, as long as a row of it is there.
 */
function withStanding(before: Problems['found'], now: Problems, covered: ReadonlySet<string>): Problems['found'] {
  const out = new Map(now.found);
  const byKey = new Map([...now.found.values()].flatMap((p) => p.keys.map((k) => [k, p] as const)));
  for (const [fingerprint, p] of before) {
    if (out.has(fingerprint) || covered.has(fingerprint)) continue;
    const keys = p.keys.filter((k) => now.rows.has(k));
    const stands = keys.map((k) => byKey.get(k)).find((x) => x !== undefined);
    if (stands) out.set(fingerprint, { ...stands, keys });
  }
  return out;
}

/** Problems of which nothing was shown before: their rows were there, behind a worse one of the same subject. */
function revealedBy(before: Problems['found'], now: Problems['found']): string[] {
  const shown = new Set([...before.values()].flatMap((p) => p.keys));
  return [...now].filter(([f, p]) => !before.has(f) && !p.keys.some((k) => shown.has(k))).map(([f]) => f);
}

/** Findings of the run are what a fix closes; what only shows without them is said in words. */
function mention(fix: Fix, revealed: ReadonlySet<string>): void {
  const hidden = fix.closes.filter((f) => revealed.has(f)).length;
  if (hidden === 0) return;
  for (const key of ['closes', 'weakens', 'adds'] as const) fix[key] = fix[key].filter((f) => !revealed.has(f));
  fix.effect = `${fix.effect ? `${fix.effect}; ` : ''}closes ${hidden} path${hidden === 1 ? '' : 's'} that a worse one has hidden`;
}

/** Open findings from which on alternatives are not looked for. */
export const MANY = 200;

/** With very many findings a change is tried only while it may close what no proven change of at most its price closes. */
function thrift(candidates: readonly Candidate[]): Watch {
  const price = new Map<string, number>();
  return {
    proven: (i, proof) => { if (proof.opens.length === 0) for (const f of proof.closes) price.set(f, Math.min(price.get(f) ?? Infinity, candidates[i]!.cost)); },
    isNeedless: (i) => [...candidates[i]!.touches].every((f) => (price.get(f) ?? Infinity) <= candidates[i]!.cost),
  };
}

/**
 * Greedy cover; two versions of one statement are one choice. What closes nothing beyond the chosen is dominated. What a change is worth only
 * falls while others are taken, so the best of before is worked out again, and taken when it is worth as much as then.
 */
function cover(tried: readonly Tried[], weight: ReadonlyMap<string, number>, covered: Set<string>, max = Infinity): { fixes: Fix[]; rest: Fix[] } {
  const taken = new Set<string>();
  const chosen = new Set<Tried>();
  const fixes: Fix[] = [];
  const worth = (t: Tried): number => t.proof.closes.reduce((n, f) => n + (covered.has(f) ? 0 : (weight.get(f) ?? 0)), 0) / t.candidate.cost;
  // Two versions of one list are one choice; the actions of a statement and what it acts on are two.
  const place = (t: Tried): string => { const e = t.candidate.fix.edit; return e.kind === 'actions' ? `${e.policy}|${e.statement}` : e.kind === 'statement' ? `${e.policy}|${e.statement}|${Object.keys(e.to).sort().join()}` : t.candidate.fix.id; };
  const bounds = tried.map(worth);
  while (fixes.length < max) {
    let at = -1;
    for (let i = 0; i < bounds.length; i++) if (bounds[i]! > (at < 0 ? 0 : bounds[at]!)) at = i;
    if (at < 0) break;
    const t = tried[at]!;
    const now = taken.has(place(t)) ? 0 : worth(t);
    if (now < bounds[at]!) { bounds[at] = now; continue; }
    fixes.push(asFix(t, weight, t.proof.closes.filter((f) => weight.has(f) && !covered.has(f)).sort()));
    for (const f of t.proof.closes) covered.add(f);
    taken.add(place(t));
    chosen.add(t);
    bounds[at] = 0;
  }
  return { fixes, rest: tried.filter((t) => !chosen.has(t)).map((t) => asFix(t, weight, [])) };
}

const asFix = (t: Tried, weight: ReadonlyMap<string, number>, adds: string[]): Fix => ({
  ...t.candidate.fix, closes: t.proof.closes.filter((f) => weight.has(f)).sort(), weakens: t.proof.weakens.filter((f) => weight.has(f)).sort(), adds,
});

/** Severity of the worst finding a fix closes. */
export const severityOf = (fix: Fix, findings: readonly Finding[]): Severity =>
  findings.filter((f) => fix.closes.includes(f.fingerprint)).reduce<Severity>((worst, f) => (atLeast(f.severity, worst) ? f.severity : worst), 'info');
