import { parse, TomlError } from 'smol-toml';
import { ProblemError } from '../../problem.ts';
import { parseJsonTree, type JsonTree } from '../json-tree.ts';

/**
 * A TOML document as a JSON tree. The parser gives no places, so lines are found again in the text: of the table header and of the key
 * below it. Throws ProblemError with line and column when the text is not TOML.
 */
export function parseTomlTree(text: string, file: string): JsonTree {
  let value: unknown;
  try {
    value = parse(text, { integersAsBigInt: 'asNeeded' });
  } catch (error) {
    if (error instanceof TomlError) throw new ProblemError('parse-error', `not valid TOML: ${error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '')}`, { source: 'mcp', file, startLine: error.line, startColumn: error.column });
    throw error;
  }
  const lines = tomlLines(text);
  const json = JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? v.toString() : v), 0);
  const tree = parseJsonTree(json, { source: 'mcp', file });
  const pointers = pointersByOffset(tree);
  return { ...tree, lineOf: (offset) => nearest(lines, pointers.get(offset) ?? '') };
}

/** Dotted path as JSON pointer → line, for table headers and keys. */
function tomlLines(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  let table = '';
  text.split('\n').forEach((line, i) => {
    const header = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?$/.exec(line);
    if (header) lines.set((table = pathOf(header[1]!)), i + 1);
    const key = /^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=/.exec(line);
    if (key && !lines.has(table + pathOf(key[1]!))) lines.set(table + pathOf(key[1]!), i + 1);
  });
  return lines;
}

const pathOf = (dotted: string): string => [...dotted.matchAll(/"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)/g)].map((m) => `/${(m[1] ?? m[2] ?? m[3]!).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

function pointersByOffset(tree: JsonTree): Map<number, string> {
  const out = new Map<number, string>();
  const visit = (node: JsonTree['root'], pointer: string): void => {
    if (!node) return;
    if (!out.has(node.offset)) out.set(node.offset, pointer);
    if (node.type === 'property') {
      const [k, v] = node.children ?? [];
      const at = `${pointer}/${String(k?.value).replaceAll('~', '~0').replaceAll('/', '~1')}`;
      out.set(node.offset, at);
      if (k) out.set(k.offset, at);
      visit(v, at);
    } else node.children?.forEach((c, i) => visit(c, node.type === 'array' ? `${pointer}/${i}` : pointer));
  };
  visit(tree.root, '');
  return out;
}

function nearest(lines: ReadonlyMap<string, number>, pointer: string): number {
  for (let p = pointer; p; p = p.slice(0, p.lastIndexOf('/'))) {
    const line = lines.get(p);
    if (line !== undefined) return line;
  }
  return 1;
}
