import { escapePointer } from '../../json-lines.ts';
import { parseTemplate } from '../syntax/parse.ts';
import type { Node, Span } from '../syntax/node.ts';

/** Visits the parts of a JSON document that stands in a literal block, each with its lines in the file. */
export function embedded(n: Node, pointer: string, visit: (at: Span, pointer: string) => void): void {
  if (n.kind !== 'scalar' || n.body === undefined || typeof n.value !== 'string' || !/^\s*\{/.test(n.value)) return;
  const first = n.body - 1;
  const { file } = n.at;
  const walk = (x: Node, where: string): void => {
    const inside = (at: Span, p: string, value: Node): void => { visit({ file, start: at.start + first, end: at.end + first }, p); walk(value, p); };
    if (x.kind === 'map') for (const e of x.entries) inside(e.at, `${where}/${escapePointer(e.key)}`, e.value);
    else if (x.kind === 'list') x.items.forEach((i, k) => inside(i.at, `${where}/${k}`, i));
  };
  const { root, problems } = parseTemplate(n.value, file);
  if (root && problems.length === 0) walk(root, pointer);
}
