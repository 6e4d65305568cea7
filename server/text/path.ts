import { showHoles, type AttackPath } from '../../schema/index.ts';
import { capability, hopSource, mark } from './hops.ts';
import { columns, type Painter } from './style.ts';

/** A path hop by hop: number, verdict, capability, source, why. */
export function pathLines(path: AttackPath, p: Painter, width: number): string[] {
  const rows = path.hops.map((h, i) => [`${i + 1}`, mark(h.verdict), capability(h), hopSource(h), h.says]);
  const budget = Math.max(40, width - 66);
  const lines = columns(rows, [3, 1, Math.floor(budget * 0.6), 62, Math.floor(budget * 0.7)], (c, _, i) => (i >= 3 ? p.dim(c) : c)).map((l) => '  ' + l);
  return [p.dim(`  ${path.start.says}`), ...lines, ...(path.requires.length > 0 ? [p.dim(`  holds if: ${path.requires.map(showHoles).join(' · ')}`)] : [])];
}
