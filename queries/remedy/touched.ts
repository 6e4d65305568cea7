import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { EdgeRecord } from '../../schema/index.ts';
import { decode, kindOf } from '../attack/facts.ts';
import type { AttackGraph } from '../attack/graph.ts';

/** What a change does to the records of a graph: things that differ, by id, and edges that only one side holds. */
export interface Touch { nodes: readonly string[]; edges: readonly EdgeRecord[] }

/**
 * Which deeds a change may concern, read off the attack graph as it is before the change. A deed is (identity, effect, asset): the part of a row
 * that does not say from where. A change takes away or weakens transitions that rest on a changed thing, on a permission of an identity whose
 * policy changed, or on an edge that was derived from such permissions; so what those transitions do, and what can be done behind them, is all
 * that can become less.
 */
export class Touched {
  readonly #g: AttackGraph;
  /** Deeds by number. */
  readonly #done: ReadonlyMap<string, number>;
  readonly #stored: GraphSnapshot;
  /** Transitions by thing: at one of its facts, by an edge or gate of it, as it. */
  readonly #at = new Map<number, number[]>();
  readonly #by = new Map<number, number[]>();
  readonly #byEdge = new Map<number, number[]>();
  readonly #numbers: ReadonlyMap<EdgeRecord, number>;
  readonly #storedEdges: ReadonlySet<string>;
  readonly #through = new Map<string, number[]>();
  readonly #acts = new Map<number, readonly number[]>();
  /** By transition. */
  readonly #does: (readonly number[])[] = [];
  readonly #behind = new Map<number, readonly { asset: number; effect: string }[]>();

  /** `rows`: keys of what can be done before the change; nothing else can become less. */
  constructor(g: AttackGraph, stored: GraphSnapshot, rows: Iterable<string>) {
    this.#g = g;
    const done = new Map<string, number>();
    for (const key of rows) { const d = deedOf(key); if (!done.has(d)) done.set(d, done.size); }
    this.#done = done;
    this.#stored = stored;
    this.#storedEdges = new Set(stored.edges.map((e) => e.id));
    const { world } = g;
    this.#numbers = new Map(world.edges.map((e, i) => [e, i]));
    for (const e of world.edgesOf('CAN_ESCALATE')) for (const id of world.edgeProp<string[]>(e, 'through') ?? []) push(this.#through, id, e);
    const thing = (v: number): number => { const k = kindOf(g.codes[v]!); return k === 'GRANT' || k === 'ATOM' || k === 'START' ? -1 : g.nodes[v]!; };
    for (let k = 0; k < g.digraph.m; k++) {
      const c = g.causes[g.cause[k]!]!;
      for (const n of [thing(g.tails[k]!), thing(g.digraph.targets[k]!)]) if (n >= 0) push(this.#at, n, k);
      if (c.identity >= 0) push(this.#by, c.identity, k);
      for (const e of c.edges) { push(this.#byEdge, e, k); push(this.#by, world.from[e]!, k); push(this.#by, world.to[e]!, k); }
      for (const id of c.gates) { const n = world.index(id); if (n !== undefined) push(this.#by, n, k); }
    }
  }

  /** The deed of a row; -1: of none that could be done before. */
  numberOf(key: string): number { return this.#done.get(deedOf(key)) ?? -1; }

  /** Numbers of deeds; undefined when the change is of a kind whose consequences cannot be told this way. */
  deeds({ nodes, edges }: Touch): ReadonlySet<number> | undefined {
    const { world } = this.#g;
    const holders = new Set<string>();
    const things = new Set<number>();
    const see = (id: string): boolean => {
      const i = world.index(id);
      if (i !== undefined) { if (world.kind(i) === 'Scope') return false; things.add(i); }
      return true;
    };
    for (const id of nodes) {
      if (this.#stored.node(id)?.kind === 'Policy') for (const e of this.#stored.in(id, 'HAS_POLICY')) holders.add(e.from);
      else if (!see(id)) return undefined;
    }
    // What hangs on a policy elsewhere does not change when it is taken from one holder, nor does a scope when a thing leaves it.
    for (const e of edges) { if (e.kind === 'HAS_POLICY') holders.add(e.from); else if (!see(e.from) || (e.kind !== 'IN_SCOPE' && !see(e.to))) return undefined; }
    const moved = new Set<number>();
    for (const i of things) for (const list of [this.#at.get(i), this.#by.get(i)]) list?.forEach((k) => moved.add(k));
    for (const h of holders) {
      if (this.#stored.node(h)?.kind !== 'Identity') return undefined;
      for (const id of [h, ...this.#stored.in(h, 'MEMBER_OF').map((e) => e.from)]) this.#permissionsOf(id, moved);
    }
    return this.#behindAll(moved);
  }

  /** Transitions that use a permission of the identity, and those over edges that were derived from one. */
  #permissionsOf(id: string, moved: Set<number>): void {
    const { world } = this.#g;
    const { snapshot } = world.estate;
    const i = world.index(id);
    if (i === undefined) return;
    for (const k of this.#by.get(i) ?? []) moved.add(k);
    for (const k of this.#at.get(i) ?? []) moved.add(k);
    const runners = snapshot.in(id, 'RUNS_AS').map((e) => e.from);
    const before = runners.flatMap((r) => snapshot.in(r, 'IMPLEMENTED_BY', 'EXECUTES_IN').map((e) => e.from));
    const derived = new Set<number>(this.#through.get(id));
    const routed = new Set<string>();
    for (const x of new Set([id, ...runners, ...before]))
      for (const e of [...snapshot.out(x), ...snapshot.in(x)]) {
        if (this.#isStored(e)) continue;
        derived.add(this.#numbers.get(e)!);
        if (e.kind === 'ROUTES_TO') routed.add(e.to);
      }
    // Feeds are derived from routes one after another.
    for (const x of routed) {
      for (const e of snapshot.out(x, 'ROUTES_TO')) routed.add(e.to);
      for (const e of snapshot.in(x, 'FEEDS')) if (!this.#isStored(e)) derived.add(this.#numbers.get(e)!);
    }
    for (const e of derived) for (const k of this.#byEdge.get(e) ?? []) moved.add(k);
  }

  #isStored(e: EdgeRecord): boolean { return this.#storedEdges.has(e.id); }

  /** What the transitions do themselves, and everything that can be done from where they lead. */
  #behindAll(moved: ReadonlySet<number>): ReadonlySet<number> {
    const g = this.#g;
    const out = new Set<number>();
    const seen = new Set<number>();
    for (const k of moved) { for (const d of this.#actOf(k)) out.add(d); seen.add(g.digraph.targets[k]!); }
    for (const v of seen) { // a Set visits what is added on the way
      for (const d of this.#actsOf(v)) out.add(d);
      for (let k = g.digraph.offsets[v]!; k < g.digraph.offsets[v + 1]!; k++) seen.add(g.digraph.targets[k]!);
    }
    return out;
  }

  #actsOf(v: number): readonly number[] {
    let acts = this.#acts.get(v);
    if (acts) return acts;
    const found: number[] = [];
    for (let k = this.#g.digraph.offsets[v]!; k < this.#g.digraph.offsets[v + 1]!; k++) found.push(...this.#actOf(k));
    this.#acts.set(v, (acts = [...new Set(found)]));
    return acts;
  }

  #actOf(k: number): readonly number[] { return (this.#does[k] ??= this.#actAt(k)); }

  #actAt(k: number): readonly number[] {
    const g = this.#g;
    const v = g.tails[k]!;
    const kind = kindOf(g.codes[v]!);
    if (kind === 'GRANT' || kind === 'ATOM') return [];
    const { identity } = g.causes[g.cause[k]!]!;
    const who = identity >= 0 ? identity : kind === 'CRED' ? g.nodes[v]! : -1;
    return this.#endsBehind(g.digraph.targets[k]!).flatMap((e) => this.#done.get(deed(who < 0 ? '' : g.world.node(who).id, e.effect, g.world.node(e.asset).id)) ?? []);
  }

  #endsBehind(v: number): readonly { asset: number; effect: string }[] {
    let ends = this.#behind.get(v);
    if (ends) return ends;
    const g = this.#g;
    const p = decode(g.codes[v]!);
    if (p.kind === 'EFFECT' || p.kind === 'GOAL') ends = [{ asset: g.nodes[v]!, effect: p.kind === 'GOAL' ? 'permission' : p.effect }];
    else if (p.kind !== 'GRANT' && p.kind !== 'ATOM') ends = [];
    else {
      const found: { asset: number; effect: string }[] = [];
      for (let k = g.digraph.offsets[v]!; k < g.digraph.offsets[v + 1]!; k++) found.push(...this.#endsBehind(g.digraph.targets[k]!));
      ends = found;
    }
    this.#behind.set(v, ends);
    return ends;
  }
}

const deed = (identity: string, effect: string, asset: string): string => `${identity}|${effect}|${asset}`;
/** The deed of a row key (`rowKey`): all but its subject. */
const deedOf = (key: string): string => key.slice(key.indexOf('|') + 1);

function push<K>(map: Map<K, number[]>, key: K, value: number): void {
  const list = map.get(key);
  if (!list) map.set(key, [value]);
  else if (list[list.length - 1] !== value) list.push(value);
}
