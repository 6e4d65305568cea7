/** Deterministic 32-bit generator: the same seed gives the same graph on every machine. */
export class Random {
  #state: number;
  constructor(seed: number) { this.#state = seed >>> 0; }
  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  below(n: number): number { return Math.floor(this.next() * n); }
  between(low: number, high: number): number { return low + this.below(high - low + 1); }
  chance(p: number): boolean { return this.next() < p; }
  /** Small numbers far more often than large ones. */
  headHeavy(n: number): number { return Math.floor(n * this.next() ** 3); }
  /** Pareto with exponent `a` and mean `mean`, capped. */
  pareto(a: number, mean: number, cap: number): number { return Math.min(cap, Math.floor((mean * (a - 1)) / a / (1 - this.next()) ** (1 / a))); }
}
