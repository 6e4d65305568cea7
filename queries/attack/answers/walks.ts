import { bfs, distancesTo, shortestPaths, type Digraph } from '../../../graph/algorithms/index.ts';
import type { Product } from '../product.ts';

/** Walks as edges of the attack graph. */
export interface Walks { walks: number[][]; truncated: boolean }

/** Shortest chordless walks from the nearest of several product vertices to one, inside a layer. */
export function walksBetween(p: Product, layer: Digraph, sources: readonly number[], target: number, k: number): Walks {
  const distance = distancesTo(layer, target, p.backwards(layer));
  const reachable = sources.filter((s) => distance[s]! >= 0).sort((a, b) => distance[a]! - distance[b]! || a - b);
  const walks: number[][] = [];
  let truncated = false;
  for (const s of reachable) {
    if (walks.length >= k) { truncated = true; break; }
    const found = shortestPaths(layer, s, target, distance, { k: k - walks.length });
    walks.push(...found.paths.map((path) => path.map((e) => layer.origin[e]!)));
    truncated ||= found.truncated;
  }
  return { walks: walks.sort((a, b) => a.length - b.length), truncated };
}

/** As `walksBetween`, but by way of one of several vertices, after which only `onward` may be used. */
export function walksVia(p: Product, layer: Digraph, sources: readonly number[], via: readonly number[], onward: Digraph, target: number, k: number): Walks {
  const before = bfs(layer, sources);
  const after = distancesTo(onward, target, p.backwards(onward));
  const open = via.filter((v) => before[v]! >= 0 && after[v]! >= 0).sort((a, b) => before[a]! + after[a]! - before[b]! - after[b]! || a - b);
  const walks: number[][] = [];
  let truncated = open.length > k;
  for (const v of open.slice(0, k)) {
    const first = walksBetween(p, layer, sources, v, k);
    const second = shortestPaths(onward, v, target, after, { k });
    truncated ||= first.truncated || second.truncated || first.walks.length * second.paths.length > k;
    for (const a of first.walks) for (const b of second.paths) walks.push([...a, ...b.map((e) => onward.origin[e]!)]);
  }
  walks.sort((a, b) => a.length - b.length);
  return { walks: walks.slice(0, k), truncated: truncated || walks.length > k };
}
