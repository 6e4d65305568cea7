import type { Truth } from '../truth.ts';

/**
 * Rows × actions of one layer: for each level the bits that some statement gave at exactly that level.
 * A bit is at least UNKNOWN if it is in any of the three, at least IF if in `yes` or `if`.
 */
export class Planes {
  readonly yes: Int32Array;
  /** Filled only when `soft`. */
  readonly if: Int32Array;
  readonly unknown: Int32Array;
  soft = false;
  any = false;
  #used = 0;

  constructor(size: number) {
    this.yes = new Int32Array(size);
    this.if = new Int32Array(size);
    this.unknown = new Int32Array(size);
  }

  /** Makes ready for `size` words; what the last use wrote is wiped. */
  clear(size: number): void {
    if (this.any) {
      this.yes.fill(0, 0, this.#used);
      if (this.soft) {
        this.if.fill(0, 0, this.#used);
        this.unknown.fill(0, 0, this.#used);
      }
    }
    this.#used = size;
    this.any = this.soft = false;
  }

  level(v: Truth): Int32Array {
    this.any = true;
    if (v === 3) return this.yes;
    this.soft = true;
    return v === 2 ? this.if : this.unknown;
  }

  setAll(size: number, v: Truth, words: Int32Array): void {
    if (v === 0) return;
    const to = this.level(v);
    const w = words.length;
    if (w === 1) {
      const m = words[0]!;
      for (let i = 0; i < size; i++) to[i]! |= m;
    } else for (let i = 0; i < size; i++) to[i]! |= words[i % w]!;
  }
}
