import { createHash } from 'node:crypto';
import type { Session } from '../intrinsics/session.ts';
import { entryOf, get, make, textOf, type Entry, type MapNode, type Node, type Span } from '../syntax/node.ts';

export interface LocalFiles { locate(location: string): string | undefined; tree(path: string): Node | undefined }

type Fields = Parameters<typeof make.map>[0];

/** Attributes that what SAM makes takes over from what it is made for. */
const SHARED = ['Condition', 'DeletionPolicy', 'UpdateReplacePolicy'];

/** A path that an event puts on an API. */
export interface Route { method: string; path: string; at: Span; integration: Node; auth: Node | undefined }

/** The template that SAM makes, under work: resources by logical id, in order. */
export class Draft {
  readonly resources = new Map<string, Entry>();
  readonly template: Node;
  readonly session: Session;
  readonly files: LocalFiles;
  /** Routes by logical id of their API. */
  readonly routes = new Map<string, Route[]>();
  /** Names that SAM lets a template use (`Api.Stage`), and the resources they mean. */
  readonly synonyms = new Map<string, string>();

  constructor(template: Node, session: Session, files: LocalFiles) {
    this.template = template;
    this.session = session;
    this.files = files;
    for (const e of get(template, 'Resources')?.kind === 'map' ? (get(template, 'Resources') as MapNode).entries : []) this.resources.set(e.key, e);
  }

  /** Adds a resource that stands where `of` stands, unless the template has one of this id. */
  add(id: string, type: string, properties: Fields | Node, at: Span, of?: Entry): void {
    if (this.resources.has(id)) return;
    const body = isNode(properties) ? properties : make.map(properties, at);
    const shared = Object.fromEntries(SHARED.flatMap((k) => { const n = get(of?.value, k); return n && k === 'Condition' ? [[k, n]] : []; }));
    this.resources.set(id, { key: id, at, value: make.map({ Type: type, ...shared, Properties: body }, at) });
  }

  /** Puts another type and properties in place of a resource, its other attributes kept. */
  replace(entry: Entry, type: string, properties: Fields | Node): void {
    const body = isNode(properties) ? properties : make.map(properties, entry.at);
    const kept = entry.value.kind === 'map' ? entry.value.entries.filter((e) => e.key !== 'Type' && e.key !== 'Properties' && e.key !== 'Connectors') : [];
    const typeAt = entryOf(entry.value, 'Type')?.at ?? entry.at;
    const was = entryOf(entry.value, 'Properties')?.at ?? entry.at;
    this.resources.set(entry.key, { ...entry, value: { kind: 'map', at: entry.value.at, entries: [{ key: 'Type', at: typeAt, value: make.text(type, typeAt) }, ...kept, { key: 'Properties', at: was, value: body }] } });
  }

  /** Changes the properties of a resource of the template; false when there is none of this id. */
  amend(id: string | undefined, change: (properties: MapNode) => MapNode): boolean {
    const entry = id === undefined ? undefined : this.resources.get(id);
    if (!entry || entry.value.kind !== 'map') return false;
    const there = get(entry.value, 'Properties');
    const changed = change(there?.kind === 'map' ? there : make.map({}, entry.at));
    this.resources.set(entry.key, { ...entry, value: { ...entry.value, entries: [...entry.value.entries.filter((e) => e.key !== 'Properties'), { key: 'Properties', at: changed.at, value: changed }] } });
    return true;
  }

  note(message: string, at: Span, subject?: string): void { this.session.problem('unresolved', message, at, subject); }
}

const isNode = (v: Fields | Node): v is Node => typeof (v as Node).kind === 'string' && typeof (v as Node).at === 'object';

/** Logical id that a `Ref` or `GetAtt` names. */
export function namedBy(n: Node | undefined): string | undefined {
  if (n?.kind !== 'call' || (n.name !== 'Ref' && n.name !== 'GetAtt')) return undefined;
  const text = textOf(n.argument) ?? (n.argument.kind === 'list' ? textOf(n.argument.items[0]) : undefined);
  return text?.split('.')[0];
}

/** Only alphanumerics may stand in a logical id. */
export const idPart = (text: string): string => text.replace(/[^A-Za-z0-9]/g, '');

/** Logical id that SAM makes of a prefix and a text that may not stand in an id: the first ten digits of its SHA-1. */
export function idFor(prefix: string, text: string): string {
  if (/^[A-Za-z0-9]+$/.test(text)) return prefix + text;
  return prefix + createHash('sha1').update(text).digest('hex').slice(0, 10);
}

/** Properties under other names; absent ones left out. Lines stay those of the author. */
export function renamed(properties: Node | undefined, names: Readonly<Record<string, string>>): Entry[] {
  return Object.entries(names).flatMap(([from, to]): Entry[] => { const e = entryOf(properties, from); return e ? [{ ...e, key: to }] : []; });
}

export const same = (...names: string[]): Record<string, string> => Object.fromEntries(names.map((n) => [n, n]));

/** A map of tags as the list the provider takes; a list stays. */
export function tagList(tags: Node | undefined): Node | undefined {
  if (tags?.kind !== 'map') return tags;
  return make.list(tags.entries.map((e) => make.map({ Key: e.key, Value: e.value }, e.at)), tags.at);
}

export const entry = (key: string, value: Node | undefined, at?: Span): Entry[] => (value ? [{ key, at: at ?? value.at, value }] : []);
export const mapOf = (entries: Entry[], at: Span): MapNode => ({ kind: 'map', entries, at });
