import type { Write } from './leaf.ts';

const BUDGET = 48_000_000;
let epoch = 0;
let spent = 0;

/** A document that was asked before: what is asked once is not worth keeping, and costs the collector dearly. */
export interface Asked { again: boolean }

/** Keeps the text of a row beside the row: it goes when the run goes, and all of it when the budget (characters) is spent. */
export class Kept {
  #texts = new WeakMap<object, string>();
  #epoch = epoch;
  readonly write: Write;

  constructor(write: Write, asked: Asked) {
    this.write = (source) => {
      if (!asked.again) return write(source);
      if (this.#epoch !== epoch) { this.#texts = new WeakMap(); this.#epoch = epoch; }
      const have = this.#texts.get(source as object);
      if (have !== undefined) return have;
      const text = write(source);
      spent += text.length;
      if (spent > BUDGET) { spent = 0; epoch++; } else this.#texts.set(source as object, text);
      return text;
    };
  }
}
