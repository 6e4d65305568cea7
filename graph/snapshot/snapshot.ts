import type { EdgeKind, EdgeRecord, NodeKind, NodeRecord } from '../../schema/index.ts';
import { merged, type Named, ordered } from './order.ts';

/**
 * A frozen graph in memory: records plus adjacency as typed arrays. Node and edge numbers are positions in `nodes` / `edges`,
 * which are ordered by id, so equal graphs have equal numbers.
 */
export class GraphSnapshot {
  readonly nodes: readonly NodeRecord[];
  readonly edges: readonly EdgeRecord[];
  readonly #index: ReadonlyMap<string, number>;
  readonly #byKind = new Map<NodeKind, number[]>();
  /** Positions of the ends of each edge. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly #out: Csr;
  readonly #in: Csr;

  /**
   * Edges whose ends are not among the nodes are refused: the store must not hold them. `grown`: for `with`, which has numbered the nodes
   * and the ends of the edges; both lists are in order then.
   */
  constructor(nodes: readonly NodeRecord[], edges: readonly EdgeRecord[], grown?: { index: ReadonlyMap<string, number>; from: Int32Array; to: Int32Array }) {
    this.nodes = grown ? nodes : ordered(nodes);
    this.#index = grown?.index ?? numbered(this.nodes);
    this.nodes.forEach((n, i) => {
      const list = this.#byKind.get(n.kind);
      if (list) list.push(i);
      else this.#byKind.set(n.kind, [i]);
    });
    if (grown) {
      this.edges = edges;
      this.from = grown.from;
      this.to = grown.to;
    } else {
      const held = ends(ordered(edges), this.#index);
      this.edges = held.edges;
      this.from = held.from;
      this.to = held.to;
    }
    this.#out = csr(this.nodes.length, this.from);
    this.#in = csr(this.nodes.length, this.to);
  }

  index(id: string): number | undefined { return this.#index.get(id); }
  node(id: string): NodeRecord | undefined { const i = this.#index.get(id); return i === undefined ? undefined : this.nodes[i]; }
  ofKind(kind: NodeKind): NodeRecord[] { return (this.#byKind.get(kind) ?? []).map((i) => this.nodes[i]!); }

  /** Edges that leave a node, optionally of some kinds, ordered by id. */
  out(id: string, ...kinds: EdgeKind[]): EdgeRecord[] { return this.#pick(this.#out, id, kinds); }
  /** Edges that arrive at a node. */
  in(id: string, ...kinds: EdgeKind[]): EdgeRecord[] { return this.#pick(this.#in, id, kinds); }

  #pick(c: Csr, id: string, kinds: EdgeKind[]): EdgeRecord[] {
    const i = this.#index.get(id);
    if (i === undefined) return [];
    const out: EdgeRecord[] = [];
    for (let k = c.offsets[i]!; k < c.offsets[i + 1]!; k++) {
      const e = this.edges[c.items[k]!]!;
      if (kinds.length === 0 || kinds.includes(e.kind)) out.push(e);
    }
    return out;
  }

  /** A new snapshot with more edges (and nodes), as derivation adds them: merged into what is in order already. */
  with(edges: readonly EdgeRecord[], nodes: readonly NodeRecord[] = []): GraphSnapshot {
    if (edges.length + nodes.length === 0) return this;
    const all = merged(this.nodes, ordered(nodes));
    const index = nodes.length === 0 ? this.#index : numbered(all.list);
    const more = ends(ordered(edges), index);
    const both = merged(this.edges, more.edges);
    const from = new Int32Array(both.list.length);
    const to = new Int32Array(both.list.length);
    both.first.forEach((at, k) => { from[at] = all.first[this.from[k]!]!; to[at] = all.first[this.to[k]!]!; });
    both.second.forEach((at, k) => { from[at] = more.from[k]!; to[at] = more.to[k]!; });
    return new GraphSnapshot(all.list, both.list, { index, from, to });
  }
}

function numbered(list: readonly Named[]): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  list.forEach((x, i) => index.set(x.id, i));
  return index;
}

/** Edges whose ends are known, with the numbers of these. */
function ends(edges: readonly EdgeRecord[], index: ReadonlyMap<string, number>): { edges: readonly EdgeRecord[]; from: Int32Array; to: Int32Array } {
  const from = new Int32Array(edges.length);
  const to = new Int32Array(edges.length);
  const held: EdgeRecord[] = [];
  for (const e of edges) {
    const [a, b] = [index.get(e.from), index.get(e.to)];
    if (a === undefined || b === undefined) continue;
    from[held.length] = a;
    to[held.length] = b;
    held.push(e);
  }
  return { edges: held, from: from.subarray(0, held.length), to: to.subarray(0, held.length) };
}

interface Csr { offsets: Int32Array; items: Int32Array }

function csr(n: number, ends: Int32Array): Csr {
  const offsets = new Int32Array(n + 1);
  for (const e of ends) offsets[e + 1]!++;
  for (let i = 0; i < n; i++) offsets[i + 1]! += offsets[i]!;
  const next = offsets.slice(0, n);
  const items = new Int32Array(ends.length);
  for (let k = 0; k < ends.length; k++) items[next[ends[k]!]!++] = k;
  return { offsets, items };
}
