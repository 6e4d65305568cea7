import { distancesTo, filterEdges, shortestPaths, type Digraph } from '../../../graph/algorithms/index.ts';
import type { Verdict } from '../../../schema/index.ts';
import { kindOf } from '../facts.ts';
import type { AttackGraph } from '../graph.ts';
import { matchFacts } from '../match.ts';
import { showWalk } from '../paths.ts';
import { Product } from '../product.ts';
import type { FactPattern, Hit, Legs, ShownPaths, Step } from '../query.ts';
import { VERDICTS } from './reach.ts';

/** Transitions that stay in one agent's own affair: its ways out, and handing work on. */
const isOwn = (rule: string): boolean => rule.startsWith('from-influence/leak') || rule.startsWith('from-influence/delegation');

/** What an agent reaches by itself: its search enters another agent's INFLUENCE only by delegation. */
export class LegsAnswer implements Legs {
  readonly agents: readonly string[];
  readonly #g: AttackGraph;
  readonly #product: Product;
  readonly #reached = new Map<string, { vertices: number[]; best: Int8Array }>();
  readonly #matched = new Map<FactPattern, Uint8Array>();

  constructor(g: AttackGraph, agents: readonly string[] | undefined, mustNotPass: readonly Step[] = []) {
    this.#g = g;
    this.#product = new Product(g, [], [], mustNotPass);
    this.agents = agents ?? [...g.starts.agents.keys()].map((i) => g.world.node(i).id);
  }

  /** Whether an edge may be used on behalf of the agent. */
  #mayUse(edge: number, agent: number): boolean {
    const w = this.#g.digraph.targets[edge]!;
    return kindOf(this.#g.codes[w]!) !== 'INFLUENCE' || this.#g.nodes[w] === agent || isOwn(this.#g.causes[this.#g.cause[edge]!]!.rule);
  }

  /** Vertices reached and the best layer of each, by one search a layer that continues the one before. */
  #reach(agent: string): { vertices: number[]; best: Int8Array } {
    const known = this.#reached.get(agent);
    if (known) return known;
    const i = this.#g.world.index(agent);
    const start = i === undefined ? undefined : this.#g.starts.agents.get(i);
    const bestOf = new Map<number, number>();
    const order: number[] = [];
    if (start !== undefined && this.#product.start(start) >= 0)
      this.#product.layers.forEach((layer, l) => {
        const queue = [...bestOf.keys()];
        if (!bestOf.has(start)) { bestOf.set(start, l); queue.push(start); order.push(start); }
        for (let at = 0; at < queue.length; at++) {
          const v = queue[at]!;
          for (let k = layer.offsets[v]!; k < layer.offsets[v + 1]!; k++) {
            const w = layer.targets[k]!;
            if (bestOf.has(w) || !this.#mayUse(layer.origin[k]!, i!)) continue;
            bestOf.set(w, l);
            order.push(w);
            queue.push(w);
          }
        }
      });
    const found = { vertices: order, best: Int8Array.from(order, (v) => bestOf.get(v)!) };
    this.#reached.set(agent, found);
    return found;
  }

  #matches(pattern: FactPattern): Uint8Array {
    let m = this.#matched.get(pattern);
    if (!m) this.#matched.set(pattern, (m = matchFacts(this.#g, pattern)));
    return m;
  }

  hits(agent: string, pattern: FactPattern): Hit[] {
    const m = this.#matches(pattern);
    const r = this.#reach(agent);
    return r.vertices.flatMap((v, i) => (m[v] ? [{ fact: this.#g.fact(v)!, verdict: VERDICTS[r.best[i]!]! }] : [])).sort((a, b) => a.fact.vertex - b.fact.vertex);
  }

  verdict(agent: string, pattern: FactPattern): Verdict | undefined {
    const m = this.#matches(pattern);
    const r = this.#reach(agent);
    let best = 3;
    r.vertices.forEach((v, i) => { if (m[v] && r.best[i]! < best) best = r.best[i]!; });
    return VERDICTS[best];
  }

  path(agent: string, vertex: number, k = 1): ShownPaths {
    const r = this.#reach(agent);
    const at = r.vertices.indexOf(vertex);
    const i = this.#g.world.index(agent);
    if (at < 0 || i === undefined) return { paths: [], truncated: false };
    const start = this.#g.starts.agents.get(i)!;
    const full: Digraph = this.#product.layers[r.best[at]!]!;
    const layer = filterEdges(full, (e) => this.#mayUse(full.origin[e]!, i));
    const found = shortestPaths(layer, start, vertex, distancesTo(layer, vertex), { k });
    return { paths: found.paths.map((p) => showWalk(this.#g, { agent }, p.map((e) => layer.origin[e]!))), truncated: found.truncated };
  }
}
