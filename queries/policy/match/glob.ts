import { areDistinct, areGenerated, COLON, isCharacterHole, isHoleToken, isLetterOrDigit, mayHold, ONE, STAR, type Tokens } from './tokens.ts';

/** 2 = matches whatever the holes hold, 1 = depends on a hole, 0 = never. */
export type Tri = 0 | 1 | 2;

export function globMatch(pattern: Tokens, text: Tokens): Tri {
  const same = beginAlike(pattern, text);
  if (same < 0 || !endAlike(pattern, text)) return 0;
  if (certain(pattern, text)) return 2;
  return (pattern.some(isOpen) || text.some(isOpen)) && !apart(pattern, text) && possible(pattern, text, same) ? 1 : 0;
}

/** Only itself: no wildcard, no hole. */
const isPlain = (t: number): boolean => t >= 0 && !isOpen(t);

/** How many characters both begin with, up to the first wildcard or hole; -1 where they differ before it. */
export function beginAlike(p: Tokens, t: Tokens): number {
  const n = Math.min(p.length, t.length);
  let i = 0;
  while (i < n && p[i] === t[i] && isPlain(p[i]!)) i++;
  return i < n && isPlain(p[i]!) && isPlain(t[i]!) ? -1 : i;
}

function endAlike(p: Tokens, t: Tokens): boolean {
  for (let i = p.length - 1, j = t.length - 1; i >= 0 && j >= 0 && isPlain(p[i]!) && isPlain(t[j]!); i--, j--) if (p[i] !== t[j]) return false;
  return true;
}

const isOpen = (t: number): boolean => isHoleToken(t) || isCharacterHole(t);
/** Whether two single characters may be the same. */
const mayMeet = (a: number, b: number): boolean =>
  a === b || a === ONE || (isCharacterHole(a) && (isLetterOrDigit(b) || isCharacterHole(b))) || (isCharacterHole(b) && isLetterOrDigit(a));

/** A hole of the text is one opaque symbol: `*` takes it, an equal hole takes it, `?` does not. */
function certain(p: Tokens, t: Tokens): boolean {
  let i = 0;
  let j = 0;
  let star = -1;
  let mark = 0;
  while (j < t.length) {
    const c = p[i];
    if (c === STAR) { star = i++; mark = j; }
    else if (c !== undefined && (c === t[j] || (c === ONE && !isHoleToken(t[j]!)))) { i++; j++; }
    else if (star >= 0) { i = star + 1; j = ++mark; }
    else return false;
  }
  while (p[i] === STAR) i++;
  return i === p.length;
}

const SLASH = 47;
const isEnd = (t: number | undefined): boolean => t === undefined || t === COLON || t === SLASH;

/**
 * Whether a path segment names one resource on this side and another one on that: `agent/⟨a.id⟩` against `agent/⟨b.id⟩`.
 * Segments are compared from the left up to the first wildcard; identifiers hold no separator. A name that the provider made up does not
 * begin with another one either, so `function:⟨a.name⟩*` is not `function:⟨b.name⟩`.
 */
function apart(p: Tokens, t: Tokens): boolean {
  for (let i = 0, j = 0; i < p.length && j < t.length;) {
    let [a, b] = [i, j];
    if (isHoleToken(p[i]!) && isHoleToken(t[j]!) && areGenerated(p[i]!, t[j]!) && (p[i + 1] === STAR || isEnd(p[i + 1])) && isEnd(t[j + 1])) return true;
    while (a < p.length && p[a] !== COLON && p[a] !== SLASH) if (p[a++] === STAR) return false;
    while (b < t.length && t[b] !== COLON && t[b] !== SLASH) b++;
    if (a === i + 1 && b === j + 1 && isHoleToken(p[i]!) && isHoleToken(t[j]!) && areDistinct(p[i]!, t[j]!)) return true;
    if ((p[a] ?? 0) !== (t[b] ?? 0)) return false;
    [i, j] = [a + 1, b + 1];
  }
  return false;
}

/** Whether some text for the holes makes them meet behind what they begin with: both sides may stretch, so every pair of positions is looked at once. */
function possible(p: Tokens, t: Tokens, same: number): boolean {
  const w = t.length + 1;
  const seen = new Uint8Array((p.length + 1) * w);
  const stack = [same * w + same];
  while (stack.length > 0) {
    const at = stack.pop()!;
    if (seen[at]) continue;
    seen[at] = 1;
    const i = Math.floor(at / w);
    const j = at % w;
    if (i === p.length && j === t.length) return true;
    const a = p[i];
    const b = t[j];
    const stretchA = a !== undefined && (a === STAR || isHoleToken(a));
    const stretchB = b !== undefined && isHoleToken(b);
    if (stretchA) {
      stack.push(at + w);
      if (b !== undefined && (a === STAR || mayHold(a, b))) stack.push(at + 1);
    }
    if (stretchB) {
      stack.push(at + 1);
      if (a !== undefined && mayHold(b, a)) stack.push(at + w);
    }
    if (!stretchA && !stretchB && a !== undefined && b !== undefined && mayMeet(a, b)) stack.push(at + w + 1);
  }
  return false;
}
