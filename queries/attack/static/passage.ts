import type { Grant } from '../../policy/types.ts';
import { serversOf } from './executes.ts';
import type { World } from './world.ts';

/**
 * Assets of a grant that a tool's requests get to. Code in a VPC reaches a service through its endpoint there, and the endpoint's policy may
 * let less through than the identity may do; whoever carries the credential off goes another way, so this bounds tools only.
 */
export function letThrough(world: World, tool: number, identity: number, g: Grant, assets: readonly string[]): readonly string[] {
  if (assets.length === 0 || !world.once('endpoint policies', 0, () => world.edgesOf('HAS_POLICY').some((e) => world.edgeProp(e, 'as') === 'endpoint'))) return assets;
  const computes = [tool, ...serversOf(world, tool).map((s) => s.node)].flatMap((n) => [...world.out('IMPLEMENTED_BY', n)].map((e) => world.node(world.to[e]!).id));
  if (computes.length === 0) return assets;
  const principal = world.node(identity);
  return assets.filter((id) => {
    const target = world.estate.snapshot.node(id);
    const resource = target?.props['arn'];
    if (!target || typeof resource !== 'string') return true;
    return computes.some((from) => g.actions.some((action) => world.estate.access.decide({ principal, action, resource, target, position: 'mediated', from }).outcome !== 'denied'));
  });
}
