import type { World } from './world.ts';

/** An identity a tool acts as, and the edges that say so. `onBehalf`: the rights are the session user's, not its own. */
export interface Executor { identity: number; onBehalf: boolean; edges: readonly number[] }

/** What a tool or server says itself: its own identity, and what its credentials authenticate as. */
function stated(world: World, node: number, uses: readonly string[]): Executor[] {
  const found: Executor[] = [];
  for (const e of world.out('RUNS_AS', node)) if (uses.includes(world.edgeProp<string>(e, 'for') ?? 'tool')) found.push({ identity: world.to[e]!, onBehalf: false, edges: [e] });
  for (const e of world.out('USES_CREDENTIAL', node)) {
    const delegation = world.edgeProp<string>(e, 'delegation') ?? 'service';
    for (const a of world.out('AUTHENTICATES_AS', world.to[e]!))
      if (world.kind(world.to[a]!) === 'Identity') found.push({ identity: world.to[a]!, onBehalf: delegation !== 'service', edges: [e, a] });
  }
  return found;
}

/** Servers of a tool, nearest first, with the edges on the way. */
export function serversOf(world: World, tool: number): { server: number; edges: number[] }[] {
  return world.once('serversOf', tool, () => {
    const found: { server: number; edges: number[] }[] = [];
    const seen = new Set<number>([tool]);
    const queue: { server: number; edges: number[] }[] = [{ server: tool, edges: [] }];
    for (let at = 0; at < queue.length; at++)
      for (const e of world.out('PROVIDED_BY', queue[at]!.server)) {
        const server = world.to[e]!;
        if (seen.has(server)) continue;
        seen.add(server);
        const next = { server, edges: [...queue[at]!.edges, e] };
        found.push(next);
        queue.push(next);
      }
    return found;
  });
}

/** Tools a server provides, through servers it provides itself. */
export function toolsOf(world: World, server: number): { tool: number; edges: number[] }[] {
  return world.once('toolsOf', server, () => {
    const found: { tool: number; edges: number[] }[] = [];
    const seen = new Set<number>([server]);
    const queue: { node: number; edges: number[] }[] = [{ node: server, edges: [] }];
    for (let at = 0; at < queue.length; at++)
      for (const e of world.in('PROVIDED_BY', queue[at]!.node)) {
        const node = world.from[e]!;
        if (seen.has(node)) continue;
        seen.add(node);
        const edges = [...queue[at]!.edges, e];
        if (world.kind(node) === 'Tool') found.push({ tool: node, edges });
        else queue.push({ node, edges });
      }
    return found;
  });
}

/**
 * Executing identities of a tool: its own, else its server's, else those of the code behind it. The role of the agent is never one of them
 * (law L2), and a gateway's own role, which only invokes, is `for: service`.
 */
export function executorsOf(world: World, tool: number): readonly Executor[] {
  return world.once('executorsOf', tool, () => {
    const own = stated(world, tool, ['tool']);
    if (own.length > 0) return own;
    const places = [{ server: tool, edges: [] as number[] }, ...serversOf(world, tool)];
    for (const p of places.slice(1)) {
      const found = stated(world, p.server, ['tool']);
      if (found.length > 0) return found.map((x) => ({ ...x, edges: [...p.edges, ...x.edges] }));
    }
    for (const p of places) {
      const found: Executor[] = [];
      for (const i of world.out('IMPLEMENTED_BY', p.server))
        for (const r of codeIdentities(world, world.to[i]!)) found.push({ identity: world.to[r]!, onBehalf: false, edges: [...p.edges, i, r] });
      if (found.length > 0) return found;
    }
    return [];
  });
}

/** `RUNS_AS{code}` edges of a compute or pipeline. */
export const codeIdentities = (world: World, node: number): number[] => [...world.out('RUNS_AS', node)].filter((e) => (world.edgeProp<string>(e, 'for') ?? 'code') === 'code');

export const actsOnBehalf = (world: World, tool: number): boolean => executorsOf(world, tool).some((x) => x.onBehalf);
