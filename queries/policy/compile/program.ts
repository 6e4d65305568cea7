import type { Statement } from '../../../schema/index.ts';
import { conditionsHold, type Keys } from '../conditions/evaluate.ts';
import type { PolicyDocument } from '../document.ts';
import { keyState } from '../context.ts';
import type { Principal } from '../principal.ts';
import { hasVariable } from '../match/index.ts';
import { resourceFits } from '../statement.ts';
import type { Truth } from '../truth.ts';
import type { Group } from './groups.ts';
import { type Masks, masks } from './masks.ts';
import type { Planes } from './planes.ts';
import { complement, NONE, select, type Selection, union } from './select.ts';

/** One statement on one group: these bits of these rows at this level. `id` tells apart what makes a row conditional. */
export interface Op { rows: Selection; sure: Int32Array; maybe: Int32Array | undefined; level: Truth; deny: boolean; id: number }

/** What a document does to a group: what is the same for every request, and the statements that have to be asked each time. */
export interface Program { fixed: readonly Op[]; asked: readonly Asked[] }
/** `rows`: what the patterns cover, where they hold no variable; `each`: the conditions look at the row. */
interface Asked { statement: Statement; masks: Masks; rows: Selection | undefined; each: boolean; level: Truth; deny: boolean; id: number }

let ids = 0;
export const nextOp = (): number => ++ids;

/** Keys that speak of the thing asked about. */
const OF_TARGET = /(^|:)resource(tag\/|account$|org|$)|^aws:requestedregion$/i;
const CONSTANT = new Set(['aws:securetransport', 'aws:viaawsservice']);
const LISTED = new Set(['Action', 'NotAction', 'Resource', 'NotResource', 'Principal', 'NotPrincipal']);

const mentions = (s: Statement, test: (key: string) => boolean): boolean => s.conditions !== undefined && Object.values(s.conditions).some((byKey) => Object.keys(byKey).some(test));
const variableResource = (s: Statement): boolean => (s.resources ?? s.notResources ?? []).some(hasVariable);
const variableIn = (s: Statement): boolean => variableResource(s) || (s.conditions !== undefined && Object.values(s.conditions).some((byKey) => Object.values(byKey).some((values) => values.some(hasVariable))));

/** Same answer for every principal and row: such a statement is compiled once. */
export const isStatic = (s: Statement): boolean => !variableIn(s) && !mentions(s, (k) => !CONSTANT.has(k.toLowerCase()));
/** Its conditions look at the row. */
const looksAtRow = (s: Statement): boolean => mentions(s, (k) => OF_TARGET.test(k)) || (s.conditions !== undefined && Object.values(s.conditions).some((byKey) => Object.values(byKey).some((values) => values.some((v) => /\$\{[^}]*(resource|requestedregion)/i.test(v)))));
/** Best level of a statement of which a part could not be resolved. */
export const ceilingOf = (s: Statement): Truth => (s.unresolved?.some((u) => !LISTED.has(u)) ? 1 : 3);

/** Keys that say the same of a row whoever asks. */
const OF_ROW = /^aws:(requestedregion|resourceaccount)$|(^|:)resourcetag\//i;
const isOfRow = (s: Statement, g: Group): boolean => !variableIn(s) && !mentions(s, (k) => !CONSTANT.has(k.toLowerCase()) && !(OF_ROW.test(k) && (g.account !== '' || !/account$/i.test(k))));
const NOBODY: Principal = { kind: 'anonymous', arn: '', account: '', name: '', serviceLinked: false };
const rowKeys = (g: Group, row: number): Keys => {
  const situation = { principal: NOBODY, position: 'direct', resource: g.texts[row]!, resourceAccount: g.account, target: g.nodes[row]!, given: new Map<string, readonly string[]>(), complete: false } as const;
  return (key) => keyState(key, situation);
};

const levelsOf = new WeakMap<Group, Map<string, Uint8Array>>();

/** Level of a Condition block per row, 255 where nobody asked yet; statements with equal conditions share it. */
function rowLevels(s: Statement, g: Group): Uint8Array {
  let byText = levelsOf.get(g);
  if (!byText) levelsOf.set(g, (byText = new Map()));
  const key = JSON.stringify(s.conditions);
  let levels = byText.get(key);
  if (!levels) byText.set(key, (levels = new Uint8Array(g.texts.length).fill(255)));
  return levels;
}

/** A statement whose conditions depend on the row alone: one operation per level. */
function byRow(s: Statement, g: Group, rows: Selection, m: Masks, top: Truth): Op[] {
  const found: Record<1 | 2 | 3, number[]> = { 1: [], 2: [], 3: [] };
  const levels = rowLevels(s, g);
  const one = (row: number, most: Truth): void => {
    if (levels[row] === 255) levels[row] = conditionsHold(s.conditions, rowKeys(g, row)).v;
    const v = Math.min(most, levels[row]!) as Truth;
    if (v > 0) found[v as 1 | 2 | 3].push(row);
  };
  eachRow(g, rows, (row, sure) => one(row, sure ? top : 1));
  return ([1, 2, 3] as const).flatMap((level) => (found[level].length > 0 ? [{ rows: { all: false, spans: [], rows: found[level], maybe: [] }, ...m, level, deny: s.effect === 'Deny', id: nextOp() }] : []));
}

function eachRow(g: Group, rows: Selection, f: (row: number, sure: boolean) => void): void {
  const seen = new Set<number>();
  const once = (r: number, sure: boolean): void => { if (!seen.has(r)) { seen.add(r); f(r, sure); } };
  if (rows.all) for (let r = 0; r < g.texts.length; r++) once(r, true);
  for (const [from, end] of rows.spans) for (let r = from; r < end; r++) once(r, true);
  for (const r of rows.rows) once(r, true);
  for (const r of rows.maybe) once(r, false);
}

const constant: Keys = (key) => ({ state: 'known', values: [key.toLowerCase() === 'aws:securetransport' ? 'true' : 'false'] });

function covered(s: Statement, g: Group): Selection {
  const list = s.resources ?? s.notResources;
  if (!list) return select(g, '*');
  const rows = list.length === 0 ? NONE : union(g, list.map((p) => select(g, p)));
  const widened = s.unresolved?.includes(s.resources ? 'Resource' : 'NotResource') ? orMaybe(g, rows) : rows;
  return s.notResources ? complement(g, widened) : widened;
}

/** A list with a part left out may cover every row that it does not name. */
const orMaybe = (g: Group, s: Selection): Selection => (s.all ? s : { ...s, maybe: [...new Set([...s.maybe, ...complement(g, s).rows])] });
const isEmpty = (s: Selection): boolean => !s.all && s.spans.length + s.rows.length + s.maybe.length === 0;

/** Compiles one statement for a group: at most one of the two is given. `own`: a policy on the thing itself, where Resource may be missing. */
export function compile(s: Statement, g: Group, own: boolean): { fixed?: readonly Op[]; asked?: Asked } {
  const m = masks(s, g);
  if (!m) return {};
  const deny = s.effect === 'Deny';
  const level = Math.min(ceilingOf(s), s.resources || s.notResources || own ? 3 : 1) as Truth;
  if (variableResource(s)) return { asked: { statement: s, masks: m, rows: undefined, each: true, level, deny, id: nextOp() } };
  const rows = covered(s, g);
  if (isEmpty(rows)) return {};
  if (looksAtRow(s) && isOfRow(s, g)) return { fixed: byRow(s, g, rows, m, level) };
  if (!isStatic(s)) return { asked: { statement: s, masks: m, rows, each: looksAtRow(s), level, deny, id: nextOp() } };
  const top = Math.min(level, conditionsHold(s.conditions, constant).v) as Truth;
  return top === 0 ? {} : { fixed: [{ rows, ...m, level: top, deny, id: nextOp() }] };
}

/** Everything that a document which was not read may do. */
export const unreadOps = (g: Group, id: number): Op[] => [false, true].map((deny) => ({ rows: select(g, '*'), sure: g.allBits, maybe: undefined, level: 1 as Truth, deny, id }));

const programs = new WeakMap<PolicyDocument, (Program | null | undefined)[]>();

/** Program of a document on a group, made once; null: it says nothing about it. */
export function programOf(d: PolicyDocument, g: Group): Program | null {
  let byGroup = programs.get(d);
  if (!byGroup) programs.set(d, (byGroup = []));
  let p = byGroup[g.index];
  if (p === undefined) byGroup[g.index] = p = build(d, g);
  return p;
}

const reach = new WeakMap<PolicyDocument, Uint8Array>();

/** Groups on which a document says anything: 1 per group index. */
export function groupsOf(d: PolicyDocument, groups: readonly Group[]): Uint8Array {
  let r = reach.get(d);
  if (!r) reach.set(d, (r = Uint8Array.from(groups, (g) => (programOf(d, g) ? 1 : 0))));
  return r;
}

function build(d: PolicyDocument, g: Group): Program | null {
  if (d.failed) return { fixed: unreadOps(g, nextOp()), asked: [] };
  const parts = d.statements.map((s) => compile(s, g, false));
  const fixed = parts.flatMap((p) => p.fixed ?? []);
  const asked = parts.flatMap((p) => (p.asked ? [p.asked] : []));
  return fixed.length + asked.length === 0 ? null : { fixed, asked };
}

/** Runs a program into the planes of a layer; denies go to the planes that all layers share. `keysAt` gives the context of a row, -1 for what all rows share; `held` keeps what is the same on every row of one caller. */
export function run(p: Program, g: Group, keysAt: (row: number) => Keys, allow: Planes, deny: Planes, signature: Int32Array, held?: Map<Statement, Truth>): void {
  for (const op of p.fixed) runOp(op, g, op.deny ? deny : allow, signature);
  for (const a of p.asked) {
    const to = a.deny ? deny : allow;
    if (a.rows && a.each) runEach(a, a.rows, g, keysAt, to, signature);
    else if (a.rows) {
      let v = held?.get(a.statement);
      if (v === undefined) {
        v = conditionsHold(a.statement.conditions, keysAt(-1)).v;
        held?.set(a.statement, v);
      }
      const level = Math.min(a.level, v) as Truth;
      if (level > 0) runOp({ rows: a.rows, ...a.masks, level, deny: a.deny, id: a.id }, g, to, signature);
    } else runByRow(a, g, keysAt, to, signature);
  }
}

function runEach(a: Asked, rows: Selection, g: Group, keysAt: (row: number) => Keys, to: Planes, signature: Int32Array): void {
  const one = (row: number, top: Truth): void => {
    const level = Math.min(top, conditionsHold(a.statement.conditions, keysAt(row)).v) as Truth;
    if (level > 0) runOp({ rows: { all: false, spans: [], rows: [row], maybe: [] }, ...a.masks, level, deny: a.deny, id: a.id }, g, to, signature);
  };
  eachRow(g, rows, (row, sure) => one(row, sure ? a.level : 1));
}

function runByRow(a: Asked, g: Group, keysAt: (row: number) => Keys, to: Planes, signature: Int32Array): void {
  for (let row = 0; row < g.texts.length; row++) {
    const keys = keysAt(row);
    const fit = resourceFits(a.statement, g.texts[row]!, keys, true).v;
    const level = fit === 0 ? 0 : (Math.min(fit, a.level, conditionsHold(a.statement.conditions, keys).v) as Truth);
    if (level > 0) runOp({ rows: { all: false, spans: [], rows: [row], maybe: [] }, ...a.masks, level, deny: a.deny, id: a.id }, g, to, signature);
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
  for (const [from, end] of s.spans) fill(to, words, w, from, end);
  for (const r of s.rows) for (let k = 0; k < w; k++) to[r * w + k]! |= words[k]!;
  if (level < 3) {
    if (s.all) mark(signature, 0, g.texts.length, id);
    for (const [from, end] of s.spans) mark(signature, from, end, id);
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
