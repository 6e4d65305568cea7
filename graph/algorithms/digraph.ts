/** A directed graph as compressed sparse rows. Vertex and edge numbers are dense. Edge k of vertex v: `offsets[v] <= k < offsets[v+1]`. */
export interface Digraph {
  readonly n: number;
  readonly m: number;
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
  /** Position of CSR edge k in the arrays it was built from. */
  readonly origin: Int32Array;
}

/** Builds by counting sort: O(n + m), stable, so parallel edges keep their order. */
export function buildDigraph(n: number, from: ArrayLike<number>, to: ArrayLike<number>, m = from.length): Digraph {
  const offsets = new Int32Array(n + 1);
  for (let i = 0; i < m; i++) offsets[from[i]! + 1]!++;
  for (let v = 0; v < n; v++) offsets[v + 1]! += offsets[v]!;
  const next = offsets.slice(0, n);
  const targets = new Int32Array(m);
  const origin = new Int32Array(m);
  for (let i = 0; i < m; i++) {
    const k = next[from[i]!]!++;
    targets[k] = to[i]!;
    origin[k] = i;
  }
  return { n, m, offsets, targets, origin };
}

/** The vertex each CSR edge leaves. */
export function tailsOf(g: Digraph): Int32Array {
  const tails = new Int32Array(g.m);
  for (let v = 0; v < g.n; v++) tails.fill(v, g.offsets[v]!, g.offsets[v + 1]!);
  return tails;
}

/** The same edges backwards; `origin` still names the arrays of the first build. */
export function reverse(g: Digraph): Digraph {
  const r = buildDigraph(g.n, g.targets, tailsOf(g), g.m);
  for (let k = 0; k < g.m; k++) r.origin[k] = g.origin[r.origin[k]!]!;
  return r;
}
