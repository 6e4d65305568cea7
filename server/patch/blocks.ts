import type { SourceChange, SourceRef } from '../../schema/index.ts';
import { isTerraformJson, type Document } from './document.ts';
import type { TextEdit } from './edits.ts';
import { cutItems, rewriteTexts } from './lists.ts';
import { insertEntry, removeEntry, replaceValue } from './maps.ts';
import { samPath, snake, terraformPath } from './names.ts';
import type { Naming, Plain } from './print.ts';
import { entryOf, textsOf, walk, type Entry, type Item, type MapItem } from './tree.ts';

export const LAST_ITEM = 'it is the only one of its list';
const SHARED = 'it shares a line with another of its list';

export type BlockChange = SourceChange & { in: 'block' };

/** Edits that make the change, or why it has none. */
export function changeBlock(doc: Document, at: SourceRef, c: BlockChange, naming: Naming): TextEdit[] | string {
  if (!doc.root) return `${doc.path} cannot be parsed`;
  const found = blockOf(doc, at);
  if (!found) return 'the block is not written there';
  const { block, entry, above } = found;
  if (c.path.length === 0) {
    if (doc.language === 'hcl' && block.entries.some((e) => e.key === 'for_each' || e.key === 'count')) return withoutInstance(doc, block, at);
    const edit = above?.kind === 'map' && entry ? removeEntry(doc.text, above, entry) : undefined;
    return edit ? [edit] : 'the block does not stand by itself';
  }
  const path = doc.language === 'hcl' ? terraformPath(block.labels?.[0] ?? '', c.path) : isTerraformJson(doc) ? terraformPath(found.type ?? '', c.path) : found.type === undefined ? [...c.path] : samPath(found.type, c.path);
  return changeAt(doc, block, path, { ...c, at }, naming);
}

/** One of the things that a block makes of a set of texts; the block stays for the others. */
function withoutInstance(doc: Document, block: MapItem, at: SourceRef): TextEdit[] | string {
  const key = /\["([^"]*)"\]$/.exec(at.address ?? '')?.[1];
  const each = entryOf(block, 'for_each')?.value;
  const lists = each && key !== undefined ? [...walk(each)].flatMap(({ item }) => (item.kind === 'list' && item.items.some((i) => i.kind === 'scalar' && i.value === key) ? [item] : [])) : [];
  const [list] = lists;
  if (!list || lists.length > 1) return 'the block makes others as well';
  const gone = new Set(list.items.flatMap((i, n) => (i.kind === 'scalar' && i.value === key ? [n] : [])));
  return list.items.length === gone.size ? [{ start: list.start, end: list.end, text: '[]' }] : cutItems(doc.text, list, gone) ?? SHARED;
}

function changeAt(doc: Document, block: Item, path: readonly string[], c: BlockChange, naming: Naming): TextEdit[] | string {
  let here: Item = block;
  for (const [i, key] of path.entries()) {
    const last = i === path.length - 1;
    if (here.kind === 'list') {
      if (key === '-' && last) return appended(doc, here, c, naming);
      const n = /^\d+$/.test(key) ? itemAt(doc, here, Number(key), c.at.startLine) : here.items.findIndex((i) => i.kind === 'scalar' && i.value === key);
      const item: Item | undefined = here.items[n];
      if (!item) return `there is no item ${key}`;
      if (!last) { here = item; continue; }
      return inList(doc, here, n, item, c, naming);
    }
    if (here.kind !== 'map') return `${path.slice(0, i).join('.')} is not written out`;
    const e: Entry | undefined = entryOf(here, key);
    if (!e) {
      if (c.to === undefined) return `${path.slice(0, i + 1).join('.')} is not written there`;
      return insertPath(doc, here, path.slice(i), c.to as Plain, naming);
    }
    if (last) return inMap(doc, here, e, c, naming);
    here = e.value;
  }
  return 'nothing to change';
}

/** An item by the line that is named: those before it may be gone. Else by its number. */
function itemAt(doc: Document, list: Item & { kind: 'list' }, n: number, line: number | undefined): number {
  const on = list.items.flatMap((i, k) => (line !== undefined && doc.line(i.start) <= line && line <= doc.line(i.end) ? [k] : []));
  return on.length === 1 && doc.line(list.items[0]!.start) !== doc.line(list.items.at(-1)!.end) ? on[0]! : n;
}

function inList(doc: Document, list: Item & { kind: 'list' }, n: number, item: Item, c: BlockChange, naming: Naming): TextEdit[] | string {
  if (c.to === undefined) return list.items.length === 1 ? LAST_ITEM : cutItems(doc.text, list, new Set([n])) ?? SHARED;
  if (c.from !== undefined && (item.kind !== 'scalar' || item.value !== c.from)) return 'it does not read as it was scanned: the code has changed, or it is not a plain text';
  return [replaceValue(doc.text, { key: '', start: item.start, end: item.end, value: item, block: false }, c.to as Plain, doc.layout(item.style, naming))];
}

function appended(doc: Document, list: Item & { kind: 'list' }, c: BlockChange, naming: Naming): TextEdit[] | string {
  const now = textsOf(list);
  return (now && now.length > 0 && typeof c.to === 'string' ? rewriteTexts(doc.text, list, now, [...now, c.to], doc.layout(list.style, naming, true)) : undefined) ?? 'the list is not written out in one place';
}

function inMap(doc: Document, map: MapItem, e: Entry, c: BlockChange, naming: Naming): TextEdit[] | string {
  if (c.to === undefined) {
    if (c.from !== undefined && e.value.kind === 'list') return without(doc, map, e, e.value, String(c.from));
    if (c.from !== undefined && !(e.value.kind === 'scalar' && names(e.value.value, String(c.from)))) return `${String(c.from)} is not written out in ${e.key}`;
    const edit = removeEntry(doc.text, map, e);
    return edit ? [edit] : `${e.key} does not stand by itself`;
  }
  if (e.value.kind === 'scalar' && e.value.value === c.to) return [];
  if (c.from !== undefined && !(e.value.kind === 'scalar' && e.value.value === c.from) && JSON.stringify(textsOf(e.value)) !== JSON.stringify(c.from)) return `${e.key} is not written as a plain value in its block`;
  if (e.block) return `${e.key} is there already`;
  return [replaceValue(doc.text, e, c.to as Plain, doc.layout(e.value.style, naming, !doc.text.slice(map.start, map.end).includes('\n')))];
}

/** A managed policy by its ARN, or by its name alone as SAM takes it. */
const names = (value: unknown, arn: string): boolean => value === arn || (typeof value === 'string' && /^arn:[^:]*:iam::aws:policy\//.test(arn) && value === arn.slice(arn.lastIndexOf('/') + 1));

/** A list without the item that is, or ends in, a text: an ARN may be written with a function around its partition. */
function without(doc: Document, map: MapItem, e: Entry, list: Item & { kind: 'list' }, text: string): TextEdit[] | string {
  const tail = text.slice(text.lastIndexOf(':') + 1);
  const at = list.items.findIndex((i) => (i.kind === 'scalar' ? names(i.value, text) : doc.text.slice(i.start, i.end).includes(tail)));
  if (at < 0) return `${text} is not written out in ${e.key}`;
  if (list.items.length > 1) return cutItems(doc.text, list, new Set([at])) ?? `${e.key} cannot lose one item`;
  const edit = removeEntry(doc.text, map, e);
  return edit ? [edit] : `${e.key} does not stand by itself`;
}

/** A new property, with the maps around it that are not there yet. In HCL those are blocks. */
function insertPath(doc: Document, map: MapItem, path: readonly string[], to: Plain, naming: Naming): TextEdit[] | string {
  const [key, ...more] = path;
  let value: Plain = doc.language === 'hcl' && map.style === 'body' && isMap(to) ? snaked(to) : to;
  for (const k of [...more].reverse()) value = { [k]: value };
  const nested = map.style === 'body' && (more.length > 0 || isMap(to));
  const edit = insertEntry(doc.text, map, key!, value, doc.layout(map.style, naming), nested ? 'block' : 'argument');
  return edit ? [edit] : 'there is no place for it';
}

const isMap = (v: Plain): v is { [key: string]: Plain } => typeof v === 'object' && v !== null && !Array.isArray(v);
const snaked = (v: Plain): Plain => (isMap(v) ? Object.fromEntries(Object.entries(v).map(([k, x]) => [snake(k), snaked(x)])) : v);

interface Block { block: MapItem; type?: string | undefined; entry?: Entry | undefined; above?: Item | undefined }

/** The block a source names: by its line in Terraform, its logical id in a template, its pointer in other documents. */
function blockOf(doc: Document, at: SourceRef): Block | undefined {
  const root = doc.root!;
  if (doc.language === 'hcl') {
    const entry = root.kind === 'map' ? root.entries.find((e) => e.block && doc.line(e.start) <= (at.startLine ?? 0) && doc.line(e.end) >= (at.startLine ?? 0)) : undefined;
    return entry?.value.kind === 'map' ? { block: entry.value, entry, above: root } : undefined;
  }
  if (isTerraformJson(doc)) return inTerraformJson(root, at.address ?? '');
  const resources = entryOf(root, 'Resources');
  const entry = at.address === undefined ? undefined : logical(resources?.value, at.address.split('.').at(-1)!);
  if (entry?.value.kind === 'map') {
    const properties = entryOf(entry.value, 'Properties')?.value;
    const type = textsOf(entryOf(entry.value, 'Type')?.value)?.[0] ?? '';
    return properties?.kind === 'map' ? { block: properties, type, entry, above: resources!.value } : undefined;
  }
  if (resources) return undefined;
  return pointed(root, (at.jsonPointer ?? '').split('/').slice(1).map((p) => p.replaceAll('~1', '/').replaceAll('~0', '~')));
}

function inTerraformJson(root: Item, address: string): Block | undefined {
  const [type, name] = address.replace(/^(module\.[^.]+\.)+/, '').replace(/\[.*\]$/, '').split('.');
  const above = entryOf(entryOf(root, 'resource')?.value, type ?? '')?.value;
  const entry = entryOf(above, name ?? '');
  const block = entry?.value.kind === 'list' && entry.value.items.length === 1 ? entry.value.items[0]! : entry?.value;
  return block?.kind === 'map' ? { block, type, entry, above } : undefined;
}

/** A resource of a template; of a role that SAM makes, the resource that it is made for. */
function logical(resources: Item | undefined, id: string): Entry | undefined {
  const there = entryOf(resources, id);
  const owner = there || !id.endsWith('Role') ? undefined : entryOf(resources, id.slice(0, -'Role'.length));
  return there ?? (owner && textsOf(entryOf(owner.value, 'Type')?.value)?.[0]?.startsWith('AWS::Serverless::') ? owner : undefined);
}

function pointed(root: Item, path: readonly string[]): Block | undefined {
  let here: Item | undefined = root;
  let [entry, above]: [Entry | undefined, Item | undefined] = [undefined, undefined];
  for (const key of path) {
    above = here;
    entry = here?.kind === 'map' ? entryOf(here, key) : undefined;
    here = here?.kind === 'list' ? here.items[Number(key)] : entry?.value;
  }
  return here?.kind === 'map' ? { block: here, entry, above } : undefined;
}
