import { HOLE_CLOSE, HOLE_OPEN, type Hole, hole, isUnknown, showHoles, type Value, wholeHole } from '../../../../schema/index.ts';
import type { SourceFile } from '../syntax/source.ts';

/** Where a value was written. */
export interface Origin { file: SourceFile; start: number; end: number }

/** From offset `at` of a string on, its text was written at `origin`; `exact` when character by character. */
export interface Segment { at: number; origin: Origin; exact: boolean }

/**
 * A value of the language together with where it was written. A string that encodes a document carries it as `document`;
 * a string assembled from pieces carries `segments`, so that a document inside it can still be located.
 */
export interface Box {
  readonly data: Data;
  readonly at?: Origin | undefined;
  readonly document?: Box | undefined;
  readonly segments?: readonly Segment[] | undefined;
}

/** Strings may contain holes; what is undecided as a whole is Undecided. */
export type Data = null | boolean | number | string | List | Dict | Undecided | Handle;

/** List, tuple or set. */
export class List {
  readonly items: readonly Box[];
  readonly set: boolean;
  constructor(items: readonly Box[], set = false) {
    this.items = items;
    this.set = set;
  }
}

/** Map or object; iteration goes by sorted key, as the language does. */
export class Dict {
  readonly entries: ReadonlyMap<string, Box>;
  /** Of a resource's block: what an attribute is that was not written, because the provider may fill it in. */
  readonly beyond: Undecided | undefined;
  constructor(entries: ReadonlyMap<string, Box>, beyond?: Undecided) {
    this.entries = entries;
    this.beyond = beyond;
  }
  sorted(): [string, Box][] {
    return [...this.entries].sort(([a], [b]) => compareText(a, b));
  }
}

/** Type of a value as far as it is known. */
export type Type =
  | { kind: 'any' | 'string' | 'number' | 'bool' }
  | { kind: 'list' | 'set' | 'map'; of: Type }
  | { kind: 'tuple'; items: Type[] }
  | { kind: 'object'; attributes: ReadonlyMap<string, { type: Type; optional: boolean; fallback?: Box | undefined }> };

export const ANY: Type = { kind: 'any' };
export const STRING: Type = { kind: 'string' };
export const NUMBER: Type = { kind: 'number' };
export const BOOL: Type = { kind: 'bool' };
export const LIST: Type = { kind: 'list', of: ANY };
export const MAP: Type = { kind: 'map', of: ANY };

/**
 * A value that the input does not decide. `text` is its hole: equal texts stand for equal values.
 * Of a list, `known` are elements that it holds for certain, beside others that are not decided.
 */
export class Undecided {
  readonly text: string;
  readonly type: Type;
  readonly known: readonly Box[] | undefined;
  constructor(what: Hole, type: Type = ANY, known?: readonly Box[]) {
    this.text = hole(what);
    this.type = type;
    this.known = known;
  }
  get hole(): Hole {
    return wholeHole(this.text) ?? { kind: 'unknown', key: showHoles(this.text) };
  }
}

/** An object whose attributes are worked out one by one: a resource, a data source, a module. */
export interface HandleSource {
  attribute(name: string): Box;
  /** The object as one undecided value. */
  readonly whole: Undecided;
  /** It stands for a collection of which the members are not decided; `attribute` then takes a key. */
  readonly many?: boolean;
}
export class Handle {
  readonly source: HandleSource;
  constructor(source: HandleSource) {
    this.source = source;
  }
}

export const box = (data: Data, at?: Origin): Box => ({ data, at });
export const NULL: Box = { data: null };

/** The same value, written (placed) at `at`; what is inside keeps its own places. */
export const placed = (b: Box, at: Origin | undefined): Box => (at && b.at !== at ? { ...b, at } : b);

export const undecided = (key: string, type: Type = ANY, known?: readonly Box[]): Undecided => new Undecided({ kind: 'unknown', key: shorten(key) }, type, known);

/** Long keys are cut; a checksum of the whole keeps different ones apart. */
export function shorten(key: string, most = 240): string {
  if (key.length <= most) return key;
  let [a, b] = [0x811c9dc5, 0x1000193];
  for (let i = 0; i < key.length; i++) {
    a = Math.imul(a ^ key.charCodeAt(i), 0x01000193);
    b = Math.imul(b, 31) + key.charCodeAt(i) | 0;
  }
  return `${key.slice(0, most - 20)}…${(a >>> 0).toString(16)}${(b >>> 0).toString(16)}`;
}

export const isScalar = (d: Data): d is null | boolean | number | string => d === null || typeof d !== 'object';

/** By Unicode code point, as the language sorts. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const x = [...a];
  const y = [...b];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const d = x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!;
    if (d) return d;
  }
  return x.length - y.length;
}

/** Text of a number as the language prints it. */
export function numberText(n: number): string {
  if (Number.isInteger(n) && Math.abs(n) >= 1e21) return BigInt(n).toString();
  const text = String(n);
  const small = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text);
  return small ? `${small[1]}0.${'0'.repeat(Number(small[4]) - 1)}${small[2]}${small[3] ?? ''}` : text;
}

/** A text, which is an undecided string when a single hole makes it up. */
export function textData(text: string): string | Undecided {
  const whole = text.startsWith(HOLE_OPEN) && text.indexOf(HOLE_CLOSE) === text.length - 1 ? wholeHole(text) : undefined;
  return whole ? new Undecided(whole, STRING) : text;
}

/** Holes that cannot be empty and cannot hold a separator: account numbers, regions, partitions. */
export const isPlainHole = (h: Hole): boolean => h.kind === 'pseudo' && (h.name === 'account' || h.name === 'region' || h.name === 'partition');

/** A hole that stands for something present: not null and not empty. */
export const isPresentHole = (h: Hole): boolean => h.kind === 'pseudo' || (h.kind === 'ref' && /(^|\.)(id|arn|name)$/.test(h.attribute));

/** A plain JSON-like value without places. */
export function fromValue(v: Value, at?: Origin): Box {
  if (Array.isArray(v)) return box(new List(v.map((x) => fromValue(x, at))), at);
  if (isUnknown(v)) return box(undecided(v.$unknown), at);
  if (v !== null && typeof v === 'object') return box(new Dict(new Map(Object.entries(v).map(([k, x]) => [k, fromValue(x, at)]))), at);
  return box(v, at);
}
