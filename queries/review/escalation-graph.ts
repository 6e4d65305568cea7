import { buildDigraph, reverse, type Digraph } from '../../graph/algorithms/digraph.ts';
import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { verdictRank, worstVerdict, type EdgeRecord, type NodeRecord, type Verdict } from '../../schema/index.ts';
import { adminNow } from '../derive/admin.ts';
import type { Access } from '../policy/types.ts';

/** A way to the end over whole edges; `verdict` is that of its weakest. */
export interface Chain { edges: readonly EdgeRecord[]; verdict: Verdict }

const STEPS = ['CAN_ASSUME', 'CAN_ESCALATE', 'MEMBER_OF'] as const;
const LAYERS: readonly Verdict[] = ['proven', 'conditional', 'unknown'];

/**
 * Who can become whom: identities and accounts, joined by CAN_ASSUME, CAN_ESCALATE and membership. An edge that only gives code or
 * configuration in a thing ends outside and is left out; what follows from it is for the attack graph.
 */
export class EscalationGraph {
  readonly nodes: readonly NodeRecord[];
  readonly #edges: readonly EdgeRecord[];
  readonly #number = new Map<string, number>();
  readonly #snapshot: GraphSnapshot;
  readonly #access: Access;
  readonly #forward: Digraph;
  readonly #backward: Digraph;

  constructor(snapshot: GraphSnapshot, access: Access) {
    this.#snapshot = snapshot;
    this.#access = access;
    this.nodes = [...snapshot.ofKind('Identity'), ...snapshot.ofKind('Scope')];
    this.nodes.forEach((n, i) => this.#number.set(n.id, i));
    this.#edges = snapshot.ofKind('Identity').flatMap((n) => snapshot.out(n.id, ...STEPS)).filter((e) => this.#number.has(e.to) && (e.kind !== 'CAN_ESCALATE' || e.props['gives'] === 'identity' || e.props['gives'] === 'admin'));
    const end = (id: string): number => this.#number.get(id)!;
    this.#forward = buildDigraph(this.nodes.length, this.#edges.map((e) => end(e.from)), this.#edges.map((e) => end(e.to)));
    this.#backward = reverse(this.#forward);
  }

  /** Is this node an end: an identity that is admin now, or the account itself? */
  isGoal(n: NodeRecord): boolean { return n.kind === 'Scope' ? true : adminNow(this.#snapshot, this.#access, n).value; }

  /**
   * For every node the shortest chain to the nearest of the sources' ends, preferring the best verdict: one reverse pass for each verdict.
   * `sources` are tried in their order; an earlier one wins among equally near ones.
   */
  chainsTo(sources: readonly string[]): (id: string) => Chain | undefined {
    const layers: Int32Array[] = [];
    const best: ({ via: number; layer: number } | undefined)[] = Array.from({ length: this.nodes.length });
    for (let layer = 0; layer < LAYERS.length; layer++) {
      const via = new Int32Array(this.nodes.length).fill(-2);
      const queue: number[] = [];
      for (const s of sources) { const v = this.#number.get(s); if (v !== undefined && via[v] === -2) { via[v] = -1; queue.push(v); } }
      for (let head = 0; head < queue.length; head++) {
        const v = queue[head]!;
        for (let k = this.#backward.offsets[v]!; k < this.#backward.offsets[v + 1]!; k++) {
          const e = this.#backward.origin[k]!;
          const u = this.#backward.targets[k]!;
          if (via[u] !== -2 || verdictRank(this.#edges[e]!.verdict) > layer) continue;
          via[u] = e;
          queue.push(u);
        }
      }
      via.forEach((e, v) => { if (e !== -2 && best[v] === undefined) best[v] = { via: e, layer }; });
      layers[layer] = via;
    }
    return (id) => {
      const start = this.#number.get(id);
      const found = start === undefined ? undefined : best[start];
      if (!found) return undefined;
      const edges: EdgeRecord[] = [];
      for (let v = start!; layers[found.layer]![v]! >= 0;) {
        const e = this.#edges[layers[found.layer]![v]!]!;
        edges.push(e);
        v = this.#number.get(e.to)!;
      }
      return { edges, verdict: edges.reduce<Verdict>((w, e) => worstVerdict(w, e.verdict), 'proven') };
    };
  }

  /**
   * Chains from one principal to everything it can become, at most `verdict` doubtful. Each end is reached by its shortest chain; an admin
   * end, and whatever is one step away, also by every other technique that leads into it.
   */
  chainsFrom(id: string, verdict: Verdict = 'conditional'): Chain[] {
    const start = this.#number.get(id);
    if (start === undefined) return [];
    const limit = verdictRank(verdict);
    const via = new Int32Array(this.nodes.length).fill(-2);
    via[start] = -1;
    const queue = [start];
    const into: number[] = [];
    for (let head = 0; head < queue.length; head++) {
      const v = queue[head]!;
      if (v !== start && this.isGoal(this.nodes[v]!)) continue;
      for (let k: number = this.#forward.offsets[v]!; k < this.#forward.offsets[v + 1]!; k++) {
        const e = this.#forward.origin[k]!;
        if (verdictRank(this.#edges[e]!.verdict) > limit) continue;
        const w: number = this.#forward.targets[k]!;
        if (via[w] === -2) { via[w] = e; queue.push(w); into.push(e); }
        else if (w !== start && (v === start || this.isGoal(this.nodes[w]!))) into.push(e);
      }
    }
    return into.map((last) => {
      const edges: EdgeRecord[] = [this.#edges[last]!];
      let v: number = this.#number.get(edges[0]!.from)!;
      while (via[v]! >= 0) {
        const e: EdgeRecord = this.#edges[via[v]!]!;
        edges.unshift(e);
        v = this.#number.get(e.from)!;
      }
      return { edges, verdict: edges.reduce<Verdict>((w, e) => worstVerdict(w, e.verdict), 'proven') };
    });
  }
}
