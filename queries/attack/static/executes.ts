import { waysFrom, type Near } from './ways.ts';
import type { World } from './world.ts';

/** An identity a tool acts as, and the edges that say so. `onBehalf`: the rights are the session user's, not its own. */
export interface Executor { identity: number; onBehalf: boolean; edges: readonly number[] }

/** What a tool or server says itself: its own identity, and what its credentials authenticate as. */
function stated(world: World, node: number): Executor[] {
  const found: Executor[] = [];
  for (const e of world.out('RUNS_AS', node)) if ((world.edgeProp<string>(e, 'for') ?? 'tool') === 'tool') found.push({ identity: world.to[e]!, onBehalf: false, edges: [e] });
  for (const e of world.out('USES_CREDENTIAL', node)) {
    const delegation = world.edgeProp<string>(e, 'delegation') ?? 'service';
    for (const a of world.out('AUTHENTICATES_AS', world.to[e]!))
      if (world.kind(world.to[a]!) === 'Identity') found.push({ identity: world.to[a]!, onBehalf: delegation !== 'service', edges: [e, a] });
  }
  return found;
}

/** Identities of the code behind a tool or server. */
const behind = (world: World, node: number): Executor[] =>
  [...world.out('IMPLEMENTED_BY', node)].flatMap((i) => codeIdentities(world, world.to[i]!).map((r) => ({ identity: world.to[r]!, onBehalf: false, edges: [i, r] })));

/** Servers of a tool, nearest first, with the edges on the way. */
export const serversOf = (world: World, tool: number): readonly Near[] =>
  world.once('serversOf', tool, () => waysFrom(world, tool, (n) => [...world.out('PROVIDED_BY', n)].map((e) => [e, world.to[e]!] as const)));

/** Tools a server provides, through servers it provides itself. */
export const toolsOf = (world: World, server: number): readonly Near[] =>
  world.once('toolsOf', server, () => waysFrom(world, server, (n) => (world.kind(n) === 'Tool' ? [] : [...world.in('PROVIDED_BY', n)].map((e) => [e, world.from[e]!] as const))).filter((w) => world.kind(w.node) === 'Tool'));

/**
 * Executing identities of a tool: its own, else its server's, else those of the code behind it. The role of the agent is never one of them
 * (law L2), and a gateway's own role, which only invokes, is `for: service`. Servers at one distance all count.
 */
export function executorsOf(world: World, tool: number): readonly Executor[] {
  return world.once('executorsOf', tool, () => {
    const places: readonly Near[] = [{ node: tool, edges: [], distance: 0 }, ...serversOf(world, tool)];
    for (const says of [stated, behind]) {
      let nearest: number | undefined;
      const found: Executor[] = [];
      for (const p of places) {
        if (nearest !== undefined && p.distance > nearest) break;
        for (const x of says(world, p.node)) { nearest = p.distance; found.push({ ...x, edges: [...p.edges, ...x.edges] }); }
      }
      if (found.length > 0) return found;
    }
    return [];
  });
}

/** `RUNS_AS{code}` edges of a compute or pipeline. */
export const codeIdentities = (world: World, node: number): number[] => [...world.out('RUNS_AS', node)].filter((e) => (world.edgeProp<string>(e, 'for') ?? 'code') === 'code');

export const actsOnBehalf = (world: World, tool: number): boolean => executorsOf(world, tool).some((x) => x.onBehalf);
