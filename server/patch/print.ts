import type { Style } from './tree.ts';

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** How a text is written in a language: quoted, or as a reference when there are holes in it. Undefined: what it names has no name here. */
export type Naming = (text: string, style: Style) => string | undefined;

/** Thrown inside the editors alone: a value that cannot be written where it is to stand. */
export class NotWritable extends Error {}

export interface Layout { style: Style; /** white space before the line the value begins on */ indent: string; unit: string; newline: string; oneLine: boolean; naming: Naming }

/** A value as it is written after its key. For `block` it may begin with a line end. */
export function printValue(v: Plain, l: Layout): string {
  if (typeof v === 'string') {
    const text = l.naming(v, l.style);
    if (text === undefined) throw new NotWritable('a value of it cannot be named where it stands');
    return text;
  }
  if (v === null || typeof v !== 'object') return String(v);
  const deeper: Layout = { ...l, indent: l.indent + l.unit };
  if (Array.isArray(v)) {
    const items = v as readonly Plain[];
    const objects = items.some((i) => typeof i === 'object' && i !== null);
    if (l.style === 'block') return items.map((i) => `${l.newline}${l.indent}${l.unit}- ${printItem(i, deeper)}`).join('');
    if (objects && !l.oneLine) return `[${items.map((i) => `${l.newline}${deeper.indent}${printValue(i, deeper)}`).join(',')}${l.newline}${l.indent}]`;
    return `[${items.map((i) => printValue(i, { ...l, oneLine: true })).join(', ')}]`;
  }
  const entries = Object.entries(v as { [key: string]: Plain });
  if (l.style === 'block') return entries.map(([k, x]) => `${l.newline}${deeper.indent}${printEntry(k, x, deeper)}`).join('');
  if (l.oneLine || entries.length === 0) return entries.length === 0 ? '{}' : `{ ${entries.map(([k, x]) => printEntry(k, x, { ...l, oneLine: true })).join(', ')} }`;
  const separator = l.style === 'hcl' || l.style === 'body' ? '' : ',';
  return `{${l.newline}${aligned(entries, deeper).map((e) => deeper.indent + e).join(separator + l.newline)}${l.newline}${l.indent}}`;
}

/** Item of a block list: a map begins on the line of its dash. */
function printItem(v: Plain, l: Layout): string {
  if (typeof v !== 'object' || v === null || Array.isArray(v)) return printValue(v, l);
  return Object.entries(v).map(([k, x]) => printEntry(k, x, { ...l, indent: l.indent + l.unit })).join(`${l.newline}${l.indent}${l.unit}`);
}

/** `key = value`, `"key": value` or `key: value`. */
export function printEntry(key: string, v: Plain, l: Layout, width = 0): string {
  const value = printValue(v, l);
  switch (l.style) {
    case 'body': return `${key.padEnd(width)} = ${value}`;
    case 'hcl': return `${printKey(key).padEnd(width)} = ${value}`;
    case 'json': return `${JSON.stringify(key)}: ${value}`;
    default: return `${yamlKey(key)}:${value.startsWith(l.newline) ? '' : ' '}${value}`;
  }
}

/** Neighbouring one-line entries have their equals signs below each other, as the formatter writes them. */
function aligned(entries: readonly [string, Plain][], l: Layout): string[] {
  if (l.style !== 'hcl' && l.style !== 'body') return entries.map(([k, v]) => printEntry(k, v, l));
  const key = (k: string): string => (l.style === 'hcl' ? printKey(k) : k);
  const width = Math.max(...entries.map(([k, v]) => (printValue(v, l).includes('\n') ? 0 : key(k).length)));
  return entries.map(([k, v]) => printEntry(k, v, l, printValue(v, l).includes('\n') ? 0 : width));
}

const printKey = (key: string): string => (/^[A-Za-z_][\w-]*$/.test(key) ? key : JSON.stringify(key));
const yamlKey = (key: string): string => (/^[A-Za-z_][\w.-]*$/.test(key) || /^[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)+$/.test(key) ? key : JSON.stringify(key));

/** A text without holes. */
export function quoted(text: string, style: Style): string {
  if (style === 'body' || style === 'hcl') return JSON.stringify(text).replaceAll('${', () => '$${').replaceAll('%{', () => '%%{');
  if (style === 'json') return JSON.stringify(text);
  return /^[A-Za-z/_.][\w./@:+=-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n|~)$/i.test(text) && !text.endsWith(':') && !/:\s/.test(text) ? text : JSON.stringify(text);
}
