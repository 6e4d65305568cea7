import { stableHash } from '../../../schema/index.ts';

/** A set of assets that several grants share: ids in order, and a digest of them. */
export interface AssetSet { ids: readonly string[]; digest: string }

/** Keeps one copy of each set. Looked up by a hash of the asset numbers, compared in full. */
export class AssetSets {
  readonly #sets = new Map<number, { numbers: Int32Array; set: AssetSet }[]>();
  readonly #ids: readonly string[];

  constructor(ids: readonly string[]) { this.#ids = ids; }

  get size(): number { return this.#sets.size; }

  of(numbers: readonly number[]): AssetSet {
    const sorted = Int32Array.from(numbers).sort();
    let hash = sorted.length;
    for (const n of sorted) hash = (Math.imul(hash, 31) + n) | 0;
    const bucket = this.#sets.get(hash) ?? [];
    for (const b of bucket) if (b.numbers.length === sorted.length && b.numbers.every((n, i) => n === sorted[i])) return b.set;
    const ids = Array.from(sorted, (n) => this.#ids[n]!).sort();
    const set = { ids, digest: stableHash(...ids) };
    bucket.push({ numbers: sorted, set });
    this.#sets.set(hash, bucket);
    return set;
  }
}
