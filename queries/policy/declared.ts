import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { stableHash, type EdgeRecord, type EffectClass } from '../../schema/index.ts';
import type { Grant } from './types.ts';

/**
 * Grants that stand in the inventory as CAN edges: what an account outside every policy that is read may do. One grant for each edge and effect,
 * so that each keeps the line of its cause; they are joined with the compiled ones.
 */
export function declaredGrants(snapshot: GraphSnapshot): ReadonlyMap<string, readonly Grant[]> {
  const found = new Map<string, Grant[]>();
  for (const e of snapshot.edges) {
    if (e.kind !== 'CAN' || snapshot.node(e.to) === undefined) continue;
    const grants = ((e.props['effects'] as EffectClass[] | undefined) ?? []).map((effect) => grantOf(e, effect));
    const before = found.get(e.from);
    if (before) before.push(...grants);
    else found.set(e.from, grants);
  }
  return found;
}

function grantOf(e: EdgeRecord, effect: EffectClass): Grant {
  const actions = (e.props['actions'] as string[] | undefined) ?? [];
  return { key: stableHash('declared', effect, e.verdict, e.requires.join('\u0001'), actions.join(), e.to), effect, assets: [e.to], actions, verdict: e.verdict, requires: e.requires, evidence: e.evidence };
}
