import type { EffectClass } from '../../../schema/index.ts';
import { AUD, canBeVisible, canGoOn, code, type Aud } from '../facts.ts';
import { carries, DEFINITIONS } from '../static/content.ts';
import type { World } from '../static/world.ts';

/** Whether an effect on an asset goes on to a fact with an audience. */
const goesOn = (world: World, e: EffectClass, asset: number): boolean => {
  if (!canGoOn(e)) return false;
  return world.once(`goesOn ${e}`, asset, () => {
    if (e === 'execute' || e === 'invoke') return true;
    return carries(world, asset) || DEFINITIONS.has(world.kind(asset)) || world.out('CONTAINS', asset).length > 0;
  });
};

/** EFFECT(asset, class): the audience is kept only where the effect goes on, visibility only where a result can come back. */
export const effectCode = (world: World, e: EffectClass, asset: number, aud: Aud, visible: boolean): number =>
  code.effect(e, aud === AUD.nobody || goesOn(world, e, asset) ? aud : AUD.public, visible && canBeVisible(e));
