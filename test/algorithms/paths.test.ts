import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bfs, cheapest, distancesTo, shortestPaths, tailsOf, walkTo } from '../../graph/algorithms/index.ts';
import { drawnGraph, fromPairs } from './random.ts';

/** Every simple path as a list of vertices, by trying everything. */
function everySimplePath(n: number, edges: readonly (readonly [number, number])[], s: number, t: number): number[][] {
  const out: number[][] = [];
  const next = Array.from({ length: n }, (_, v) => [...new Set(edges.filter((e) => e[0] === v).map((e) => e[1]))]);
  const go = (path: number[]): void => {
    const v = path[path.length - 1]!;
    if (v === t) { out.push(path); return; }
    for (const w of next[v]!) if (!path.includes(w)) go([...path, w]);
  };
  go([s]);
  return out;
}
const isChordless = (path: number[], edges: readonly (readonly [number, number])[]): boolean =>
  !edges.some(([a, b]) => { const i = path.indexOf(a); const j = path.indexOf(b); return i >= 0 && j > i + 1; });

describe('cheapest walks', () => {
  it('equal the relaxation of all edges until nothing changes', () => {
    fc.assert(fc.property(drawnGraph(10, 30), fc.array(fc.nat(9), { minLength: 30, maxLength: 30 }), fc.nat(9), ({ n, edges, g }, c, s0) => {
      const s = s0 % n;
      const costs = Uint8Array.from(edges, (_, i) => c[i]!);
      const best = Array.from({ length: n }, (_, v) => (v === s ? 0 : Infinity));
      for (let round = 0; round <= n; round++) edges.forEach(([a, b], i) => { best[b] = Math.min(best[b]!, best[a]! + costs[i]!); });
      const d = cheapest(g, costs, [s]);
      const tails = tailsOf(g);
      for (let v = 0; v < n; v++) {
        expect(d.cost[v]).toBe(best[v] === Infinity ? -1 : best[v]);
        if (d.cost[v]! < 0) continue;
        const walk = walkTo(d, tails, v);
        expect(walk.reduce((sum, k) => sum + costs[g.origin[k]!]!, 0)).toBe(best[v]);
        let at = s;
        for (const k of walk) { expect(tails[k]).toBe(at); at = g.targets[k]!; }
        expect(at).toBe(v);
      }
    }), { numRuns: 300 });
  });

  it('count edges when no costs are given', () => {
    fc.assert(fc.property(drawnGraph(), ({ g }) => { expect(cheapest(g, undefined, [0]).cost).toEqual(bfs(g, [0])); }), { numRuns: 100 });
  });
});

describe('k shortest paths', () => {
  const check = (chordless: boolean): void => {
    fc.assert(fc.property(drawnGraph(8, 22), fc.nat(7), fc.nat(7), fc.integer({ min: 1, max: 6 }), ({ n, edges, g }, a, b, k) => {
      const [s, t] = [a % n, b % n];
      if (s === t) return;
      const all = everySimplePath(n, edges, s, t).filter((p) => !chordless || isChordless(p, edges));
      const got = shortestPaths(g, s, t, distancesTo(g, t), { k, chordless });
      const asVertices = got.paths.map((p) => [s, ...p.map((e) => g.targets[e]!)]);
      expect(new Set(asVertices.map(String)).size).toBe(asVertices.length);
      for (const p of asVertices) expect(all.map(String)).toContain(String(p));
      expect(asVertices.map((p) => p.length)).toEqual(all.map((p) => p.length).sort((x, y) => x - y).slice(0, k));
      expect(got.truncated).toBe(all.length > k);
    }), { numRuns: 400 });
  };
  it('are all simple paths in order of length', () => check(false));
  it('are all chordless paths in order of length', () => check(true));

  it('say that they stopped when the work budget ends', () => {
    const wide: [number, number][] = [];
    for (let level = 0; level < 12; level++) for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) wide.push([level * 4 + i, level * 4 + 4 + j]);
    const g = fromPairs(52, wide);
    const got = shortestPaths(g, 0, 48, distancesTo(g, 48), { k: 1_000_000, budget: 500 });
    expect(got.truncated).toBe(true);
    expect(got.paths.length).toBeGreaterThan(0);
  });
});
