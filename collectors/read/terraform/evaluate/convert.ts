import { type Box, box, compareText, Dict, Handle, List, NULL, numberText, STRING, type Type, Undecided, undecided } from './box.ts';
import { show } from './inspect.ts';
import { fail } from './failure.ts';

export function typeName(t: Type): string {
  switch (t.kind) {
    case 'list': case 'set': case 'map': return `${t.kind} of ${typeName(t.of)}`;
    default: return t.kind;
  }
}

/** Text of a value in a template or where a string is asked for. Holes stay; collections have none. */
export function toText(b: Box): string {
  const d = b.data;
  if (typeof d === 'string') return d;
  if (typeof d === 'number') return numberText(d);
  if (typeof d === 'boolean') return String(d);
  if (d instanceof Undecided) return d.text;
  if (d instanceof Handle) return d.source.whole.text;
  return fail(d === null ? 'null has no text' : 'a collection has no text');
}

export function toNumber(b: Box): number | Undecided {
  const d = b.data;
  if (typeof d === 'number') return d;
  if (typeof d === 'string') {
    const text = d.trim();
    if (/^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text);
    if (!/[\uE000]/.test(d)) return fail(`"${show(d)}" is not a number`);
  }
  if (d instanceof Undecided || typeof d === 'string') return retyped(d, { kind: 'number' });
  return fail(d === null ? 'null is not a number' : 'a number is required');
}

export function toBool(b: Box): boolean | Undecided {
  const d = b.data;
  if (typeof d === 'boolean') return d;
  if (d === 'true' || d === 'false') return d === 'true';
  if (d instanceof Undecided || (typeof d === 'string' && d.includes('\uE000'))) return retyped(d, { kind: 'bool' });
  return fail(d === null ? 'null is not a bool' : 'a bool is required');
}

function retyped(d: Undecided | string, type: Type): Undecided {
  return d instanceof Undecided ? new Undecided(d.hole, type) : undecided(`to${type.kind}(${show(d)})`, type);
}

/** Items in the order the language iterates, with their keys; undefined when undecided. */
export function toItems(b: Box): { key: Box; value: Box }[] | undefined {
  const d = b.data;
  if (d instanceof List) return d.items.map((value, i) => ({ key: d.set ? value : box(i), value }));
  if (d instanceof Dict) return d.sorted().map(([k, value]) => ({ key: box(k, value.at), value }));
  if (d instanceof Undecided || d instanceof Handle) return undefined;
  return fail(d === null ? 'null has no elements' : 'a list, set, map or object is required');
}

/** Sorted by text, without repetitions. */
export function toSet(items: readonly Box[]): List {
  const byText = new Map<string, Box>();
  for (const item of items) {
    const key = `${typeof item.data === 'number' ? 'n' : 's'}${show(item)}`;
    if (!byText.has(key)) byText.set(key, item);
  }
  const all = [...byText.values()];
  const numbers = all.every((i) => typeof i.data === 'number');
  all.sort((a, b) => (numbers ? (a.data as number) - (b.data as number) : compareText(show(a), show(b))));
  return new List(all, true);
}

/** Converts a value to a declared type; fails where the language does. */
export function convert(b: Box, type: Type, path = 'value', depth = 0): Box {
  if (depth > 100) return fail(`${path} is nested too deeply`, 'limit');
  const d = b.data;
  if (type.kind === 'any' || d === null) return b;
  if (d instanceof Undecided) return d.type.kind === 'any' || type.kind === 'string' ? { ...b, data: new Undecided(d.hole, type) } : b;
  switch (type.kind) {
    case 'string': return typeof d === 'string' ? b : { ...b, data: toText(b) };
    case 'number': return { ...b, data: toNumber(b) };
    case 'bool': return { ...b, data: toBool(b) };
    case 'list':
    case 'set': {
      if (!(d instanceof List)) return d instanceof Handle ? b : fail(`${path}: ${type.kind} required`);
      const items = d.items.map((x, i) => convert(x, type.of, `${path}[${i}]`, depth + 1));
      return { ...b, data: type.kind === 'set' ? toSet(items) : new List(items) };
    }
    case 'tuple': {
      if (!(d instanceof List) || d.items.length !== type.items.length) return fail(`${path}: tuple of ${type.items.length} elements required`);
      return { ...b, data: new List(d.items.map((x, i) => convert(x, type.items[i]!, `${path}[${i}]`, depth + 1))) };
    }
    case 'map': {
      if (d instanceof Handle) return b;
      if (!(d instanceof Dict)) return fail(`${path}: map required`);
      return { ...b, data: new Dict(new Map([...d.entries].map(([k, x]) => [k, convert(x, type.of, `${path}.${k}`, depth + 1)]))) };
    }
    case 'object': {
      if (d instanceof Handle) return b;
      if (!(d instanceof Dict)) return fail(`${path}: object required`);
      const out = new Map<string, Box>();
      for (const [name, a] of type.attributes) {
        const given = d.entries.get(name);
        const absent = given === undefined || given.data === null;
        if (absent && a.fallback) out.set(name, convert(a.fallback, a.type, `${path}.${name}`, depth + 1));
        else if (given) out.set(name, convert(given, a.type, `${path}.${name}`, depth + 1));
        else if (a.optional) out.set(name, NULL);
        else fail(`${path}: attribute "${name}" is required`);
      }
      return { ...b, data: new Dict(out) };
    }
  }
}

/** The one type that two branches of a conditional have in common, as far as it matters for undecided values. */
export function typeOf(b: Box): Type {
  const d = b.data;
  if (d instanceof Undecided) return d.type;
  if (typeof d === 'string') return STRING;
  if (typeof d === 'number') return { kind: 'number' };
  if (typeof d === 'boolean') return { kind: 'bool' };
  if (d instanceof List) return { kind: d.set ? 'set' : 'list', of: d.items[0] ? typeOf(d.items[0]) : { kind: 'any' } };
  if (d instanceof Dict) return { kind: 'object', attributes: new Map([...d.entries].map(([k, v]) => [k, { type: typeOf(v), optional: false }])) };
  return { kind: 'any' };
}
