import type { Match } from './config.ts';

/** How narrowly a selector points: an id beats an address, a name, tags, and a bare kind. */
export function specificity(match: Partial<Match>): number {
  const exact = (s: string | undefined, weight: number): number => (s === undefined ? 0 : s.includes('*') ? weight / 2 : weight);
  return exact(match.id, 64) + exact(match.address, 32) + exact(match.name, 16) + 2 * Object.keys(match.tags ?? {}).length + (match.kind ? 1 : 0);
}
