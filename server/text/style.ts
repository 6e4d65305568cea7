import { styleText } from 'node:util';
import type { Severity } from '../../schema/index.ts';

const COLOR: Record<Severity, Parameters<typeof styleText>[0]> = { critical: ['bold', 'red'], high: 'red', medium: 'yellow', low: 'cyan', info: 'gray' };

/** Paints only when asked to: the caller knows about TTY, NO_COLOR and CI. */
export const painter = (color: boolean) => {
  const paint = (style: Parameters<typeof styleText>[0], s: string): string => (color ? styleText(style, s, { validateStream: false }) : s);
  return { severity: (s: Severity, text: string = s): string => paint(COLOR[s], text), bold: (s: string): string => paint('bold', s), dim: (s: string): string => paint('dim', s), paint };
};
export type Painter = ReturnType<typeof painter>;

const ANSI = new RegExp(String.fromCharCode(27) + '\\[[0-9;]*m', 'g');
export const width = (s: string): number => s.replace(ANSI, '').length;

/** Cuts plain text to n columns with an ellipsis. */
export const cut = (s: string, n: number): string => (s.length <= n ? s : s.slice(0, Math.max(0, n - 1)) + '…');

/** Left-aligned columns, two spaces apart, as wide as their widest cell; `max` cuts a column. Cells must not be painted before they are cut. */
export function columns(rows: readonly (readonly string[])[], max: readonly number[] = [], paint?: (cell: string, row: number, column: number) => string): string[] {
  const cells = rows.map((r) => r.map((c, i) => cut(c, max[i] ?? 1000)));
  const wide: number[] = [];
  for (const r of cells) r.forEach((c, i) => { wide[i] = Math.max(wide[i] ?? 0, c.length); });
  return cells.map((r, y) => r.map((c, i) => { const s = i === r.length - 1 ? c : c.padEnd(wide[i]!); return paint ? paint(s, y, i) : s; }).join('  ').trimEnd());
}
