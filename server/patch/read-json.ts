import { parseTree, type Node, type ParseError } from 'jsonc-parser';
import type { Item } from './tree.ts';

/** JSON, with comments and trailing commas. `at`: where the text begins in its file. Undefined when it is not JSON. */
export function readJson(text: string, at = 0): Item | undefined {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  return root && errors.length === 0 ? itemOf(root, at) : undefined;
}

function itemOf(n: Node, at: number): Item {
  const range = { start: at + n.offset, end: at + n.offset + n.length };
  if (n.type === 'array') return { kind: 'list', style: 'json', ...range, items: (n.children ?? []).map((c) => itemOf(c, at)) };
  if (n.type !== 'object') return { kind: 'scalar', style: 'json', ...range, value: (n.value ?? null) as string | number | boolean | null };
  return {
    kind: 'map', style: 'json', ...range,
    entries: (n.children ?? []).flatMap((p) => { const [k, v] = p.children ?? []; return k && v ? [{ key: String(k.value), start: at + p.offset, end: at + p.offset + p.length, value: itemOf(v, at), block: false }] : []; }),
  };
}
