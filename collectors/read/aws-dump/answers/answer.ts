import type { Value } from '../../../../schema/index.ts';
import { policyDocument } from '../document.ts';

export type Json = Record<string, unknown>;
export interface Canonical {
  type: string;
  properties: { [key: string]: Value };
  /** Canonical property → property of the answer it was taken from; same name when absent. */
  from?: { [property: string]: string };
  /** Why a part is unknown. */
  problems?: string[];
}

/** One answer of `list-…`, `describe-…` or `get-…`: what tells it, and what its records are in CloudFormation's terms. */
export interface Answer {
  /** Call as the command line names it, for people. */
  call: string;
  /** Top key; '' = the document itself is the record. */
  key: string;
  /** Stands in the head when the key holds this and nothing else of that name. */
  tells: RegExp;
  /** A record may be text (`TableNames`), or an object. */
  records(item: unknown): Canonical[];
}

/** Picks and renames: canonical property → property of the answer, or a function of the record. */
export type Fields = { [canonical: string]: string | ((r: Json) => Value | undefined) };

export function shaped(type: string, fields: Fields, r: Json): Canonical {
  const properties: { [key: string]: Value } = {};
  const from: { [property: string]: string } = {};
  for (const [to, how] of Object.entries(fields)) {
    const value = typeof how === 'string' ? (r[how] as Value | undefined) : how(r);
    if (value === undefined || value === null) continue;
    properties[to] = value;
    if (typeof how === 'string' && how !== to) from[to] = how;
  }
  return { type, properties, from };
}

export const answer = (call: string, key: string, tells: RegExp, type: string, fields: Fields): Answer => ({ call, key, tells, records: (item) => (isJson(item) ? [shaped(type, fields, item)] : []) });

/** A list of texts: `{"TableNames": ["a"]}`. */
export const named = (call: string, key: string, type: string, properties: (text: string) => { [key: string]: Value }): Answer =>
  ({ call, key, tells: new RegExp(`"${key}"\\s*:\\s*\\[\\s*("|\\])`), records: (item) => (typeof item === 'string' ? [{ type, properties: properties(item) }] : []) });

export const isJson = (v: unknown): v is Json => v !== null && typeof v === 'object' && !Array.isArray(v);
export const list = (v: unknown): Json[] => (Array.isArray(v) ? v.filter(isJson) : []);
export const texts = (v: unknown, key: string): string[] => list(v).flatMap((x) => (typeof x[key] === 'string' ? [x[key]] : []));

/** `{agentName}` → `{AgentName}`, at every depth; keys below `maps` are the author's own. */
export function upper(v: unknown, maps: ReadonlySet<string> = new Set(['environmentVariables', 'tags'])): Value {
  if (Array.isArray(v)) return v.map((x) => upper(x, maps));
  if (!isJson(v)) return v as Value;
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k.charAt(0).toUpperCase() + k.slice(1), maps.has(k) ? (x as Value) : upper(x, maps)]));
}

/** A policy text as document, with what is wrong about it. */
export function policy(raw: unknown): { document: Value; problems: string[] } {
  const { document, problem } = policyDocument(raw);
  return { document, problems: problem ? [problem] : [] };
}
