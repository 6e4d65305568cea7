import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { dominators, dominatorsOf, minCut } from '../../graph/algorithms/index.ts';
import { fewestChanges } from '../../queries/remedy/choke-points.ts';
import { closure, drawnGraph, fromPairs } from './random.ts';

test('dominators are the vertices without which the end is not reached', () => {
  fc.assert(fc.property(drawnGraph(), ({ n, edges, g }) => {
    const idom = dominators(g, 0);
    const all = closure(n, edges);
    for (let v = 1; v < n; v++) {
      const needed = Array.from({ length: n }, (_, d) => d).filter((d) => d !== 0 && d !== v && all[0]![v] && !closure(n, edges.filter(([a, b]) => a !== d && b !== d))[0]![v]);
      expect(dominatorsOf(idom, 0, v).sort((a, b) => a - b)).toEqual(needed);
      expect(idom[v] === -1).toBe(!all[0]![v]);
    }
  }), { numRuns: 150 });
});

/** The smallest set of edges that parts sources from targets, by trying all. */
function bruteForce(n: number, edges: readonly [number, number][], sources: readonly number[], targets: readonly number[], free: (i: number) => boolean): number {
  let best = Infinity;
  const able = edges.flatMap((_, i) => (free(i) ? [] : [i]));
  for (let mask = 0; mask < 1 << able.length; mask++) {
    const gone = new Set(able.filter((_, b) => mask & (1 << b)));
    if (gone.size >= best) continue;
    const r = closure(n, edges.filter((_, i) => !gone.has(i)));
    if (!sources.some((s) => targets.some((t) => r[s]![t]))) best = gone.size;
  }
  return best;
}

test('a minimum cut parts sources from targets, with as few edges as trying all finds', () => {
  fc.assert(fc.property(drawnGraph(6, 9), fc.array(fc.nat(5), { minLength: 1, maxLength: 2 }), fc.array(fc.nat(5), { minLength: 1, maxLength: 2 }), fc.nat(511), ({ n, edges }, from, to, mask) => {
    const g = fromPairs(n, edges);
    const [sources, targets] = [[...new Set(from.map((x) => x % n))], [...new Set(to.map((x) => x % n))]];
    const free = (i: number): boolean => (mask & (1 << i)) !== 0;
    const cut = minCut(g, sources, targets, (k) => free(g.origin[k]!));
    const least = bruteForce(n, edges, sources, targets, free);
    expect(cut.uncuttable).toBe(least === Infinity);
    if (cut.uncuttable) return;
    expect(cut.edges.length).toBe(least);
    const gone = new Set(cut.edges.map((k) => g.origin[k]!));
    const left = closure(n, edges.filter((_, i) => !gone.has(i)));
    expect(sources.some((s) => targets.some((t) => left[s]![t]))).toBe(false);
    expect([...gone].some(free)).toBe(false);
  }), { numRuns: 150 });
});

test('no choice of changes closes all with fewer than the lower bound says', () => {
  fc.assert(fc.property(fc.array(fc.uniqueArray(fc.nat(6), { maxLength: 4 }), { maxLength: 7 }), (sets) => {
    const closes = sets.map((s) => s.map(String));
    const all = new Set(closes.flat());
    let best = Infinity;
    for (let mask = 0; mask < 1 << sets.length; mask++) {
      const chosen = closes.filter((_, i) => mask & (1 << i));
      if (new Set(chosen.flat()).size === all.size) best = Math.min(best, chosen.length);
    }
    expect(fewestChanges(closes)).toBeLessThanOrEqual(best);
    expect(fewestChanges(closes) > 0).toBe(all.size > 0);
  }), { numRuns: 100 });
});
