import { answerDeeds } from './answers/deeds.ts';
import { LegsAnswer } from './answers/legs.ts';
import { answerReach } from './answers/reach.ts';
import { answerUpstream } from './answers/upstream.ts';
import type { AttackGraph } from './graph.ts';
import { matchFacts } from './match.ts';
import type { AttackQueries } from './query.ts';

/** All questions to a built attack graph. */
export const attackQueries = (g: AttackGraph): AttackQueries => ({
  reach: (q) => answerReach(g, q),
  deeds: (q) => answerDeeds(g, q).deeds(),
  legs: (agents, mustNotPass) => new LegsAnswer(g, agents, mustNotPass),
  upstream: (to, mustNotPass) => answerUpstream(g, to, mustNotPass),
  facts: (pattern) => [...matchFacts(g, pattern).entries()].flatMap(([v, hit]) => (hit ? [g.fact(v)!] : [])),
});
