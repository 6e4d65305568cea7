import { HOLE_CLOSE, HOLE_OPEN } from '../../../../schema/index.ts';
import { MAX_DEPTH, type Span } from './source.ts';

/** A JSON value and where it stands. `hole` is undecided text in place of a value (see schema/value.ts). */
export type JsonNode = Span & (
  | { kind: 'scalar'; value: null | boolean | number | string }
  | { kind: 'hole'; text: string }
  | { kind: 'array'; items: JsonNode[] }
  | { kind: 'object'; members: JsonMember[] }
);
export interface JsonMember extends Span { key: string; value: JsonNode }

export class JsonFailure extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const SPACE = /[ \t\r\n]*/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;
const HOLE = new RegExp(`${HOLE_OPEN}[^${HOLE_OPEN}${HOLE_CLOSE}]*${HOLE_CLOSE}`, 'y');

/**
 * Parses one JSON document. `lenient` allows raw line ends and tabs inside strings, as they occur where a template was expanded.
 * Throws JsonFailure with the offset of the error.
 */
export function parseJson(text: string, lenient = false): JsonNode {
  let at = 0;
  let depth = 0;
  const fail = (message: string): never => { throw new JsonFailure(message, at); };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const string = (): string => {
    const start = at;
    for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
    if (at >= text.length) return fail('string is not closed');
    const raw = text.slice(start, ++at);
    try {
      return JSON.parse(lenient ? raw.replace(/\p{Cc}/gu, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0')) : raw) as string;
    } catch {
      at = start;
      return fail('not a valid JSON string');
    }
  };
  const value = (): JsonNode => {
    match(SPACE);
    const start = at;
    const c = text[at];
    if (c === '"') return { kind: 'scalar', value: string(), start, end: at };
    if (c === HOLE_OPEN) return { kind: 'hole', text: match(HOLE) ?? fail('broken hole'), start, end: at };
    if (c === '{' || c === '[') {
      if (++depth > MAX_DEPTH) fail(`nested deeper than ${MAX_DEPTH} levels`);
      at++;
      const node = c === '{' ? object(start) : array(start);
      depth--;
      return node;
    }
    const scalar = match(SCALAR);
    if (scalar === undefined) return fail(c === undefined ? 'the document ends too early' : `"${c}" is not expected here`);
    return { kind: 'scalar', value: JSON.parse(scalar) as null | boolean | number, start, end: at };
  };
  const array = (start: number): JsonNode => {
    const items: JsonNode[] = [];
    match(SPACE);
    if (text[at] === ']') { at++; return { kind: 'array', items, start, end: at }; }
    for (;;) {
      items.push(value());
      match(SPACE);
      if (text[at] === ']') { at++; return { kind: 'array', items, start, end: at }; }
      if (text[at] !== ',') fail('expected "," or "]"');
      at++;
    }
  };
  const object = (start: number): JsonNode => {
    const members: JsonMember[] = [];
    match(SPACE);
    if (text[at] === '}') { at++; return { kind: 'object', members, start, end: at }; }
    for (;;) {
      match(SPACE);
      const keyStart = at;
      if (text[at] !== '"') fail('expected a property name in double quotes');
      const key = string();
      match(SPACE);
      if (text[at] !== ':') fail('expected ":"');
      at++;
      const item = value();
      members.push({ key, value: item, start: keyStart, end: item.end });
      match(SPACE);
      if (text[at] === '}') { at++; return { kind: 'object', members, start, end: at }; }
      if (text[at] !== ',') fail('expected "," or "}"');
      at++;
    }
  };
  const root = value();
  match(SPACE);
  if (at < text.length) fail('text after the document');
  return root;
}

export function memberOf(node: JsonNode | undefined, key: string): JsonNode | undefined {
  return node?.kind === 'object' ? node.members.findLast((m) => m.key === key)?.value : undefined;
}
