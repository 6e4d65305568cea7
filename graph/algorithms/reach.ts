import { components, type Components } from './components.ts';
import { condense, type Condensation } from './condense.ts';
import type { Digraph } from './digraph.ts';

/** Sources one mask carries. */
export const SLICE = 32;

/**
 * Which sources reach which targets. A vertex reaches itself. Kept as one bit row for each target *component*; pairs are expanded on demand.
 */
export class Reach {
  readonly sources: Int32Array;
  readonly words: number;
  readonly #of: Int32Array;
  readonly #row: Int32Array;
  readonly #bits: Int32Array;
  readonly #rank: Int32Array;
  readonly #order: Int32Array;

  constructor(sources: Int32Array, order: Int32Array, of: Int32Array, row: Int32Array, bits: Int32Array, words: number) {
    this.sources = sources;
    this.words = words;
    this.#of = of;
    this.#row = row;
    this.#bits = bits;
    this.#order = order;
    this.#rank = new Int32Array(order.length);
    order.forEach((s, r) => { this.#rank[s] = r; });
  }

  #rowOf(target: number): number {
    const c = this.#of[target]!;
    return c < 0 ? -1 : this.#row[c]!;
  }

  /** Whether source number `s` (position in `sources`) reaches the target vertex. */
  has(s: number, target: number): boolean {
    const row = this.#rowOf(target);
    if (row < 0) return false;
    const r = this.#rank[s]!;
    return (this.#bits[row * this.words + (r >>> 5)]! >>> (r & 31) & 1) === 1;
  }

  any(target: number): boolean {
    const row = this.#rowOf(target);
    if (row < 0) return false;
    for (let w = 0; w < this.words; w++) if (this.#bits[row * this.words + w] !== 0) return true;
    return false;
  }

  /** Source numbers that reach the target, ascending. */
  sourcesOf(target: number): number[] {
    const row = this.#rowOf(target);
    const out: number[] = [];
    if (row < 0) return out;
    for (let w = 0; w < this.words; w++)
      for (let m = this.#bits[row * this.words + w]!; m !== 0; m &= m - 1) out.push(this.#order[w * SLICE + 31 - Math.clz32(m & -m)]!);
    return out.sort((a, b) => a - b);
  }

  /** How many sources reach the target. */
  countOf(target: number): number {
    const row = this.#rowOf(target);
    if (row < 0) return 0;
    let count = 0;
    for (let w = 0; w < this.words; w++) count += ones(this.#bits[row * this.words + w]!);
    return count;
  }
}

/**
 * All sources to all targets at once: components, condensation towards the targets, then one pass of OR-ed 32-bit masks for each slice.
 * O(n + m + slices × condensed edges), whatever the number of pairs. For the reverse question give the reversed digraph.
 */
export function reach(g: Digraph, sources: ArrayLike<number>, targets: ArrayLike<number>): Reach {
  const src = Int32Array.from(sources);
  const comps = components(g, src);
  return reachOver(comps, condense(g, comps, targets), src, targets);
}

/** The pass alone, for callers that keep components and condensation. Both must cover all sources. */
export function reachOver(comps: Components, dag: Condensation, sources: Int32Array, targets: ArrayLike<number>): Reach {
  const { of } = comps;
  // Sources of one component sit in one slice, so a slice touches as little of the graph as it can.
  const order = Int32Array.from(sources.keys()).sort((a, b) => of[sources[b]!]! - of[sources[a]!]! || a - b);
  const words = Math.max(1, Math.ceil(sources.length / SLICE));
  const row = new Int32Array(comps.count).fill(-1);
  const rowComps: number[] = [];
  for (let i = 0; i < targets.length; i++) {
    const c = of[targets[i]!]!;
    if (c >= 0 && row[c] === -1) { row[c] = rowComps.length; rowComps.push(c); }
  }
  const bits = new Int32Array(rowComps.length * words);
  const mask = new Int32Array(comps.count);
  const { offsets, targets: next } = dag;
  for (let w = 0; w < words; w++) {
    const end = Math.min(sources.length, (w + 1) * SLICE);
    for (let r = w * SLICE; r < end; r++) mask[of[sources[order[r]!]!]!]! |= 1 << (r & 31);
    const top = of[sources[order[w * SLICE]!]!]!;
    for (let c = top; c >= 0; c--) {
      const m = mask[c]!;
      if (m === 0) continue;
      for (let k = offsets[c]!, stop = offsets[c + 1]!; k < stop; k++) mask[next[k]!]! |= m;
      if (row[c]! >= 0) bits[row[c]! * words + w] = m;
      mask[c] = 0;
    }
    if (sources.length === 0) break;
  }
  return new Reach(sources, order, of, row, bits, words);
}

const ones = (x: number): number => {
  x -= (x >>> 1) & 0x55555555;
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};
