import type { AttackGraph } from '../graph.ts';
import { matchFacts } from '../match.ts';
import type { Start } from '../query.ts';

/** Vertices a start stands on; none when the agent or principal is not in the estate. */
export function startVertices(g: AttackGraph, s: Start): number[] {
  if ('class' in s) return [g.starts.entry.get(s.class)!];
  if ('facts' in s) return [...matchFacts(g, s.facts).entries()].flatMap(([v, hit]) => (hit ? [v] : []));
  const i = g.world.index('agent' in s ? s.agent : s.principal);
  const v = i === undefined ? undefined : 'agent' in s ? g.starts.agents.get(i) : g.starts.principals.get(i);
  return v === undefined ? [] : [v];
}
