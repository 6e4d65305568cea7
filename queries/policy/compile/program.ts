import type { Statement } from '../../../schema/index.ts';
import { conditionsHold, type Keys } from '../conditions/evaluate.ts';
import type { PolicyDocument } from '../document.ts';
import { keyState } from '../context.ts';
import type { Principal } from '../principal.ts';
import { hasVariable } from '../match/index.ts';
import type { Truth } from '../truth.ts';
import type { Group } from './groups.ts';
import { servicesOf } from '../statement.ts';
import { type Masks, masks } from './masks.ts';
import { complement, NONE, ofRows, select, type Selection, union } from './select.ts';

/** One statement on one group: these bits of these rows at this level. `id` tells apart what makes a row conditional. */
export interface Op { rows: Selection; sure: Int32Array; maybe: Int32Array | undefined; level: Truth; deny: boolean; id: number }

/** What a document does to a group: what is the same for every request, and the statements that have to be asked each time. */
export interface Program { fixed: readonly Op[]; asked: readonly Asked[]; id: number }
/** `rows`: what the patterns cover, where they hold no variable; `each`: the conditions look at the row. */
export interface Asked { statement: Statement; masks: Masks; rows: Selection | undefined; each: boolean; level: Truth; deny: boolean; id: number }

let ids = 0;
export const nextOp = (): number => ++ids;

/** Keys that speak of the thing asked about. */
const OF_TARGET = /(^|:)resource(tag\/|account$|org|$)|^aws:requestedregion$|^s3:(dataaccesspoint|accesspointnetwork)/i;
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
  return ([1, 2, 3] as const).flatMap((level) => (found[level].length > 0 ? [{ rows: ofRows(found[level]), ...m, level, deny: s.effect === 'Deny', id: nextOp() }] : []));
}

export function eachRow(g: Group, rows: Selection, f: (row: number, sure: boolean) => void): void {
  const seen = new Uint8Array(g.texts.length);
  const once = (r: number, sure: boolean): void => { if (seen[r] === 0) { seen[r] = 1; f(r, sure); } };
  if (rows.all) for (let r = 0; r < g.texts.length; r++) f(r, true);
  for (let i = 0; i < rows.spans.length; i += 2) for (let r = rows.spans[i]!; r < rows.spans[i + 1]!; r++) once(r, true);
  for (const r of rows.rows) once(r, true);
  for (const r of rows.maybe) once(r, false);
}

const constant: Keys = (key) => ({ state: 'known', values: [key.toLowerCase() === 'aws:securetransport' ? 'true' : 'false'] });

function covered(s: Statement, g: Group): Selection {
  const list = s.resources ?? s.notResources;
  if (!list) return select(g, '*');
  const rows = list.length === 0 ? NONE : list.length === 1 ? select(g, list[0]!) : union(g, list.map((p) => select(g, p)));
  const widened = s.unresolved?.includes(s.resources ? 'Resource' : 'NotResource') ? orMaybe(g, rows) : rows;
  return s.notResources ? complement(g, widened) : widened;
}

/** A list with a part left out may cover every row that it does not name. */
const orMaybe = (g: Group, s: Selection): Selection => (s.all ? s : { ...s, maybe: [...new Set([...s.maybe, ...complement(g, s).rows])] });
const isEmpty = (s: Selection): boolean => !s.all && s.spans.length + s.rows.length + s.maybe.length === 0;

/** What is compiled so far of the statements of one document or thing. */
export interface Parts { fixed: Op[]; asked: Asked[] }

/** Compiles one statement for a group. `own`: a policy on the thing itself, where Resource may be missing. */
export function compile(s: Statement, g: Group, own: boolean, into: Parts): void {
  const m = masks(s, g);
  if (!m) return;
  const deny = s.effect === 'Deny';
  const level = Math.min(ceilingOf(s), s.resources || s.notResources || own ? 3 : 1) as Truth;
  if (variableResource(s)) { into.asked.push({ statement: s, masks: m, rows: undefined, each: true, level, deny, id: nextOp() }); return; }
  const rows = covered(s, g);
  if (isEmpty(rows)) return;
  if (looksAtRow(s) && isOfRow(s, g)) { into.fixed.push(...byRow(s, g, rows, m, level)); return; }
  if (!isStatic(s)) { into.asked.push({ statement: s, masks: m, rows, each: looksAtRow(s), level, deny, id: nextOp() }); return; }
  const top = Math.min(level, conditionsHold(s.conditions, constant).v) as Truth;
  if (top > 0) into.fixed.push({ rows, sure: m.sure, maybe: m.maybe, level: top, deny, id: nextOp() });
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

const reach = new WeakMap<PolicyDocument, readonly Reached[]>();
const groupsByService = new WeakMap<readonly Group[], Map<string, readonly Group[]>>();
export interface Reached { group: Group; program: Program }

/** Groups on which a document says anything, in their order, with what it says. */
export function reachOf(d: PolicyDocument, groups: readonly Group[]): readonly Reached[] {
  let r = reach.get(d);
  if (!r) reach.set(d, (r = groupsNamed(d, groups).flatMap((group) => { const program = programOf(d, group); return program ? [{ group, program }] : []; })));
  return r;
}

/** Groups that a document may name, judged by the services it spells out. */
function groupsNamed(d: PolicyDocument, groups: readonly Group[]): readonly Group[] {
  const found = new Set<string>();
  for (const s of d.failed ? [] : d.statements) {
    const services = servicesOf(s);
    if (!services) return groups;
    for (const x of services) found.add(x);
  }
  if (d.failed) return groups;
  let byService = groupsByService.get(groups);
  if (!byService) groupsByService.set(groups, (byService = new Map()));
  const key = [...found].sort().join();
  let list = byService.get(key);
  if (!list) byService.set(key, (list = groups.filter((g) => [...found].some((x) => g.services.has(x)))));
  return list;
}

function build(d: PolicyDocument, g: Group): Program | null {
  if (d.failed) return { fixed: unreadOps(g, nextOp()), asked: [], id: nextOp() };
  const parts: Parts = { fixed: [], asked: [] };
  for (const s of d.statements) compile(s, g, false, parts);
  return parts.fixed.length + parts.asked.length === 0 ? null : { fixed: parts.fixed, asked: parts.asked, id: nextOp() };
}
