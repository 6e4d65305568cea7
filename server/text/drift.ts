import { showHoles, showSource, type Comparison, type PostureRow } from '../../schema/index.ts';
import { escape } from '../formats/markdown.ts';

const LISTED = 20;
/** Rules that speak of two sides: where code and live part, and what grew. */
const WORD: Readonly<Record<string, string>> = { 'AGT-006': 'drift', 'AGT-057': 'growth' };

const rowsOf = (c: Comparison): PostureRow[] => c.postureOpened.filter((p) => WORD[p.rule] !== undefined);
const open = (p: PostureRow): string => (p.verdict === 'unknown' ? ` (unknown: if ${p.requires.join('; ')})` : '');
const place = (p: PostureRow): string => p.evidence.map((e) => showSource(e.source)).find((s) => s !== '') ?? '';

export const driftLines = (c: Comparison): string[] => {
  const rows = rowsOf(c);
  return [...rows.slice(0, LISTED).map((p) => `${WORD[p.rule]!.padEnd(13)} ${p.severity.padEnd(9)} ${showHoles(p.node.name)}: ${showHoles(p.detail)}${open(p)}${place(p) ? ` (${place(p)})` : ''}`), ...(rows.length > LISTED ? [`drift         … and ${rows.length - LISTED} more`] : [])];
};

export function driftMarkdown(c: Comparison, heading = '##'): string {
  const rows = rowsOf(c);
  if (rows.length === 0) return '';
  return [`${heading} Drift and growth`, '', '| what | severity | where | detail | at |', '|---|---|---|---|---|', ...rows.slice(0, LISTED).map((p) => `| ${WORD[p.rule]} (${p.rule}) | ${p.severity} | ${escape(p.node.name)} | ${escape(p.detail + open(p))} | ${place(p) ? `\`${place(p).replace(/`/g, '')}\`` : ''} |`), ...(rows.length > LISTED ? ['', `… and ${rows.length - LISTED} more`] : []), '', ''].join('\n');
}
