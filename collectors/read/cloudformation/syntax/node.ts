/** Where something was written: 1-based lines of a file relative to the scanned folder. */
export interface Span { file: string; start: number; end: number; column?: number }

/** A map entry; `at` reaches from the key to the end of the value. `key` is as written, before any function in it is read. */
export interface Entry { key: string; at: Span; value: Node }

/**
 * A template as written, whatever its format. A `call` is an intrinsic function in either form, named without `Fn::` (`Ref`, `GetAtt`,
 * `Sub`, `Condition`, …). What could not be read is `unknown`: it never disappears.
 */
export type Node =
  | { kind: 'scalar'; value: null | boolean | number | string; at: Span; /** Line on which the text of a literal block begins. */ body?: number }
  | { kind: 'list'; items: Node[]; at: Span }
  | { kind: 'map'; entries: Entry[]; at: Span }
  | { kind: 'call'; name: string; argument: Node; at: Span }
  | { kind: 'unknown'; reason: string; at: Span };

export type MapNode = Node & { kind: 'map' };

const LONG = /^(?:Fn::([A-Za-z0-9]+)|(Ref))$/;

/** A map as a node: the long form of an intrinsic is a map of that one key. Loops and transforms stand among other keys and stay entries. */
export function mapNode(entries: Entry[], at: Span): Node {
  const only = entries.length === 1 ? entries[0]! : undefined;
  const name = only && LONG.exec(only.key);
  if (!only || !name || name[1] === 'Transform') return { kind: 'map', entries, at };
  return { kind: 'call', name: name[1] ?? 'Ref', argument: only.value, at };
}

export const get = (node: Node | undefined, key: string): Node | undefined => entryOf(node, key)?.value;
export const entryOf = (node: Node | undefined, key: string): Entry | undefined => (node?.kind === 'map' ? node.entries.find((e) => e.key === key) : undefined);
export const entriesOf = (node: Node | undefined): readonly Entry[] => (node?.kind === 'map' ? node.entries : []);
export const itemsOf = (node: Node | undefined): readonly Node[] => (node?.kind === 'list' ? node.items : node === undefined ? [] : [node]);

/** Text of a plain value; numbers and booleans as written. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}

/** Building nodes that no author wrote: each stands at the place that caused it. */
export const make = {
  text: (value: string, at: Span): Node => ({ kind: 'scalar', value, at }),
  list: (items: Node[], at: Span): Node => ({ kind: 'list', items, at }),
  call: (name: string, argument: Node | string | string[], at: Span): Node => ({ kind: 'call', name, argument: from(argument, at), at }),
  map: (fields: { [key: string]: Node | string | number | boolean | undefined }, at: Span): MapNode => ({
    kind: 'map', at,
    entries: Object.entries(fields).flatMap(([key, v]): Entry[] => {
      if (v === undefined) return [];
      const value: Node = typeof v === 'object' ? v : { kind: 'scalar', value: v, at };
      return [{ key, at: value.at, value }];
    }),
  }),
};

function from(v: Node | string | string[], at: Span): Node {
  if (typeof v === 'string') return make.text(v, at);
  return Array.isArray(v) ? make.list(v.map((x) => make.text(x, at)), at) : v;
}

/** Plain data as nodes at one place: the long forms in it become calls. */
export function fromData(v: unknown, at: Span): Node {
  if (Array.isArray(v)) return make.list(v.map((x) => fromData(x, at)), at);
  if (typeof v === 'object' && v !== null) return mapNode(Object.entries(v).map(([key, x]) => ({ key, at, value: fromData(x, at) })), at);
  return { kind: 'scalar', value: v as string | number | boolean | null, at };
}
