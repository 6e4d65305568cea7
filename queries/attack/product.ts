import { buildDigraph, filterEdges, layersOf, reverse, type Digraph } from '../../graph/algorithms/index.ts';
import { UserError } from '../../schema/index.ts';
import type { AttackGraph } from './graph.ts';
import { isTransition, matchFacts, matchTransitions } from './match.ts';
import type { Step } from './query.ts';

const MOST_STEPS = 8;

/**
 * The attack graph times “which steps of mustPass have been passed”, without what mustNotPass forbids. Its walks are exactly the walks that
 * obey the query so far. `graph.origin` is the edge of the attack graph.
 */
export class Product {
  readonly attack: AttackGraph;
  readonly graph: Digraph;
  /** Attack vertex and passed steps of each product vertex; undefined when the product is the graph itself. */
  readonly #vertex: Int32Array | undefined;
  readonly #mask: Uint8Array | undefined;
  readonly #numbers: Map<number, number> | undefined;
  readonly #full: number;
  readonly #starting: (v: number) => number;
  #layers: readonly Digraph[] | undefined;
  readonly #backwards = new Map<Digraph, Digraph>();

  constructor(attack: AttackGraph, starts: readonly number[], mustPass: readonly Step[] = [], mustNotPass: readonly Step[] = []) {
    this.attack = attack;
    if (mustPass.length > MOST_STEPS) throw new UserError(`a query may have at most ${MOST_STEPS} steps in mustPass, this one has ${mustPass.length}`);
    const g = attack.digraph;
    const bans = mustNotPass.map((s) => (isTransition(s) ? { edges: matchTransitions(attack, s) } : { vertices: matchFacts(attack, s) }));
    const banned = (v: number): boolean => bans.some((b) => b.vertices?.[v] === 1);
    const allowed = (k: number): boolean => !bans.some((b) => b.edges?.[k] === 1 || b.vertices?.[g.targets[k]!] === 1);
    this.#full = (1 << mustPass.length) - 1;
    if (mustPass.length === 0) {
      this.graph = bans.length === 0 ? g : filterEdges(g, allowed);
      this.#starting = (v) => (banned(v) ? -1 : v);
      return;
    }
    const steps = mustPass.map((s) => (isTransition(s) ? { edges: matchTransitions(attack, s) } : { vertices: matchFacts(attack, s) }));
    const ofVertex = (v: number): number => steps.reduce((m, s, i) => (s.vertices?.[v] === 1 ? m | (1 << i) : m), 0);
    const ofEdge = (k: number): number => steps.reduce((m, s, i) => (s.edges?.[k] === 1 ? m | (1 << i) : m), 0);
    const numbers = new Map<number, number>();
    const vertex: number[] = [];
    const mask: number[] = [];
    const number = (v: number, m: number): number => {
      const key = v * 256 + m;
      let n = numbers.get(key);
      if (n === undefined) { numbers.set(key, (n = vertex.length)); vertex.push(v); mask.push(m); }
      return n;
    };
    for (const s of starts) if (!banned(s)) number(s, ofVertex(s));
    const from: number[] = [];
    const to: number[] = [];
    const old: number[] = [];
    for (let i = 0; i < vertex.length; i++) {
      const v = vertex[i]!;
      for (let k = g.offsets[v]!; k < g.offsets[v + 1]!; k++) {
        if (!allowed(k)) continue;
        const w = g.targets[k]!;
        from.push(i);
        to.push(number(w, mask[i]! | ofEdge(k) | ofVertex(w)));
        old.push(k);
      }
    }
    this.graph = buildDigraph(vertex.length, from, to);
    for (let k = 0; k < this.graph.m; k++) this.graph.origin[k] = old[this.graph.origin[k]!]!;
    this.#vertex = Int32Array.from(vertex);
    this.#mask = Uint8Array.from(mask);
    this.#numbers = numbers;
    this.#starting = (v) => (banned(v) ? -1 : (numbers.get(v * 256 + ofVertex(v)) ?? -1));
  }

  get layers(): readonly Digraph[] { return (this.#layers ??= layersOf(this.graph, this.attack.doubt)); }
  backwards(g: Digraph): Digraph {
    let r = this.#backwards.get(g);
    if (!r) this.#backwards.set(g, (r = reverse(g)));
    return r;
  }

  vertexOf(p: number): number { return this.#vertex ? this.#vertex[p]! : p; }
  /** Whether all steps of mustPass are behind. */
  isComplete(p: number): boolean { return this.#mask ? this.#mask[p] === this.#full : true; }
  /** Product vertex of a start, -1 when the query forbids it. */
  start(v: number): number { return this.#starting(v); }
  /** Product vertex of a target that was reached with all steps passed, -1 when there is none. */
  target(v: number): number { return this.#numbers ? (this.#numbers.get(v * 256 + this.#full) ?? -1) : v; }
}
