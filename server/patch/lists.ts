import type { TextEdit } from './edits.ts';
import type { Layout } from './print.ts';
import { printValue } from './print.ts';
import type { Item, ListItem } from './tree.ts';

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;
const lineEnd = (text: string, at: number): number => { const i = text.indexOf('\n', at); return i < 0 ? text.length : i + 1; };
export const indentAt = (text: string, at: number): string => /^[ \t]*/.exec(text.slice(lineStart(text, at)))![0];

/** What stands behind an item on its line and goes with it: a separator, and a comment. */
const REST = /^[ \t]*,?[ \t]*((#|\/\/)[^\r\n]*|\/\*[^\n]*?\*\/[ \t]*)?\r?(\n|$)/;

/**
 * Takes items out of a list, with their lines where they are alone on them, else with one separator. Undefined: they share lines in a way that
 * leaves no such cut.
 */
export function cutItems(text: string, list: ListItem, gone: ReadonlySet<number>): TextEdit[] | undefined {
  const { items } = list;
  if (gone.size === 0 || gone.size >= items.length) return undefined;
  if (list.style === 'block') return cutDashes(text, list, gone);
  const edits: TextEdit[] = [];
  for (const [from, to] of runs(gone)) {
    const [first, last, next, before] = [items[from]!, items[to]!, items[to + 1], items[from - 1]];
    const alone = text.slice(lineStart(text, first.start), first.start).trim() === '';
    const rest = REST.exec(text.slice(last.end));
    if (alone && rest) edits.push({ start: lineStart(text, first.start), end: last.end + rest[0].length, text: '' });
    else if (next && !text.slice(last.end, next.start).includes('\n')) edits.push({ start: first.start, end: next.start, text: '' });
    else if (before) edits.push(COMMENT.test(text.slice(before.end, first.start)) ? behindComment(text, first.start, last.end) : { start: before.end, end: last.end, text: '' });
    else return undefined;
  }
  const kept = items.findLastIndex((_, i) => !gone.has(i));
  if (list.style === 'json' && kept < items.length - 1) {
    // JSON has no separator after its last item.
    const comma = /^\s*,/.exec(text.slice(items[kept]!.end));
    const at = comma ? items[kept]!.end + comma[0].length - 1 : -1;
    if (at >= 0 && !edits.some((e) => e.start <= at && at < e.end)) edits.push({ start: at, end: at + 1, text: '' });
  }
  return edits;
}

const COMMENT = /#|\/\/|\/\*/;

/** Items whose comment stands before them: it stays, and the separator in front of it. */
function behindComment(text: string, from: number, to: number): TextEdit {
  let start = from;
  while (/[ \t]/.test(text[start - 1] ?? '') && text.slice(lineStart(text, start), start).trim() !== '') start--;
  return { start, end: to + /^[ \t]*,?/.exec(text.slice(to))![0].replace(/^[ \t]+$/, '').length, text: '' };
}

function cutDashes(text: string, list: ListItem, gone: ReadonlySet<number>): TextEdit[] | undefined {
  const edits: TextEdit[] = [];
  for (const i of gone) {
    const item = list.items[i]!;
    const dash = dashOf(text, item);
    if (dash === undefined) return undefined;
    edits.push({ start: lineStart(text, dash), end: lineEnd(text, item.end), text: '' });
  }
  return edits;
}

/** The dash before an item of a block list, when nothing but white space stands before it, and nothing but a tag behind. */
export function dashOf(text: string, item: Item): number | undefined {
  const from = lineStart(text, item.start);
  const m = /^[ \t]*-[ \t]+(?:![^\s]*[ \t]+)*$/.exec(text.slice(from, item.start));
  return m ? from + m[0].indexOf('-') : undefined;
}

/** Makes a list of texts read `to`. What stays keeps its place, its quotes and its comments; what is new takes the place of the first that goes. */
export function rewriteTexts(text: string, list: ListItem, now: readonly string[], to: readonly string[], layout: Layout): TextEdit[] | undefined {
  const gone = now.flatMap((n, i) => (to.includes(n) ? [] : [i]));
  const added = to.filter((t) => !now.includes(t));
  if (added.length === 0) return cutItems(text, list, new Set(gone));
  const put = added.map((a) => printValue(a, layout));
  const at = list.items[gone[0] ?? list.items.length - 1]!;
  const manyLines = list.items.length > 1 && text.slice(list.items[0]!.start, list.items.at(-1)!.start).includes('\n');
  const indent = indentAt(text, at.start);
  const between = list.style === 'block' ? `${layout.newline}${indent}- ` : manyLines ? `,${layout.newline}${indent}` : ', ';
  if (list.style === 'block' && dashOf(text, at) === undefined) return undefined;
  if (gone.length === 0) return [{ start: at.end, end: at.end, text: between + put.join(between) }];
  const rest = gone.length > 1 ? cutItems(text, list, new Set(gone.slice(1))) : [];
  return rest && [{ start: at.start, end: at.end, text: put.join(between) }, ...rest];
}

function runs(gone: ReadonlySet<number>): [number, number][] {
  const out: [number, number][] = [];
  for (const i of [...gone].sort((a, b) => a - b)) {
    const last = out.at(-1);
    if (last && last[1] === i - 1) last[1] = i;
    else out.push([i, i]);
  }
  return out;
}
