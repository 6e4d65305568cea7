import type { Group } from './groups.ts';
import type { Rows } from './rows.ts';

/** Some bit of the row is not certain. */
export function isSoft(rows: Rows, r: number, w: number): boolean {
  if (!rows.soft) return false;
  for (let k = r * w; k < (r + 1) * w; k++) if (rows.yes[k] !== rows.unknown[k]) return true;
  return false;
}

/** An asset with several texts may be acted on if one of them may: its rows are joined in its first, on a copy. */
export function mergedRows(g: Group, from: Rows): Rows {
  const own = (a: Int32Array): Int32Array => (from.soft ? a.slice(0, g.texts.length * g.words) : a);
  const rows: Rows = { yes: from.yes.slice(0, g.texts.length * g.words), if: own(from.if), unknown: own(from.unknown), signature: own(from.signature), soft: from.soft };
  const first = new Map<number, number>();
  const w = g.words;
  const planes = rows.soft ? [rows.yes, rows.if, rows.unknown] : [rows.yes];
  for (let r = 0; r < g.texts.length; r++) {
    const to = first.get(g.asset[r]!);
    if (to === undefined) { first.set(g.asset[r]!, r); continue; }
    for (const plane of planes) for (let k = 0; k < w; k++) {
      plane[to * w + k]! |= plane[r * w + k]!;
      plane[r * w + k] = 0;
    }
    if (rows.soft) rows.signature[to] = Math.imul(rows.signature[to]! ^ rows.signature[r]!, 0x9e3779b1);
  }
  return rows;
}

/** Rows with something on them, by equal bits; soft rows also by what makes them so, encrypted ones by their keys. */
export function classesOf(g: Group, rows: Rows, encrypted: readonly (string | undefined)[] | undefined): number[][] {
  const w = g.words;
  const top = rows.soft ? rows.unknown : rows.yes;
  if (w === 1 && !rows.soft && !encrypted) return plainClasses(rows.yes, g.texts.length);
  const out: number[][] = [];
  const byHash = new Map<number, number[][]>();
  for (let r = 0; r < g.texts.length; r++) {
    let some = 0;
    let hash = 0;
    for (let k = r * w; k < (r + 1) * w; k++) {
      some |= top[k]!;
      hash = Math.imul(hash ^ rows.yes[k]!, 0x9e3779b1) ^ (hash >>> 13);
      if (rows.soft) hash = Math.imul(hash ^ rows.if[k]! ^ Math.imul(rows.unknown[k]!, 31), 0x85ebca6b);
    }
    if (some === 0) continue;
    const soft = isSoft(rows, r, w);
    const bucket = byHash.get(hash);
    const found = bucket?.find((c) => equal(rows, c[0]!, r, w) && encrypted?.[c[0]!] === encrypted?.[r] && (!soft || rows.signature[c[0]!] === rows.signature[r]));
    if (found) { found.push(r); continue; }
    const made = [r];
    out.push(made);
    if (bucket) bucket.push(made);
    else byHash.set(hash, [made]);
  }
  return out;
}

function plainClasses(yes: Int32Array, n: number): number[][] {
  const classes = new Map<number, number[]>();
  let last = 0;
  let list: number[] | undefined;
  for (let r = 0; r < n; r++) {
    const bits = yes[r]!;
    if (bits === 0) continue;
    if (bits !== last || !list) {
      list = classes.get(bits);
      if (!list) classes.set(bits, (list = []));
      last = bits;
    }
    list.push(r);
  }
  return [...classes.values()];
}

function equal(rows: Rows, a: number, b: number, w: number): boolean {
  for (let k = 0; k < w; k++) {
    const [i, j] = [a * w + k, b * w + k];
    if (rows.yes[i] !== rows.yes[j] || (rows.soft && (rows.if[i] !== rows.if[j] || rows.unknown[i] !== rows.unknown[j]))) return false;
  }
  return true;
}
