import { splitHoles } from '../../../../../schema/index.ts';
import { ANY, BOOL, type Box, box, Dict, Handle, isPresentHole, LIST, List, MAP, NULL, Undecided, undecided } from '../box.ts';
import { isKnown, show } from '../inspect.ts';
import { equal } from '../compare.ts';
import { toBool, toSet, toText } from '../convert.ts';
import { fail } from '../failure.ts';
import { type Arguments, type FunctionDefinition, integer, lenient, strict } from './define.ts';
import { STRINGS } from './pattern.ts';
import type { Type } from '../box.ts';

export const unsure = (name: string, a: Arguments, type: Type = ANY, known: readonly Box[] = []) => undecided(`${name}(${a.shown})`, type, known.length ? known : undefined);

/** Whether a value is null or empty text, in three values. */
function isAbsent(b: Box): boolean | undefined {
  const d = b.data;
  if (d === null || d === '') return true;
  if (d instanceof Undecided) return isPresentHole(d.hole) || d.hole.kind === 'ref' ? false : undefined;
  if (typeof d === 'string' && !isKnown(b)) return splitHoles(d).some((p) => typeof p === 'string' || p.kind !== 'unknown') ? false : undefined;
  return false;
}

/** `all` or `any` of a list of bools in three values. */
const every = (name: string, decides: boolean): FunctionDefinition => lenient(name, 1, BOOL, (a) => {
  const items = a.maybeItems(0)?.map((b) => (b.data === null ? false : toBool(b)));
  if (!items) return unsure(name, a, BOOL);
  return items.includes(decides) ? decides : items.some((b) => b instanceof Undecided) ? unsure(name, a, BOOL) : !decides;
});

/** Elements of nested lists into `out`; false when some list among them is not decided. */
function flatten(items: readonly Box[], out: Box[]): boolean {
  let decided = true;
  for (const item of items) {
    const d = item.data;
    if (d instanceof List) decided = flatten(d.items, out) && decided;
    else if (d instanceof Undecided && (d.type.kind === 'list' || d.type.kind === 'set' || d.type.kind === 'tuple')) {
      out.push(...(d.known ?? []));
      decided = false;
    } else if (out.push(item) > 1_000_000) return fail('the list is too long', 'limit');
  }
  return decided;
}

export const collection: readonly FunctionDefinition[] = [
  every('alltrue', false),
  every('anytrue', true),
  lenient('coalesce', [1, Infinity], ANY, (a) => {
    for (const b of a.all) {
      const absent = isAbsent(b);
      if (absent === undefined) return unsure('coalesce', a);
      if (!absent) return b;
    }
    return fail('no argument has a value');
  }),
  lenient('coalescelist', [1, Infinity], LIST, (a) => {
    for (let i = 0; i < a.count; i++) {
      if (a.box(i).data === null) continue;
      const items = a.maybeItems(i);
      if (!items) return unsure('coalescelist', a, LIST);
      if (items.length) return a.box(i);
    }
    return fail('no list has an element');
  }),
  lenient('compact', 1, STRINGS, (a) => {
    const items = a.maybeItems(0);
    if (!items || items.some((b) => isAbsent(b) === undefined)) return unsure('compact', a, STRINGS, a.knownItems(0).filter((b) => isAbsent(b) === false));
    return new List(items.filter((b) => !isAbsent(b)));
  }),
  lenient('concat', [1, Infinity], LIST, (a) => {
    const out: Box[] = [];
    for (let i = 0; i < a.count; i++) {
      const items = a.maybeItems(i);
      if (!items) return unsure('concat', a, LIST, a.all.flatMap((_, n) => a.knownItems(n)));
      out.push(...items);
    }
    return new List(out);
  }),
  lenient('contains', 2, BOOL, (a) => {
    const items = a.maybeItems(0);
    const same = items?.map((b) => equal(b, a.box(1)));
    return same?.includes(true) ? true : !same || same.includes(undefined) ? unsure('contains', a, BOOL) : false;
  }),
  lenient('distinct', 1, LIST, (a) => {
    const items = a.maybeItems(0);
    const seen = new Set<string>();
    const first = (b: Box): boolean => { const k = typeof b.data + show(b); return !seen.has(k) && seen.add(k).size > 0; };
    return items ? new List(items.filter(first)) : unsure('distinct', a, LIST, a.knownItems(0).filter(first));
  }),
  lenient('element', 2, ANY, (a) => {
    const items = a.maybeItems(0);
    if (!items || typeof a.box(1).data === 'object') return unsure('element', a);
    if (!items.length) return fail('the list is empty');
    return items[((integer(a.number(1)) % items.length) + items.length) % items.length]!;
  }),
  lenient('flatten', 1, LIST, (a) => {
    const out: Box[] = [];
    const decided = flatten(a.knownItems(0), out);
    return a.maybeItems(0) && decided ? new List(out) : unsure('flatten', a, LIST, out);
  }),
  strict('index', 2, { kind: 'number' }, (a) => {
    const at = a.items(0).findIndex((b) => equal(b, a.box(1)));
    return at < 0 ? fail('there is no such element') : at;
  }),
  lenient('keys', 1, STRINGS, (a) => (a.maybeEntries(0) ? new List((a.box(0).data as Dict).sorted().map(([k, v]) => box(k, v.at))) : unsure('keys', a, STRINGS))),
  lenient('values', 1, LIST, (a) => (a.maybeEntries(0) ? new List((a.box(0).data as Dict).sorted().map(([, v]) => v)) : unsure('values', a, LIST))),
  lenient('lookup', [2, 3], ANY, (a) => {
    const entries = a.maybeEntries(0);
    const key = a.text(1);
    if (!entries || (!entries.has(key) && !isKnown(a.box(1)))) return unsure('lookup', a);
    return entries.get(key) ?? (a.count > 2 ? a.box(2) : fail(`there is no key ${JSON.stringify(key)}`));
  }),
  lenient('merge', [0, Infinity], MAP, (a) => {
    const out = new Map<string, Box>();
    for (let i = 0; i < a.count; i++) {
      if (a.box(i).data === null) continue;
      const entries = a.maybeEntries(i);
      if (!entries) return unsure('merge', a, MAP);
      for (const [k, v] of entries) out.set(k, v);
    }
    return new Dict(out);
  }),
  lenient('one', 1, ANY, (a) => {
    const d = a.box(0).data;
    if (d === null) return NULL;
    if (!(d instanceof List)) return d instanceof Undecided || d instanceof Handle ? unsure('one', a) : a.box(0);
    return d.items.length > 1 ? fail('there is more than one element') : d.items[0] ?? NULL;
  }),
  lenient('zipmap', 2, MAP, (a) => {
    const [keys, values] = [a.maybeItems(0), a.maybeItems(1)];
    if (!keys || !values) return unsure('zipmap', a, MAP);
    if (keys.length !== values.length) return fail('the lists differ in length');
    return new Dict(new Map(keys.map((k, i) => [toText(k), values[i]!])));
  }),
  strict('matchkeys', 3, LIST, (a) => {
    const wanted = a.items(2);
    if (a.items(0).length !== a.items(1).length) return fail('the lists differ in length');
    return new List(a.items(0).filter((_, i) => wanted.some((w) => equal(w, a.items(1)[i]!))));
  }),
  lenient('chunklist', 2, { kind: 'list', of: LIST }, (a) => {
    const items = a.maybeItems(0);
    if (!items) return unsure('chunklist', a, LIST);
    const size = integer(a.number(1)) || Math.max(1, items.length);
    if (size < 0) return fail('the size is negative');
    return new List(Array.from({ length: Math.ceil(items.length / size) }, (_, i) => box(new List(items.slice(i * size, (i + 1) * size)))));
  }),
  lenient('reverse', 1, LIST, (a) => { const items = a.maybeItems(0); return items ? new List(items.toReversed()) : unsure('reverse', a, LIST); }),
  lenient('slice', 3, LIST, (a) => {
    const items = a.maybeItems(0);
    if (!items || typeof a.box(1).data === 'object' || typeof a.box(2).data === 'object') return unsure('slice', a, LIST);
    const [from, to] = [integer(a.number(1)), integer(a.number(2))];
    return from < 0 || to > items.length || from > to ? fail(`the range ${from} to ${to} is outside the list of ${items.length}`) : new List(items.slice(from, to));
  }),
  strict('sort', 1, STRINGS, (a) => {
    const texts = a.items(0).map((b) => ({ b, text: toText(b) }));
    return new List(texts.sort((x, y) => (x.text < y.text ? -1 : x.text > y.text ? 1 : 0)).map((t) => ({ ...t.b, data: t.text })));
  }),
  strict('transpose', 1, { kind: 'map', of: STRINGS }, (a) => {
    const out = new Map<string, Box[]>();
    for (const [k, v] of (a.box(0).data as Dict).sorted()) for (const item of v.data instanceof List ? v.data.items : fail('a map of lists is required')) {
      const list = out.get(toText(item)) ?? [];
      list.push(box(k));
      out.set(toText(item), list);
    }
    return new Dict(new Map([...out].map(([k, v]) => [k, box(new List(v))])));
  }),
];

/** Operations on sets. Elements with holes count as different from all other texts. */
export const sets: readonly FunctionDefinition[] = [
  lenient('setunion', [1, Infinity], { kind: 'set', of: ANY }, (a) => {
    const all = a.all.map((_, i) => a.maybeItems(i));
    return all.every((l) => l !== undefined) ? toSet(all.flat()) : unsure('setunion', a, LIST, a.all.flatMap((_, i) => a.knownItems(i)));
  }),
  strict('setintersection', [1, Infinity], { kind: 'set', of: ANY }, (a) => toSet(a.items(0).filter((b) => a.all.every((_, i) => a.items(i).some((c) => equal(b, c)))))),
  strict('setsubtract', 2, { kind: 'set', of: ANY }, (a) => toSet(a.items(0).filter((b) => !a.items(1).some((c) => equal(b, c))))),
  lenient('setproduct', [1, Infinity], LIST, (a) => {
    let rows: Box[][] = [[]];
    for (let i = 0; i < a.count; i++) {
      const items = a.maybeItems(i);
      if (!items) return unsure('setproduct', a, LIST);
      if (rows.length * items.length > 100_000) return fail('the product is too large', 'limit');
      rows = rows.flatMap((row) => items.map((item) => [...row, item]));
    }
    return new List(rows.map((row) => box(new List(row))));
  }),
];
