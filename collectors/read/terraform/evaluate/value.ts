import { hasHole, isUnknown, type SourceRef, showHoles, unknown, type Value } from '../../../../schema/index.ts';
import { type Box, Dict, Handle, List, type Origin, Undecided } from './box.ts';
import { Budget } from './inspect.ts';
import { documentOf } from './functions/json.ts';

const MAX_NESTING = 200;
/** Arguments that hold a policy or another document whose content matters. */
const DOCUMENT = /[/_](policy|policies|policy_document|container_definitions)$|\/definition$/;
/** Elements of one resource whose place is kept; a document larger than that is located by its nearest ancestor. */
const MAX_PLACES = 20_000;
const MAX_VALUES = 500_000;

/** Value in the form resources carry: holes in strings, `unknown` for what is undecided and certainly no string. */
export function toValue(b: Box, depth = 0, budget = new Budget(MAX_VALUES)): Value {
  const d = b.data;
  if (!budget.spend()) return unknown('the value is too large');
  if (d === null || typeof d !== 'object') return d;
  if (depth > MAX_NESTING) return unknown('nested too deeply');
  if (d instanceof Undecided) return d.known ? [...d.known.map((i) => toValue(i, depth + 1, budget)), undecidedValue(d)] : undecidedValue(d);
  if (d instanceof Handle) return d.source.whole.text;
  if (d instanceof List) return d.items.map((i) => toValue(i, depth + 1, budget));
  return Object.fromEntries(d.sorted().map(([k, v]) => [k, toValue(v, depth + 1, budget)]));
}

function undecidedValue(d: Undecided): Value {
  return d.type.kind === 'any' || d.type.kind === 'string' ? d.text : unknown(showHoles(d.text).slice(1, -1));
}

/** Places and documents of everything below one property. */
export class Placing {
  readonly sources = new Map<string, SourceRef>();
  readonly documents = new Map<string, Value>();
  /** Documents that the input does not decide, as a whole or in part. */
  readonly undecided: { pointer: string; at: Origin | undefined; whole: boolean }[] = [];
  #budget = new Budget(MAX_VALUES);
  #place: (at: Origin, pointer: string) => SourceRef;

  constructor(place: (at: Origin, pointer: string) => SourceRef) {
    this.#place = place;
  }

  add(pointer: string, b: Box, depth = 0): void {
    if (b.at && this.sources.size < MAX_PLACES) this.sources.set(pointer, this.#place(b.at, pointer));
    if (depth > MAX_NESTING || !this.#budget.spend()) return;
    const d = b.data;
    const items = elements(d);
    if (items) for (const [i, item] of items.entries()) this.add(`${pointer}/${i}`, item, depth + 1);
    else if (d instanceof Dict) for (const [k, item] of d.entries) this.add(`${pointer}/${escapePointer(k)}`, item, depth + 1);
    else {
      const document = documentOf(b);
      if (!document) {
        const open = d instanceof Undecided || (typeof d === 'string' && hasHole(d));
        if (open && DOCUMENT.test(pointer)) this.undecided.push({ pointer, at: b.at, whole: true });
        return;
      }
      const value = toValue(document);
      this.documents.set(pointer, value);
      if (hasUnknown(value)) this.undecided.push({ pointer, at: b.at, whole: false });
      this.#inside(pointer, document, depth + 1);
    }
  }

  /** Places of a document's elements; documents inside documents are not opened. */
  #inside(pointer: string, b: Box, depth: number): void {
    if (depth > MAX_NESTING || this.sources.size >= MAX_PLACES || !this.#budget.spend()) return;
    const d = b.data;
    const children: [string, Box][] = d instanceof Dict ? [...d.entries] : (elements(d) ?? []).map((item, i) => [String(i), item]);
    for (const [k, item] of children) {
      const at = `${pointer}/${escapePointer(k)}`;
      if (item.at) this.sources.set(at, this.#place(item.at, at));
      this.#inside(at, item, depth + 1);
    }
  }
}

function hasUnknown(v: Value): boolean {
  if (isUnknown(v)) return true;
  return Array.isArray(v) ? v.some(hasUnknown) : v !== null && typeof v === 'object' && Object.values(v).some(hasUnknown);
}

const elements = (d: Box['data']): readonly Box[] | undefined => (d instanceof List ? d.items : d instanceof Undecided ? d.known : undefined);

const escapePointer = (key: string): string => key.replace(/~/g, '~0').replace(/\//g, '~1');
