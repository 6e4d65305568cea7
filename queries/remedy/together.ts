import type { Finding, Fix, FixPlan } from '../../schema/index.ts';
import { applyAll } from './batch.ts';
import { candidatesOf, type Candidate } from './candidates.ts';
import type { Graph } from './edit.ts';
import { openedOver } from './opened.ts';
import { MANY, USUAL_RUNS, type RemedyOptions } from './plan.ts';
import { passOf, type Pass } from './prove.ts';

/** With more findings left than this only single changes are looked for. */
const MOST_LEFT = 60;
const MOST_STEPS = 8;
const MOST_TRIED = 6;

interface State { graph: Graph; pass: Pass; steps: readonly Step[] }
/** `bare`: nothing less of the problem was left after it, another statement took its place. */
interface Step { candidate: Candidate; pass: Pass; of: string; bare: boolean }

/**
 * What a plan of single changes leaves: problems that several statements or things make possible, none of which alone closes them. For each the
 * cheapest change that makes it smaller is taken, then the next, until nothing of it is left. Only whole sets count; each is proven by analysing again.
 */
export function together(g: Graph, findings: readonly Finding[], plan: FixPlan, options: RemedyOptions = {}): FixPlan {
  const left = findings.filter((f) => plan.remaining.includes(f.fingerprint));
  const max = options.maxRuns ?? USUAL_RUNS;
  if (left.length === 0 || left.length > MOST_LEFT || plan.runs >= max) return plan;
  // Of very many findings sets close few for many analyses: they wait for more than the usual number.
  if (max <= USUAL_RUNS && findings.filter((f) => f.state === 'open').length > MANY) return { ...plan, truncated: true };
  const base = options.base ?? passOf(g, options);
  const budget = { runs: plan.runs, max };
  const opens = openedOver(base);
  const start = applyAll(base.stored, plan.fixes.map((f) => f.edit));
  let state: State = { graph: start, pass: plan.fixes.length === 0 ? base : passOf(start, options, base), steps: [] };
  const keysOf = (f: Finding): readonly string[] => base.found.get(f.fingerprint)?.keys ?? [];
  for (const f of left) state = closing(f, state, { options, budget, opens, left, keysOf }) ?? state;
  if (state.steps.length === 0) return { ...plan, runs: budget.runs };
  const stands = (pass: Pass, f: Finding): boolean => keysOf(f).length === 0 || keysOf(f).some((k) => pass.rows.has(k));
  const closed = new Set(left.filter((f) => !stands(state.pass, f)).map((f) => f.fingerprint));
  return {
    ...plan, runs: budget.runs, fixes: [...plan.fixes, ...state.steps.map((s, i) => asFix(s, state.steps, left.filter((f) => closed.has(f.fingerprint) && !stands(s.pass, f) && (i === 0 || stands(state.steps[i - 1]!.pass, f))).map((f) => f.fingerprint)))],
    closedTogether: [...new Set([...plan.closedTogether, ...closed])].sort(), remaining: plan.remaining.filter((f) => !closed.has(f)),
  };
}

interface Job { options: RemedyOptions; budget: { runs: number; max: number }; opens: (after: Pass) => readonly string[]; left: readonly Finding[]; keysOf: (f: Finding) => readonly string[] }

/** The state in which nothing is left of a finding; undefined: no set of changes was found. */
function closing(f: Finding, from: State, job: Job): State | undefined {
  const keys = job.keysOf(f);
  if (keys.length === 0) return undefined;
  let state = from;
  const seen = new Set<string>();
  for (let n = 0; n < MOST_STEPS; n++) {
    const rest = keys.filter((k) => state.pass.rows.has(k));
    if (rest.length === 0) return pruned(keys, from, state, job);
    const next = smaller(f, rest, state, seen, job);
    if (!next) return undefined;
    state = next;
  }
  return undefined;
}

/** The cheapest change after which less of a finding is left. All that stands is looked at, so that one change of a list is enough for it. */
function smaller(f: Finding, rest: readonly string[], { graph, pass, steps }: State, seen: Set<string>, { options, budget, opens, left, keysOf }: Job): State | undefined {
  const reached = left.flatMap((x) => {
    const stand = x === f ? rest : keysOf(x).filter((k) => pass.rows.has(k));
    const problem = stand.length === 0 ? undefined : [...pass.found.values()].find((p) => p.keys.some((k) => stand.includes(k)));
    const path = problem?.path();
    return problem && path ? [{ fingerprint: x.fingerprint, effect: problem.effect, path, rules: x.rules }] : [];
  });
  const candidates = candidatesOf(reached, graph).filter((c) => c.touches.has(f.fingerprint) && c.fix.noPatch === undefined && !seen.has(c.fix.id))
    .sort((a, b) => a.cost - b.cost || b.touches.size - a.touches.size).slice(0, MOST_TRIED);
  let instead: State | undefined;
  for (const candidate of candidates) {
    if (budget.runs >= budget.max) return undefined;
    budget.runs++;
    const changed = applyAll(graph, [candidate.fix.edit]);
    const after = passOf(changed, options, pass);
    if (opens(after).length > 0) continue;
    const less = rest.some((k) => !after.rows.has(k));
    const next: State = { graph: changed, pass: after, steps: [...steps, { candidate, pass: after, of: f.fingerprint, bare: !less }] };
    if (less) { seen.add(candidate.fix.id); return next; }
    // Another statement allows the same: this one has to go all the same.
    if (candidate.fix.edit.kind === 'actions') instead ??= next;
  }
  if (instead) seen.add(instead.steps.at(-1)!.candidate.fix.id);
  return instead;
}

/** Without the steps that turn out not to be needed. */
function pruned(keys: readonly string[], from: State, to: State, { options, budget }: Job): State {
  let kept = to.steps.slice(from.steps.length);
  const applied = (steps: readonly Step[]): State => steps.reduce<State>((s, step) => {
    budget.runs++;
    const graph = applyAll(s.graph, [step.candidate.fix.edit]);
    const pass = passOf(graph, options, s.pass);
    return { graph, pass, steps: [...s.steps, { ...step, pass }] };
  }, from);
  let state = to;
  for (const step of kept.filter((s) => s.bare)) {
    if (budget.runs >= budget.max) break;
    const without = applied(kept.filter((s) => s !== step));
    if (keys.some((k) => without.pass.rows.has(k))) continue;
    state = without;
    kept = kept.filter((s) => s !== step);
  }
  return state;
}

function asFix({ candidate, of }: Step, steps: readonly Step[], adds: string[]): Fix {
  const set = steps.filter((s) => s.of === of).length;
  const { fix } = candidate;
  return { ...fix, ...(set > 1 ? { effect: `${fix.effect ? `${fix.effect}; ` : ''}one of ${set} changes that close it together` } : {}), closes: [...new Set([of, ...adds])].sort(), weakens: [], adds };
}
