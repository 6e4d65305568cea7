import { patternTokens, plainGlob, resourceMatch, textTokens } from '../match/index.ts';
import type { Group } from './groups.ts';

/** Rows that a list of patterns covers: `all`, else spans of sorted rows (from, end, from, end, …) and single rows; `maybe` where a hole decides. */
export interface Selection { all: boolean; spans: readonly number[]; rows: readonly number[]; maybe: readonly number[] }

const EMPTY: readonly number[] = [];
const ALL: Selection = { all: true, spans: EMPTY, rows: EMPTY, maybe: EMPTY };
export const NONE: Selection = { all: false, spans: EMPTY, rows: EMPTY, maybe: EMPTY };
export const ofRows = (rows: readonly number[], maybe = EMPTY): Selection => ({ all: false, spans: EMPTY, rows, maybe });
export const hasRow = (s: Selection, row: number): boolean => s.all || s.rows.includes(row) || s.spans.some((from, i) => i % 2 === 0 && row >= from && row < s.spans[i + 1]!);

const cache = new WeakMap<Group, Map<string, Selection>>();

/** Rows that one pattern covers. Sorted rows make `prefix*` one span, found by bisection; another pattern looks only at the span of its literal head. */
export function select(g: Group, pattern: string): Selection {
  if (pattern === '*') return ALL;
  let byPattern = cache.get(g);
  if (!byPattern) cache.set(g, (byPattern = new Map()));
  let s = byPattern.get(pattern);
  if (!s) byPattern.set(pattern, (s = search(g, pattern)));
  return s;
}

function search(g: Group, pattern: string): Selection {
  const plain = !pattern.includes('\uE000') && !pattern.includes('${');
  const arn = pattern.startsWith('arn:');
  const named = plain && arn ? byFields(g, pattern) : NONE;
  if (plain && arn && g.plain === g.texts.length) return named;
  const tokens = patternTokens(pattern, () => undefined);
  if (!tokens) return NONE;
  const rows = [...named.rows];
  const maybe: number[] = [];
  for (let i = plain && arn ? g.plain : 0; i < g.texts.length; i++) {
    const m = resourceMatch(tokens, textTokens(g.texts[i]!));
    if (m === 2) rows.push(i);
    else if (m === 1) maybe.push(i);
  }
  return { all: false, spans: named.spans, rows, maybe };
}

/** What stands before the sixth field, with the span of rows that begin so: few in a group, since its rows differ in region and name. */
interface Prefix { text: string; from: number; end: number }
const prefixes = new WeakMap<Group, readonly Prefix[]>();

function prefixesOf(g: Group): readonly Prefix[] {
  let list = prefixes.get(g);
  if (!list) {
    const made: Prefix[] = [];
    for (let row = 0; row < g.plain;) {
      const text = g.texts[row]!.slice(0, sixthField(g.texts[row]!));
      const end = text === '' ? row + 1 : past(g.texts, row, g.plain, text);
      made.push({ text, from: row, end });
      row = end;
    }
    prefixes.set(g, (list = made));
  }
  return list;
}

/** Where the sixth field of an ARN begins; 0 where there are fewer. */
function sixthField(text: string): number {
  let at = -1;
  for (let n = 0; n < 5; n++) if ((at = text.indexOf(':', at + 1)) < 0) return 0;
  return at + 1;
}

/**
 * A pattern without holes, field by field: wildcards of the first five stop at a colon, fields that are missing are anything. Each prefix that fits
 * leaves a tail, of which the literal head is found by bisection: `arn:aws:sqs:*:111122223333:team-*` looks at no other queue.
 */
function byFields(g: Group, pattern: string): Selection {
  const at = sixthField(pattern);
  const resource = at > 0 ? pattern.slice(at) : '*';
  const wild = resource.search(/[*?]/);
  const head = wild < 0 ? resource : resource.slice(0, wild);
  const rest = wild < 0 || (resource.length === wild + 1 && resource[wild] === '*') ? undefined : plainGlob(resource);
  let spans = EMPTY;
  const rows: number[] = [];
  for (const p of fittingPrefixes(g, at > 0 ? pattern.slice(0, at) : pattern)) {
    const text = p.text + head;
    const from = lower(g.texts, p.from, p.end, text);
    const end = wild < 0 ? equalEnd(g.texts, from, p.end, text) : past(g.texts, from, p.end, text);
    if (rest) { for (let i = from; i < end; i++) if (rest(g.texts[i]!.slice(p.text.length))) rows.push(i); } else if (end > from) spans = spans.length === 0 ? [from, end] : [...spans, from, end];
  }
  if (spans.length === 2 && spans[0] === 0 && spans[1] === g.texts.length) return ALL;
  return spans.length + rows.length === 0 ? NONE : { all: false, spans, rows: rows.length === 0 ? EMPTY : rows, maybe: EMPTY };
}

const fitting = new WeakMap<Group, Map<string, readonly Prefix[]>>();

/** Prefixes that the first fields of a pattern cover. */
function fittingPrefixes(g: Group, first: string): readonly Prefix[] {
  let byText = fitting.get(g);
  if (!byText) fitting.set(g, (byText = new Map()));
  let fits = byText.get(first);
  if (!fits) byText.set(first, (fits = prefixesOf(g).filter((p) => prefixFits(first, p.text))));
  return fits;
}

function prefixFits(pattern: string, prefix: string): boolean {
  const fields = pattern.split(':');
  return prefix.split(':').slice(0, 5).every((text, i) => i >= fields.length || fields[i] === '*' || fields[i] === text || plainGlob(fields[i]!)(text));
}

/** The first text of a span that is not before `s`. */
function lower(texts: readonly string[], from: number, end: number, s: string): number {
  let lo = from;
  let hi = end;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (texts[mid]! < s) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

/** Where the texts that begin with `head` end, the first of which is at `from`. */
function past(texts: readonly string[], from: number, end: number, head: string): number {
  let lo = from;
  let hi = end;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (texts[mid]!.startsWith(head)) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

function equalEnd(texts: readonly string[], from: number, end: number, s: string): number {
  let to = from;
  while (to < end && texts[to] === s) to++;
  return to;
}

/** Those of all selections; of one, its own list. */
function joined(list: readonly Selection[], of: 'spans' | 'rows'): readonly number[] {
  let out = EMPTY;
  for (const s of list) if (s[of].length > 0) out = out.length === 0 ? s[of] : out.concat(s[of]);
  return out;
}

/** Union of selections; a row that one covers surely is not maybe. */
export function union(g: Group, list: readonly Selection[]): Selection {
  if (list.length === 1) return list[0]!;
  if (list.some((s) => s.all)) return ALL;
  if (list.every((s) => s.maybe.length === 0)) return { all: false, spans: joined(list, 'spans'), rows: joined(list, 'rows'), maybe: EMPTY };
  const sure = covered(g, list);
  return { all: false, spans: joined(list, 'spans'), rows: joined(list, 'rows'), maybe: [...new Set(list.flatMap((s) => s.maybe))].filter((r) => !sure[r]) };
}

/** Everything else. */
export function complement(g: Group, s: Selection): Selection {
  if (s.all) return NONE;
  const sure = covered(g, [s]);
  const maybe = new Set(s.maybe);
  const rows: number[] = [];
  for (let i = 0; i < g.texts.length; i++) if (!sure[i] && !maybe.has(i)) rows.push(i);
  return rows.length === g.texts.length ? ALL : ofRows(rows, s.maybe);
}

function covered(g: Group, list: readonly Selection[]): Uint8Array {
  const out = new Uint8Array(g.texts.length);
  for (const s of list) {
    if (s.all) return out.fill(1);
    for (let i = 0; i < s.spans.length; i += 2) out.fill(1, s.spans[i]!, s.spans[i + 1]!);
    for (const r of s.rows) out[r] = 1;
  }
  return out;
}
