import { buildDigraph, tailsOf, type Digraph } from './digraph.ts';

/** The fewest edges whose absence leaves no walk from a source to a target: their CSR numbers, ascending. `uncuttable`: a source is a target. */
export interface Cut { readonly edges: readonly number[]; readonly uncuttable: boolean }

/**
 * Minimum edge cut by maximum flow with unit capacities (Dinic: layers by breadth, then blocking flows), from all sources to all targets at
 * once. Of all smallest cuts it is the one nearest the sources. `free`: edges that cannot be cut (platform behaviour, hidden edges).
 */
export function minCut(g: Digraph, sources: ArrayLike<number>, targets: ArrayLike<number>, free: (edge: number) => boolean = () => false): Cut {
  const isTarget = new Uint8Array(g.n);
  for (let i = 0; i < targets.length; i++) isTarget[targets[i]!] = 1;
  for (let i = 0; i < sources.length; i++) if (isTarget[sources[i]!]) return { edges: [], uncuttable: true };
  const net = new Network(g, free);
  const limit = g.m + 1;
  for (let total = 0; net.layer(sources, isTarget);) {
    for (let i = 0; i < sources.length; i++) for (let pushed = net.push(sources[i]!, isTarget); pushed > 0; pushed = net.push(sources[i]!, isTarget)) total += pushed;
    // Only walks of edges that cannot be cut carry more than there are edges.
    if (total >= limit) return { edges: [], uncuttable: true };
  }
  const edges: number[] = [];
  for (let v = 0; v < g.n; v++) if (net.level[v]! >= 0) for (let k = g.offsets[v]!; k < g.offsets[v + 1]!; k++) if (net.level[g.targets[k]!]! < 0) edges.push(k);
  return { edges, uncuttable: false };
}

/** Residual network: CSR edge k forwards, and backwards as far as flow went over it. */
class Network {
  readonly level: Int32Array;
  readonly #g: Digraph;
  readonly #flow: Int32Array;
  readonly #capacity: Int32Array;
  /** Edges by head; `origin` is their number in the graph itself. */
  readonly #into: Digraph;
  #cursor = new Int32Array(0);

  constructor(g: Digraph, free: (edge: number) => boolean) {
    this.#g = g;
    this.level = new Int32Array(g.n);
    this.#flow = new Int32Array(g.m);
    this.#capacity = Int32Array.from({ length: g.m }, (_, k) => (free(k) ? g.m + 1 : 1));
    this.#into = buildDigraph(g.n, g.targets, tailsOf(g), g.m);
  }

  /** Distances from the sources in the residual network; whether a target is reached. */
  layer(sources: ArrayLike<number>, isTarget: Uint8Array): boolean {
    this.level.fill(-1);
    this.#cursor = new Int32Array(this.#g.n);
    const queue: number[] = [];
    for (let i = 0; i < sources.length; i++) if (this.level[sources[i]!] === -1) { this.level[sources[i]!] = 0; queue.push(sources[i]!); }
    let found = false;
    for (const v of queue) {
      if (isTarget[v]) found = true;
      for (let i = 0; i < this.#degree(v); i++) {
        const [w, room] = this.#arc(v, i);
        if (room > 0 && this.level[w] === -1) { this.level[w] = this.level[v]! + 1; queue.push(w); }
      }
    }
    return found;
  }

  /** One augmenting walk along the layers, without recursion; how much it carries. */
  push(source: number, isTarget: Uint8Array): number {
    const walk: [v: number, arc: number][] = [];
    let v = source;
    for (;;) {
      if (isTarget[v]) {
        const amount = Math.min(...walk.map(([u, i]) => this.#arc(u, i)[1]));
        for (const [u, i] of walk) this.#add(u, i, amount);
        return amount;
      }
      let went = false;
      for (; this.#cursor[v]! < this.#degree(v); this.#cursor[v]!++) {
        const i = this.#cursor[v]!;
        const [w, room] = this.#arc(v, i);
        if (room > 0 && this.level[w] === this.level[v]! + 1) { walk.push([v, i]); v = w; went = true; break; }
      }
      if (went) continue;
      const back = walk.pop();
      if (!back) return 0;
      v = back[0];
      this.#cursor[v]!++;
    }
  }

  #degree(v: number): number { return this.#g.offsets[v + 1]! - this.#g.offsets[v]! + this.#into.offsets[v + 1]! - this.#into.offsets[v]!; }

  #arc(v: number, i: number): [to: number, room: number] {
    const out = this.#g.offsets[v + 1]! - this.#g.offsets[v]!;
    if (i < out) { const k = this.#g.offsets[v]! + i; return [this.#g.targets[k]!, this.#capacity[k]! - this.#flow[k]!]; }
    const k = this.#into.offsets[v]! + i - out;
    return [this.#into.targets[k]!, this.#flow[this.#into.origin[k]!]!];
  }

  #add(v: number, i: number, amount: number): void {
    const out = this.#g.offsets[v + 1]! - this.#g.offsets[v]!;
    if (i < out) this.#flow[this.#g.offsets[v]! + i]! += amount;
    else this.#flow[this.#into.origin[this.#into.offsets[v]! + i - out]!]! -= amount;
  }
}
