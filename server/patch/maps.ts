import type { TextEdit } from './edits.ts';
import { indentAt } from './lists.ts';
import { printEntry, printValue, type Layout, type Plain } from './print.ts';
import type { Entry, MapItem } from './tree.ts';

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;
const lineEnd = (text: string, at: number): number => { const i = text.indexOf('\n', at); return i < 0 ? text.length : i; };

/** Puts the value of an entry in the place of the one that is there. */
export const replaceValue = (text: string, e: Entry, v: Plain, l: Layout): TextEdit => ({ start: e.value.start, end: e.value.end, text: printValue(v, { ...l, indent: indentAt(text, e.start), oneLine: l.oneLine && !text.slice(e.value.start, e.value.end).includes('\n') }).replace(/^\s*\n?/, (s) => (l.style === 'block' && s.includes('\n') ? s : '')) });

/** A new entry behind the last one; in a block of HCL, behind the last argument. `as`: `block` writes the map as a nested block. */
export function insertEntry(text: string, map: MapItem, key: string, v: Plain, l: Layout, as: 'argument' | 'block' = 'argument'): TextEdit | undefined {
  const last = as === 'argument' && map.style === 'body' ? map.entries.findLast((e) => !e.block) : map.entries.at(-1);
  if (map.style === 'body') return inBody(text, map, last, key, v, l, as);
  if (!last) return undefined;
  if (map.style === 'block') {
    const indent = text.slice(lineStart(text, last.start), last.start).replace(/-/g, ' ');
    if (indent.trim() !== '') return undefined;
    const end = lineEnd(text, last.end);
    return { start: end, end, text: `${l.newline}${indent}${printEntry(key, v, { ...l, indent })}` };
  }
  const alone = text.slice(lineStart(text, last.start), last.start).trim() === '';
  if (!alone || map.style === 'flow') return { start: last.end, end: last.end, text: `, ${printEntry(key, v, { ...l, oneLine: true })}` };
  const end = lineEnd(text, last.end);
  const behind = text.slice(last.end, end).replace(/\r$/, '');
  const comma = /^[ \t]*,/.test(behind);
  const indent = indentAt(text, last.start);
  const entry = printEntry(key, v, { ...l, indent });
  const keep = map.style === 'json' && !comma ? `,${behind}` : behind;
  return { start: last.end, end: last.end + behind.length, text: `${keep}${l.newline}${indent}${entry}${comma && map.style === 'hcl' ? ',' : ''}` };
}

function inBody(text: string, map: MapItem, last: Entry | undefined, key: string, v: Plain, l: Layout, as: 'argument' | 'block'): TextEdit | undefined {
  const open = text.indexOf('{', map.start);
  const inner = text.slice(open + 1, map.end - 1);
  const head = indentAt(text, map.start);
  const indent = head + l.unit;
  const print = as === 'block' ? printBlock(key, v, { ...l, indent }) : printEntry(key, v, { ...l, indent });
  if (!inner.includes('\n')) return { start: open + 1, end: map.end - 1, text: `${l.newline}${inner.trim() === '' ? '' : `${indent}${inner.trim()}${l.newline}`}${indent}${print}${l.newline}${head}` };
  const gap = as === 'block' ? l.newline : '';
  const at = last ? lineEnd(text, last.end) : lineEnd(text, open);
  const cr = text[at - 1] === '\r' ? 1 : 0;
  return { start: at - cr, end: at - cr, text: `${gap}${l.newline}${indent}${print}` };
}

/** A nested block; a map in it is a block again. */
export function printBlock(type: string, v: Plain, l: Layout): string {
  const entries = Object.entries(v as { [key: string]: Plain });
  const inner = l.indent + l.unit;
  const isMap = (x: Plain): boolean => typeof x === 'object' && x !== null && !Array.isArray(x);
  const width = Math.max(0, ...entries.filter(([, x]) => !isMap(x)).map(([k]) => k.length));
  const lines = entries.map(([k, x]) => inner + (isMap(x) ? printBlock(k, x, { ...l, indent: inner }) : printEntry(k, x, { ...l, style: 'body', indent: inner }, width)));
  return `${type} {${l.newline}${lines.join(l.newline)}${l.newline}${l.indent}}`;
}

/** Takes an entry out: with its lines where it is alone on them, else with one separator. */
export function removeEntry(text: string, map: MapItem, e: Entry): TextEdit | undefined {
  const from = lineStart(text, e.start);
  const i = map.entries.indexOf(e);
  const rest = /^[ \t]*,?[ \t]*((#|\/\/)[^\r\n]*)?\r?(\n|$)/.exec(text.slice(e.end));
  if (text.slice(from, e.start).trim() === '' && rest) {
    const end = e.end + rest[0].length;
    // A block takes the empty line after it along.
    const gap = map.style === 'body' && e.block ? /^[ \t]*\r?\n/.exec(text.slice(end))?.[0].length ?? 0 : 0;
    // The last one takes that before it.
    const last = map.style === 'body' && e.block && gap === 0 && /^[ \t]*\}/.test(text.slice(end)) ? /\r?\n[ \t]*(\r?\n)$/.exec(text.slice(0, from))?.[0].replace(/^\r?\n/, '').length ?? 0 : 0;
    const before = map.style === 'json' && i > 0 && i === map.entries.length - 1 ? map.entries[i - 1]! : undefined;
    // What is said right above a block of the file is said of it.
    const said = map.style === 'body' && e.block && map.start === 0 ? /((^|\n)[ \t]*(#|\/\/)[^\n]*)+\n$/.exec(text.slice(0, from))?.[0].replace(/^\n/, '').length ?? 0 : 0;
    if (!before) return { start: from - said - last, end: end + gap, text: '' };
    const comma = /^[ \t]*,/.exec(text.slice(before.end))?.[0].length ?? 0;
    return { start: before.end, end, text: text.slice(before.end + comma, from) };
  }
  if (map.style === 'block' || map.style === 'body') return undefined;
  const next = map.entries[i + 1];
  if (next) return { start: e.start, end: next.start, text: '' };
  const before = map.entries[i - 1];
  return before ? { start: before.end, end: e.end, text: '' } : undefined;
}
