import { bfs } from './bfs.ts';
import { buildDigraph, reverse, type Digraph } from './digraph.ts';

/** A subgraph with its own dense numbers. `vertices[i]` is the old number of i, `number[old]` the new one or -1. */
export interface Pruned { readonly graph: Digraph; readonly vertices: Int32Array; readonly number: Int32Array }

/** What lies on some walk from a source to a target: reached forward, and leading to a target. `origin` names the first build. */
export function prune(g: Digraph, sources: ArrayLike<number>, targets: ArrayLike<number>, backwards: Digraph = reverse(g)): Pruned {
  const forward = bfs(g, sources);
  const backward = bfs(backwards, targets);
  const number = new Int32Array(g.n).fill(-1);
  let n = 0;
  for (let v = 0; v < g.n; v++) if (forward[v]! >= 0 && backward[v]! >= 0) number[v] = n++;
  const vertices = new Int32Array(n);
  let m = 0;
  for (let v = 0; v < g.n; v++) {
    if (number[v]! < 0) continue;
    vertices[number[v]!] = v;
    for (let k = g.offsets[v]!; k < g.offsets[v + 1]!; k++) if (number[g.targets[k]!]! >= 0) m++;
  }
  const from = new Int32Array(m);
  const to = new Int32Array(m);
  const old = new Int32Array(m);
  let at = 0;
  for (let i = 0; i < n; i++) {
    const v = vertices[i]!;
    for (let k = g.offsets[v]!; k < g.offsets[v + 1]!; k++) {
      const w = number[g.targets[k]!]!;
      if (w >= 0) { from[at] = i; to[at] = w; old[at++] = g.origin[k]!; }
    }
  }
  const graph = buildDigraph(n, from, to, m);
  for (let k = 0; k < m; k++) graph.origin[k] = old[graph.origin[k]!]!;
  return { graph, vertices, number };
}
