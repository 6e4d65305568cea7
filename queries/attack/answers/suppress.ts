import { verdictRank, type EffectClass, type Verdict } from '../../../schema/index.ts';
import type { AttackGraph } from '../graph.ts';
import type { Start } from '../query.ts';

/** Whether the start may hold anything without an agent. */
export const mayHold = (start: Start): boolean => 'principal' in start || ('class' in start && start.class === 'E0');

/** Law L7: what the start holds without any agent is no deed. For a principal its own permissions, at least as sure; for E0 a public asset's content. */
export function holdsAlready(g: AttackGraph, start: Start, asset: number, effect: EffectClass, verdict: Verdict): boolean {
  const id = g.world.node(asset).id;
  if ('class' in start) return start.class === 'E0' && (effect === 'read' || effect === 'list') && g.world.estate.sensitivity.get(id)?.level === 'public';
  if (!('principal' in start)) return false;
  const p = g.world.index(start.principal);
  if (p === undefined) return false;
  const own = g.world.once('ownEffects', p, () => {
    const best = new Map<string, Verdict>();
    for (const grant of g.world.estate.access.grantsOf(start.principal))
      for (const a of grant.assets) {
        const key = `${grant.effect} ${a}`;
        const known = best.get(key);
        if (!known || verdictRank(grant.verdict) < verdictRank(known)) best.set(key, grant.verdict);
      }
    return best;
  });
  const held = own.get(`${effect} ${id}`);
  return held !== undefined && verdictRank(held) <= verdictRank(verdict);
}
