import { parseTree, printParseErrorCode, type Node as JsonNode, type ParseError } from 'jsonc-parser';
import type { Problem } from '../../../../schema/index.ts';
import { mapNode, type Entry, type Node, type Span } from './node.ts';
import type { Parsed } from './parse.ts';

const SOURCE = 'cloudformation';
const MAX_DEPTH = 200;
const MAX_ERRORS = 50;

const SAYS: Record<string, string> = {
  InvalidSymbol: 'this is no JSON value', InvalidNumberFormat: 'this is no number', PropertyNameExpected: 'a key in quotes is expected', ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected', CommaExpected: 'a comma is expected', CloseBraceExpected: 'a closing brace is missing', CloseBracketExpected: 'a closing bracket is missing',
  EndOfFileExpected: 'nothing may follow the template', InvalidCommentToken: 'JSON has no comments: the service refuses this template', UnexpectedEndOfString: 'the text has no end',
  InvalidEscapeCharacter: 'no such escape in a text', InvalidCharacter: 'this character may not stand in a text',
};

/** A JSON template. Comments and other faults are reported; what can still be read counts, the value at a fault does not. */
export function parseJson(text: string, file: string): Parsed {
  const lines = lineStarts(text);
  const problems: Problem[] = [];
  const at = (offset: number): { startLine: number; startColumn: number } => { const line = lineAt(lines, offset); return { startLine: line, startColumn: offset - lines[line - 1]! + 1 }; };
  const deep = deepestAt(text);
  if (deep !== undefined) return { root: undefined, problems: [{ code: 'parse-error', message: 'nested deeper than any template', source: { source: SOURCE, file, ...at(deep) } }] };
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  for (const e of errors.slice(0, MAX_ERRORS)) {
    const name = printParseErrorCode(e.error);
    problems.push({ code: 'parse-error', message: SAYS[name] ?? name, source: { source: SOURCE, file, ...at(e.offset) } });
  }
  const faults = errors.slice(0, MAX_ERRORS).filter((e) => printParseErrorCode(e.error) !== 'InvalidCommentToken').map((e) => e.offset);
  const span = (n: JsonNode): Span => ({ file, start: lineAt(lines, n.offset), end: lineAt(lines, n.offset + Math.max(0, n.length - 1)) });

  const convert = (n: JsonNode): Node => {
    const here = span(n);
    if (n.type === 'array') return { kind: 'list', items: (n.children ?? []).map(convert), at: here };
    if (n.type !== 'object') return { kind: 'scalar', value: n.value as string | number | boolean | null, at: here };
    const entries: Entry[] = [];
    const seen = new Map<string, number>();
    for (const property of n.children ?? []) {
      const [name, value] = property.children ?? [];
      if (!name) continue;
      const key = String(name.value);
      const where = span(property);
      let made: Node = value ? convert(value) : { kind: 'unknown', reason: 'it has no value', at: where };
      const fault = faults.findIndex((o) => o >= property.offset && o <= property.offset + property.length);
      if (fault >= 0) {
        faults.splice(fault, 1);
        made = { kind: 'unknown', reason: 'it could not be parsed', at: where };
      }
      const there = seen.get(key);
      if (there === undefined) { seen.set(key, entries.length); entries.push({ key, at: where, value: made }); continue; }
      problems.push({ code: 'parse-error', message: `the key ${key} stands twice in the same map, first on line ${entries[there]!.at.start}`, source: { source: SOURCE, file, ...at(name.offset) } });
      entries[there] = { key, at: where, value: { kind: 'unknown', reason: `the key ${key} stands twice`, at: where } };
    }
    return mapNode(entries, here);
  };
  return { root: tree && convert(tree), problems };
}

function lineStarts(text: string): number[] {
  const out = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) out.push(i + 1);
  return out;
}

function lineAt(lines: readonly number[], offset: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

/** Offset at which more is open than any template has: the parser recurses. */
function deepestAt(text: string): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (quoted) {
      if (c === 92) i++;
      else if (c === 34 || c === 10) quoted = false;
    } else if (c === 34) quoted = true;
    else if (c === 123 || c === 91) { if (++depth > MAX_DEPTH) return i; }
    else if (c === 125 || c === 93) depth--;
  }
  return undefined;
}
