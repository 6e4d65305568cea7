import { bfs } from './bfs.ts';
import { reverse, type Digraph } from './digraph.ts';

export interface PathOptions {
  /** At most this many paths. */
  k?: number;
  /** Refuse a path with an edge from an earlier vertex to a later one that it does not take: a detour that only decorates a shorter path. */
  chordless?: boolean;
  /** Edge expansions before the search stops and says `truncated`. */
  budget?: number;
}
/** Paths as CSR edge numbers, shortest first. `truncated`: there are, or may be, more. */
export interface Paths { readonly paths: number[][]; readonly truncated: boolean }

/** Distance of every vertex to the target: the exact bound that keeps the search out of dead ends. Compute once for each target. */
export const distancesTo = (g: Digraph, target: number, backwards: Digraph = reverse(g)): Int32Array => bfs(backwards, [target]);

/**
 * The first k simple paths by length. A depth-first search steps only where `length + 1 + distance to the target` stays within a limit,
 * and the limit rises one edge at a time, so every path comes out exactly once and in order of length. No cap on the length.
 * Of parallel edges the first stands for all.
 */
export function shortestPaths(g: Digraph, source: number, target: number, toTarget: Int32Array, options: PathOptions = {}): Paths {
  const k = options.k ?? 10;
  const chordless = options.chordless ?? true;
  let budget = options.budget ?? 20_000;
  const paths: number[][] = [];
  if (toTarget[source]! < 0) return { paths, truncated: false };
  if (source === target) return { paths: [[]], truncated: false };
  const { offsets, targets } = g;
  const vertices: number[] = [];
  const edges: number[] = [];
  const cursor: number[] = [];
  /** Targets tried at each depth, so that parallel edges count once. */
  const tried: number[][] = [];
  /** Whether an edge leads from a vertex of the path before the last to w. Such an edge bounds the distance of its tail, so most vertices are passed over unread. */
  const hasChord = (w: number): boolean => {
    const bound = toTarget[w]! + 1;
    for (let i = 0; i < vertices.length - 1; i++) {
      const u = vertices[i]!;
      if (toTarget[u]! > bound) continue;
      for (let e = offsets[u]!, end = offsets[u + 1]!; e < end; e++) if (targets[e] === w) return true;
    }
    return false;
  };
  for (let limit = toTarget[source]!; limit < g.n; limit++) {
    let beyond = false;
    vertices.length = edges.length = cursor.length = tried.length = 0;
    tried.push([]);
    vertices.push(source);
    cursor.push(offsets[source]!);
    while (vertices.length > 0) {
      const u = vertices[vertices.length - 1]!;
      const e = cursor[cursor.length - 1]!;
      if (e >= offsets[u + 1]!) {
        vertices.pop();
        cursor.pop();
        tried.pop();
        edges.pop();
        continue;
      }
      cursor[cursor.length - 1] = e + 1;
      const w = targets[e]!;
      const rest = toTarget[w]!;
      if (rest < 0) continue;
      if (vertices.length + rest > limit) { beyond ||= !vertices.includes(w); continue; }
      if (w === target && vertices.length !== limit) continue; // came out at a lower limit
      if (--budget < 0) return { paths, truncated: true };
      const siblings = tried[tried.length - 1]!;
      if (siblings.includes(w) || vertices.includes(w)) continue;
      siblings.push(w);
      if (chordless && hasChord(w)) continue;
      if (w === target) {
        if (paths.length === k) return { paths, truncated: true };
        paths.push([...edges, e]);
        continue;
      }
      vertices.push(w);
      cursor.push(offsets[w]!);
      tried.push([]);
      edges.push(e);
    }
    if (!beyond) break;
  }
  return { paths, truncated: false };
}
