import { stableHash } from '../../../schema/index.ts';
import type { Group } from './groups.ts';

/** A set of assets that several grants share; ids in order and digest are made when asked for. */
export class AssetSet {
  readonly number: number;
  readonly #assets: Int32Array;
  readonly #names: readonly string[];
  #ids: readonly string[] | undefined;
  #digest: string | undefined;

  constructor(number: number, assets: Int32Array, names: readonly string[]) {
    this.number = number;
    this.#assets = assets;
    this.#names = names;
  }

  get ids(): readonly string[] { return (this.#ids ??= Array.from(this.#assets, (n) => this.#names[n]!).sort()); }
  get digest(): string { return (this.#digest ??= stableHash(...this.ids)); }

  is(assets: Int32Array): boolean {
    if (assets.length !== this.#assets.length) return false;
    for (let i = 0; i < assets.length; i++) if (assets[i] !== this.#assets[i]) return false;
    return true;
  }
}

/** Keeps one copy of each set. */
export class AssetSets {
  readonly #sets = new Map<number, AssetSet[]>();
  readonly #names: readonly string[];
  #count = 0;

  /** Node id per asset number. */
  constructor(names: readonly string[]) { this.#names = names; }

  /** The assets of some rows of a group. */
  of(g: Group, rows: readonly number[]): AssetSet {
    const assets = new Int32Array(rows.length);
    let hash = rows.length;
    for (let i = 0; i < rows.length; i++) assets[i] = g.asset[rows[i]!]!;
    if (!g.ordered) assets.sort();
    for (const n of assets) hash = (Math.imul(hash, 31) + n) | 0;
    let bucket = this.#sets.get(hash);
    if (!bucket) this.#sets.set(hash, (bucket = []));
    let set = bucket.find((s) => s.is(assets));
    if (!set) bucket.push((set = new AssetSet(this.#count++, assets, this.#names)));
    return set;
  }
}
