import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { HOLE_OPEN } from '../../../../../schema/index.ts';
import { ANY, type Box, box, Dict, Handle, List, NULL, numberText, STRING, textData, Undecided, undecided } from '../box.ts';
import { fail } from '../failure.ts';
import { Budget } from '../inspect.ts';
import { type FunctionDefinition, lenient } from './define.ts';

const MAX_NESTING = 200;

export const yaml: readonly FunctionDefinition[] = [
  lenient('yamlencode', 1, STRING, (a) => {
    const text = block(a.box(0), 0, 0);
    return { data: text.endsWith('\n') ? text : `${text}\n`, document: a.box(0) };
  }),
  lenient('yamldecode', 1, ANY, (a): Box => {
    const source = a.box(0);
    if (typeof source.data !== 'string') return box(undecided(`yamldecode(${a.shown})`));
    return decodeYaml(source.data);
  }),
];

/** Keys and texts in double quotes, block style, two spaces, as the language writes it. */
function block(b: Box, indent: number, depth: number, budget = new Budget(500_000)): string {
  const d = b.data;
  if (!budget.spend()) return fail('the value is too large', 'limit');
  const space = ' '.repeat(indent);
  if (depth > MAX_NESTING) return fail('the value is nested too deeply', 'limit');
  if (d instanceof List) return d.items.length ? d.items.map((i) => `${space}- ${block(i, indent + 2, depth + 1, budget).trimStart()}`).join('') : `${space}[]\n`;
  if (d instanceof Dict) {
    if (!d.entries.size) return `${space}{}\n`;
    return d.sorted().map(([k, v]) => {
      const inner = v.data;
      const open = (inner instanceof List && inner.items.length > 0) || (inner instanceof Dict && inner.entries.size > 0);
      const below = inner instanceof List ? block(v, indent, depth + 1, budget) : block(v, indent + 2, depth + 1, budget);
      return `${space}${JSON.stringify(k)}:${open ? `\n${below}` : ` ${below.trimStart()}`}`;
    }).join('');
  }
  return `${space}${scalar(d, Math.max(2, indent))}\n`;
}

function scalar(d: Box['data'], indent: number): string {
  if (d instanceof Undecided) return d.type.kind === 'string' || d.type.kind === 'any' ? JSON.stringify(d.text) : d.text;
  if (d instanceof Handle) return JSON.stringify(d.source.whole.text);
  if (typeof d === 'number') return numberText(d);
  if (typeof d === 'string' && /^\S[^\r\t]*\n/.test(d) && !d.includes(HOLE_OPEN)) {
    const chomping = d.endsWith('\n\n') ? '+' : d.endsWith('\n') ? '' : '-';
    const body = chomping === '-' ? d : d.slice(0, -1);
    return `|${chomping}\n${body.replace(/^(?=.)/gm, ' '.repeat(indent))}`;
  }
  return typeof d === 'string' ? JSON.stringify(d) : String(d);
}

function decodeYaml(text: string): Box {
  const document = parseDocument(text, { version: '1.2', merge: true, lineCounter: new LineCounter(), logLevel: 'silent' });
  const problem = document.errors[0];
  if (problem) return fail(`not valid YAML: ${problem.message.split('\n')[0]}`);
  let made = 0;
  const convert = (node: unknown, depth: number): Box => {
    if (depth > MAX_NESTING || ++made > 1_000_000) return fail('the document is too large', 'limit');
    if (isAlias(node)) return convert(node.resolve(document), depth + 1);
    if (isMap(node)) {
      return box(new Dict(new Map(node.items.map((pair) => {
        const key = isScalar(pair.key) ? String(pair.key.value) : fail('a key must be a plain value');
        return [key, convert(pair.value, depth + 1)];
      }))));
    }
    if (isSeq(node)) return box(new List(node.items.map((i) => convert(i, depth + 1))));
    if (!isScalar(node) || node.value === null || node.value === undefined) return NULL;
    const v = node.value;
    return box(typeof v === 'string' ? textData(v) : typeof v === 'number' || typeof v === 'boolean' ? v : String(v));
  };
  return convert(document.contents, 0);
}
