import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Node, type ParsedNode } from 'yaml';
import type { Problem, SourceRef } from '../../schema/index.ts';
import { escapePointer } from './json-lines.ts';

/** A YAML document as plain data, with the line of every key and item by JSON pointer. */
export interface YamlTree { value: unknown; lines: Map<string, number>; problems: Problem[] }

const MAX_ALIASES = 200;
const MAX_DEPTH = 100;

/** Reads one document. Duplicate keys, a second document and anchors used too often are refused with their line; the parser never runs code or loads types. */
export function parseYamlTree(text: string, source: SourceRef): YamlTree {
  const counter = new LineCounter();
  const at = (offset: number): SourceRef => { const { line, col } = counter.linePos(offset); return { ...source, startLine: line, startColumn: col }; };
  const problems: Problem[] = [];
  const failed = (): YamlTree => ({ value: undefined, lines: new Map(), problems });
  const deep = tooDeep(text);
  if (deep) return { ...failed(), problems: [{ code: 'parse-error', message: `nested deeper than ${MAX_DEPTH} levels`, source: { ...source, startLine: deep } }] };

  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true, strict: true, logLevel: 'silent', version: '1.2' });
  for (const e of document.errors) problems.push({ code: 'parse-error', message: SAYS[e.code] ?? e.message.split('\n')[0]!.replace(/ at line \d+.*$/, ''), source: at(e.pos[0]) });
  if (problems.length) return failed();
  let aliases = 0;
  visit(document, { Alias: (_, node) => { if (++aliases === MAX_ALIASES + 1) problems.push({ code: 'limit', message: `more than ${MAX_ALIASES} aliases`, source: at(node.range?.[0] ?? 0) }); } });
  if (problems.length) return failed();
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    const lines = new Map<string, number>();
    linesOf(document.contents, '', (offset) => counter.linePos(offset).line, lines, 0);
    return { value, lines, problems };
  } catch (error) {
    problems.push({ code: 'limit', message: error instanceof ReferenceError ? 'aliases grow beyond any use' : 'the document cannot be built', source: { ...source, startLine: 1 } });
    return failed();
  }
}

const SAYS: Record<string, string> = {
  DUPLICATE_KEY: 'the key stands twice in the same map', MULTIPLE_DOCS: 'one document is expected', TAB_AS_INDENT: 'a tab cannot indent in YAML',
  BAD_INDENT: 'the indentation fits no block above', MISSING_CHAR: 'a character is missing', UNEXPECTED_TOKEN: 'this does not belong here',
};

function linesOf(node: Node | ParsedNode | null, pointer: string, line: (offset: number) => number, out: Map<string, number>, depth: number): void {
  if (!node || depth > MAX_DEPTH) return;
  if (!out.has(pointer) && node.range) out.set(pointer, line(node.range[0]));
  if (isAlias(node)) return;
  if (isMap(node)) for (const { key, value } of node.items) {
    if (!isScalar(key)) continue;
    const p = `${pointer}/${escapePointer(String(key.value))}`;
    if (key.range) out.set(p, line(key.range[0]));
    linesOf(value as Node | null, p, line, out, depth + 1);
  }
  else if (isSeq(node)) node.items.forEach((item, i) => linesOf(item as Node, `${pointer}/${i}`, line, out, depth + 1));
}

/** Line with more open brackets, dashes or indentation than any real file has; 0 when there is none. The parser recurses. */
export function tooDeep(text: string): number {
  let line = 1;
  let open = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\n') { line++; start = i + 1; }
    else if (c === '[' || c === '{') { if (++open > MAX_DEPTH * 4) return line; }
    else if (c === ']' || c === '}') open = Math.max(0, open - 1);
    else if (c === '-' && i - start > MAX_DEPTH * 2 && /^[\s-]*$/.test(text.slice(start, i)) && text.slice(start, i).split('-').length > MAX_DEPTH) return line;
  }
  return 0;
}
