import type { Box, Origin, Segment } from './box.ts';

/** Origin of a range of a text, by the pieces the text was made of. */
export function locate(b: Box, start: number, end: number): Origin | undefined {
  const segments = b.segments;
  if (!segments?.length) return b.at;
  const first = segments[indexAt(segments, start)]!;
  const last = segments[indexAt(segments, Math.max(start, end - 1))]!;
  const from = offsetIn(first, start);
  if (last.origin.file !== first.origin.file) return { file: first.origin.file, start: from, end: from };
  return { file: first.origin.file, start: from, end: Math.max(from, last.exact ? last.origin.start + (end - last.at) : last.origin.end) };
}

const offsetIn = (s: Segment, offset: number): number => (s.exact ? s.origin.start + (offset - s.at) : s.origin.start);

function indexAt(segments: readonly Segment[], offset: number): number {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (segments[middle]!.at <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Segments of a text that was cut out of `b`, or changed within its lines: each line stays where it was written. */
export function segmentsOf(b: Box, text: string): Segment[] | undefined {
  if (typeof b.data !== 'string' || !b.segments?.length) return undefined;
  const cut = text === '' ? -1 : b.data.indexOf(text);
  if (cut >= 0) return b.segments.map((s) => ({ ...s, at: s.at - cut }));
  const [before, after] = [lineStarts(b.data), lineStarts(text)];
  if (before.length !== after.length) return undefined;
  return after.map((at, line): Segment => ({ at, origin: locate(b, before[line]!, (before[line + 1] ?? (b.data as string).length + 1) - 1)!, exact: false }));
}

function lineStarts(text: string): number[] {
  const out = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) out.push(at + 1);
  return out;
}
