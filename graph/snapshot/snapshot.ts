import type { EdgeKind, EdgeRecord, NodeKind, NodeRecord } from '../../schema/index.ts';

/**
 * A frozen graph in memory: records plus adjacency as typed arrays. Node and edge numbers are positions in `nodes` / `edges`,
 * which are ordered by id, so equal graphs have equal numbers.
 */
export class GraphSnapshot {
  readonly nodes: readonly NodeRecord[];
  readonly edges: readonly EdgeRecord[];
  readonly #index = new Map<string, number>();
  readonly #byKind = new Map<NodeKind, number[]>();
  readonly #out: Csr;
  readonly #in: Csr;

  /** Edges whose ends are not among the nodes are refused: the store must not hold them. */
  constructor(nodes: readonly NodeRecord[], edges: readonly EdgeRecord[]) {
    const byId = <T extends { id: string }>(a: T, b: T): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
    this.nodes = [...nodes].sort(byId);
    this.nodes.forEach((n, i) => {
      this.#index.set(n.id, i);
      const list = this.#byKind.get(n.kind);
      if (list) list.push(i);
      else this.#byKind.set(n.kind, [i]);
    });
    this.edges = edges.filter((e) => this.#index.has(e.from) && this.#index.has(e.to)).sort(byId);
    const from = Int32Array.from(this.edges, (e) => this.#index.get(e.from)!);
    const to = Int32Array.from(this.edges, (e) => this.#index.get(e.to)!);
    this.#out = csr(this.nodes.length, from);
    this.#in = csr(this.nodes.length, to);
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

  /** A new snapshot with more edges (and nodes), as derivation adds them. */
  with(edges: readonly EdgeRecord[], nodes: readonly NodeRecord[] = []): GraphSnapshot {
    return new GraphSnapshot([...this.nodes, ...nodes], [...this.edges, ...edges]);
  }
}

interface Csr { offsets: Int32Array; items: Int32Array }

function csr(n: number, ends: Int32Array): Csr {
  const offsets = new Int32Array(n + 1);
  for (const e of ends) offsets[e + 1]!++;
  for (let i = 0; i < n; i++) offsets[i + 1]! += offsets[i]!;
  const next = offsets.slice(0, n);
  const items = new Int32Array(ends.length);
  ends.forEach((e, k) => { items[next[e]!++] = k; });
  return { offsets, items };
}
