import type { NodeKind } from '../../../schema/index.ts';
import type { World } from './world.ts';

/** Things whose definition decides what others do. */
export const DEFINITIONS: ReadonlySet<NodeKind> = new Set(['Agent', 'Tool', 'ToolServer', 'Compute', 'Pipeline', 'Repository', 'Artifact', 'Control']);

/** Whether bytes placed in a node get to an agent, a runner or a build: it feeds one, or it feeds a store that does. */
export function carries(world: World, node: number): boolean {
  return world.once('carries', -1, () => {
    const found = new Set<number>();
    const queue: number[] = [];
    const add = (i: number): void => { if (!found.has(i)) { found.add(i); queue.push(i); } };
    for (const e of world.edgesOf('FEEDS')) {
      const end = world.kind(world.to[e]!);
      if (end === 'Agent' || ((end === 'Compute' || end === 'Pipeline') && startsCode(world, e))) add(world.from[e]!);
    }
    for (const e of world.edgesOf('BUILT_FROM')) if (isTaken(world, world.to[e]!)) add(world.to[e]!);
    for (let at = 0; at < queue.length; at++) for (const e of world.in('FEEDS', queue[at]!)) add(world.from[e]!);
    return found;
  }).has(node);
}

/** A checkout or restore brings the bytes into the code's own folder; a trigger alone only starts it. */
export const startsCode = (world: World, feeds: number): boolean => { const mode = world.edgeProp<string>(feeds, 'mode'); return mode === 'checkout' || mode === 'restore'; };

/** Whether what is built from an artifact takes new bytes: not when it is pinned by digest. */
export const isTaken = (world: World, artifact: number): boolean => world.prop(artifact, 'pinned') !== true;

/** The accounts a node is in, else whatever scopes it is in, else the node itself. */
export function scopesOf(world: World, node: number): readonly number[] {
  return world.once('scopesOf', node, () => {
    if (world.kind(node) === 'Scope') return [node];
    const scopes = [...new Set([...world.out('IN_SCOPE', node)].map((e) => world.to[e]!))].sort((a, b) => a - b);
    const accounts = scopes.filter((s) => world.prop(s, 'scopeType') === 'account');
    return accounts.length > 0 ? accounts : scopes.length > 0 ? scopes : [node];
  });
}

/** Branch protection may stop a change; unless it is known to be off, that is a condition. */
export const protection = (world: World, node: number): string[] =>
  world.kind(node) === 'Repository' && world.prop(node, 'branchProtection') !== false ? [`branch protection of ${world.node(node).name} lets the change through`] : [];
