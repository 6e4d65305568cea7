import { patternTokens, resourceMatch, textTokens, type Tokens } from '../match/index.ts';
import type { Group } from './groups.ts';

/** Rows that a list of patterns covers: `all`, else spans of sorted rows and single rows; `maybe` where a hole decides. */
export interface Selection { all: boolean; spans: readonly (readonly [from: number, to: number])[]; rows: readonly number[]; maybe: readonly number[] }

const ALL: Selection = { all: true, spans: [], rows: [], maybe: [] };
export const NONE: Selection = { all: false, spans: [], rows: [], maybe: [] };

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
  const tokens = patternTokens(pattern, () => undefined);
  if (!tokens) return NONE;
  const spans: [number, number][] = [];
  const rows: number[] = [];
  const maybe: number[] = [];
  const test = (i: number, t: Tokens): void => {
    const m = resourceMatch(t, textTokens(g.texts[i]!));
    if (m === 2) rows.push(i);
    else if (m === 1) maybe.push(i);
  };
  if (pattern.includes('\uE000') || pattern.includes('${')) for (let i = 0; i < g.plain; i++) test(i, tokens);
  else {
    const wild = pattern.search(/[*?]/);
    const head = wild < 0 ? pattern : pattern.slice(0, wild);
    const from = lower(g.texts, g.plain, head);
    // Six fields are in the head, or it is no ARN: nothing is completed or cut at a colon.
    const whole = head.split(':').length > 5 || (wild < 0 && !head.startsWith('arn:'));
    const exact = wild < 0 && whole;
    const to = exact ? equalEnd(g.texts, g.plain, from, head) : lower(g.texts, g.plain, `${head}\uFFFF`);
    if (exact || (wild === pattern.length - 1 && pattern[wild] === '*' && whole)) { if (to > from) spans.push([from, to]); }
    else if (from < to) {
      const plain = plainTest(pattern);
      if (plain) byTail(g, pattern, plain, from, to, rows);
      else for (let i = from; i < to; i++) test(i, tokens);
    }
  }
  for (let i = g.plain; i < g.texts.length; i++) test(i, tokens);
  return spans.length === 1 && spans[0]![0] === 0 && spans[0]![1] === g.texts.length ? ALL : { all: false, spans, rows, maybe };
}

interface Tails { order: readonly number[]; tails: readonly string[] }
const tails = new WeakMap<Group, Tails>();
const tailOf = (text: string): string => text.split(':').slice(5).join(':');

/**
 * Looks only at rows whose sixth field begins as the pattern's does, when that is fewer than the span at hand:
 * `arn:aws:sqs:*:111122223333:team-*` would else look at every queue.
 */
function byTail(g: Group, pattern: string, test: (text: string) => boolean, from: number, to: number, rows: number[]): void {
  const head = /^[^*?]*/.exec(tailOf(pattern))![0];
  if (head === '' || to - from < 16) {
    for (let i = from; i < to; i++) if (test(g.texts[i]!)) rows.push(i);
    return;
  }
  let t = tails.get(g);
  if (!t) {
    const all = g.texts.slice(0, g.plain).map((text, row) => ({ tail: tailOf(text), row })).sort((a, b) => (a.tail < b.tail ? -1 : a.tail > b.tail ? 1 : a.row - b.row));
    tails.set(g, (t = { order: all.map((x) => x.row), tails: all.map((x) => x.tail) }));
  }
  const end = lower(t.tails, g.plain, `${head}\uFFFF`);
  for (let i = lower(t.tails, g.plain, head); i < end; i++) if (test(g.texts[t.order[i]!]!)) rows.push(t.order[i]!);
}

/** A pattern without holes as one regular expression: wildcards of the first five fields stop at a colon, missing fields are anything. */
function plainTest(pattern: string): ((text: string) => boolean) | undefined {
  if (!pattern.startsWith('arn:')) return undefined;
  let regexp = regexps.get(pattern);
  if (!regexp) {
    if (regexps.size > 20_000) regexps.clear();
    regexps.set(pattern, (regexp = regexpOf(pattern)));
  }
  const found = regexp;
  return (text) => found.test(text);
}

const regexps = new Map<string, RegExp>();

function regexpOf(pattern: string): RegExp {
  const fields = pattern.split(':');
  const parts = fields.length > 6 ? [...fields.slice(0, 5), fields.slice(5).join(':')] : fields;
  while (parts.length < 6) parts.push('*');
  const source = parts.map((f, i) => f.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, i < 5 ? '[^:]*' : '.*').replaceAll('?', i < 5 ? '[^:]' : '.')).join(':');
  return new RegExp(`^${source}$`, 's');
}

function lower(texts: readonly string[], end: number, s: string): number {
  let lo = 0;
  let hi = end;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (texts[mid]! < s) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

function equalEnd(texts: readonly string[], end: number, from: number, s: string): number {
  let to = from;
  while (to < end && texts[to] === s) to++;
  return to;
}

/** Union of selections; a row that one covers surely is not maybe. */
export function union(g: Group, list: readonly Selection[]): Selection {
  if (list.length === 1) return list[0]!;
  if (list.some((s) => s.all)) return ALL;
  if (list.every((s) => s.maybe.length === 0)) return { all: false, spans: list.flatMap((s) => s.spans), rows: list.flatMap((s) => s.rows), maybe: [] };
  const sure = covered(g, list);
  return { all: false, spans: list.flatMap((s) => s.spans), rows: list.flatMap((s) => s.rows), maybe: [...new Set(list.flatMap((s) => s.maybe))].filter((r) => !sure[r]) };
}

/** Everything else. */
export function complement(g: Group, s: Selection): Selection {
  if (s.all) return NONE;
  const sure = covered(g, [s]);
  const maybe = new Set(s.maybe);
  const rows: number[] = [];
  for (let i = 0; i < g.texts.length; i++) if (!sure[i] && !maybe.has(i)) rows.push(i);
  return rows.length === g.texts.length ? ALL : { all: false, spans: [], rows, maybe: s.maybe };
}

function covered(g: Group, list: readonly Selection[]): Uint8Array {
  const out = new Uint8Array(g.texts.length);
  for (const s of list) {
    if (s.all) return out.fill(1);
    for (const [from, to] of s.spans) out.fill(1, from, to);
    for (const r of s.rows) out[r] = 1;
  }
  return out;
}
