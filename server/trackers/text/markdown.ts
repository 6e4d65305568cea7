import { escape } from '../../formats/markdown.ts';
import { plain, type Block, type Inline } from './document.ts';

const span = (text: string): string => `\`${plain(text).replace(/`/g, "'") || ' '}\``;
const inline = (parts: readonly Inline[]): string => parts.map((p) => (typeof p === 'string' ? escape(plain(p)) : 'strong' in p ? `**${escape(plain(p.strong))}**` : p.href === undefined ? span(p.code) : `[${span(p.code)}](${p.href})`)).join('');

/** GitHub's Markdown. */
export const markdownOf = (blocks: readonly Block[]): string => blocks.map((b) => {
  if ('heading' in b) return `## ${escape(plain(b.heading))}`;
  if ('paragraph' in b) return inline(b.paragraph);
  if ('bullets' in b) return b.bullets.map((x) => `- ${inline(x)}`).join('\n');
  if ('numbered' in b) return b.numbered.map((x, i) => `${i + 1}. ${inline(x)}`).join('\n');
  return fenced(b.source, b.language);
}).join('\n\n');

/** A fence that the text in it cannot end. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((m) => m[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}
