import { patternTokens, plainGlob, resourceMatch, textTokens } from '../match/index.ts';
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
  const spans: [number, number][] = [];
  const rows: number[] = [];
  const maybe: number[] = [];
  const plain = !pattern.includes('\uE000') && !pattern.includes('${');
  const tokens = plain && g.plain === g.texts.length && pattern.startsWith('arn:') ? [] : patternTokens(pattern, () => undefined);
  if (!tokens) return NONE;
  const test = (i: number): void => {
    const m = resourceMatch(tokens, textTokens(g.texts[i]!));
    if (m === 2) rows.push(i);
    else if (m === 1) maybe.push(i);
  };
  if (!plain) for (let i = 0; i < g.plain; i++) test(i);
  else {
    const wild = pattern.search(/[*?]/);
    const head = wild < 0 ? pattern : pattern.slice(0, wild);
    // Six fields are in the head, or it is no ARN: nothing is completed or cut at a colon.
    const whole = sixthField(head) > 0 || (wild < 0 && !head.startsWith('arn:'));
    const exact = wild < 0 && whole;
    if (exact || (wild === pattern.length - 1 && pattern[wild] === '*' && whole)) {
      const from = lower(g.texts, g.plain, head);
      const to = exact ? equalEnd(g.texts, g.plain, from, head) : lower(g.texts, g.plain, `${head}\uFFFF`);
      if (to > from) spans.push([from, to]);
    } else if (pattern.startsWith('arn:')) byFields(g, pattern, rows);
    else for (let i = lower(g.texts, g.plain, head), to = lower(g.texts, g.plain, `${head}\uFFFF`); i < to; i++) test(i);
  }
  for (let i = g.plain; i < g.texts.length; i++) test(i);
  return spans.length === 1 && spans[0]![0] === 0 && spans[0]![1] === g.texts.length ? ALL : { all: false, spans, rows, maybe };
}

/**
 * Rows of a group by their sixth field, and what stands before it: few prefixes, many tails. A pattern is matched against each prefix once, so
 * that what is left is the tail, of which the literal head is found by bisection: `arn:aws:sqs:*:111122223333:team-*` looks at no other queue.
 */
interface Tails { order: Int32Array; tails: readonly string[]; prefixOf: Int32Array; prefixes: readonly string[]; fits: Map<string, Uint8Array> }
const tails = new WeakMap<Group, Tails>();

function tailsOf(g: Group): Tails {
  let t = tails.get(g);
  if (t) return t;
  const numbers = new Map<string, number>();
  const cut = g.texts.slice(0, g.plain).map((text, row) => {
    const at = sixthField(text);
    const prefix = text.slice(0, at);
    let n = numbers.get(prefix);
    if (n === undefined) numbers.set(prefix, (n = numbers.size));
    return { tail: text.slice(at), row, n };
  });
  cut.sort((a, b) => (a.tail < b.tail ? -1 : a.tail > b.tail ? 1 : a.row - b.row));
  t = { order: Int32Array.from(cut, (x) => x.row), tails: cut.map((x) => x.tail), prefixOf: Int32Array.from(cut, (x) => x.n), prefixes: [...numbers.keys()], fits: new Map() };
  tails.set(g, t);
  return t;
}

/** Where the sixth field of an ARN begins; 0 where there are fewer. */
function sixthField(text: string): number {
  let at = -1;
  for (let n = 0; n < 5; n++) if ((at = text.indexOf(':', at + 1)) < 0) return 0;
  return at + 1;
}

/** A pattern without holes, field by field: wildcards of the first five stop at a colon, fields that are missing are anything. */
function byFields(g: Group, pattern: string, rows: number[]): void {
  const t = tailsOf(g);
  const at = sixthField(pattern);
  const resource = at > 0 ? pattern.slice(at) : '*';
  const first = at > 0 ? pattern.slice(0, at) : pattern;
  let fits = t.fits.get(first);
  if (!fits) t.fits.set(first, (fits = Uint8Array.from(t.prefixes, (p) => (prefixFits(first, p) ? 1 : 0))));
  if (!fits.includes(1)) return;
  const wild = resource.search(/[*?]/);
  const head = wild < 0 ? resource : resource.slice(0, wild);
  const from = lower(t.tails, g.plain, head);
  const end = wild < 0 ? equalEnd(t.tails, g.plain, from, head) : lower(t.tails, g.plain, `${head}\uFFFF`);
  const rest = wild < 0 || (resource.length === wild + 1 && resource[wild] === '*') ? undefined : plainGlob(resource);
  for (let i = from; i < end; i++) if (fits[t.prefixOf[i]!] === 1 && (!rest || rest(t.tails[i]!))) rows.push(t.order[i]!);
}

function prefixFits(pattern: string, prefix: string): boolean {
  const fields = pattern.split(':');
  return prefix.split(':').slice(0, 5).every((text, i) => i >= fields.length || fields[i] === '*' || fields[i] === text || plainGlob(fields[i]!)(text));
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
