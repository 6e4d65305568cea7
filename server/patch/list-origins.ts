import type { SourceRef } from '../../schema/index.ts';
import type { Document } from './document.ts';
import type { FileEdit } from './edits.ts';
import { cutItems, rewriteTexts } from './lists.ts';
import type { Naming } from './print.ts';
import { ACTION_KEYS } from './statements.ts';
import { entryOf, textsOf, walk, type Entry, type Item, type ListItem } from './tree.ts';

/** Files of the module that a place is in. */
export type ModuleOf = (doc: Document) => readonly Document[];
/** Where an expression is read: its file, the block around it, the calls that lead there, the key of each instance on the way, its own last. */
interface Scope { doc: Document; block: Item | undefined; calls: readonly { doc: Document; block: Entry }[]; keys: readonly (string | undefined)[]; repeats: readonly Entry[] }
interface Origin { doc: Document; list: ListItem }

/**
 * A list of actions that a statement puts together from elsewhere: `local.x`, the default of a variable, what a module call passes in, an entry of what
 * `for_each` goes through, any of them joined by a function. What goes is taken out where it is written; whoever else takes it loses it too, which
 * reading the code again shows. Undefined: it is not written out anywhere.
 */
export function changeOrigins(doc: Document, at: SourceRef, calls: Scope['calls'], now: readonly string[], to: readonly string[], moduleOf: ModuleOf, naming: Naming): FileEdit[] | undefined {
  for (const { map, above } of doc.mapsWithin(at.startLine!, at.endLine ?? at.startLine!)) {
    const entry = ACTION_KEYS.map((k) => entryOf(map, k)).find((e) => e !== undefined);
    if (!entry) continue;
    const blocks = above.filter((a): a is Entry => 'key' in a && a.block);
    const repeats = blocks.filter((b) => b.key === 'dynamic');
    const scope: Scope = { doc, block: blocks[0]?.value, calls, keys: keysOf(at.address ?? ''), repeats };
    const found = distinct(originsOf(entry.value, scope, moduleOf, now, 0));
    return changed(found, now, to, naming);
  }
  return undefined;
}

/** Keys of the instances that an address names, one for each module and the last for the thing itself. */
function keysOf(address: string): (string | undefined)[] {
  const parts = address.match(/module\.[^.[\]]+(\["[^"]*"\]|\[\d+\])?|[^.[\]]+\.[^.[\]]+(\["[^"]*"\]|\[\d+\])?$/g) ?? [];
  return parts.map((p) => /\["([^"]*)"\]$/.exec(p)?.[1]);
}

function originsOf(item: Item, scope: Scope, moduleOf: ModuleOf, now: readonly string[], depth: number): Origin[] {
  if (depth > 8) return [];
  const { doc } = scope;
  const lists = [...walk(item)].flatMap(({ item: i }) => (i.kind === 'list' && textsOf(i) ? [{ doc, list: i }] : []));
  const text = doc.text.slice(item.start, item.end).replace(/"[^"\n]*"/g, (s) => ' '.repeat(s.length));
  const references = [...text.matchAll(/(?<![\w.-])(local|var|each|[a-z_]\w*)\.((?:value\b)?[\w-]*(?:\.[\w-]+)*)/g)];
  return [...lists, ...references.flatMap(([, root, path]) => referenced(root!, path!.split('.'), scope, moduleOf, now, depth + 1))];
}

function referenced(root: string, path: readonly string[], scope: Scope, moduleOf: ModuleOf, now: readonly string[], depth: number): Origin[] {
  const [name, ...rest] = path;
  const follow = (doc: Document, item: Item | undefined, below: readonly string[], within: Scope): Origin[] => {
    const end = below.reduce<Item | undefined>((i, key) => entryOf(i, key)?.value, item);
    return end ? originsOf(end, { ...within, doc }, moduleOf, now, depth) : [];
  };
  if (root === 'local') return moduleOf(scope.doc).flatMap((d) => top(d, 'locals').flatMap((b) => follow(d, entryOf(b.value, name!)?.value, rest, { ...scope, block: undefined, repeats: [] })));
  if (root === 'var') {
    const call = scope.calls.at(-1);
    const passed = call && entryOf(call.block.value, name!);
    if (call && passed) return follow(call.doc, passed.value, rest, { doc: call.doc, block: call.block.value, calls: scope.calls.slice(0, -1), keys: scope.keys.slice(0, -1), repeats: [] });
    return moduleOf(scope.doc).flatMap((d) => top(d, 'variable').flatMap((b) => (b.value.kind === 'map' && b.value.labels?.[0] === name ? follow(d, entryOf(b.value, 'default')?.value, rest, { ...scope, block: undefined }) : [])));
  }
  if (root === 'each' && name === 'value') return elements(entryOf(scope.block, 'for_each')?.value, scope, moduleOf).flatMap(({ doc, key, item }) => (key !== undefined && key === scope.keys.at(-1) ? follow(doc, item, rest, scope) : []));
  const loop = name === 'value' ? scope.repeats.find((r) => r.value.kind === 'map' && (textsOf(entryOf(r.value, 'iterator')?.value)?.[0] ?? r.value.labels?.[0]) === root) : undefined;
  if (!loop) return [];
  // Which of them the statement is, is told by what it allows.
  const wanted = [...now].sort().join();
  return elements(entryOf(loop.value, 'for_each')?.value, scope, moduleOf).map(({ doc, item }) => follow(doc, item, rest, scope)).filter((o) => [...new Set(o.flatMap((x) => textsOf(x.list) ?? []))].sort().join() === wanted).slice(0, 1).flat();
}

const top = (d: Document, key: string): Entry[] => (d.root?.kind === 'map' ? d.root.entries.filter((e) => e.block && e.key === key) : []);

/** What `for_each` goes through, where it is written out. */
interface Element { doc: Document; key: string | undefined; item: Item }
function elements(item: Item | undefined, scope: Scope, moduleOf: ModuleOf): Element[] {
  const local = item && /^local\.([\w-]+)$/.exec(scope.doc.text.slice(item.start, item.end).trim())?.[1];
  const at = local === undefined ? [{ doc: scope.doc, item }] : moduleOf(scope.doc).flatMap((doc) => top(doc, 'locals').flatMap((b) => { const e = entryOf(b.value, local!); return e ? [{ doc, item: e.value }] : []; }));
  return at.flatMap(({ doc, item: i }): Element[] => (i?.kind === 'map' ? i.entries.map((e) => ({ doc, key: e.key, item: e.value })) : i?.kind === 'list' ? i.items.map((x) => ({ doc, key: undefined, item: x })) : []));
}

const distinct = (origins: readonly Origin[]): Origin[] => [...new Map(origins.map((o) => [`${o.doc.path}:${o.list.start}`, o])).values()];
const same = (a: readonly string[], b: readonly string[]): boolean => [...new Set(a)].sort().join() === [...new Set(b)].sort().join();

function changed(origins: readonly Origin[], now: readonly string[], to: readonly string[], naming: Naming): FileEdit[] | undefined {
  const whole = origins.find((o) => same(textsOf(o.list)!, now));
  const layout = (o: Origin) => o.doc.layout(o.list.style, naming);
  if (whole) return rewriteTexts(whole.doc.text, whole.list, textsOf(whole.list)!, to, layout(whole))?.map((edit) => ({ path: whole.doc.path, edit }));
  const gone = now.filter((n) => !to.includes(n));
  if (to.some((t) => !now.includes(t)) || !gone.every((g) => origins.some((o) => textsOf(o.list)!.includes(g)))) return undefined;
  const edits: FileEdit[] = [];
  for (const o of origins) {
    const at = new Set(textsOf(o.list)!.flatMap((t, i) => (gone.includes(t) ? [i] : [])));
    if (at.size === 0) continue;
    const made = at.size === o.list.items.length ? [{ start: o.list.start, end: o.list.end, text: '[]' }] : cutItems(o.doc.text, o.list, at);
    if (!made) return undefined;
    edits.push(...made.map((edit) => ({ path: o.doc.path, edit })));
  }
  return edits;
}
