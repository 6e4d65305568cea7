import { showHoles } from '../../../schema/index.ts';

/** A run of text. Plain strings are words of anybody and never become markup; `href` is an address that we made. */
export type Inline = string | { strong: string } | { code: string; href?: string };
/** What a ticket says, before any tracker's markup. `source` is shown as it is. */
export type Block = { heading: string } | { paragraph: readonly Inline[] } | { bullets: readonly (readonly Inline[])[] } | { numbered: readonly (readonly Inline[])[] } | { source: string; language: string };

const TOO_LONG = 'The patch is too long for this ticket: overreach fixes --patch writes it.';
const LIST = 10;

/** The text in a tracker's markup, within its limit of characters: first the longest patches go, then the ends of lists. */
export function fit(blocks: readonly Block[], render: (blocks: readonly Block[]) => string, limit: number): string {
  let left = [...blocks];
  let text = render(left);
  while (text.length > limit) {
    const longest = left.reduce<number>((best, b, i) => ('source' in b && (best < 0 || b.source.length > (left[best] as { source: string }).source.length) ? i : best), -1);
    if (longest < 0) break;
    left = left.map((b, i) => (i === longest ? { paragraph: [TOO_LONG] } : b));
    text = render(left);
  }
  const cut = <T>(list: readonly T[]): readonly (T | string[])[] => (list.length <= LIST ? list : [...list.slice(0, LIST), [`… and ${list.length - LIST} more`]]);
  if (text.length > limit) text = render(left.map((b) => ('bullets' in b ? { bullets: cut(b.bullets) } : 'numbered' in b ? { numbered: cut(b.numbered) } : b) as Block));
  while (text.length > limit && left.length > 1) { left = left.slice(0, -1); text = render(left); }
  return text;
}

/** On one line, without characters that are invisible or turn text around. */
export const plain = (s: string): string => showHoles(s).replace(/[\r\n\t]+/g, ' ').replace(/(?!\u200b)[\p{Cc}\p{Cf}]/gu, '');
