import { z } from 'zod';
import { bestVerdict, StartClass, worstVerdict, type Verdict } from '../../../schema/index.ts';
import type { FactPattern, Legs } from '../../attack/query.ts';
import { findPath, parsePath, type Found } from '../language/path.ts';
import { factPattern, step } from '../language/pattern.ts';
import { FactText, many, PathText, StepText } from '../language/texts.ts';
import { predicate, type Match, type RuleInput } from '../predicate.ts';
import { endsIn, walks } from '../walks.ts';

const Leg = z.strictObject({
  /** The agent is steered from one of these. */
  steeredFrom: z.array(StartClass).optional(),
  /** A fact reached from the agent, passing no other agent but those it delegates to. */
  reaches: many(FactText).optional(),
  mustNotPass: z.array(StepText).default([]),
  /** The agent has such a thing; paths start at the agent. */
  has: many(PathText).optional(),
}).refine((l) => [l.steeredFrom, l.reaches, l.has].filter((x) => x !== undefined).length === 1, 'a leg is one of steeredFrom, reaches, has');
const Params = z.strictObject({
  all: z.record(z.string(), Leg).refine((l) => Object.keys(l).length >= 2, 'name at least two legs'),
  /** Legs whose effect a finding must have to carry the facet. */
  label: z.array(z.string()),
  /** The `has` legs must end in different nodes: one tool server alone is not two. */
  apart: z.boolean().default(false),
}).superRefine((p, ctx) => {
  for (const l of p.label) if (!p.all[l]?.reaches) ctx.addIssue({ code: 'custom', message: `leg “${l}” is labelled but reaches nothing` });
});

/** Several things that one agent can reach together: an AND of reach bits, each with its own verdict. */
export const legs = predicate('an AND of reach from one agent', Params, (p, input) => {
  const cache = new Map<string, Legs>();
  const legsFor = (mustNotPass: readonly string[]): Legs => {
    const key = mustNotPass.join('|');
    let l = cache.get(key);
    if (!l) cache.set(key, (l = input.attack.legs(undefined, mustNotPass.map((s) => step(s, input.estate)))));
    return l;
  };
  // One pattern object per text: answers are kept by pattern.
  const patterns = new Map(Object.values(p.all).flatMap((l) => l.reaches ?? []).map((t) => [t, factPattern(t, input.estate)]));
  const pattern = (t: string): FactPattern => patterns.get(t)!;
  const ways = waysOf(Object.values(p.all).flatMap((l) => l.has ?? []), input);
  const matches: Match[] = [];
  const agents = new Map<string, Verdict>();
  for (const a of input.estate.snapshot.ofKind('Agent')) {
    if (a.completeness === 'none') continue;
    const verdicts = Object.entries(p.all).map(([name, leg]) => [name, legVerdict(a.id, leg, legsFor, ways, pattern, input)] as const);
    if (verdicts.some(([, v]) => v === undefined)) continue;
    if (p.apart && !differ(Object.values(p.all).map((l) => endsOf(a.id, l, ways)))) continue;
    const verdict = verdicts.reduce<Verdict>((w, [, v]) => worstVerdict(w, v!), 'proven');
    agents.set(a.id, verdict);
    matches.push({ node: a, verdict, requires: [], evidence: a.sources.slice(0, 1).map((source) => ({ source, basis: 'code' as const })), detail: verdicts.map(([n, v]) => `${n}: ${v}`).join(', '), facts: {}, passes: [a.id] });
  }
  const labels = new Map<string, Record<string, string>>();
  for (const name of p.label) {
    const leg = p.all[name]!;
    const ends = endsIn(leg.reaches ?? [], input);
    const rows = walks(leg.mustNotPass.length > 0 ? ['steered'] : [...input.starts.keys()], [], leg.mustNotPass, input);
    for (const r of rows) if (r.agent && agents.has(r.agent.id) && ends(r)) labels.set(r.key, { leg: name });
  }
  return { labels, matches };
});

function legVerdict(agent: string, leg: z.infer<typeof Leg>, legsFor: (mustNotPass: readonly string[]) => Legs, ways: Ways, pattern: (text: string) => FactPattern, input: RuleInput): Verdict | undefined {
  if (leg.has) return leg.has.flatMap((h) => ways.get(h)?.get(agent) ?? []).map((f) => f.edges.reduce<Verdict>((w, e) => worstVerdict(w, e.verdict), 'proven')).reduce<Verdict | undefined>((b, v) => (b === undefined ? v : bestVerdict(b, v)), undefined);
  if (leg.steeredFrom) return steered(agent, leg.steeredFrom, input);
  let best: Verdict | undefined;
  for (const r of leg.reaches ?? []) {
    const v = legsFor(leg.mustNotPass).verdict(agent, pattern(r));
    if (v !== undefined) best = best === undefined ? v : bestVerdict(best, v);
  }
  return best;
}

/** Being steered is assumed (conditional) when the rule lists `steered`; a real class that reaches the agent may decide it better. */
function steered(agent: string, from: readonly StartClass[], input: RuleInput): Verdict | undefined {
  let best: Verdict | undefined;
  for (const c of from) {
    const v = c === 'steered' ? ('conditional' as const) : input.influence.get(agent)?.get(c);
    if (v !== undefined) best = best === undefined ? v : bestVerdict(best, v);
  }
  return best;
}

type Ways = ReadonlyMap<string, ReadonlyMap<string, readonly Found[]>>;

/** Path text → agent → ways, each path walked once for all agents. */
function waysOf(paths: readonly string[], input: RuleInput): Ways {
  return new Map([...new Set(paths)].map((p) => {
    const byAgent = new Map<string, Found[]>();
    for (const f of findPath(parsePath(p), input.estate, input.agentFacts)) {
      const id = f.nodes[0]!.id;
      byAgent.set(id, [...(byAgent.get(id) ?? []), f]);
    }
    return [p, byAgent];
  }));
}

const endsOf = (agent: string, leg: z.infer<typeof Leg>, ways: Ways): Set<string> => new Set((leg.has ?? []).flatMap((h) => (ways.get(h)?.get(agent) ?? []).map((f) => f.nodes.at(-1)!.id)));

/** Can one end be taken from each set so that the first two differ? */
const differ = ([a, b]: readonly Set<string>[]): boolean => a !== undefined && b !== undefined && [...a].some((x) => [...b].some((y) => x !== y));
