import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import type { Problem, SourceRef, Value } from '../../schema/index.ts';
import { escapePointer } from './json-lines.ts';

const MAX_DEPTH = 200;

const SAYS: Record<string, string> = {
  InvalidSymbol: 'this word is not JSON', PropertyNameExpected: 'a property name in double quotes is expected', ValueExpected: 'a value is expected', ColonExpected: '":" is expected',
  CommaExpected: '"," is expected', CloseBraceExpected: '"}" is expected', CloseBracketExpected: '"]" is expected', EndOfFileExpected: 'text after the end of the document',
  UnexpectedEndOfString: 'the string does not end on its line', UnexpectedEndOfComment: 'the comment does not end', InvalidCharacter: 'a character that is not allowed in a string',
};

/** A JSON document (comments and trailing commas allowed) with the place of every value. */
export interface JsonTree { root: Node | undefined; problems: Problem[]; lineOf: (offset: number) => number }

/** At most one problem: after the first, the parser only guesses. */
export function parseJsonTree(text: string, source: SourceRef): JsonTree {
  const starts = lineStarts(text);
  const lineOf = (offset: number): number => upper(starts, offset);
  const problem = (message: string, offset: number): JsonTree => {
    const startLine = lineOf(offset);
    return { root: undefined, lineOf, problems: [{ code: 'parse-error', message, source: { ...source, startLine, startColumn: offset - starts[startLine - 1]! + 1 } }] };
  };
  const deep = tooDeep(text);
  if (deep >= 0) return problem(`nested deeper than ${MAX_DEPTH} levels`, deep);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const first = errors[0];
  if (first) return problem(`not valid JSON: ${SAYS[printParseErrorCode(first.error)] ?? printParseErrorCode(first.error)}`, first.offset);
  return root ? { root, problems: [], lineOf } : problem('the file is empty', 0);
}

/** The value of a node. Of two equal keys the later one counts, as in every JSON parser. */
export function valueOf(node: Node): Value {
  if (node.type === 'array') return (node.children ?? []).map(valueOf);
  if (node.type === 'object') return Object.fromEntries(entriesOf(node).map(([k, v]) => [k, valueOf(v)]));
  return (node.value ?? null) as Value;
}

/** Properties of an object node, in the order written. */
export const entriesOf = (node: Node | undefined): [key: string, value: Node, keyNode: Node][] =>
  node?.type === 'object' ? (node.children ?? []).flatMap((p) => { const [k, v] = p.children ?? []; return k && v ? [[String(k.value), v, k] as [string, Node, Node]] : []; }) : [];

export const childOf = (node: Node | undefined, key: string): Node | undefined => entriesOf(node).findLast(([k]) => k === key)?.[1];

/** Source of every value at or below a node, by pointer relative to it. `pointer` is where the node stands in the document. */
export function sourcesBelow(node: Node, pointer: string, source: SourceRef, lineOf: (offset: number) => number, depth = 6): Map<string, SourceRef> {
  const out = new Map<string, SourceRef>();
  const visit = (n: Node, at: string, left: number, from: number): void => {
    const startLine = lineOf(from);
    const endLine = lineOf(n.offset + n.length);
    out.set(at, { ...source, startLine, ...(endLine > startLine && { endLine }), jsonPointer: pointer + at, ...(at && { property: at.slice(1).replaceAll('/', '.') }) });
    if (left === 0) return;
    if (n.type === 'object') for (const [k, v, key] of entriesOf(n)) visit(v, `${at}/${escapePointer(k)}`, left - 1, key.offset);
    else if (n.type === 'array') (n.children ?? []).forEach((v, i) => visit(v, `${at}/${i}`, left - 1, v.offset));
  };
  visit(node, '', depth, node.parent?.type === 'property' ? node.parent.offset : node.offset);
  return out;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Number of entries that are not above `offset`. */
function upper(starts: readonly number[], offset: number): number {
  let low = 0, high = starts.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (starts[mid]! <= offset) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** Offset of the bracket that opens one level too many, or −1. The parser recurses, so this is looked at first. */
function tooDeep(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) {
      for (i++; i < text.length && text.charCodeAt(i) !== 0x22 && text.charCodeAt(i) !== 0x0a; i++) if (text.charCodeAt(i) === 0x5c) i++;
    } else if (c === 0x7b || c === 0x5b) { if (++depth > MAX_DEPTH) return i; }
    else if (c === 0x7d || c === 0x5d) depth--;
  }
  return -1;
}
