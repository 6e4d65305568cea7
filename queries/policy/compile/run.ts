import type { Statement } from '../../../schema/index.ts';
import { conditionsHold, type Keys } from '../conditions/evaluate.ts';
import { resourceFits } from '../statement.ts';
import type { Truth } from '../truth.ts';
import type { Group } from './groups.ts';
import type { Planes } from './planes.ts';
import { type Asked, eachRow, type Op, type Program } from './program.ts';
import { ofRows, type Selection } from './select.ts';

/** Level of a statement that is asked of the caller alone, whatever the row. */
export function levelFor(a: Asked, keysAt: (row: number) => Keys, held: Map<Statement, Truth>): Truth {
  let v = held.get(a.statement);
  if (v === undefined) held.set(a.statement, (v = conditionsHold(a.statement.conditions, keysAt(-1)).v));
  return Math.min(a.level, v) as Truth;
}

/** Has to be asked for each row. */
export const asksRows = (a: Asked): boolean => a.rows === undefined || a.each;

/** Runs a program into the planes of a layer; denies go to the planes that all layers share. `keysAt` gives the context of a row, -1 for what all rows share; `held` keeps what is the same on every row of one caller. */
export function run(p: Program, g: Group, keysAt: (row: number) => Keys, allow: Planes, deny: Planes, signature: Int32Array, held: Map<Statement, Truth>): void {
  for (const op of p.fixed) runOp(op, g, op.deny ? deny : allow, signature);
  for (const a of p.asked) {
    const to = a.deny ? deny : allow;
    if (a.rows && a.each) runEach(a, a.rows, g, keysAt, to, signature);
    else if (a.rows) {
      const level = levelFor(a, keysAt, held);
      if (level > 0) runOp({ rows: a.rows, ...a.masks, level, deny: a.deny, id: a.id }, g, to, signature);
    } else runByRow(a, g, keysAt, to, signature);
  }
}

function runEach(a: Asked, rows: Selection, g: Group, keysAt: (row: number) => Keys, to: Planes, signature: Int32Array): void {
  const one = (row: number, top: Truth): void => {
    const level = Math.min(top, conditionsHold(a.statement.conditions, keysAt(row)).v) as Truth;
    if (level > 0) runOp({ rows: ofRows([row]), ...a.masks, level, deny: a.deny, id: a.id }, g, to, signature);
  };
  eachRow(g, rows, (row, sure) => one(row, sure ? a.level : 1));
}

function runByRow(a: Asked, g: Group, keysAt: (row: number) => Keys, to: Planes, signature: Int32Array): void {
  for (let row = 0; row < g.texts.length; row++) {
    const keys = keysAt(row);
    const fit = resourceFits(a.statement, g.texts[row]!, keys, true).v;
    const level = fit === 0 ? 0 : (Math.min(fit, a.level, conditionsHold(a.statement.conditions, keys).v) as Truth);
    if (level > 0) runOp({ rows: ofRows([row]), ...a.masks, level, deny: a.deny, id: a.id }, g, to, signature);
  }
}

export function runOp(op: Op, g: Group, to: Planes, signature: Int32Array): void {
  put(g, to, op.rows, op.sure, op.level, op.id, signature);
  if (op.maybe) put(g, to, op.rows, op.maybe, 1, op.id, signature);
}

function put(g: Group, planes: Planes, s: Selection, words: Int32Array, level: Truth, id: number, signature: Int32Array): void {
  const w = g.words;
  const to = planes.level(level);
  if (s.all) fill(to, words, w, 0, g.texts.length);
  for (let i = 0; i < s.spans.length; i += 2) fill(to, words, w, s.spans[i]!, s.spans[i + 1]!);
  for (const r of s.rows) for (let k = 0; k < w; k++) to[r * w + k]! |= words[k]!;
  if (level < 3) {
    if (s.all) mark(signature, 0, g.texts.length, id);
    for (let i = 0; i < s.spans.length; i += 2) mark(signature, s.spans[i]!, s.spans[i + 1]!, id);
    for (const r of s.rows) mark(signature, r, r + 1, id);
  }
  if (s.maybe.length === 0) return;
  const unsure = planes.level(1);
  for (const r of s.maybe) {
    for (let k = 0; k < w; k++) unsure[r * w + k]! |= words[k]!;
    mark(signature, r, r + 1, id);
  }
}

function fill(to: Int32Array, words: Int32Array, w: number, from: number, end: number): void {
  if (w === 1) {
    const m = words[0]!;
    for (let r = from; r < end; r++) to[r]! |= m;
    return;
  }
  for (let k = 0; k < w; k++) {
    const m = words[k]!;
    if (m !== 0) for (let i = from * w + k; i < end * w; i += w) to[i]! |= m;
  }
}

function mark(signature: Int32Array, from: number, end: number, id: number): void {
  for (let r = from; r < end; r++) signature[r] = Math.imul(signature[r]! ^ id, 0x9e3779b1) ^ (signature[r]! >>> 15);
}
