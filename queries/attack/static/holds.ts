import { waysFrom, type Way } from './ways.ts';
import type { World } from './world.ts';

/** An identity that what a node holds lets one act as. */
export interface Opened { identity: number; edges: readonly number[]; ipRestricted: boolean; senderConstrained: boolean }

/** Credentials in a node, through the secrets it holds, and the identities they authenticate as. */
export function opens(world: World, node: number): readonly Opened[] {
  return world.once('opens', node, () => {
    const places: Way[] = [{ node, edges: [] }, ...waysFrom(world, node, (n) => [...world.out('HOLDS', n)].filter((e) => world.kind(world.to[e]!) !== 'Credential').map((e) => [e, world.to[e]!] as const))];
    return places.flatMap((p) => [...world.out('HOLDS', p.node)].flatMap((h) => {
      const held = world.to[h]!;
      if (world.kind(held) !== 'Credential') return [];
      const limits = { ipRestricted: world.prop(held, 'ipRestricted') === true, senderConstrained: world.prop(held, 'senderConstrained') === true };
      return [...world.out('AUTHENTICATES_AS', held)].filter((a) => world.kind(world.to[a]!) === 'Identity').map((a) => ({ identity: world.to[a]!, edges: [...p.edges, h, a], ...limits }));
    }));
  });
}
