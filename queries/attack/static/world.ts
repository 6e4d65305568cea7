import { buildDigraph, type Digraph } from '../../../graph/algorithms/index.ts';
import type { EdgeKind, EdgeRecord, NodeKind, NodeRecord } from '../../../schema/index.ts';
import type { Estate } from '../estate.ts';

const NONE = new Int32Array(0);

/** The snapshot by numbers: nodes and edges are positions in the snapshot's lists, adjacency is kept for each edge kind. Everything static is read here. */
export class World {
  readonly estate: Estate;
  readonly nodes: readonly NodeRecord[];
  readonly edges: readonly EdgeRecord[];
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly #byKind = new Map<EdgeKind, number[]>();
  readonly #out = new Map<EdgeKind, Digraph>();
  readonly #in = new Map<EdgeKind, Digraph>();
  readonly #memo = new Map<string, Map<number, unknown>>();

  constructor(estate: Estate) {
    this.estate = estate;
    const { snapshot } = estate;
    this.nodes = snapshot.nodes;
    this.edges = snapshot.edges;
    this.from = snapshot.from;
    this.to = snapshot.to;
    this.edges.forEach((e, i) => {
      const list = this.#byKind.get(e.kind);
      if (list) list.push(i);
      else this.#byKind.set(e.kind, [i]);
    });
  }

  index(id: string): number | undefined { return this.estate.snapshot.index(id); }
  node(i: number): NodeRecord { return this.nodes[i]!; }
  kind(i: number): NodeKind { return this.nodes[i]!.kind; }
  prop<T>(i: number, name: string): T | undefined { return this.nodes[i]!.props[name] as T | undefined; }
  edgeProp<T>(e: number, name: string): T | undefined { return this.edges[e]!.props[name] as T | undefined; }
  ofKind(kind: NodeKind): number[] { return this.estate.snapshot.ofKind(kind).map((n) => this.index(n.id)!); }
  edgesOf(kind: EdgeKind): readonly number[] { return this.#byKind.get(kind) ?? []; }

  /** Numbers of the edges of a kind that leave a node. */
  out(kind: EdgeKind, i: number): Int32Array { return this.#adjacent(this.#out, kind, i, this.from, this.to); }
  /** Numbers of the edges of a kind that arrive at a node. */
  in(kind: EdgeKind, i: number): Int32Array { return this.#adjacent(this.#in, kind, i, this.to, this.from); }

  #adjacent(cache: Map<EdgeKind, Digraph>, kind: EdgeKind, i: number, ends: Int32Array, others: Int32Array): Int32Array {
    const list = this.#byKind.get(kind);
    if (!list) return NONE;
    let g = cache.get(kind);
    if (!g) {
      g = buildDigraph(this.nodes.length, list.map((e) => ends[e]!), list.map((e) => others[e]!));
      for (let k = 0; k < g.m; k++) g.origin[k] = list[g.origin[k]!]!;
      cache.set(kind, g);
    }
    return g.origin.subarray(g.offsets[i]!, g.offsets[i + 1]!);
  }

  /** Computes a static answer about a node once. */
  once<T>(question: string, i: number, answer: () => T): T {
    let m = this.#memo.get(question);
    if (!m) this.#memo.set(question, (m = new Map()));
    if (m.has(i)) return m.get(i) as T;
    const a = answer();
    m.set(i, a);
    return a;
  }
}
