import { isUnknown, wholeHole, type RawResource, type SourceRef, type Value } from '../../../schema/index.ts';
import { decodeDocument } from './documents.ts';
import { atPointer, pointerOf, setPath, type Fields } from './paths.ts';
import { pascal, squash, type Rename, type Shape } from './tables.ts';

/** Properties in canonical names, with the sources and the places of decoded documents re-keyed to canonical pointers. */
export interface Canonical {
  properties: Fields;
  sources: Map<string, SourceRef>;
  documents: Set<string>;
}

/** Tags stay the author's map: their keys are never renamed. */
const TAGS: Readonly<Record<string, string>> = { tags: 'Tags', tags_all: 'TagsAll' };

/**
 * Brings the properties of one resource into the shape of its canonical type: names, blocks that stand once, JSON texts.
 * `part`: only what the table renames goes along.
 */
export function canonicalise(raw: RawResource, shape: Shape, rename: Rename, part: boolean): Canonical {
  const job = new Renaming(raw, rename);
  job.run(shape, part);
  return { properties: job.root, sources: job.sources, documents: job.documents };
}

class Renaming {
  readonly root: Fields = {};
  readonly sources = new Map<string, SourceRef>();
  readonly documents = new Set<string>();
  readonly #raw: RawResource;
  readonly #rename: Rename;
  readonly #foreign: boolean;
  #shape: Shape = 1;

  constructor(raw: RawResource, rename: Rename) {
    this.#raw = raw;
    this.#rename = rename;
    this.#foreign = raw.dialect === 'terraform';
  }

  run(shape: Shape, part: boolean): void {
    this.#shape = shape;
    this.#carry('', '');
    const chosen = new Set(Object.keys(this.#rename.rename ?? {}).map((k) => k.split('/')[0]!));
    const given = Object.entries(this.#raw.properties).filter(([k]) => !part || chosen.has(k));
    this.#object(Object.fromEntries(given), '', '', shape, '', this.root);
    for (const [path, v] of Object.entries(this.#rename.set ?? {})) setPath(this.root, path.split('/'), structuredClone(v) as Value);
    if (this.#raw.mode !== 'data') for (const [path, v] of Object.entries(this.#rename.absent ?? {})) if (!(path in this.root)) this.root[path] = structuredClone(v) as Value;
  }

  #carry(from: string, to: string): void {
    const s = this.#raw.sources.get(from);
    if (s) this.sources.set(to, s);
  }

  #object(v: Fields, from: string, path: string, shape: Shape, to: string, out: Fields): void {
    for (const [key, value] of Object.entries(v)) {
      const here = path ? `${path}/${key}` : key;
      if (value === null || this.#rename.drop?.includes(here)) continue;
      const given = this.#rename.rename?.[here];
      const tags = this.#foreign && path === '' ? TAGS[key] : undefined;
      const steps = (given ?? tags ?? this.#nameOf(key, shape)).split('/');
      const absolute = steps[0] === '';
      if (absolute) steps.shift();
      const base = absolute ? '' : to;
      const childTo = base + steps.map(pointerOf).join('');
      const childShape = tags ? 'json' : shapeAt(absolute ? this.#shape : shape, steps);
      const place = absolute ? this.root : out;
      const there = steps.length === 1 ? place[steps[0]!] : atPointer(place, steps.map(pointerOf).join(''));
      const converted = this.#value(value, from + pointerOf(key), here, childShape, childTo, Array.isArray(there) ? there.length : 0);
      if (converted !== undefined) setPath(place, steps, converted);
    }
  }

  #nameOf(key: string, shape: Shape): string {
    if (typeof shape === 'object' && !Array.isArray(shape)) {
      if (key in shape) return key;
      if (this.#foreign) {
        const wanted = squash(key);
        const found = namesOf(shape as { [k: string]: Shape }).get(wanted);
        if (found) return found;
      }
    }
    return this.#foreign ? pascal(key) : key;
  }

  /** `offset`: elements that other source properties already put into the list. */
  #value(v: Value, from: string, path: string, shape: Shape | undefined, to: string, offset = 0): Value | undefined {
    this.#carry(from, to);
    if (isUnknown(v)) return v;
    if (typeof v === 'string') return this.#text(v, from, shape, to);
    if (v === null || typeof v !== 'object') return v;
    if (shape === 'json') return this.#verbatim(v, from, to);
    if (Array.isArray(v)) {
      if (isListShape(shape)) return v.map((x, i) => this.#value(x, `${from}/${i}`, path, shape[0], `${to}/${i + offset}`) ?? null);
      const single = shape !== undefined && shape !== 1;
      if (single && v.length === 0) return undefined;
      if (single && v.length === 1) return this.#value(v[0]!, `${from}/0`, path, shape, to);
      return v.map((x, i) => this.#value(x, `${from}/${i}`, path, shape === 1 ? undefined : shape, `${to}/${i}`) ?? null);
    }
    if (isListShape(shape)) return [this.#value(v, from, path, shape[0], `${to}/${offset}`) ?? null];
    if (typeof shape === 'object' && '*' in shape) return this.#map(v, from, path, shape['*'] as Shape, to);
    if (shape === 1 || (shape === undefined && !/\/\d+$/.test(from))) return this.#verbatim(v, from, to);
    const out: Fields = {};
    this.#object(v, from, path, shape ?? {}, to, out);
    return out;
  }

  /** Maps keep the author's keys. */
  #map(v: Fields, from: string, path: string, each: Shape, to: string): Value {
    return Object.fromEntries(Object.entries(v).flatMap(([k, x]) => {
      const c = this.#value(x, from + pointerOf(k), path, each, to + pointerOf(k));
      return c === undefined ? [] : [[k, c]];
    }));
  }

  #text(v: string, from: string, shape: Shape | undefined, to: string): Value {
    const decoded = this.#raw.documents.get(from) ?? (shape === 1 || shape === undefined || wholeHole(v) ? undefined : decodeDocument(v));
    if (decoded === undefined || isUnknown(decoded) || typeof decoded !== 'object') return isListShape(shape) ? [v] : v;
    if (shape === 1) return v;
    this.documents.add(to);
    if (shape === 'json' || shape === undefined) return this.#verbatim(decoded, from, to);
    return this.#value(decoded, from, '\u0000', shape, to) ?? v;
  }

  #verbatim(v: Value, from: string, to: string): Value {
    if (Array.isArray(v)) return v.map((x, i) => { this.#carry(`${from}/${i}`, `${to}/${i}`); return this.#verbatim(x, `${from}/${i}`, `${to}/${i}`); });
    if (v === null || typeof v !== 'object' || isUnknown(v)) return v;
    return Object.fromEntries(Object.entries(v).map(([k, x]) => {
      const p = pointerOf(k);
      this.#carry(from + p, to + p);
      return [k, this.#verbatim(x, from + p, to + p)];
    }));
  }
}

const isListShape = (s: Shape | undefined): s is readonly [Shape] => Array.isArray(s);

const squashed = new WeakMap<object, Map<string, string>>();
function namesOf(shape: { readonly [k: string]: Shape }): Map<string, string> {
  let names = squashed.get(shape);
  if (!names) squashed.set(shape, names = new Map(Object.keys(shape).map((k) => [squash(k), k])));
  return names;
}

function shapeAt(shape: Shape | undefined, steps: readonly string[]): Shape | undefined {
  let here = shape;
  for (const step of steps) {
    if (isListShape(here) && /^\d+$/.test(step)) { here = here[0]; continue; }
    if (isListShape(here)) here = here[0];
    if (here === 'json') return 'json';
    if (typeof here !== 'object') return undefined;
    const object = here as { readonly [k: string]: Shape };
    here = object['*'] ?? object[step];
  }
  return here;
}
