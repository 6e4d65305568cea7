/** A place in the tree of keys: numbers lead on, `value` is what was kept. */
export class KeyNode<T> {
  value: T | undefined;
  // Most places lead on to one other only.
  #number = 0;
  #first: KeyNode<T> | undefined;
  #more: Map<number, KeyNode<T>> | undefined;

  at(n: number): KeyNode<T> {
    if (this.#first === undefined) {
      this.#number = n;
      return (this.#first = new KeyNode());
    }
    if (this.#number === n) return this.#first;
    this.#more ??= new Map();
    let node = this.#more.get(n);
    if (!node) this.#more.set(n, (node = new KeyNode()));
    return node;
  }
}
