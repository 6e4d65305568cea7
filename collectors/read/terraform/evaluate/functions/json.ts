import { HOLE_OPEN } from '../../../../../schema/index.ts';
import { type JsonNode, JsonFailure, parseJson } from '../../syntax/json.ts';
import { type Box, box, Dict, Handle, List, NULL, numberText, type Origin, textData, Undecided } from '../box.ts';
import { fail } from '../failure.ts';
import { Budget } from '../inspect.ts';
import { locate } from '../segments.ts';

const MAX_NESTING = 200;
const MAX_VALUES = 500_000;

/** JSON text as the language writes it: keys sorted, `<`, `>` and `&` escaped. Undecided values stand as holes without quotes. */
export function encodeJson(b: Box, depth = 0, budget = new Budget(MAX_VALUES)): string {
  const d = b.data;
  if (!budget.spend()) return fail('the value is too large', 'limit');
  if (depth > MAX_NESTING) return fail('the value is nested too deeply', 'limit');
  if (d === null || typeof d === 'boolean') return String(d);
  if (typeof d === 'number') return numberText(d);
  if (typeof d === 'string') return quote(d);
  if (d instanceof Undecided) return d.known ? `[${[...d.known.map((i) => encodeJson(i, depth + 1, budget)), d.text].join(',')}]` : d.type.kind === 'string' || d.type.kind === 'any' ? quote(d.text) : d.text;
  if (d instanceof Handle) return d.source.whole.text;
  if (d instanceof List) return `[${d.items.map((i) => encodeJson(i, depth + 1, budget)).join(',')}]`;
  return `{${d.sorted().map(([k, v]) => `${quote(k)}:${encodeJson(v, depth + 1, budget)}`).join(',')}}`;
}

const quote = (s: string): string => JSON.stringify(s).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The document in a text; each element knows where it was written, as far as the text knows it. Fails on invalid JSON. */
export function decodeJson(text: Box, lenient = false): Box {
  if (text.document) return text.document;
  const content = typeof text.data === 'string' ? text.data : '';
  try {
    return fromNode(parseJson(content, lenient), (start, end) => locate(text, start, end));
  } catch (failure) {
    if (failure instanceof JsonFailure) return fail(`not valid JSON: ${failure.message}`);
    throw failure;
  }
}

/** The document that a string carries or plainly is, else undefined. */
export function documentOf(b: Box): Box | undefined {
  if (b.document) return b.document;
  if (typeof b.data !== 'string' || !/^\s*[{[]/.test(b.data)) return undefined;
  try {
    return fromNode(parseJson(b.data, b.data.includes(HOLE_OPEN)), (start, end) => locate(b, start, end));
  } catch (failure) {
    if (failure instanceof JsonFailure) return undefined;
    throw failure;
  }
}

function fromNode(node: JsonNode, at: (start: number, end: number) => Origin | undefined): Box {
  const origin = at(node.start, node.end);
  if (node.kind === 'scalar') return node.value === null ? NULL : box(typeof node.value === 'string' ? textData(node.value) : node.value, origin);
  if (node.kind === 'hole') return box(new Undecided(asHole(node.text), { kind: 'list', of: { kind: 'any' } }), origin);
  if (node.kind === 'array') return box(new List(node.items.map((i) => fromNode(i, at))), origin);
  return box(new Dict(new Map(node.members.map((m) => [m.key, { ...fromNode(m.value, at), at: at(m.start, m.end) }]))), origin);
}

function asHole(text: string): Undecided['hole'] {
  const data = textData(text);
  return data instanceof Undecided ? data.hole : { kind: 'unknown', key: text };
}
