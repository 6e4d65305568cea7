import { worstVerdict, type Evidence, type Verdict } from '../../schema/index.ts';
import type { Grant } from '../policy/types.ts';
import { CODES } from './facts.ts';
import type { Grants } from './static/grants.ts';
import type { World } from './static/world.ts';

/** Why a transition holds. Shared by all variants of a transition; evidence of the edges is read from the snapshot when shown. */
export interface Cause {
  rule: string;
  verdict: Verdict;
  requires: readonly string[];
  /** Snapshot edge numbers. */
  edges: readonly number[];
  gates: readonly string[];
  evidence: readonly Evidence[];
  technique: string | undefined;
  /** Executing identity, for transitions into a grant. */
  identity: number;
}

/** What a transition states beyond its edges. `tag` tells causes apart that differ only in evidence. */
export interface Because { edges?: readonly number[]; verdict?: Verdict; requires?: readonly string[]; gates?: readonly string[]; evidence?: readonly Evidence[]; /** has the evidence, which costs time */ grant?: Grant; technique?: string | undefined; identity?: number; tag?: string }

const NO_EDGES: readonly number[] = [];
const NOTHING: readonly string[] = [];

/** Grows the graph from the starts: a vertex is numbered when first reached, and its transitions are emitted once. */
export class Builder {
  readonly world: World;
  readonly grants: Grants;
  readonly codes: number[] = [];
  readonly nodes: number[] = [];
  readonly from: number[] = [];
  readonly to: number[] = [];
  readonly cause: number[] = [];
  readonly causes: Cause[] = [];
  readonly #numbers = new Map<number, number>();
  readonly #byText = new Map<string, number>();
  readonly #byEdges = new Map<string, Map<number, number>>();
  #current = -1;

  constructor(world: World, grants: Grants) {
    this.world = world;
    this.grants = grants;
  }

  /** Number of the vertex (fact code about a node); new ones are queued. */
  vertex(code: number, node: number): number {
    const key = node * CODES + code;
    let v = this.#numbers.get(key);
    if (v === undefined) {
      v = this.codes.length;
      this.#numbers.set(key, v);
      this.codes.push(code);
      this.nodes.push(node);
    }
    return v;
  }

  /** A transition from the vertex under expansion. Verdict = the worst of its edges, of what is given, and conditional when something is required. */
  emit(rule: string, code: number, node: number, b: Because = {}): void { this.emitFor(this.#cause(rule, b), code, node); }

  /** A transition of which the cause is numbered already. */
  emitFor(cause: number, code: number, node: number): void {
    this.from.push(this.#current);
    this.to.push(this.vertex(code, node));
    this.cause.push(cause);
  }

  /** Number of the cause, found by what was given; the verdict is worked out once. */
  #cause(rule: string, b: Because): number {
    const edges = b.edges ?? NO_EDGES;
    const isPlain = b.verdict === undefined && b.tag === undefined && b.identity === undefined && b.technique === undefined && b.evidence === undefined && edges.length <= 2 && !b.requires?.length && !b.gates?.length;
    if (!isPlain) {
      const key = `${rule}|${b.verdict ?? ''}|${edges.join()}|${b.requires?.join() ?? ''}|${b.gates?.join() ?? ''}|${b.technique ?? ''}|${b.identity ?? ''}|${b.tag ?? ''}`;
      let c = this.#byText.get(key);
      if (c === undefined) this.#byText.set(key, (c = this.addCause(rule, b)));
      return c;
    }
    let known = this.#byEdges.get(rule);
    if (!known) this.#byEdges.set(rule, (known = new Map()));
    const key = ((edges[0] ?? -1) + 1) * (this.world.edges.length + 1) + (edges[1] ?? -1) + 1;
    let c = known.get(key);
    if (c === undefined) known.set(key, (c = this.addCause(rule, b)));
    return c;
  }

  /** A new cause. */
  addCause(rule: string, b: Because): number {
    const edges = b.edges ?? NO_EDGES;
    let verdict = b.verdict ?? 'proven';
    let requires = b.requires ?? NOTHING;
    if (requires.length > 0) verdict = worstVerdict(verdict, 'conditional');
    for (const e of edges) {
      const edge = this.world.edges[e]!;
      verdict = worstVerdict(verdict, edge.verdict);
      if (edge.requires.length > 0) requires = [...requires, ...edge.requires];
    }
    if (requires.length > 1) requires = [...new Set(requires)];
    const { grant, evidence = [] } = b;
    this.causes.push({ rule, verdict, requires, edges, gates: b.gates ?? NOTHING, technique: b.technique, identity: b.identity ?? -1, get evidence() { return grant ? grant.evidence : evidence; } });
    return this.causes.length - 1;
  }

  /** Expands every vertex that was or will be numbered, in order of number. */
  run(expand: (vertex: number, code: number, node: number) => void): void {
    for (let v = 0; v < this.codes.length; v++) {
      this.#current = v;
      expand(v, this.codes[v]!, this.nodes[v]!);
    }
  }
}
