import { buildDigraph, layersOf, tailsOf, type Digraph } from '../../graph/algorithms/index.ts';
import { verdictRank, type FactKind, type NodeRecord } from '../../schema/index.ts';
import type { Builder, Cause } from './builder.ts';
import { decode, isHidden, kindOf, variantOf } from './facts.ts';
import type { FactView, TransitionView } from './query.ts';
import type { StartVertices } from './starts.ts';
import type { Grants } from './static/grants.ts';
import type { World } from './static/world.ts';

/**
 * The fact digraph of one snapshot (architecture §4). Vertices are facts, CSR edges are transitions; everything about them is in parallel
 * arrays. Edge numbers here are CSR numbers.
 */
export class AttackGraph {
  readonly world: World;
  readonly grants: Grants;
  readonly starts: StartVertices;
  readonly digraph: Digraph;
  /** Fact code and node of each vertex. */
  readonly codes: Uint8Array;
  readonly nodes: Int32Array;
  readonly causes: readonly Cause[];
  /** Tail vertex, cause, and doubt (0 proven, 1 conditional, 2 unknown) of each edge. */
  readonly tails: Int32Array;
  readonly cause: Int32Array;
  readonly doubt: Uint8Array;
  #layers: Digraph[] | undefined;

  constructor(b: Builder, starts: StartVertices) {
    this.world = b.world;
    this.grants = b.grants;
    this.starts = starts;
    this.codes = Uint8Array.from(b.codes);
    this.nodes = Int32Array.from(b.nodes);
    this.causes = b.causes;
    const g = buildDigraph(b.codes.length, b.from, b.to);
    this.cause = new Int32Array(g.m);
    this.doubt = new Uint8Array(g.m);
    for (let k = 0; k < g.m; k++) {
      const c = b.cause[g.origin[k]!]!;
      this.cause[k] = c;
      this.doubt[k] = verdictRank(b.causes[c]!.verdict);
      g.origin[k] = k; // from here on an edge is its CSR number
    }
    this.digraph = g;
    this.tails = tailsOf(g);
  }

  /** Subgraphs of the three verdicts. */
  get layers(): readonly Digraph[] { return (this.#layers ??= layersOf(this.digraph, this.doubt)); }

  isHidden(v: number): boolean { return isHidden(this.codes[v]!); }
  node(v: number): NodeRecord | undefined { const k = kindOf(this.codes[v]!); return k === 'GRANT' || k === 'ATOM' ? undefined : this.world.nodes[this.nodes[v]!]; }

  /** A vertex decoded; undefined for starts and hidden vertices. */
  fact(v: number): FactView | undefined {
    const c = this.codes[v]!;
    const kind = kindOf(c);
    if (kind === 'START' || isHidden(c)) return undefined;
    const p = decode(c);
    return { vertex: v, fact: kind as FactKind, node: this.world.nodes[this.nodes[v]!]!, variant: variantOf(c), ...(kind === 'EFFECT' ? { effect: p.effect } : {}), ...(kind === 'GOAL' ? { goal: p.goal } : {}) };
  }

  transition(edge: number): TransitionView {
    const c = this.causes[this.cause[edge]!]!;
    return { name: c.rule, verdict: c.verdict, requires: c.requires, edges: c.edges.map((e) => this.world.edges[e]!), gates: c.gates, ...(c.technique ? { technique: c.technique } : {}), from: this.fact(this.tails[edge]!), to: this.fact(this.digraph.targets[edge]!) };
  }
}
