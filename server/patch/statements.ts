import type { SourceChange } from '../../schema/index.ts';
import { isTerraformJson, type Document } from './document.ts';
import type { TextEdit } from './edits.ts';
import { cutItems, rewriteTexts } from './lists.ts';
import { insertEntry, removeEntry, replaceValue } from './maps.ts';
import { printEntry, type Naming, type Plain } from './print.ts';
import { entriesOf, entryOf, textsOf, type Entry, type Item, type MapItem } from './tree.ts';

export type StatementChange = SourceChange & { in: 'statement' };
/** A statement as it is written, with what it stands in. */
export interface Written { map: MapItem; actions: Entry; above: readonly (Item | Entry)[] }

export const ACTION_KEYS = ['Action', 'actions', 'action', 'Actions'];
const keyed = (map: MapItem, keys: readonly string[]): Entry | undefined => keys.map((k) => entryOf(map, k)).find((e) => e !== undefined);

/**
 * The statement with these actions within the lines. A text says why there is none to be sure of. `byPlace`: one that takes its actions from
 * elsewhere will do, when it alone fills the lines and is written once for itself.
 */
export function findStatement(doc: Document, actions: readonly string[], startLine: number, endLine: number, byPlace = false, column?: number): Written | string {
  const unique = (names: readonly string[]): string => [...new Set(names)].sort().join('\n');
  const want = unique(actions);
  const found: Written[] = [];
  const whole: Written[] = [];
  let seen = 0;
  for (const { map, above } of doc.mapsWithin(startLine, endLine)) {
    const entry = keyed(map, ACTION_KEYS);
    if (!entry) continue;
    seen++;
    if (doc.line(map.start) === startLine && doc.line(map.end) >= endLine && !above.some((a) => repeats(doc, a))) whole.push({ map, actions: entry, above });
    const names = textsOf(entry.value);
    if (names && unique(names) === want) found.push({ map, actions: entry, above });
  }
  if (found.length > 1) { const exact = found.filter((w) => doc.line(w.map.start) === startLine); if (exact.length === 1) return exact[0]!; const there = exact.find((w) => doc.file.position(w.map.start).column === column); if (there) return there; }
  if (found.length === 1) return found[0]!;
  if (byPlace && found.length === 0 && whole.length === 1) return whole[0]!;
  return found.length > 1 ? 'several statements read the same' : seen > 0 ? 'the action list is not written out in one place' : 'no statement is written there';
}

/** One writing for many: a dynamic block, a comprehension. */
const repeats = (doc: Document, a: Item | Entry): boolean => ('key' in a ? a.key === 'dynamic' : a.kind === 'other' && /^[[{]\s*for\s/.test(doc.text.slice(a.start, a.end)));

/** Edits that make the change, or why it has none. */
export function changeStatement(doc: Document, w: Written, c: StatementChange, naming: Naming): TextEdit[] | string {
  if (c.remove) return removeStatement(doc, w);
  const edits: TextEdit[] = [];
  const { set } = c;
  const body = w.map.style === 'body';
  const proper = !body && w.actions.key === 'Action';
  for (const [keys, to] of [[ACTION_KEYS, set?.Action], [['Resource', 'resources', 'resource', 'Resources'], set?.Resource]] as const) {
    if (!to) continue;
    const entry = keyed(w.map, keys);
    const made = entry && texts(doc, entry, to, naming);
    if (!made) return 'the list is not written out in one place';
    edits.push(...made);
  }
  if (set?.Principal) {
    const made = body ? principalBlocks(doc, w.map, set.Principal, naming) : proper ? principalEntry(doc, w.map, set.Principal, naming) : undefined;
    if (!made) return 'the principal is not written out in one place';
    edits.push(...made);
  }
  if (set?.Condition) {
    const made = body ? conditionBlocks(doc, w.map, set.Condition, naming) : proper ? conditionEntry(doc, w.map, set.Condition, naming) : isTerraformJson(doc) ? conditionMaps(doc, w.map, set.Condition, naming) : undefined;
    if (!made) return 'a condition cannot be added where the statement is written';
    edits.push(...made);
  }
  return edits;
}

/** A text or a list of texts reads `to`. */
function texts(doc: Document, entry: Entry, to: readonly string[], naming: Naming): TextEdit[] | undefined {
  const { value } = entry;
  if (value.kind === 'other') return undefined;
  const layout = { ...doc.layout(value.style, naming), indent: /^[ \t]*/.exec(doc.text.slice(doc.text.lastIndexOf('\n', entry.start) + 1))![0] };
  const now = textsOf(value);
  if (value.kind === 'list' && now && now.some((n) => to.includes(n))) return rewriteTexts(doc.text, value, now, to, layout);
  if (value.kind === 'list' && now && value.items.length > 0) return rewriteTexts(doc.text, value, now, to, layout);
  const plain: Plain = to.length === 1 && value.kind !== 'list' && w1(entry) ? to[0]! : [...to];
  return [replaceValue(doc.text, entry, plain, { ...layout, style: value.style === 'block' && Array.isArray(plain) ? 'flow' : value.style, oneLine: true })];
}

/** `actions` of a policy document block is always a list. */
const w1 = (entry: Entry): boolean => entry.key === entry.key[0]!.toUpperCase() + entry.key.slice(1);

/** What else a policy document is made of. */
const ALSO = /^((source|override)_policy_documents|(source|override)_json)$/;

function removeStatement(doc: Document, w: Written): TextEdit[] | string {
  const holder = w.above.at(-1)!;
  if (w.above.some((a) => repeats(doc, a))) return MANY;
  if ('key' in holder) {
    // A block, or the one map that stands where a list could.
    const body = w.above.at(-2) as Item;
    if (!holder.block || body.kind !== 'map') return ONLY_ONE;
    const more = body.entries.some((e) => e !== holder && (e.key === holder.key || ALSO.test(e.key) || (e.key === 'dynamic' && e.value.kind === 'map' && e.value.labels?.[0] === holder.key)));
    const edit = more ? removeEntry(doc.text, body, holder) : undefined;
    return edit ? [edit] : more ? SHARES : ONLY_ONE;
  }
  if (holder.kind !== 'list') return SHARES;
  if (holder.items.length > 1) return cutItems(doc.text, holder, new Set([holder.items.indexOf(w.map)])) ?? SHARES;
  // One of several lists that a function joins.
  const above = w.above.at(-2);
  return above && 'key' in above ? ONLY_ONE : holder.style === 'hcl' ? [{ start: holder.start, end: holder.end, text: '[]' }] : SHARES;
}

/** An item of a list that stands for a statement and is written otherwise: a policy template of SAM. */
export function cutWhole(doc: Document, startLine: number, endLine: number): TextEdit[] | undefined {
  for (const { map, above } of doc.mapsWithin(startLine, endLine)) {
    const list = above.at(-1);
    if (doc.line(map.start) === startLine && list && !('key' in list) && list.kind === 'list' && list.style === 'block') return cutItems(doc.text, list, new Set([list.items.indexOf(map)]));
  }
  return undefined;
}

/** A policy template of SAM says its actions by its name: with fewer of them it is a statement. */
export function writtenOut(doc: Document, startLine: number, endLine: number, c: StatementChange, naming: Naming): TextEdit[] | undefined {
  const { resources, set } = c;
  if (doc.language !== 'yaml' || !resources || !set?.Action || Object.keys(set).length > 1) return undefined;
  for (const { map, above } of doc.mapsWithin(startLine, endLine)) {
    const list = above.at(-1);
    if (doc.line(map.start) !== startLine || !list || 'key' in list || list.kind !== 'list' || list.style !== 'block' || map.entries.length !== 1 || !map.entries[0]!.key.endsWith('Policy')) continue;
    const indent = ' '.repeat(map.start - doc.text.lastIndexOf('\n', map.start - 1) - 1);
    return [{ start: map.start, end: map.end, text: printEntry('Statement', [{ Effect: 'Allow', Action: set.Action, Resource: resources }], { ...doc.layout('block', naming), indent }) }];
  }
  return undefined;
}

export const ONLY_ONE = 'the statement is the only one of its policy';
const MANY = 'one writing stands for several statements';
const SHARES = 'the statement cannot be taken out of where it is written';

type Principals = Record<string, string[]>;
type Conditions = Record<string, Record<string, string[]>>;
const single = (v: readonly string[]): Plain => (v.length === 1 ? v[0]! : [...v]);
const singles = <T>(o: Record<string, T>, f: (v: T) => Plain): { [key: string]: Plain } => Object.fromEntries(Object.entries(o).map(([k, v]) => [k, f(v)]));

function principalEntry(doc: Document, map: MapItem, to: Principals, naming: Naming): TextEdit[] | undefined {
  const entry = entryOf(map, 'Principal');
  if (!entry || entry.value.kind === 'other') return undefined;
  const oneLine = !doc.text.slice(map.start, map.end).includes('\n');
  const types = Object.entries(to);
  const inner = entry.value.kind === 'map' && types.length === 1 && entry.value.entries.length === 1 ? entryOf(entry.value, types[0]![0]) : undefined;
  if (inner) return texts(doc, inner, types[0]![1], naming);
  return [replaceValue(doc.text, entry, singles(to, single), { ...doc.layout(map.style, naming, oneLine) })];
}

/** Principal blocks: those of the type read the new list, and the others stay when they are named too. */
function principalBlocks(doc: Document, map: MapItem, to: Principals, naming: Naming): TextEdit[] | undefined {
  const blocks = entriesOf(map, 'principals');
  const types = Object.entries(to);
  if (blocks.length !== 1 || types.length !== 1) return undefined;
  const [kind, ids] = [entryOf(blocks[0]!.value, 'type'), entryOf(blocks[0]!.value, 'identifiers')];
  const was = textsOf(kind?.value)?.[0];
  const lists = ids && texts(doc, ids, types[0]![1], naming);
  if (!kind || !lists || was === undefined) return undefined;
  return was === types[0]![0] ? lists : [replaceValue(doc.text, kind, types[0]![0], doc.layout('body', naming)), ...lists];
}

function conditionEntry(doc: Document, map: MapItem, add: Conditions, naming: Naming): TextEdit[] | undefined {
  const oneLine = !doc.text.slice(map.start, map.end).includes('\n');
  const layout = doc.layout(map.style, naming, oneLine);
  const there = entryOf(map, 'Condition');
  const plain = (c: Conditions): Plain => singles(c, (keys) => singles(keys, single));
  if (!there) { const e = insertEntry(doc.text, map, 'Condition', plain(add), layout); return e && [e]; }
  if (there.value.kind !== 'map') return undefined;
  const edits: TextEdit[] = [];
  for (const [operator, keys] of Object.entries(add)) {
    const own = entryOf(there.value, operator);
    if (!own) { const e = insertEntry(doc.text, there.value, operator, singles(keys, single), layout); if (!e) return undefined; edits.push(e); continue; }
    if (own.value.kind !== 'map') return undefined;
    for (const [key, values] of Object.entries(keys)) {
      const there = entryOf(own.value, key);
      // Another fix of the same lines has said it already.
      if (there && (JSON.stringify(textsOf(there.value)) === JSON.stringify(values) || values.some((v) => v.includes('\uE000')))) continue;
      const e = there ? undefined : insertEntry(doc.text, own.value, key, single(values), layout);
      if (!e) return undefined;
      edits.push(e);
    }
  }
  return edits;
}

/** Condition blocks of a policy document that is written as JSON. */
function conditionMaps(doc: Document, map: MapItem, add: Conditions, naming: Naming): TextEdit[] | undefined {
  if (entryOf(map, 'condition')) return undefined;
  const all = Object.entries(add).flatMap(([test, keys]) => Object.entries(keys).map(([variable, values]): Plain => ({ test, variable, values })));
  const e = insertEntry(doc.text, map, 'condition', all, doc.layout(map.style, naming, !doc.text.slice(map.start, map.end).includes('\n')));
  return e && [e];
}

function conditionBlocks(doc: Document, map: MapItem, add: Conditions, naming: Naming): TextEdit[] | undefined {
  const edits: TextEdit[] = [];
  for (const [test, keys] of Object.entries(add))
    for (const [variable, values] of Object.entries(keys)) {
      if (entriesOf(map, 'condition').some((b) => textsOf(entryOf(b.value, 'test')?.value)?.[0] === test && textsOf(entryOf(b.value, 'variable')?.value)?.[0] === variable)) continue;
      const e = insertEntry(doc.text, map, 'condition', { test, variable, values }, doc.layout('body', naming), 'block');
      if (!e) return undefined;
      edits.push(e);
    }
  return edits;
}
