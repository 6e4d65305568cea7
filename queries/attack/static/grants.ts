import { EFFECT_CLASSES, type EffectClass } from '../../../schema/index.ts';
import type { Grant } from '../../policy/types.ts';
import type { World } from './world.ts';

/** Assets behind a grant: single nodes, and atoms (sets that no grant of the class splits). */
export interface GrantVertex { effect: EffectClass; assets: readonly number[]; atoms: readonly number[] }
export interface Atom { effect: EffectClass; assets: readonly number[] }

/**
 * Grants as vertices over atoms (model 4.9), so that permissions cost the size of the sets and never identities × assets.
 * Grants of one key share a vertex; a grant narrowed by a tool's contract has its own.
 */
export class Grants {
  readonly vertices: GrantVertex[] = [];
  readonly atoms: Atom[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #world: World;
  readonly #known = new Map<readonly string[], readonly number[]>();

  constructor(world: World, factored = true) {
    this.#world = world;
    const sets: { key: string; effect: EffectClass; assets: readonly number[] }[] = [];
    for (const p of world.ofKind('Identity'))
      for (const g of world.estate.access.grantsOf(world.node(p).id)) {
        if (this.#byKey.has(g.key)) continue;
        this.#byKey.set(g.key, this.vertices.length);
        const assets = this.#numbers(g.assets);
        this.vertices.push({ effect: g.effect, assets, atoms: [] });
        sets.push({ key: g.key, effect: g.effect, assets });
      }
    if (factored) for (const effect of EFFECT_CLASSES) this.#factor(effect, sets.filter((s) => s.effect === effect));
  }

  /** Splits the assets of one effect into atoms by refining with each set in turn: linear in the sizes of the sets. */
  #factor(effect: EffectClass, sets: readonly { key: string; assets: readonly number[] }[]): void {
    const blockOf = new Map<number, number>();
    let blocks = 1;
    for (const s of sets) {
      const renamed = new Map<number, number>();
      for (const a of s.assets) {
        const old = blockOf.get(a) ?? 0;
        let fresh = renamed.get(old);
        if (fresh === undefined) renamed.set(old, (fresh = blocks++));
        blockOf.set(a, fresh);
      }
    }
    const members = new Map<number, number[]>();
    for (const [a, b] of blockOf) { const m = members.get(b); if (m) m.push(a); else members.set(b, [a]); }
    const atomOf = new Map<number, number>();
    for (const s of sets) {
      const singles: number[] = [];
      const atoms = new Set<number>();
      for (const a of s.assets) {
        const b = blockOf.get(a)!;
        const m = members.get(b)!;
        if (m.length < 2) { singles.push(a); continue; }
        let atom = atomOf.get(b);
        if (atom === undefined) { atomOf.set(b, (atom = this.atoms.length)); this.atoms.push({ effect, assets: m.sort((x, y) => x - y) }); }
        atoms.add(atom);
      }
      this.vertices[this.#byKey.get(s.key)!] = { effect, assets: singles, atoms: [...atoms] };
    }
  }

  /** Many grants are over one list of assets. */
  #numbers(ids: readonly string[]): readonly number[] {
    let found = this.#known.get(ids);
    if (!found) this.#known.set(ids, (found = [...new Set(ids.flatMap((id) => this.#world.index(id) ?? []))].sort((a, b) => a - b)));
    return found;
  }

  /** Vertex number of a grant, or of the part of it inside a contract; -1 when nothing is left. */
  vertex(g: Grant, part: readonly string[] = g.assets): number {
    if (part === g.assets) return this.#byKey.get(g.key) ?? -1;
    if (part.length === 0) return -1;
    const key = `${g.key}|${part.join('|')}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    this.#byKey.set(key, this.vertices.length);
    this.vertices.push({ effect: g.effect, assets: this.#numbers(part), atoms: [] });
    return this.vertices.length - 1;
  }
}
