import { attackQueries } from '../attack/index.ts';
import { rowsOf } from '../findings/rows.ts';
import { strength } from '../findings/starts.ts';
import { proofOf, type Pass } from './prove.ts';

/**
 * What a graph lets be done that could not be done before. An agent that nobody reaches any more is asked what it does when it is steered, which
 * nobody had asked before: what it could do then as well is nothing new.
 */
export function openedOver(base: Pass): (after: Pass) => string[] {
  const before = new Map<string, ReadonlySet<string>>();
  const steered = (agent: string): ReadonlySet<string> => {
    let rows = before.get(agent);
    if (!rows) before.set(agent, (rows = new Set(rowsOf(attackQueries(base.attack), { from: [{ agent }], own: true }, base.attack.world.estate).map((r) => r.key))));
    return rows;
  };
  return (after) => proofOf(base, after).opens.filter((key) => {
    const subject = base.stored.node(key.split('|')[0]!);
    return after.rows.get(key) !== strength('steered') || subject?.kind !== 'Agent' || !steered(subject.id).has(key);
  });
}
