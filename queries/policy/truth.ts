import type { Verdict } from '../../schema/index.ts';

/**
 * The four values of a permission: refused, not known (a needed fact was not read), conditional (holds if `why` holds), and certain.
 * They are ordered, so that "all of" is the minimum and "one of" the maximum; a refusal inverts only the certain ends.
 */
export type Truth = 0 | 1 | 2 | 3;
export const NO: Truth = 0;
export const UNKNOWN: Truth = 1;
export const IF: Truth = 2;
export const YES: Truth = 3;

/** By truth, as an answer says it; a refusal is none. */
export const VERDICTS: readonly (Verdict | undefined)[] = [undefined, 'unknown', 'conditional', 'proven'];

/** A truth with its reasons: for IF what must hold, for UNKNOWN what was not read. */
export interface Held { v: Truth; why: readonly string[] }

const NONE: readonly string[] = [];
export const no: Held = { v: NO, why: NONE };
export const yes: Held = { v: YES, why: NONE };
export const unknownBecause = (...why: string[]): Held => ({ v: UNKNOWN, why });
export const onlyIf = (...why: string[]): Held => ({ v: IF, why });

export function both(a: Held, b: Held): Held {
  if (a.v === NO || b.v === NO) return no;
  if (b.v === YES) return a;
  if (a.v === YES) return b;
  return { v: a.v < b.v ? a.v : b.v, why: union(a.why, b.why) };
}

/** The better of two; of two equal ones the one that asks for less. */
export function either(a: Held, b: Held): Held {
  if (a.v !== b.v) return a.v > b.v ? a : b;
  return a.why.length < b.why.length || (a.why.length === b.why.length && a.why.join() <= b.why.join()) ? a : b;
}

/** That a refusal does not apply. */
export function unless(a: Held): Held {
  if (a.v === NO) return yes;
  if (a.v === YES) return no;
  return a.v === IF ? { v: IF, why: [`not (${a.why.join(' and ')})`] } : a;
}

export const allOf = (held: Iterable<Held>): Held => { let r = yes; for (const h of held) r = both(r, h); return r; };
export const anyOf = (held: Iterable<Held>): Held => { let r = no; for (const h of held) r = either(r, h); return r; };

const union = (a: readonly string[], b: readonly string[]): readonly string[] => (a.length === 0 ? b : b.length === 0 ? a : [...new Set([...a, ...b])].sort());
