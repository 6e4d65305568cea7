import { HOLE_CLOSE, HOLE_OPEN, splitHoles } from '../../../../schema/index.ts';
import { Budget } from './inspect.ts';
import { type Box, Dict, Handle, isPresentHole, List, Undecided } from './box.ts';

const MAX_COMPARED = 500_000;

/** Equality in three values: undefined when the input does not decide it. */
export function equal(a: Box, b: Box, budget = new Budget(MAX_COMPARED)): boolean | undefined {
  if (!budget.spend()) return undefined;
  const x = a.data instanceof Handle ? a.data.source.whole : a.data;
  const y = b.data instanceof Handle ? b.data.source.whole : b.data;
  if (x instanceof Undecided || y instanceof Undecided) {
    const u = (x instanceof Undecided ? x : y) as Undecided;
    const other = x instanceof Undecided ? y : x;
    if (other instanceof Undecided) return other.text === u.text ? true : undefined;
    if (other === null || other === '') return isPresentHole(u.hole) ? false : undefined;
    return typeof other === 'string' && other.includes(HOLE_OPEN) ? equalText(u.text, other) : undefined;
  }
  if (typeof x === 'string' && typeof y === 'string') return equalText(x, y);
  if (x instanceof List && y instanceof List) {
    if (x.items.length !== y.items.length) return false;
    return all(x.items.map((item, i) => equal(item, y.items[i]!, budget)));
  }
  if (x instanceof Dict && y instanceof Dict) {
    if (x.entries.size !== y.entries.size) return false;
    const parts: (boolean | undefined)[] = [];
    for (const [k, v] of x.entries) {
      const other = y.entries.get(k);
      if (!other) return false;
      parts.push(equal(v, other, budget));
    }
    return all(parts);
  }
  return x === y;
}

function all(parts: readonly (boolean | undefined)[]): boolean | undefined {
  return parts.includes(false) ? false : parts.includes(undefined) ? undefined : true;
}

/** Texts with holes differ for certain when what stands before the first hole, or after the last one, differs. */
function equalText(x: string, y: string): boolean | undefined {
  if (x === y) return true;
  if (!x.includes(HOLE_OPEN) && !y.includes(HOLE_OPEN)) return false;
  if (tooShort(x, y) || tooShort(y, x)) return false;
  const [headX, headY] = [head(x), head(y)];
  const short = Math.min(headX.length, headY.length);
  if (headX.slice(0, short) !== headY.slice(0, short)) return false;
  const [tailX, tailY] = [tail(x), tail(y)];
  const least = Math.min(tailX.length, tailY.length);
  if (least && tailX.slice(-least) !== tailY.slice(-least)) return false;
  return undefined;
}

/** A plain text cannot equal one whose literal pieces alone are longer. */
const tooShort = (plain: string, other: string): boolean => !plain.includes(HOLE_OPEN) && other.includes(HOLE_OPEN) && plain.length < splitHoles(other).reduce((n, p) => n + (typeof p === 'string' ? p.length : 0), 0);

const head = (s: string): string => (s.includes(HOLE_OPEN) ? s.slice(0, s.indexOf(HOLE_OPEN)) : s);
const tail = (s: string): string => s.slice(s.lastIndexOf(HOLE_CLOSE) + 1);
