import { cheapest, tailsOf, walkTo, type Digraph } from '../../../graph/algorithms/index.ts';
import { kindOf } from '../facts.ts';
import type { AttackGraph } from '../graph.ts';
import type { Product } from '../product.ts';
import { serversOf } from '../static/executes.ts';

/** A vertex a start reaches without steering any agent, in its best layer, and who stands for the walk. */
export interface Unsteered { start: number; tail: number; layer: number; subject: number }

/**
 * Subject of walks without an agent: the last tool server or code used on the shortest walk of the best layer, else the first identity or node
 * on it. One search for each start and layer.
 */
export function subjectsWithoutAgent(g: AttackGraph, product: Product, own: readonly Digraph[], starts: readonly number[]): Unsteered[] {
  const found: Unsteered[] = [];
  starts.forEach((s, start) => {
    if (kindOf(g.codes[product.vertexOf(s)]!) === 'INFLUENCE') return; // a steered start is its own subject
    const done = new Set<number>();
    own.forEach((layer, l) => {
      if (l > 0 && layer === own[l - 1]) return;
      const d = cheapest(layer, undefined, [s]);
      const tails = tailsOf(layer);
      for (let p = 0; p < layer.n; p++) {
        if (d.cost[p]! < 0 || done.has(p)) continue;
        done.add(p);
        const kind = kindOf(g.codes[product.vertexOf(p)]!);
        if (kind === 'GRANT' || kind === 'ATOM' || kind === 'GOAL') continue;
        const walk = [s, ...walkTo(d, tails, p).map((k) => layer.targets[k]!)].map((x) => product.vertexOf(x));
        const subject = subjectOf(g, walk);
        if (subject >= 0) found.push({ start, tail: p, layer: l, subject });
      }
    });
  });
  return found;
}

function subjectOf(g: AttackGraph, walk: readonly number[]): number {
  for (let i = walk.length - 1; i >= 0; i--) {
    const kind = kindOf(g.codes[walk[i]!]!);
    const node = g.nodes[walk[i]!]!;
    if (kind === 'TOOL') return serversOf(g.world, node)[0]?.node ?? node;
    if (kind === 'EXEC') return node;
  }
  const first = walk.find((v) => kindOf(g.codes[v]!) !== 'START' && !g.isHidden(v));
  return first === undefined ? -1 : g.nodes[first]!;
}
