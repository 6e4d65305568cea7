import type { EffectClass, NodeRecord } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';

const EFFECT: Record<EffectClass, number> = { list: 0.5, read: 1, write: 3, delete: 4, execute: 4, invoke: 1, credential: 4, permission: 5, spend: 4, send: 3 };
const LEVEL: Record<string, number> = { public: 1, internal: 2, unknown: 2, confidential: 3, restricted: 4 };

/** Weight of one effect on one thing (model 6.3). Things without a level count as confidential: they are control plane. */
export function weight(effect: EffectClass, asset: NodeRecord | undefined, estate: Estate): number {
  const level = asset === undefined ? 'unknown' : (estate.sensitivity.get(asset.id)?.level ?? (asset.kind === 'DataStore' || asset.kind === 'Secret' ? 'unknown' : 'confidential'));
  return EFFECT[effect] * (LEVEL[level] ?? 2);
}

/** The same for a level as a blast radius shows it. */
export const weightAt = (effect: string, level: string): number => (EFFECT[effect as EffectClass] ?? 0) * (level === 'control plane' ? LEVEL['confidential']! : (LEVEL[level] ?? 2));

const sums = new WeakMap<Estate, Map<string, number>>();

/** Weight of everything an identity may do, each (effect, asset) once. */
export function grantWeight(identity: string, estate: Estate): number {
  let known = sums.get(estate);
  if (!known) sums.set(estate, (known = new Map()));
  let sum = known.get(identity);
  if (sum === undefined) {
    sum = 0;
    for (const [effect, assets] of effectsOf(identity, estate)) for (const id of assets) sum += weight(effect, estate.snapshot.node(id), estate);
    known.set(identity, sum);
  }
  return sum;
}

/** Effects of an identity by class, over its grants. */
export function effectsOf(identity: string, estate: Estate): Map<EffectClass, Set<string>> {
  const out = new Map<EffectClass, Set<string>>();
  for (const g of estate.access.grantsOf(identity)) {
    let set = out.get(g.effect);
    if (!set) out.set(g.effect, (set = new Set()));
    for (const a of g.assets) set.add(a);
  }
  return out;
}
