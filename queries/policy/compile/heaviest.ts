import { type EffectClass, type Verdict, verdictRank } from '../../../schema/index.ts';
import { VERDICTS } from '../truth.ts';
import type { Grant, Heaviest, Weights } from '../types.ts';
import { classesOf } from './classes.ts';
import type { Part } from './grants.ts';
import { bitsWhere, type Group } from './groups.ts';
import type { Rows, SharedRows } from './rows.ts';

/** Rows of a group by what weighs the same on them, and the actions that do; `aside`: rows on which keys or a second layer have a say. */
interface Scale { group: Group; most: number; classOf: Int16Array; classes: readonly (readonly Heavy[])[]; aside: ReadonlySet<number> }
/** Heavier ones first. */
interface Heavy { effect: EffectClass; weight: number; bits: Int32Array }

/** The heaviest thing that an identity may do, read off its rows: what it comes to is what its grants say, without writing them out. */
export class Scales {
  readonly #weights: Weights;
  readonly #encrypted: (g: Group) => readonly (string | undefined)[] | undefined;
  readonly #only: (g: Group, row: number) => readonly EffectClass[] | undefined;
  readonly #scales: readonly Scale[];
  /** By rows that several callers share. */
  readonly #shared = new WeakMap<Rows, Heaviest | null>();
  readonly #sets = new WeakMap<readonly string[], { asset: string; weight: number } | null>();

  /** `encrypted`: what tells apart the keys and further layers of the rows of a group. */
  constructor(groups: readonly Group[], weights: Weights, encrypted: (g: Group) => readonly (string | undefined)[] | undefined, only: (g: Group, row: number) => readonly EffectClass[] | undefined) {
    this.#weights = weights;
    this.#encrypted = encrypted;
    this.#only = only;
    this.#scales = groups.map((g) => this.#scale(g)).filter((s) => s.most > 0).sort((a, b) => b.most - a.most || a.group.index - b.group.index);
  }

  /** Groups are looked at as long as they hold something that could weigh as much as what was found. `besides`: what is no row. */
  ofRows(besides: readonly Grant[], on: (g: Group) => Rows | SharedRows | undefined, aside: (g: Group, rows: Rows, row: number) => readonly Part[]): Heaviest | undefined {
    let best = this.ofGrants(besides);
    for (const scale of this.#scales) {
      if (best && best.weight > scale.most) break;
      const rows = on(scale.group);
      if (rows) best = heavier(best, this.#ofGroup(scale, rows, (row) => aside(scale.group, rows, row)));
    }
    return best;
  }

  #ofGroup(scale: Scale, rows: Rows | SharedRows, aside: (row: number) => readonly Part[]): Heaviest | undefined {
    const keep = 'told' in rows;
    let best = keep ? this.#shared.get(rows) : undefined;
    if (best === undefined) {
      best = heaviest(rows, scale) ?? null;
      if (keep) this.#shared.set(rows, best);
    }
    if (scale.aside.size > 0) for (const rowsAlike of classesOf(scale.group, rows, this.#encrypted(scale.group))) best = heavier(best, this.#ofAlike(scale, rowsAlike, aside)) ?? null;
    return best ?? undefined;
  }

  /** Rows with equal bits and keys: one is asked for all. */
  #ofAlike({ group, aside }: Scale, rows: readonly number[], on: (row: number) => readonly Part[]): Heaviest | undefined {
    let asset: string | undefined;
    for (const r of rows) {
      const { id } = group.nodes[r]!;
      if (aside.has(r) && (asset === undefined || this.#weights.asset(id) > this.#weights.asset(asset) || (this.#weights.asset(id) === this.#weights.asset(asset) && id < asset))) asset = id;
    }
    if (asset === undefined) return undefined;
    let best: Heaviest | undefined;
    for (const { effect, verdict } of on(rows[0]!)) best = heavier(best, this.#of(asset, effect, verdict));
    return best;
  }

  ofGrants(grants: readonly Grant[]): Heaviest | undefined {
    let best: Heaviest | undefined;
    for (const g of grants) {
      let top = this.#sets.get(g.assets);
      if (top === undefined) {
        top = null;
        for (const asset of g.assets) {
          const weight = this.#weights.asset(asset);
          if (weight > (top?.weight ?? 0)) top = { asset, weight };
        }
        this.#sets.set(g.assets, top);
      }
      if (top) best = heavier(best, this.#of(top.asset, g.effect, g.verdict));
    }
    return best;
  }

  #of(asset: string, effect: EffectClass, verdict: Verdict): Heaviest { return { asset, effect, verdict, weight: this.#weights.asset(asset) * this.#weights.effect(effect) }; }

  #scale(g: Group): Scale {
    const classOf = new Int16Array(g.texts.length).fill(-1);
    const classes: (readonly Heavy[])[] = [];
    const numbers = new Map<string, number>();
    const aside = new Set<number>();
    const encrypted = this.#encrypted(g);
    let heaviestAside = 0;
    g.nodes.forEach((n, row) => {
      const weight = this.#weights.asset(n.id);
      if (weight === 0) return;
      if (encrypted?.[row] !== undefined) {
        aside.add(row);
        heaviestAside = Math.max(heaviestAside, weight);
        return;
      }
      const only = this.#only(g, row);
      const key = `${weight} ${only?.join() ?? ''}`;
      let number = numbers.get(key);
      if (number === undefined) {
        numbers.set(key, (number = classes.length));
        classes.push(this.#heavy(g, weight, only));
      }
      classOf[row] = number;
    });
    const most = heaviestAside === 0 ? 0 : heaviestAside * Math.max(...g.actions.flatMap((a) => a.effects.map((e) => this.#weights.effect(e))));
    return { group: g, most: Math.max(most, ...classes.map((c) => c[0]?.weight ?? 0)), classOf, classes, aside };
  }

  #heavy(g: Group, weight: number, only: readonly EffectClass[] | undefined): Heavy[] {
    const effects = [...new Set(g.actions.flatMap((a) => a.effects))].filter((e) => !only || only.includes(e));
    return effects.map((effect) => ({ effect, weight: weight * this.#weights.effect(effect), bits: bitsWhere(g.actions, (a) => a.effects.includes(effect)) })).filter((h) => h.weight > 0).sort((a, b) => b.weight - a.weight);
  }
}

/** Heavier, then surer, then first by asset and effect. */
function heavier(a: Heaviest | null | undefined, b: Heaviest | null | undefined): Heaviest | undefined {
  if (!a || !b) return a ?? b ?? undefined;
  if (a.weight !== b.weight) return a.weight > b.weight ? a : b;
  const surer = verdictRank(a.verdict) - verdictRank(b.verdict);
  if (surer !== 0) return surer < 0 ? a : b;
  if (a.asset !== b.asset) return a.asset < b.asset ? a : b;
  return a.effect <= b.effect ? a : b;
}

function heaviest(rows: Rows, { group: g, classOf, classes }: Scale): Heaviest | undefined {
  const w = g.words;
  let best: { weight: number; level: number } | undefined;
  const planes = rows.soft ? [[3, rows.yes], [2, rows.if], [1, rows.unknown]] as const : [[3, rows.yes]] as const;
  for (const [level, plane] of planes) {
    const some = new Int32Array(classes.length * w);
    for (let r = 0; r < classOf.length; r++) {
      const c = classOf[r]!;
      if (c >= 0) for (let k = 0; k < w; k++) some[c * w + k]! |= plane[r * w + k]!;
    }
    for (let c = 0; c < classes.length; c++) {
      const top = classes[c]!.find((h) => meet(h.bits, some, c * w, w));
      if (top && (!best || top.weight > best.weight)) best = { weight: top.weight, level };
    }
  }
  if (!best) return undefined;
  const { weight, level } = best;
  const plane = planes.find(([l]) => l === level)![1];
  const equal = classes.map((list) => list.filter((h) => h.weight === weight));
  let found: Heaviest | undefined;
  for (let r = 0; r < classOf.length; r++) {
    const c = classOf[r]!;
    if (c >= 0) for (const h of equal[c]!) if (meet(h.bits, plane, r * w, w)) found = heavier(found, { asset: g.nodes[r]!.id, effect: h.effect, verdict: VERDICTS[level]!, weight });
  }
  return found;
}

function meet(bits: Int32Array, plane: Int32Array, at: number, w: number): boolean {
  for (let k = 0; k < w; k++) if ((bits[k]! & plane[at + k]!) !== 0) return true;
  return false;
}
