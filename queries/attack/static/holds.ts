import type { World } from './world.ts';

/** An identity that what a node holds lets one act as. */
export interface Opened { identity: number; edges: readonly number[]; ipRestricted: boolean; senderConstrained: boolean }

/** Credentials in a node, through the secrets it holds, and the identities they authenticate as. */
export function opens(world: World, node: number): readonly Opened[] {
  return world.once('opens', node, () => {
    const found: Opened[] = [];
    const seen = new Set<number>([node]);
    const queue: { at: number; edges: number[] }[] = [{ at: node, edges: [] }];
    for (let q = 0; q < queue.length; q++)
      for (const e of world.out('HOLDS', queue[q]!.at)) {
        const held = world.to[e]!;
        const edges = [...queue[q]!.edges, e];
        if (world.kind(held) === 'Credential')
          for (const a of world.out('AUTHENTICATES_AS', held)) {
            if (world.kind(world.to[a]!) !== 'Identity') continue;
            found.push({ identity: world.to[a]!, edges: [...edges, a], ipRestricted: world.prop(held, 'ipRestricted') === true, senderConstrained: world.prop(held, 'senderConstrained') === true });
          }
        else if (!seen.has(held)) { seen.add(held); queue.push({ at: held, edges }); }
      }
    return found;
  });
}
