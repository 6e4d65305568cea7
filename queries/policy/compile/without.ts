import { stableHash } from '../../../schema/index.ts';
import type { Grant } from '../types.ts';
import { grantKey } from './grants.ts';

/** Grants without assets that do not count any more, as they would have been written: what is left of one may be about the same as another, and both are one then. */
export function without(grants: readonly Grant[], gone: ReadonlySet<string>): readonly Grant[] {
  const isLess = (g: Grant): boolean => lessOf(g.assets, gone) !== g.assets;
  if (gone.size === 0 || !grants.some(isLess)) return grants;
  const out = new Map<string, Grant[]>();
  for (const g of grants) {
    const assets = lessOf(g.assets, gone);
    if (assets.length === 0) continue;
    const key = [g.effect, g.verdict, g.requires.join('\u0001'), assets.join('\u0001')].join('\u0002');
    const same = out.get(key);
    if (same) same.push(g);
    else out.set(key, [g]);
  }
  return [...out.values()].map((same) => (same.length === 1 && !isLess(same[0]!) ? same[0]! : joined(same, lessOf(same[0]!.assets, gone))));
}

function joined(grants: readonly Grant[], assets: readonly string[]): Grant {
  const first = grants[0]!;
  const { effect, verdict, requires } = first;
  const actions = grants.length === 1 ? first.actions : [...new Set(grants.flatMap((g) => g.actions))].sort();
  return { effect, verdict, requires, assets, actions, key: grantKey(effect, verdict, requires, actions, stableHash(...assets)), get evidence() { return first.evidence; } };
}

/** By list of assets, which grants share, and what is gone. */
const known = new WeakMap<readonly string[], WeakMap<ReadonlySet<string>, readonly string[]>>();

function lessOf(assets: readonly string[], gone: ReadonlySet<string>): readonly string[] {
  let byGone = known.get(assets);
  if (!byGone) known.set(assets, (byGone = new WeakMap()));
  let less = byGone.get(gone);
  if (!less) byGone.set(gone, (less = assets.some((a) => gone.has(a)) ? assets.filter((a) => !gone.has(a)) : assets));
  return less;
}
