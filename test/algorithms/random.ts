import * as fc from 'fast-check';
import { buildDigraph, type Digraph } from '../../graph/algorithms/index.ts';

export interface Drawn { n: number; edges: [number, number][]; g: Digraph }

/** A small digraph with loops and parallel edges allowed, sparse to dense. */
export const drawnGraph = (maxN = 12, maxM = 40): fc.Arbitrary<Drawn> =>
  fc.integer({ min: 1, max: maxN }).chain((n) =>
    fc.array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1)), { maxLength: maxM }).map((edges) => ({ n, edges, g: fromPairs(n, edges) })));

export const fromPairs = (n: number, edges: readonly (readonly [number, number])[]): Digraph => buildDigraph(n, edges.map((e) => e[0]), edges.map((e) => e[1]));

/** All-pairs reach by Warshall's closure: slow, obvious, and shares no line with the code under test. */
export function closure(n: number, edges: readonly (readonly [number, number])[]): boolean[][] {
  const r = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => i === j));
  for (const [a, b] of edges) r[a]![b] = true;
  for (let k = 0; k < n; k++) for (let i = 0; i < n; i++) if (r[i]![k]) for (let j = 0; j < n; j++) if (r[k]![j]) r[i]![j] = true;
  return r;
}
