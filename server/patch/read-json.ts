import { parseTree, type Node, type ParseError } from 'jsonc-parser';
import type { Item } from './tree.ts';

/** JSON, with comments and trailing commas. `at`: where the text begins in its file. Undefined when it is not JSON. */
export function readJson(text: string, at = 0): Item | undefined {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  return root && errors.length === 0 ? itemOf(root, at) : undefined;
}

/**
 * JSON that a template makes: directives count as white space, and what is put in outside of texts as one value. Everything keeps its place, so
 * edits fit the template; a part that a loop repeats is there once.
 */
export function readTemplate(text: string, at = 0): Item | undefined {
  return readJson(text, at) ?? readJson(masked(text), at);
}

function masked(text: string): string {
  let out = '';
  let inText = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    const opens = (c === '$' || c === '%') && text[i + 1] === '{' && text[i - 1] !== c;
    const end = opens && (!inText || c === '%') ? closing(text, i + 2) : -1;
    if (end > 0) {
      const length = end - i;
      out += inText ? 'x'.repeat(length) : c === '$' ? 'null'.padEnd(length) : text.slice(i, end).replace(/[^\n\r]/g, ' ');
      i = end - 1;
      continue;
    }
    if (inText && c === '\\') { out += c + (text[++i] ?? ''); continue; }
    if (c === '"') inText = !inText;
    out += c;
  }
  return out;
}

/** Behind the brace that closes what was opened before `from`; -1: none does. */
function closing(text: string, from: number): number {
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) return i + 1;
  }
  return -1;
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
