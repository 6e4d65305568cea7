import { waysFrom, type Way } from './ways.ts';
import type { World } from './world.ts';

/** An identity that what a node holds lets one act as. */
export interface Opened { identity: number; edges: readonly number[]; ipRestricted: boolean; senderConstrained: boolean }

/** A machine that what a node holds logs in to, or the stores behind a database endpoint that takes it. */
export interface Entered { compute?: number; stores: readonly number[]; edges: readonly number[] }

/** Logins in a node, through the secrets it holds. */
export function enters(world: World, node: number): readonly Entered[] {
  return world.once('enters', node, () => held(world, node).flatMap(({ credential, edges }) => {
    if (world.prop(credential, 'ipRestricted') === true) return [];
    return [...world.out('AUTHENTICATES_AS', credential)].flatMap((a): Entered[] => {
      const to = world.to[a]!;
      if (world.kind(to) === 'Compute') return [{ compute: to, stores: [], edges: [...edges, a] }];
      if (world.kind(to) !== 'Endpoint' || world.prop(to, 'auth') !== 'database') return [];
      return [...world.out('ROUTES_TO', to)].filter((r) => world.kind(world.to[r]!) === 'DataStore').map((r) => ({ stores: [world.to[r]!], edges: [...edges, a, r] }));
    });
  }));
}

/** Credentials in a node, through the secrets it holds, and the identities they authenticate as. */
export function opens(world: World, node: number): readonly Opened[] {
  return world.once('opens', node, () => {
    return held(world, node).flatMap(({ credential, edges }) => {
      const limits = { ipRestricted: world.prop(credential, 'ipRestricted') === true, senderConstrained: world.prop(credential, 'senderConstrained') === true };
      return [...world.out('AUTHENTICATES_AS', credential)].filter((a) => world.kind(world.to[a]!) === 'Identity').map((a) => ({ identity: world.to[a]!, edges: [...edges, a], ...limits }));
    });
  });
}

/** Credentials in a node and in the secrets it holds, with the edges that lead to them. */
function held(world: World, node: number): { credential: number; edges: readonly number[] }[] {
  const places: Way[] = [{ node, edges: [] }, ...waysFrom(world, node, (n) => [...world.out('HOLDS', n)].filter((e) => world.kind(world.to[e]!) !== 'Credential').map((e) => [e, world.to[e]!] as const))];
  return places.flatMap((p) => [...world.out('HOLDS', p.node)].filter((h) => world.kind(world.to[h]!) === 'Credential').map((h) => ({ credential: world.to[h]!, edges: [...p.edges, h] })));
}
