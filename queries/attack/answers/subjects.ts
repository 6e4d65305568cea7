import type { Digraph } from '../../../graph/algorithms/index.ts';
import { kindOf } from '../facts.ts';
import type { AttackGraph } from '../graph.ts';
import type { Product } from '../product.ts';
import { serversOf } from '../static/executes.ts';

/** A vertex a start reaches without steering any agent, in its best layer, and who stands for the walk. */
export interface Unsteered { start: number; tail: number; layer: number; subject: number }

/**
 * Subject of walks without an agent: the last tool server or code used on the shortest walk of the best layer, else the first identity or node
 * on it; of several shortest walks, the one whose subject is the least node. One search for each start and layer, over what it reaches only.
 */
export function subjectsWithoutAgent(g: AttackGraph, product: Product, own: readonly Digraph[], starts: readonly number[]): Unsteered[] {
  const found: Unsteered[] = [];
  const n = product.graph.n;
  const round = new Int32Array(n);
  const settled = new Int32Array(n).fill(-1);
  const subject = new Int32Array(n);
  const depth = new Int32Array(n);
  const queue = new Int32Array(n);
  let stamp = 0;
  starts.forEach((s, start) => {
    if (kindOf(g.codes[product.vertexOf(s)]!) === 'INFLUENCE') return; // a steered start is its own subject
    own.forEach((layer, l) => {
      if (l > 0 && layer === own[l - 1]) return;
      stamp++;
      let tail = 0;
      round[s] = stamp;
      depth[s] = 0;
      subject[s] = subjectAt(g, product.vertexOf(s), -1);
      queue[tail++] = s;
      for (let at = 0; at < tail; at++) {
        const p = queue[at]!;
        if (settled[p] !== start) {
          settled[p] = start;
          const kind = kindOf(g.codes[product.vertexOf(p)]!);
          if (kind !== 'GRANT' && kind !== 'ATOM' && kind !== 'GOAL' && subject[p]! >= 0) found.push({ start, tail: p, layer: l, subject: subject[p]! });
        }
        for (let k = layer.offsets[p]!; k < layer.offsets[p + 1]!; k++) {
          const w = layer.targets[k]!;
          if (round[w] === stamp) {
            if (depth[w] === depth[p]! + 1 && subject[p] !== subject[w]) subject[w] = lesser(subject[w]!, subjectAt(g, product.vertexOf(w), subject[p]!));
            continue;
          }
          round[w] = stamp;
          depth[w] = depth[p]! + 1;
          subject[w] = subjectAt(g, product.vertexOf(w), subject[p]!);
          queue[tail++] = w;
        }
      }
    });
  });
  return found;
}

/** Anybody before nobody, else the node that comes first by id. */
const lesser = (a: number, b: number): number => (a < 0 ? b : b < 0 ? a : Math.min(a, b));

/** Who stands for a walk that ends here, given who stood for it one vertex before (-1 = nobody yet). Code and servers take over from what came before, anything else only from nobody. */
function subjectAt(g: AttackGraph, v: number, before: number): number {
  const kind = kindOf(g.codes[v]!);
  const node = g.nodes[v]!;
  if (kind === 'TOOL') return serversOf(g.world, node)[0]?.node ?? node;
  if (kind === 'EXEC') return node;
  return before >= 0 || kind === 'START' || g.isHidden(v) ? before : node;
}
