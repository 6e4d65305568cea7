import { hasHole, isUnknown, type Resource, type Value } from '../../schema/index.ts';
import { parse as parseYaml } from 'yaml';

/** Reading canonical properties: absent and undecided stay apart, and nothing here throws on a shape that was not expected. */

/** Value below `v`; undefined when absent, an unknown when a step of the way is undecided. */
export function at(v: Value | undefined, ...path: (string | number)[]): Value | undefined {
  let here = v;
  for (const step of path) {
    if (isUnknown(here)) return here;
    if (Array.isArray(here)) here = typeof step === 'number' ? here[step] : here.length === 1 && isFields(here[0]) ? (here[0] as Fields)[step] : undefined;
    else if (isFields(here)) here = (here as Fields)[step];
    else return undefined;
  }
  return here ?? undefined;
}

export const prop = (r: Resource, ...path: (string | number)[]): Value | undefined => at(r.properties, ...path);

type Fields = { [key: string]: Value };
const isFields = (v: unknown): v is Fields => typeof v === 'object' && v !== null && !Array.isArray(v) && !isUnknown(v);

/** Object view of a value; a list of one block counts as that block. */
export function fields(v: Value | undefined): { [key: string]: Value } | undefined {
  if (isFields(v)) return v;
  return Array.isArray(v) && v.length === 1 && isFields(v[0]) ? v[0] : undefined;
}

/** Text, holes included; numbers and booleans as written. */
export const text = (v: Value | undefined): string | undefined => (typeof v === 'string' ? v : typeof v === 'number' || typeof v === 'boolean' ? String(v) : undefined);

/** Text without holes. */
export const literal = (v: Value | undefined): string | undefined => {
  const t = text(v);
  return t === undefined || hasHole(t) ? undefined : t;
};

/** Elements of a list; one object or text stands for a list of one. */
export function list(v: Value | undefined): Value[] {
  if (Array.isArray(v)) return v;
  return v === undefined || v === null || isUnknown(v) ? [] : [v];
}

export const texts = (v: Value | undefined): string[] => list(v).flatMap((x) => text(x) ?? []);

export function flag(v: Value | undefined): boolean | undefined {
  if (typeof v === 'boolean') return v;
  return v === 'true' ? true : v === 'false' ? false : undefined;
}

export function number(v: Value | undefined): number | undefined {
  const n = typeof v === 'number' ? v : typeof v === 'string' && /^-?\d+$/.test(v) ? Number(v) : undefined;
  return n !== undefined && Number.isFinite(n) ? n : undefined;
}

/** True when the value is there but the input does not decide it. */
export const undecided = (v: Value | undefined): boolean => isUnknown(v) || (typeof v === 'string' && hasHole(v));

/** JSON pointer into `Resource.properties`. */
export const pointer = (...path: (string | number)[]): string => path.map((p) => `/${String(p).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/**
 * The document that a text property carries: as the reader decoded it, else parsed here as JSON or YAML. Undefined when it is absent,
 * undecided or no document.
 */
export function documentAt(r: Resource, ...path: (string | number)[]): Value | undefined {
  const decoded = r.documents.get(pointer(...path));
  if (decoded !== undefined) return decoded;
  const v = prop(r, ...path);
  if (isFields(v) || Array.isArray(v)) return v;
  if (typeof v !== 'string') return undefined;
  const parsed = parseDocument(v);
  return isFields(parsed) || Array.isArray(parsed) ? parsed : undefined;
}

function parseDocument(source: string): Value | undefined {
  try {
    return JSON.parse(source) as Value;
  } catch {
    try {
      return parseYaml(source, { logLevel: 'silent', maxAliasCount: 100 }) as Value;
    } catch {
      return undefined;
    }
  }
}

/** JSON with keys in order: equal values give equal text, however the source ordered them. */
export const ordered = (v: Value): string => JSON.stringify(v, (_, x: Value) => (isFields(x) ? Object.fromEntries(Object.entries(x).sort(([a], [b]) => (a < b ? -1 : 1))) : x));

/** `undefined` entries left out, so that an absent fact never shows as a property. */
export const known = <T extends Record<string, unknown>>(props: T): Record<string, unknown> => Object.fromEntries(Object.entries(props).filter(([, v]) => v !== undefined));
