import { plain, type Block, type Inline } from './document.ts';

interface Node { type: string; [key: string]: unknown }
const text = (t: string, marks?: Node[]): Node => ({ type: 'text', text: plain(t) || ' ', ...(marks && { marks }) });
// Code and link may not stand on one text in this format.
const inline = (parts: readonly Inline[]): Node[] => parts.filter((p) => p !== '').map((p) => (typeof p === 'string' ? text(p) : 'strong' in p ? text(p.strong, [{ type: 'strong' }]) : text(p.code, [p.href === undefined ? { type: 'code' } : { type: 'link', attrs: { href: p.href } }])));
const paragraph = (parts: readonly Inline[]): Node => ({ type: 'paragraph', content: inline(parts) });
const items = (list: readonly (readonly Inline[])[]): Node[] => list.map((x) => ({ type: 'listItem', content: [paragraph(x)] }));

function node(b: Block): Node {
  if ('heading' in b) return { type: 'heading', attrs: { level: 2 }, content: [text(b.heading)] };
  if ('paragraph' in b) return paragraph(b.paragraph);
  if ('bullets' in b) return { type: 'bulletList', content: items(b.bullets) };
  if ('numbered' in b) return { type: 'orderedList', content: items(b.numbered) };
  return { type: 'codeBlock', attrs: { language: b.language }, content: [{ type: 'text', text: b.source }] };
}

/** Atlassian's document format as JSON text. Text nodes hold text, whatever is in it. `marker`: a line that is folded away. */
export const adfOf = (blocks: readonly Block[], marker: string): string => JSON.stringify({
  type: 'doc', version: 1,
  content: [...blocks.map(node), { type: 'expand', attrs: { title: 'Kept by overreach: leave this in' }, content: [{ type: 'paragraph', content: [{ type: 'text', text: marker }] }] }],
});

/** All text of a document, in order. */
export function adfText(value: unknown): string {
  if (Array.isArray(value)) return value.map(adfText).join('\n');
  if (typeof value !== 'object' || value === null) return '';
  const n = value as { text?: unknown; content?: unknown };
  return typeof n.text === 'string' ? n.text : adfText(n.content);
}
