import { isMap, isScalar, isSeq, parseDocument, visit, type Node } from 'yaml';
import type { Entry, Item } from './tree.ts';

/** One YAML document. Undefined when it has errors. Tagged values are functions, except for texts that say they are texts. */
export function readYaml(text: string): Item | undefined {
  const document = parseDocument(text, { uniqueKeys: false, strict: true, logLevel: 'silent', version: '1.2' });
  if (document.errors.length > 0 || !document.contents) return undefined;
  const named = new Set<string>();
  visit(document, { Alias: (_, alias) => { named.add(alias.source); } });
  return itemOf(document.contents, text, named);
}

function itemOf(n: Node | null, text: string, named: ReadonlySet<string>): Item {
  const [start, end] = n?.range ?? [0, 0];
  const style = isScalar(n) ? 'block' : (n as { flow?: boolean } | null)?.flow ? 'flow' : 'block';
  const range = { start, end: isScalar(n) ? end : Math.max(start, trimmed(text, start, end)) };
  // What an alias names is used elsewhere too.
  if (n && named.has((n as { anchor?: string }).anchor ?? '')) return { kind: 'other', style, ...range, inner: [] };
  const tagged = n?.tag !== undefined && n.tag.startsWith('!');
  if (isSeq(n)) {
    const items = n.items.map((i) => itemOf(i as Node | null, text, named));
    return tagged ? { kind: 'other', style, ...range, inner: items } : { kind: 'list', style, ...range, items };
  }
  if (isMap(n)) {
    const entries = n.items.flatMap((p): Entry[] => {
      const key = p.key as Node | null;
      if (!isScalar(key) || !key.range) return [];
      const value = itemOf(p.value as Node | null, text, named);
      return [{ key: String(key.value), start: key.range[0], end: Math.max(key.range[1], value.end), value, block: false }];
    });
    const map: Item = { kind: 'map', style, ...range, entries };
    return tagged ? { kind: 'other', style, ...range, inner: [map] } : map;
  }
  if (isScalar(n) && !tagged && ['PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'].includes(n.type ?? '') && ['string', 'number', 'boolean'].includes(typeof n.value))
    return { kind: 'scalar', style, ...range, value: n.value as string | number | boolean };
  return { kind: 'other', style, ...range, inner: [] };
}

/** A block of YAML runs on over the empty lines and comments after it; those are not its own. */
function trimmed(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && /\s/.test(text[at - 1]!)) at--;
  return at;
}
