import type { Statement } from '../../../schema/index.ts';
import type { Keys } from '../conditions/evaluate.ts';
import { conditionsHold } from '../conditions/evaluate.ts';
import type { PolicyDocument } from '../document.ts';
import { hasVariable } from '../match/index.ts';
import { actionFits, resourceFits } from '../statement.ts';
import type { Truth } from '../truth.ts';
import type { Group } from './groups.ts';
import type { Planes } from './planes.ts';
import { complement, NONE, select, type Selection, union } from './select.ts';

/** One statement on one group: these bits of these rows at this level. `id` tells apart what makes a row conditional. */
export interface Op { rows: Selection; sure: Int32Array; maybe: Int32Array | undefined; level: Truth; deny: boolean; id: number }

let ids = 0;
export const nextOp = (): number => ++ids;

interface Masks { sure: Int32Array; maybe: Int32Array | undefined }
const maskCache = new WeakMap<Statement, Map<string, Masks | undefined>>();

/** Bits of a group that a statement names; undefined when none. */
export function masks(s: Statement, g: Group): Masks | undefined {
  let byForm = maskCache.get(s);
  if (!byForm) maskCache.set(s, (byForm = new Map()));
  if (byForm.has(g.shape.form)) return byForm.get(g.shape.form);
  const sure = new Int32Array(g.words);
  const maybe = new Int32Array(g.words);
  let some = 0;
  let open = 0;
  g.actions.forEach((a, i) => {
    const t = actionFits(s, a.name);
    if (t === 2) { sure[i >> 5]! |= 1 << (i & 31); some++; }
    else if (t === 1) { maybe[i >> 5]! |= 1 << (i & 31); open++; }
  });
  const m = some + open === 0 ? undefined : { sure, maybe: open > 0 ? maybe : undefined };
  byForm.set(g.shape.form, m);
  return m;
}

const OF_TARGET = /(^|:)resource(tag\/|account$|org|$)|^aws:requestedregion$/i;
const CONSTANT = new Set(['aws:securetransport', 'aws:viaawsservice']);

const mentions = (s: Statement, test: (key: string) => boolean): boolean => s.conditions !== undefined && Object.values(s.conditions).some((byKey) => Object.keys(byKey).some(test));
const variableIn = (s: Statement): boolean => (s.resources ?? s.notResources ?? []).some(hasVariable) || (s.conditions !== undefined && Object.values(s.conditions).some((byKey) => Object.values(byKey).some((values) => values.some(hasVariable))));

/** Same answer for every principal and row: such a statement is compiled once. */
export const isStatic = (s: Statement): boolean => !variableIn(s) && !mentions(s, (k) => !CONSTANT.has(k.toLowerCase()));
/** Its conditions or patterns look at the row. */
const looksAtRow = (s: Statement): boolean => variableIn(s) || mentions(s, (k) => OF_TARGET.test(k));

export function selection(s: Statement, g: Group, own: boolean): { rows: Selection; level: Truth } {
  const list = s.resources ?? s.notResources;
  const blind = s.unresolved?.some((u) => !['Action', 'NotAction', 'Resource', 'NotResource', 'Principal', 'NotPrincipal'].includes(u)) ? 1 : 3;
  if (!list) return { rows: select(g, '*'), level: own ? blind : 1 };
  const covered = list.length === 0 ? NONE : union(g, list.map((p) => select(g, p)));
  const widened = s.unresolved?.includes(s.resources ? 'Resource' : 'NotResource') ? orMaybe(g, covered) : covered;
  return { rows: s.notResources ? complement(g, widened) : widened, level: blind };
}

/** A list with a part left out may cover every row that it does not name. */
const orMaybe = (g: Group, s: Selection): Selection => (s.all ? s : { ...s, maybe: [...new Set([...s.maybe, ...complement(g, s).rows])] });

/** What a statement does to a group for one request context; `keysAt` gives the context of a row, -1 for what all rows share. */
export function ops(s: Statement, g: Group, own: boolean, keysAt: (row: number) => Keys, id: number): Op[] {
  const m = masks(s, g);
  if (!m) return [];
  const deny = s.effect === 'Deny';
  if (!looksAtRow(s)) {
    const { rows, level } = selection(s, g, own);
    if (!rows.all && rows.spans.length + rows.rows.length + rows.maybe.length === 0) return [];
    const held = conditionsHold(s.conditions, keysAt(-1)).v;
    const top = Math.min(level, held) as Truth;
    return top === 0 ? [] : [{ rows, ...m, level: top, deny, id }];
  }
  const byLevel: number[][] = [[], [], [], []];
  const { level } = selection({ ...s, resources: ['*'] }, g, own);
  for (let row = 0; row < g.texts.length; row++) {
    const keys = keysAt(row);
    const fit = resourceFits(s, g.texts[row]!, keys, own).v;
    if (fit === 0) continue;
    const v = Math.min(fit, level, conditionsHold(s.conditions, keys).v);
    if (v > 0) byLevel[v]!.push(row);
  }
  return byLevel.flatMap((rows, v) => (rows.length > 0 ? [{ rows: { all: false, spans: [], rows, maybe: [] }, ...m, level: v as Truth, deny, id }] : []));
}

/** Everything a document that was not read may do. */
export const unreadOps = (g: Group, id: number): Op[] => [false, true].map((deny) => ({ rows: select(g, '*'), sure: new Int32Array(g.words).fill(-1), maybe: undefined, level: 1 as Truth, deny, id }));

/** Runs operations into the planes of a layer; denies go to the planes that all layers share. */
export function run(list: readonly Op[], g: Group, allow: Planes, deny: Planes, signature: Int32Array): void {
  for (const op of list) {
    const to = op.deny ? deny : allow;
    put(g, to, op.rows, op.sure, op.level, op.id, signature);
    if (op.maybe) put(g, to, op.rows, op.maybe, 1, op.id, signature);
  }
}

function put(g: Group, planes: Planes, s: Selection, words: Int32Array, level: Truth, id: number, signature: Int32Array): void {
  const w = g.words;
  const to = planes.level(level);
  const span = (from: number, end: number): void => {
    if (w === 1) {
      const m = words[0]!;
      for (let r = from; r < end; r++) to[r]! |= m;
    } else for (let r = from; r < end; r++) for (let k = 0; k < w; k++) to[r * w + k]! |= words[k]!;
    if (level < 3) for (let r = from; r < end; r++) signature[r] = mix(signature[r]!, id);
  };
  if (s.all) span(0, g.texts.length);
  for (const [from, end] of s.spans) span(from, end);
  for (const r of s.rows) span(r, r + 1);
  if (s.maybe.length === 0) return;
  const unsure = planes.level(1);
  for (const r of s.maybe) {
    for (let k = 0; k < w; k++) unsure[r * w + k]! |= words[k]!;
    signature[r] = mix(signature[r]!, id);
  }
}

const mix = (a: number, b: number): number => Math.imul(a ^ b, 0x9e3779b1) ^ (a >>> 15);

const programs = new WeakMap<PolicyDocument, (readonly Op[] | undefined)[]>();

/** Operations of a document on a group; those of a document without any request-dependent part are kept. */
export function documentOps(d: PolicyDocument, g: Group, own: boolean, keysAt: (row: number) => Keys): readonly Op[] {
  let byGroup = programs.get(d);
  if (!byGroup) programs.set(d, (byGroup = []));
  const known = byGroup[g.index];
  if (known) return known;
  if (d.failed) return (byGroup[g.index] = unreadOps(g, nextOp()));
  const list = d.statements.flatMap((s) => ops(s, g, own, keysAt, nextOp()));
  if (list.length === 0 ? d.statements.every((s) => isStatic(s) || !masks(s, g)) : d.statements.every(isStatic)) byGroup[g.index] = list;
  return list;
}
