import { entriesOf, get, type Entry, type Node } from '../syntax/node.ts';

/** Properties of `Globals` for a kind of resource, under those the resource says itself: maps join, lists follow, else the resource wins. */
export function withGlobals(template: Node, kind: string, properties: Node | undefined, at: Node['at']): Node {
  const global = get(get(template, 'Globals'), kind);
  const own: Node = properties ?? { kind: 'map', entries: [], at };
  return global ? under(global, own) : own;
}

function under(global: Node, own: Node): Node {
  if (global.kind === 'list' && own.kind === 'list') return { ...own, items: [...global.items, ...own.items] };
  if (global.kind !== 'map' || own.kind !== 'map') return own;
  const out = new Map<string, Entry>(entriesOf(global).map((e) => [e.key, e]));
  for (const e of own.entries) {
    const there = out.get(e.key);
    out.set(e.key, there ? { ...e, value: under(there.value, e.value) } : e);
  }
  return { ...own, entries: [...out.values()] };
}
