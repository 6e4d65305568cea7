import { bfs, reverse } from '../../../graph/algorithms/index.ts';
import type { EntryClass, Verdict } from '../../../schema/index.ts';
import type { AttackGraph } from '../graph.ts';
import { matchFacts } from '../match.ts';
import { Product } from '../product.ts';
import type { FactPattern, Step, Upstream } from '../query.ts';
import { VERDICTS } from './reach.ts';

/** One backward search in each layer answers for every start at once, however many principals there are. */
export function answerUpstream(g: AttackGraph, to: readonly FactPattern[], mustNotPass: readonly Step[] = []): Upstream {
  const product = new Product(g, [], [], mustNotPass);
  const targets = new Set<number>();
  for (const t of to) matchFacts(g, t).forEach((hit, v) => { if (hit && product.start(v) >= 0) targets.add(v); });
  const distances = product.layers.map((layer, i) => (i > 0 && layer === product.layers[i - 1] ? undefined : bfs(reverse(layer), [...targets])));
  const verdict = (v: number): Verdict | undefined => (product.start(v) < 0 ? undefined : VERDICTS[distances.findIndex((d) => d !== undefined && d[v]! >= 0)]);
  const byId = (starts: ReadonlyMap<number, number>): Map<string, Verdict> => {
    const found = new Map<string, Verdict>();
    for (const [node, v] of starts) { const x = verdict(v); if (x) found.set(g.world.node(node).id, x); }
    return found;
  };
  const classes = new Map<EntryClass, Verdict>();
  for (const [c, v] of g.starts.entry) { const x = verdict(v); if (x) classes.set(c, x); }
  return { principals: byId(g.starts.principals), agents: byId(g.starts.agents), classes };
}
