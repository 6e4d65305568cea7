import { tailsOf, type Digraph } from '../../../graph/algorithms/index.ts';
import { verdictRank, type EffectClass, type GoalKind, type Verdict } from '../../../schema/index.ts';
import type { Cause } from '../builder.ts';
import { kindOf } from '../facts.ts';
import type { AttackGraph } from '../graph.ts';
import { showWalk } from '../paths.ts';
import type { Product } from '../product.ts';
import type { Deed, ShownPaths, Start } from '../query.ts';
import { walksBetween, walksVia } from './walks.ts';

/** One way to one asset, as numbers. `act` is the product edge that uses the grant. */
export interface DeedRow { start: number; subject: number; agent: number; act: number; identity: number; effect: EffectClass; goal: GoalKind | undefined; visible: boolean; benign: boolean; requires: readonly string[]; verdict: Verdict; layer: number }
interface Best { row: DeedRow; vertex: number }
/** `told`: the best way yet to all of a list of ends. */
interface Kept { assets: Map<number, Best>; told: Map<readonly Ended[], DeedRow> }
/** One asset, and the product vertex at which it is reached. */
export interface Ended { asset: number; vertex: number }

const sameKey = (a: DeedRow, b: DeedRow): boolean =>
  a === b || (a.effect === b.effect && a.goal === b.goal && a.identity === b.identity && a.visible === b.visible && a.benign === b.benign && a.start === b.start && a.subject === b.subject && a.agent === b.agent);

/** Ways are merged by the finding key: for each asset the surest stays, and assets of one key and verdict make a row. */
export class CollectedDeeds {
  readonly #g: AttackGraph;
  readonly #product: Product;
  readonly #from: readonly Start[];
  readonly #own: readonly Digraph[];
  readonly #starts: readonly number[];
  readonly #startOf: readonly number[];
  readonly #keys = new Map<string, Kept>();
  readonly #asks = new Map<number, { cause: Cause; asked: string; tool: number }>();
  #tails: Int32Array | undefined;
  /** Vertices of each agent's context. */
  #steered: Map<number, number[]> | undefined;
  #last: { row: DeedRow; kept: Kept } | undefined;

  constructor(g: AttackGraph, product: Product, from: readonly Start[], own: readonly Digraph[], starts: readonly number[], startOf: readonly number[]) {
    this.#g = g;
    this.#product = product;
    this.#from = from;
    this.#own = own;
    this.#starts = starts;
    this.#startOf = startOf;
  }

  /** `ends` as the same list wherever they are the same. */
  add(row: DeedRow, ends: readonly Ended[]): void {
    // Ways come in long runs of one key.
    if (!this.#last || !sameKey(this.#last.row, row)) {
      const key = `${row.start}|${row.subject}|${row.agent}|${row.identity}|${row.effect}|${row.goal ?? ''}|${row.visible}|${row.benign}`;
      let kept = this.#keys.get(key);
      if (!kept) this.#keys.set(key, (kept = { assets: new Map(), told: new Map() }));
      this.#last = { row, kept };
    }
    const { assets, told } = this.#last.kept;
    const before = told.get(ends);
    if (before && !this.#isBetter(row, before)) return;
    told.set(ends, row);
    for (const { asset, vertex } of ends) {
      const known = assets.get(asset);
      if (!known || this.#isBetter(row, known.row)) assets.set(asset, { row, vertex });
    }
  }

  /** The surer way; of equally sure ones that with the surer walk, then what is asked for and by which tool, so that edge numbers decide only between ways that read the same. */
  #isBetter(a: DeedRow, b: DeedRow): boolean {
    const byDoubt = verdictRank(a.verdict) - verdictRank(b.verdict) || a.layer - b.layer;
    if (byDoubt !== 0 || a.act === b.act) return byDoubt < 0;
    const [x, y] = [this.#asksOf(a.act), this.#asksOf(b.act)];
    if (x.cause !== y.cause) {
      if (x.cause.requires.length !== y.cause.requires.length) return x.cause.requires.length < y.cause.requires.length;
      if (x.asked !== y.asked) return x.asked < y.asked;
    }
    return (x.tool - y.tool || a.act - b.act) < 0;
  }

  #asksOf(act: number): { cause: Cause; asked: string; tool: number } {
    let known = this.#asks.get(act);
    if (!known) {
      const cause = this.#causeOf(act);
      this.#asks.set(act, (known = { cause, asked: cause.requires.join(), tool: this.#g.nodes[this.#product.vertexOf(this.#tail(act))]! }));
    }
    return known;
  }

  #causeOf(act: number): Cause { return this.#g.causes[this.#g.cause[this.#product.graph.origin[act]!]!]!; }

  deeds(): Deed[] {
    const node = (i: number) => (i < 0 ? undefined : this.#g.world.node(i));
    const all: Deed[] = [];
    for (const { assets } of this.#keys.values()) {
      const groups = new Map<string, [number, Best][]>();
      for (const [asset, best] of [...assets].sort((a, b) => a[0] - b[0])) {
        const key = `${best.row.verdict}|${this.#causeOf(best.row.act).requires.join()}|${best.row.requires.length > 0}`;
        const list = groups.get(key);
        if (list) list.push([asset, best]);
        else groups.set(key, [[asset, best]]);
      }
      for (const members of groups.values()) {
        const { row } = members[0]![1];
        const tail = this.#g.fact(this.#product.vertexOf(this.#tail(row.act)));
        const cause = this.#causeOf(row.act);
        all.push({
          start: row.start, subject: node(row.subject)!, agent: node(row.agent), tool: tail?.fact === 'TOOL' ? tail.node : undefined, identity: node(row.identity),
          effect: row.effect, assets: members.map(([a]) => node(a)!), goal: row.goal, visible: row.visible, benign: row.benign, verdict: row.verdict,
          requires: [...new Set([...cause.requires, ...members.flatMap(([, m]) => [...m.row.requires])])],
          path: (asset, k = 1) => this.#paths((members.find(([a]) => node(a)!.id === asset) ?? members[0]!)[1], k),
        });
      }
    }
    return all;
  }

  #tail(edge: number): number { return (this.#tails ??= tailsOf(this.#product.graph))[edge]!; }

  #paths({ row, vertex }: Best, k: number): ShownPaths {
    const g = this.#g;
    const p = this.#product;
    const sources = this.#starts.filter((_, i) => this.#startOf[i] === row.start);
    const tail = this.#tail(row.act);
    const layer = p.layers[row.layer]!;
    const own = this.#own[row.layer]!;
    const before = row.agent < 0 ? walksBetween(p, own, sources, tail, k) : walksVia(p, layer, sources, this.#verticesOf(row.agent), own, tail, k);
    const end = this.#toEnd(row, vertex);
    return { paths: before.walks.map((w) => showWalk(g, this.#from[row.start]!, [...w, ...end])), truncated: before.truncated };
  }

  #verticesOf(agent: number): readonly number[] {
    if (!this.#steered) {
      this.#steered = new Map();
      for (let x = 0; x < this.#product.graph.n; x++) {
        const v = this.#product.vertexOf(x);
        if (kindOf(this.#g.codes[v]!) !== 'INFLUENCE') continue;
        const list = this.#steered.get(this.#g.nodes[v]!);
        if (list) list.push(x);
        else this.#steered.set(this.#g.nodes[v]!, [x]);
      }
    }
    return this.#steered.get(agent) ?? [];
  }

  /** The act itself, the hidden way to the asset, and the goal. */
  #toEnd(row: DeedRow, vertex: number): number[] {
    const { graph } = this.#product;
    const walk = [graph.origin[row.act]!];
    const reach = (x: number): number[] | undefined => {
      if (x === vertex) return [];
      for (let k = graph.offsets[x]!; k < graph.offsets[x + 1]!; k++) {
        if (!this.#g.isHidden(this.#product.vertexOf(x))) return undefined;
        const rest = reach(graph.targets[k]!);
        if (rest) return [graph.origin[k]!, ...rest];
      }
      return undefined;
    };
    walk.push(...(reach(graph.targets[row.act]!) ?? []));
    const isGoal = (x: number): boolean => { const f = this.#g.fact(this.#product.vertexOf(x)); return f?.fact === 'GOAL' && f.goal === row.goal; };
    if (row.goal) for (let k = graph.offsets[vertex]!; k < graph.offsets[vertex + 1]!; k++) if (isGoal(graph.targets[k]!)) { walk.push(graph.origin[k]!); break; }
    return walk;
  }
}
