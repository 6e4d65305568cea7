/** A bucket of tokens per caller, refilled evenly. Callers that were not seen for a full refill are forgotten. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #clock: () => number;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  /** `perMinute` is also the burst. `clock` in milliseconds. */
  constructor(perMinute: number, clock: () => number = () => performance.now()) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  /** Seconds to wait before the next request is served; 0 = served now. */
  take(caller: string, weight = 1): number {
    const now = this.#clock();
    const b = this.#buckets.get(caller) ?? { left: this.#perMinute, at: now };
    b.left = Math.min(this.#perMinute, b.left + ((now - b.at) * this.#perMinute) / 60_000);
    b.at = now;
    this.#buckets.set(caller, b);
    if (this.#buckets.size > 10_000) for (const [k, v] of this.#buckets) if (now - v.at > 60_000) this.#buckets.delete(k);
    if (b.left < weight) return Math.max(1, Math.ceil(((weight - b.left) * 60) / this.#perMinute));
    b.left -= weight;
    return 0;
  }
}
