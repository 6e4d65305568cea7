/**
 * Property values of a resource, three-valued.
 *
 * A value that could not be decided is `{ $unknown: reason }`. A *string* may be partly known: it then contains holes,
 * each naming what stands there (an attribute of another resource, a pseudo parameter, or nothing we could name).
 * Holes are written into the string itself, so they survive joins, templates, JSON encoding and storage;
 * two equal holes stand for the same text.
 */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value } | Unknown;
export type Unknown = { $unknown: string };

/** Private-use characters that delimit a hole; no provider accepts them in a name. */
export const HOLE_OPEN = '\uE000';
export const HOLE_CLOSE = '\uE001';
const HOLE = /\uE000([^\uE000\uE001]*)\uE001/g;

/**
 * What stands in a hole:
 * `ref`: attribute `attribute` (dialect's own name, '' = the whole reference, `Ref` in CloudFormation) of the resource at `address`;
 * `pseudo`: account, region, partition, url-suffix, stack-id … of the provider configuration `scope` ('' = default);
 * `unknown`: text that nothing in the input decides; `key` keeps equal unknowns equal (for example `var.name`).
 */
export type Hole =
  | { kind: 'ref'; address: string; attribute: string }
  | { kind: 'pseudo'; name: string; scope: string }
  | { kind: 'unknown'; key: string };

export const unknown = (reason: string): Unknown => ({ $unknown: reason });

export const isUnknown = (v: unknown): v is Unknown => typeof v === 'object' && v !== null && typeof (v as Unknown).$unknown === 'string';

/** A hole stands inside ARNs, addresses and paths: what separates the parts of those must not be seen in it. */
const hide = (s: string): string => s.replaceAll('/', '\uE002').replaceAll(':', '\uE003');
const show = (s: string): string => s.replaceAll('\uE002', '/').replaceAll('\uE003', ':');

/** The text of a hole, to be placed inside a string. `|` separates the parts and is refused inside them. */
export function hole(h: Hole): string {
  const parts = h.kind === 'ref' ? ['ref', h.address, h.attribute] : h.kind === 'pseudo' ? ['pseudo', h.name, h.scope] : ['unknown', h.key];
  return HOLE_OPEN + parts.map((p) => hide(p.replace(/[|\uE000\uE001]/g, '_'))).join('|') + HOLE_CLOSE;
}

function parseHole(body: string): Hole {
  const [kind, a = '', b = ''] = show(body).split('|');
  if (kind === 'ref') return { kind, address: a, attribute: b };
  if (kind === 'pseudo') return { kind, name: a, scope: b };
  return { kind: 'unknown', key: a };
}

export const hasHole = (s: string): boolean => s.includes(HOLE_OPEN);

/** The single hole that makes up the whole string, else undefined. */
export function wholeHole(v: unknown): Hole | undefined {
  if (typeof v !== 'string' || !v.startsWith(HOLE_OPEN) || v.indexOf(HOLE_CLOSE) !== v.length - 1) return undefined;
  return parseHole(v.slice(1, -1));
}

/** Splits a string into literal text and holes, in order. */
export function splitHoles(s: string): (string | Hole)[] {
  if (!hasHole(s)) return [s];
  const out: (string | Hole)[] = [];
  let at = 0;
  for (const m of s.matchAll(HOLE)) {
    if (m.index > at) out.push(s.slice(at, m.index));
    out.push(parseHole(m[1]!));
    at = m.index + m[0].length;
  }
  if (at < s.length) out.push(s.slice(at));
  return out;
}

/** Replaces holes; returning undefined keeps the hole. */
export function fillHoles(s: string, fill: (h: Hole) => string | undefined): string {
  return hasHole(s) ? s.replace(HOLE, (text, body: string) => fill(parseHole(body)) ?? text) : s;
}

/** For people: `⟨aws_s3_bucket.logs.arn⟩`. */
export const showHoles = (s: string): string => (hasHole(s) ? s.replace(HOLE, (_, body: string) => {
  const h = parseHole(body);
  return `⟨${h.kind === 'ref' ? h.address + (h.attribute ? '.' + h.attribute : '') : h.kind === 'pseudo' ? h.name : h.key}⟩`;
}) : s);

/** Applies `f` to every string inside a value, keys excluded. */
export function mapStrings(v: Value, f: (s: string) => Value): Value {
  if (typeof v === 'string') return f(v);
  if (Array.isArray(v)) return v.map((x) => mapStrings(x, f));
  if (v !== null && typeof v === 'object' && !isUnknown(v)) return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, mapStrings(x, f)]));
  return v;
}
