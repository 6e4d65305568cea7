import { alignLines } from './align.ts';
import type { Document } from './document.ts';
import { applyEdits, type TextEdit } from './edits.ts';

/** The text with the changes. A Terraform block whose lines stood in columns before keeps that; in others only what must change does. */
export function finished(doc: Document, edits: readonly TextEdit[]): string {
  const text = applyEdits(doc.text, edits);
  if (doc.language !== 'hcl' || doc.root?.kind !== 'map') return text;
  let out = text;
  const shift = (offset: number): number => edits.reduce((n, e) => (e.end <= offset ? n + e.text.length - (e.end - e.start) : n), offset);
  for (const top of [...doc.root.entries].sort((a, b) => b.start - a.start)) {
    const touched = edits.some((e) => e.start >= top.start && e.end <= top.end);
    const before = doc.text.slice(top.start, top.end);
    if (!touched || alignLines(before) !== before) continue;
    const [from, to] = [shift(top.start), shift(top.end)];
    out = out.slice(0, from) + alignLines(text.slice(from, to)) + out.slice(to);
  }
  return out;
}

/** The changes from one text to the other, line by line. */
export function lineEdits(before: string, after: string): TextEdit[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const [left, right] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const edits: TextEdit[] = [];
  let offset = a.slice(0, head).reduce((n, l) => n + l.length, 0);
  for (const [from, to] of hunks(left, right)) {
    const start = offset + from.skip.reduce((n, l) => n + l.length, 0);
    const end = start + from.lines.reduce((n, l) => n + l.length, 0);
    edits.push({ start, end, text: to.join('') });
    offset = end;
  }
  return edits;
}

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Ranges that differ, by longest common subsequence; ranges too large for that are one change. */
function hunks(a: readonly string[], b: readonly string[]): [{ skip: string[]; lines: string[] }, string[]][] {
  if (a.length * b.length > 4_000_000) return [[{ skip: [], lines: [...a] }, [...b]]];
  const width = b.length + 1;
  const best = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) best[i * width + j] = a[i] === b[j] ? best[(i + 1) * width + j + 1]! + 1 : Math.max(best[(i + 1) * width + j]!, best[i * width + j + 1]!);
  const out: [{ skip: string[]; lines: string[] }, string[]][] = [];
  let [i, j] = [0, 0];
  let skip: string[] = [];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { skip.push(a[i]!); i++; j++; continue; }
    const [lines, to]: [string[], string[]] = [[], []];
    while ((i < a.length || j < b.length) && !(i < a.length && j < b.length && a[i] === b[j])) {
      if (j >= b.length || (i < a.length && best[(i + 1) * width + j]! >= best[i * width + j + 1]!)) lines.push(a[i++]!);
      else to.push(b[j++]!);
    }
    out.push([{ skip, lines }, to]);
    skip = [];
  }
  return out;
}
