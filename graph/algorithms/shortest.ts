import type { Digraph } from './digraph.ts';

/** Cost from the nearest source to each vertex (-1 = none) and the CSR edge it was reached by (-1 at sources). */
export interface Distances { readonly cost: Int32Array; readonly via: Int32Array }

/**
 * Cheapest walks with small non-negative integer costs, by a circular bucket queue: O(n + m + largest total cost).
 * `costs` is indexed by `origin`. Ties go to the first edge in CSR order, so equal graphs give equal answers.
 */
export function cheapest(g: Digraph, costs: Uint8Array | Uint16Array | undefined, sources: ArrayLike<number>, from?: ArrayLike<number>): Distances {
  const cost = new Int32Array(g.n).fill(-1);
  const via = new Int32Array(g.n).fill(-1);
  const settled = new Uint8Array(g.n);
  let widest = 1;
  if (costs) for (let k = 0; k < g.m; k++) if (costs[g.origin[k]!]! > widest) widest = costs[g.origin[k]!]!;
  const entry = (i: number): number => from?.[i] ?? 0;
  let spread = 0;
  for (let i = 0; i < sources.length; i++) if (entry(i) > spread) spread = entry(i);
  const buckets: number[][] = Array.from({ length: Math.max(widest, spread) + 1 }, () => []);
  let waiting = 0;
  for (let i = 0; i < sources.length; i++) {
    const s = sources[i]!;
    const d = entry(i);
    if (cost[s] === -1 || d < cost[s]!) { cost[s] = d; buckets[d % buckets.length]!.push(s); waiting++; }
  }
  for (let d = 0; waiting > 0; d++) {
    const bucket = buckets[d % buckets.length]!;
    for (let i = 0; i < bucket.length; i++) {
      const v = bucket[i]!;
      waiting--;
      if (settled[v] || cost[v] !== d) continue;
      settled[v] = 1;
      for (let k = g.offsets[v]!; k < g.offsets[v + 1]!; k++) {
        const w = g.targets[k]!;
        const c = d + (costs ? costs[g.origin[k]!]! : 1);
        if (!settled[w] && (cost[w] === -1 || c < cost[w]!)) {
          cost[w] = c;
          via[w] = k;
          buckets[c % buckets.length]!.push(w);
          waiting++;
        }
      }
    }
    bucket.length = 0;
  }
  return { cost, via };
}

/** CSR edges of the walk that `via` describes, in order; `tails` gives the vertex each CSR edge leaves. */
export function walkTo(d: Distances, tails: Int32Array, target: number): number[] {
  const edges: number[] = [];
  for (let k = d.via[target]!; k !== -1; k = d.via[tails[k]!]!) edges.push(k);
  return edges.reverse();
}
