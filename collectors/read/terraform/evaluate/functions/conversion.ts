import { ANY, BOOL, type Box, Dict, List, NUMBER, STRING, textData, Undecided } from '../box.ts';
import { isKnown } from '../inspect.ts';
import { convert, toBool, toNumber, toSet, toText, typeName, typeOf } from '../convert.ts';
import { fail } from '../failure.ts';
import { type FunctionDefinition, lenient, strict } from './define.ts';
import { unsure } from './collection.ts';

/** Elements brought to one type, as lists, sets and maps have. */
function unified(items: readonly Box[]): Box[] {
  const kinds = new Set(items.filter((b) => b.data !== null && !(b.data instanceof Undecided)).map((b) => typeOf(b).kind));
  const text = kinds.size > 1 && kinds.has('string') && [...kinds].every((k) => k === 'string' || k === 'number' || k === 'bool');
  return items.map((b) => (text && b.data !== null ? convert(b, STRING) : b));
}

export const conversion: readonly FunctionDefinition[] = [
  lenient('tostring', 1, STRING, (a) => (a.box(0).data === null ? null : { ...a.box(0), data: textData(toText(a.box(0))) })),
  lenient('tonumber', 1, NUMBER, (a) => (a.box(0).data === null ? null : toNumber(a.box(0)))),
  lenient('tobool', 1, BOOL, (a) => (a.box(0).data === null ? null : toBool(a.box(0)))),
  lenient('tolist', 1, { kind: 'list', of: ANY }, (a) => {
    if (a.box(0).data === null) return null;
    const items = a.maybeItems(0);
    return items ? { ...a.box(0), data: new List(unified(items)) } : unsure('tolist', a, { kind: 'list', of: ANY }, a.knownItems(0));
  }),
  lenient('toset', 1, { kind: 'set', of: ANY }, (a) => {
    if (a.box(0).data === null) return null;
    const items = a.maybeItems(0);
    return items ? { ...a.box(0), data: toSet(unified(items)) } : unsure('toset', a, { kind: 'set', of: ANY }, a.knownItems(0));
  }),
  lenient('tomap', 1, { kind: 'map', of: ANY }, (a) => {
    if (a.box(0).data === null) return null;
    const entries = a.maybeEntries(0);
    if (!entries) return unsure('tomap', a, { kind: 'map', of: ANY });
    const values = unified([...entries.values()]);
    return { ...a.box(0), data: new Dict(new Map([...entries.keys()].map((k, i) => [k, values[i]!]))) };
  }),
  lenient('sensitive', 1, ANY, (a) => a.box(0)),
  lenient('nonsensitive', 1, ANY, (a) => a.box(0)),
  lenient('ephemeralasnull', 1, ANY, (a) => a.box(0)),
  strict('issensitive', 1, BOOL, () => false),
  lenient('type', 1, STRING, (a) => (isKnown(a.box(0)) ? typeName(typeOf(a.box(0))) : unsure('type', a, STRING))),
  lenient('list', [0, Infinity], ANY, (a) => new List(a.all)),
  lenient('map', [0, Infinity], ANY, (a) => {
    if (a.count % 2) return fail('keys and values must come in pairs');
    return new Dict(new Map(Array.from({ length: a.count / 2 }, (_, i) => [a.text(2 * i), a.box(2 * i + 1)])));
  }),
];
