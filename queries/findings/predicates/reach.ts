import { z } from 'zod';
import { StartClass, verdictRank } from '../../../schema/index.ts';
import { grantWeight } from '../weights.ts';
import { factPattern, step } from '../language/pattern.ts';
import { FactText, many, StepText } from '../language/texts.ts';
import type { Row } from '../rows.ts';
import { predicate, type Match, type RuleInput } from '../predicate.ts';
import { endsIn, startsOf, walks } from '../walks.ts';

const Params = z.strictObject({
  from: z.array(StartClass).min(1),
  /** Ends of the walk; none = whatever is done. */
  to: many(FactText).default([]),
  mustPass: z.array(StepText).default([]),
  mustNotPass: z.array(StepText).default([]),
  /** Least weight (model 6.3) of everything the executing identity may do. */
  minWeight: z.number().optional(),
  /** Facts whose nodes get a posture row when they are reached and no finding walks over them. */
  posture: z.array(FactText).default([]),
});

/** Walks from a start to an effect that pass, and do not pass, what the rule names. Labels the findings they belong to. */
export const reach = predicate('walks in the attack graph', Params, (p, input) => {
  const ends = p.to.length === 0 ? () => true : endsIn(p.to, input);
  const rows = walks(p.from, p.mustPass, p.mustNotPass, input).filter(ends).filter((r) => p.minWeight === undefined || (r.identity !== undefined && grantWeight(r.identity.id, input.estate) >= p.minWeight));
  return { labels: new Map(rows.map((r): [string, Record<string, boolean>] => [r.key, itsOwn(r, input) ? { self: true } : {}])), matches: p.posture.length > 0 ? reachedNodes(p, input) : [] };
});

/** What is done falls on the agent itself, or on what guards it. */
function itsOwn(r: Row, input: RuleInput): boolean {
  const agent = r.agent?.id;
  return agent !== undefined && (r.asset.id === agent || input.estate.snapshot.out(agent, 'GUARDED_BY').some((e) => e.to === r.asset.id));
}

function reachedNodes(p: z.infer<typeof Params>, input: RuleInput): Match[] {
  const starts = startsOf(p.from, input);
  if (starts.length === 0) return [];
  const pass = p.mustPass.map((s) => step(s, input.estate));
  const answer = input.attack.reach({ from: starts, to: p.posture.map((t) => factPattern(t, input.estate)), mustPass: pass });
  const byNode = new Map<string, Match>();
  starts.forEach((_, i) => {
    for (const h of answer.hits(i)) {
      const before = byNode.get(h.fact.node.id);
      if (before && verdictRank(before.verdict) <= verdictRank(h.verdict)) continue;
      const shown = answer.paths(i, h.fact.vertex).paths[0];
      byNode.set(h.fact.node.id, {
        node: h.fact.node, verdict: h.verdict, requires: shown?.requires ?? [], evidence: shown?.hops.flatMap((x) => x.evidence) ?? [],
        detail: shown ? shown.hops.map((x) => x.says).join('; ') : 'reached', facts: { kind: h.fact.node.kind }, passes: [h.fact.node.id],
      });
    }
  });
  return [...byNode.values()];
}
