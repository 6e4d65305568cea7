/** A map whose entries, but for the first ones given, are worked out when one of them is asked for. Most places of a large dump never are. */
export class LazyMap<K, V> extends Map<K, V> {
  #fill: ((set: (key: K, value: V) => void) => void) | undefined;

  static of<K, V>(first: Iterable<readonly [K, V]>, fill: (set: (key: K, value: V) => void) => void): LazyMap<K, V> {
    const map = new LazyMap<K, V>();
    for (const [k, v] of first) map.#put(k, v);
    map.#fill = fill;
    return map;
  }

  #put(key: K, value: V): void { super.set(key, value); }

  #ready(): this {
    const fill = this.#fill;
    this.#fill = undefined;
    fill?.((k, v) => { if (!super.has(k)) super.set(k, v); });
    return this;
  }

  override get(key: K): V | undefined { return super.has(key) ? super.get(key) : (this.#ready(), super.get(key)); }
  override has(key: K): boolean { return super.has(key) || (this.#ready(), super.has(key)); }
  override set(key: K, value: V): this { this.#ready(); return super.set(key, value); }
  override delete(key: K): boolean { this.#ready(); return super.delete(key); }
  override get size(): number { this.#ready(); return super.size; }
  override keys(): MapIterator<K> { this.#ready(); return super.keys(); }
  override values(): MapIterator<V> { this.#ready(); return super.values(); }
  override entries(): MapIterator<[K, V]> { this.#ready(); return super.entries(); }
  override forEach(f: (value: V, key: K, map: Map<K, V>) => void): void { this.#ready(); super.forEach(f); }
  override [Symbol.iterator](): MapIterator<[K, V]> { return this.entries(); }
}
