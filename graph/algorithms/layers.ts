import type { Digraph } from './digraph.ts';
import { filterEdges } from './filter.ts';
import { reach, type Reach } from './reach.ts';

/** How sure an edge is: 0 proven, 1 conditional, 2 unknown. Layer L of a graph holds the edges of class ≤ L. */
export const LAYERS = 3;

/** The three subgraphs. `classes` is indexed by `origin`, that is by the position in the arrays the digraph was built from. */
export function layersOf(g: Digraph, classes: Uint8Array): Digraph[] {
  let worst = 0;
  for (let k = 0; k < g.m; k++) if (classes[g.origin[k]!]! > worst) worst = classes[g.origin[k]!]!;
  const layers: Digraph[] = [];
  for (let layer = 0; layer < LAYERS; layer++) layers.push(layer >= worst ? g : filterEdges(g, (k) => classes[g.origin[k]!]! <= layer));
  return layers;
}

/** Reach in every layer. The best layer of a pair is its verdict; it is a statement about all walks, not about one. */
export class LayeredReach {
  readonly layers: readonly Reach[];
  constructor(layers: readonly Reach[]) { this.layers = layers; }
  /** 0, 1, 2, or -1 when not reached at all. */
  best(source: number, target: number): number { return this.layers.findIndex((r) => r.has(source, target)); }
  /** Best over all sources. */
  bestOfAny(target: number): number { return this.layers.findIndex((r) => r.any(target)); }
}

export function layeredReach(layers: readonly Digraph[], sources: ArrayLike<number>, targets: ArrayLike<number>): LayeredReach {
  const done = new Map<Digraph, Reach>();
  return new LayeredReach(layers.map((g) => {
    const known = done.get(g);
    if (known) return known;
    const r = reach(g, sources, targets);
    done.set(g, r);
    return r;
  }));
}
