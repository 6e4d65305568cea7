import * as fc from 'fast-check';
import { DirectedGraph } from 'graphology';
import { bfsFromNode } from 'graphology-traversal';
import { describe, expect, it } from 'vitest';
import { bfs, components, condense, layeredReach, layersOf, prune, reach, reverse, Searcher } from '../../graph/algorithms/index.ts';
import { closure, drawnGraph, fromPairs } from './random.ts';

describe('components', () => {
  it('are the classes of mutual reach, numbered so that edges go down', () => {
    fc.assert(fc.property(drawnGraph(), ({ n, edges, g }) => {
      const { of, count } = components(g);
      const r = closure(n, edges);
      for (let a = 0; a < n; a++) for (let b = 0; b < n; b++) expect(of[a] === of[b]).toBe(r[a]![b]! && r[b]![a]!);
      for (const [a, b] of edges) expect(of[a]).toBeGreaterThanOrEqual(of[b]!);
      expect(new Set(of).size).toBe(count);
    }), { numRuns: 400 });
  });

  it('visit only what the roots lead to', () => {
    fc.assert(fc.property(drawnGraph(), fc.nat(11), ({ n, edges, g }, s) => {
      const root = s % n;
      const { of } = components(g, [root]);
      const r = closure(n, edges);
      for (let v = 0; v < n; v++) expect(of[v]! >= 0).toBe(r[root]![v]);
    }), { numRuns: 200 });
  });

  it('do not overflow on a path of 300,000 vertices', () => {
    const n = 300_000;
    const g = fromPairs(n, Array.from({ length: n - 1 }, (_, i) => [i, i + 1] as const));
    expect(components(g).count).toBe(n);
  });
});

describe('condensation', () => {
  it('has each edge between components once, and none to what leads nowhere wanted', () => {
    fc.assert(fc.property(drawnGraph(), fc.nat(11), ({ n, edges, g }, t) => {
      const c = components(g);
      const dag = condense(g, c);
      const pairs = new Set(edges.map(([a, b]) => `${c.of[a]} ${c.of[b]}`).filter((p) => p.split(' ')[0] !== p.split(' ')[1]));
      const got: string[] = [];
      for (let i = 0; i < c.count; i++) for (let k = dag.offsets[i]!; k < dag.offsets[i + 1]!; k++) got.push(`${i} ${dag.targets[k]}`);
      expect(got.sort()).toEqual([...pairs].sort());
      const target = t % n;
      const r = closure(n, edges);
      const towards = condense(g, c, [target]);
      const wanted = new Set(edges.filter(([, b]) => r[b]![target]).map(([a, b]) => `${c.of[a]} ${c.of[b]}`).filter((p) => p.split(' ')[0] !== p.split(' ')[1]));
      expect(towards.targets.length).toBe(wanted.size);
    }), { numRuns: 300 });
  });
});

describe('bit-parallel reach', () => {
  it('equals the closure for many sources and repeated targets', () => {
    fc.assert(fc.property(drawnGraph(40, 120), fc.array(fc.nat(39), { maxLength: 90 }), fc.array(fc.nat(39), { maxLength: 30 }), ({ n, edges, g }, s, t) => {
      const sources = s.map((x) => x % n);
      const targets = t.map((x) => x % n);
      const r = closure(n, edges);
      const got = reach(g, sources, targets);
      for (const b of targets) {
        const expected = sources.flatMap((a, i) => (r[a]![b] ? [i] : []));
        expect(got.sourcesOf(b)).toEqual(expected);
        expect(got.countOf(b)).toBe(expected.length);
        expect(got.any(b)).toBe(expected.length > 0);
        sources.forEach((a, i) => expect(got.has(i, b)).toBe(r[a]![b]));
      }
    }), { numRuns: 300 });
  });

  it('equals an independent library on larger graphs, forwards and backwards', () => {
    fc.assert(fc.property(drawnGraph(120, 300), ({ n, edges, g }) => {
      const independent = new DirectedGraph({ allowSelfLoops: true });
      for (let v = 0; v < n; v++) independent.addNode(String(v));
      for (const [a, b] of edges) independent.mergeEdge(String(a), String(b));
      const all = Array.from({ length: n }, (_, i) => i);
      const got = reach(g, all, all);
      const back = reach(reverse(g), all, all);
      for (let a = 0; a < n; a += 7) {
        const reached = new Set<string>();
        bfsFromNode(independent, String(a), (node) => { reached.add(node); });
        for (let b = 0; b < n; b++) {
          expect(got.has(a, b)).toBe(reached.has(String(b)));
          expect(back.has(b, a)).toBe(reached.has(String(b)));
        }
      }
    }), { numRuns: 25 });
  });

  it('answers nothing for no sources and for targets out of reach', () => {
    const g = fromPairs(3, [[0, 1]]);
    expect(reach(g, [], [1]).any(1)).toBe(false);
    expect(reach(g, [0], [2]).sourcesOf(2)).toEqual([]);
  });
});

describe('layered reach', () => {
  it('gives for each pair the smallest layer whose subgraph connects it', () => {
    fc.assert(fc.property(drawnGraph(14, 40), fc.array(fc.nat(2), { minLength: 40, maxLength: 40 }), ({ n, edges, g }, c) => {
      const classes = Uint8Array.from(edges, (_, i) => c[i]!);
      const all = Array.from({ length: n }, (_, i) => i);
      const got = layeredReach(layersOf(g, classes), all, all);
      const byLayer = [0, 1, 2].map((l) => closure(n, edges.filter((_, i) => classes[i]! <= l)));
      for (const a of all) for (const b of all) expect(got.best(a, b)).toBe(byLayer.findIndex((r) => r[a]![b]));
    }), { numRuns: 200 });
  });
});

describe('prune and plain search', () => {
  it('keeps exactly the edges on walks from a source to a target', () => {
    fc.assert(fc.property(drawnGraph(), fc.nat(11), fc.nat(11), ({ n, edges, g }, a, b) => {
      const [s, t] = [a % n, b % n];
      const r = closure(n, edges);
      const p = prune(g, [s], [t]);
      const kept: string[] = [];
      for (let v = 0; v < p.graph.n; v++) for (let k = p.graph.offsets[v]!; k < p.graph.offsets[v + 1]!; k++) kept.push(edges[p.graph.origin[k]!]!.join(' '));
      expect(kept.sort()).toEqual(edges.filter(([x, y]) => r[s]![x] && r[y]![t]).map((e) => e.join(' ')).sort());
    }), { numRuns: 200 });
  });

  it('reaches the same set with reused scratch space', () => {
    fc.assert(fc.property(drawnGraph(), ({ n, g }) => {
      const search = new Searcher(g);
      for (let s = 0; s < n; s++) expect([...search.from(s)].sort()).toEqual([...bfs(g, [s]).keys()].filter((v) => bfs(g, [s])[v]! >= 0).sort());
    }), { numRuns: 100 });
  });
});
