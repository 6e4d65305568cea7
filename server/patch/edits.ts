/** Replacement of a range of a text; offsets are UTF-16, half open. */
export interface TextEdit { start: number; end: number; text: string }

export interface FileEdit { path: string; edit: TextEdit }

export const overlaps = (a: TextEdit, b: TextEdit): boolean => a.start < b.end && b.start < a.end;

export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let out = text;
  // Of two that come in at one place, the first stays in front.
  for (const { e } of edits.map((e, i) => ({ e, i })).sort((a, b) => b.e.start - a.e.start || b.i - a.i)) out = out.slice(0, e.start) + e.text + out.slice(e.end);
  return out;
}

const CONTEXT = 3;

/** Unified diff of one file whose changes are known, as `git apply` and `patch` take it. Paths are relative to where it is applied. */
export function unifiedDiff(path: string, text: string, edits: readonly TextEdit[]): string {
  const changes = lineChanges(text, edits);
  if (changes.length === 0) return '';
  const old = linesOf(text);
  const out = [`--- a/${path}`, `+++ b/${path}`];
  let shift = 0;
  for (let i = 0; i < changes.length;) {
    let last = i;
    while (last + 1 < changes.length && changes[last + 1]!.from - changes[last]!.to <= 2 * CONTEXT) last++;
    const group = changes.slice(i, last + 1);
    const [from, to] = [Math.max(0, group[0]!.from - CONTEXT), Math.min(old.length, group.at(-1)!.to + CONTEXT)];
    const body: string[] = [];
    let at = from;
    let added = 0;
    for (const c of group) {
      body.push(...shown(' ', old.slice(at, c.from)), ...shown('-', old.slice(c.from, c.to)), ...shown('+', c.lines));
      added += c.lines.length - (c.to - c.from);
      at = c.to;
    }
    body.push(...shown(' ', old.slice(at, to)));
    const [before, after] = [to - from, to - from + added];
    out.push(`@@ -${before === 0 ? from : from + 1},${before} +${after === 0 ? from + shift : from + shift + 1},${after} @@`, ...body);
    shift += added;
    i = last + 1;
  }
  return out.join('\n') + '\n';
}

interface LineChange { from: number; to: number; lines: string[] }

/** Lines with their ends, so that a missing one at the end of the file is seen. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
const shown = (mark: string, lines: readonly string[]): string[] => lines.flatMap((l) => (l.endsWith('\n') ? [mark + l.slice(0, -1)] : [mark + l, '\\ No newline at end of file']));

function lineChanges(text: string, edits: readonly TextEdit[]): LineChange[] {
  const starts = [0];
  for (const l of linesOf(text)) starts.push(starts.at(-1)! + l.length);
  const lineAt = (offset: number): number => { let i = starts.findIndex((s) => s > offset); if (i < 0) i = starts.length - 1; return Math.max(0, i - 1); };
  const groups: { from: number; to: number; edits: TextEdit[] }[] = [];
  for (const e of [...edits].sort((a, b) => a.start - b.start)) {
    const at = starts.indexOf(e.start);
    // Whole lines that come in change none of those around them.
    const comesIn = e.start === e.end && at >= 0 && e.text.endsWith('\n') && (at < starts.length - 1 || text.endsWith('\n'));
    const [from, to] = comesIn ? [at, at] : [lineAt(e.start), Math.max(lineAt(e.start), lineAt(Math.max(e.start, e.end - 1))) + 1];
    const last = groups.at(-1);
    if (last && (from < last.to || from < last.from)) { last.to = Math.max(last.to, to); last.edits.push(e); } else groups.push({ from, to, edits: [e] });
  }
  return groups.map(({ from, to, edits: own }) => {
    const base = starts[from]!;
    const piece = text.slice(base, starts[to] ?? text.length);
    return { from, to, lines: linesOf(applyEdits(piece, own.map((e) => ({ ...e, start: e.start - base, end: e.end - base })))) };
  });
}
