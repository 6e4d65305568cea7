/** Half-open range of a text, in UTF-16 units. */
export interface Range { start: number; end: number }

/**
 * How a piece is written. `body`: the inside of an HCL block; `hcl`: brackets of an HCL expression; `json`: brackets of JSON; `flow` and
 * `block`: the two ways of YAML.
 */
export type Style = 'body' | 'hcl' | 'json' | 'flow' | 'block';

/** A configuration file as it is written, whatever its language: enough to find a property and to change it where it stands. */
export type Item = MapItem | ListItem | ScalarItem | OtherItem;
/** `start` of a block of HCL or YAML is where its first line of content begins; `outer` is the block with its head. */
export interface MapItem extends Range { kind: 'map'; style: Style; entries: Entry[]; labels?: string[] }
/** `block`: an HCL block, whose key is its type. */
export interface Entry extends Range { key: string; value: Item; block: boolean }
export interface ListItem extends Range { kind: 'list'; style: Style; items: Item[] }
export interface ScalarItem extends Range { kind: 'scalar'; style: Style; value: null | boolean | number | string }
/** An expression, a function, an alias: nothing in it is changed. */
export interface OtherItem extends Range { kind: 'other'; style: Style; inner: Item[] }

export const entryOf = (item: Item | undefined, key: string): Entry | undefined => (item?.kind === 'map' ? item.entries.find((e) => e.key === key) : undefined);
export const entriesOf = (item: Item | undefined, key: string): Entry[] => (item?.kind === 'map' ? item.entries.filter((e) => e.key === key) : []);

/** Text of a scalar; a list of texts, also from a single one. Undefined when a part is no plain text. */
export const textsOf = (item: Item | undefined): string[] | undefined => {
  if (item?.kind === 'scalar') return typeof item.value === 'string' ? [item.value] : undefined;
  if (item?.kind !== 'list') return undefined;
  const out = item.items.map((i) => (i.kind === 'scalar' && typeof i.value === 'string' ? i.value : undefined));
  return out.includes(undefined) ? undefined : (out as string[]);
};

/** Every item with what it stands in, outermost first. */
export function* walk(item: Item, above: readonly (Item | Entry)[] = []): Generator<{ item: Item; above: readonly (Item | Entry)[] }> {
  yield { item, above };
  if (item.kind === 'map') for (const e of item.entries) yield* walk(e.value, [...above, item, e]);
  else if (item.kind === 'list') for (const i of item.items) yield* walk(i, [...above, item]);
  else if (item.kind === 'other') for (const i of item.inner) yield* walk(i, [...above, item]);
}
