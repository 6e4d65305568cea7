import { type Digraph } from './digraph.ts';

/** The edges of `g` that `keep` accepts, by CSR edge number; vertices stay. `origin` still names the arrays of the first build. */
export function filterEdges(g: Digraph, keep: (edge: number) => boolean): Digraph {
  const offsets = new Int32Array(g.n + 1);
  const targets = new Int32Array(g.m);
  const origin = new Int32Array(g.m);
  let m = 0;
  for (let v = 0; v < g.n; v++) {
    for (let k = g.offsets[v]!; k < g.offsets[v + 1]!; k++)
      if (keep(k)) {
        targets[m] = g.targets[k]!;
        origin[m++] = g.origin[k]!;
      }
    offsets[v + 1] = m;
  }
  return { n: g.n, m, offsets, targets: targets.subarray(0, m), origin: origin.subarray(0, m) };
}
