import { HOLE_OPEN, showHoles } from '../../../../schema/index.ts';
import { type Box, type Data, Dict, Handle, isScalar, List, numberText, shorten, Undecided } from './box.ts';

/**
 * Values share their parts: a list that holds the same list ten times, ten levels deep, is small in memory and without end when walked.
 * What is found out about a list or map is therefore kept.
 */
const known = new WeakMap<List | Dict, boolean>();
const shown = new WeakMap<List | Dict, string>();

/** Longest text of a collection; longer ones are cut and carry a checksum. */
const MAX_SHOWN = 2000;

/** Whether a value is decided throughout: no hole, nothing undecided inside. */
export function isKnown(b: Box): boolean {
  const d = b.data;
  if (typeof d === 'string') return !d.includes(HOLE_OPEN);
  if (!(d instanceof List) && !(d instanceof Dict)) return isScalar(d);
  const before = known.get(d);
  if (before !== undefined) return before;
  const result = d instanceof List ? d.items.every(isKnown) : [...d.entries].every(([k, v]) => !k.includes(HOLE_OPEN) && isKnown(v));
  known.set(d, result);
  return result;
}

/** How a value reads in messages and in the keys of unknown values; different values read differently. */
export function show(b: Box | Data): string {
  const d = isBox(b) ? b.data : b;
  if (typeof d === 'string') return showHoles(d);
  if (d === null || typeof d === 'boolean') return String(d);
  if (typeof d === 'number') return numberText(d);
  if (d instanceof Undecided) return showHoles(d.text).slice(1, -1);
  if (d instanceof Handle) return show(d.source.whole);
  let text = shown.get(d);
  if (text === undefined) {
    text = d instanceof List ? `[${d.items.map(show).join(', ')}]` : `{${d.sorted().map(([k, v]) => `${showHoles(k)} = ${show(v)}`).join(', ')}}`;
    shown.set(d, (text = shorten(text, MAX_SHOWN)));
  }
  return text;
}

const isBox = (b: Box | Data): b is Box => typeof b === 'object' && b !== null && !(b instanceof List || b instanceof Dict || b instanceof Undecided || b instanceof Handle);

/** A bound on walks that cannot be kept. */
export class Budget {
  #left: number;
  constructor(left: number) {
    this.#left = left;
  }
  /** False when it is used up. */
  spend(): boolean {
    return this.#left-- > 0;
  }
}
