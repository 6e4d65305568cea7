import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { TECHNIQUES } from '../../knowledge/techniques/index.ts';
import type { EdgeRecord, NodeRecord, Technique } from '../../schema/index.ts';
import type { Access } from '../policy/types.ts';
import { isAdmin } from './admin.ts';
import { derivedEdge } from './edge.ts';
import { Actor } from './escalate/actor.ts';
import { hasValues } from './escalate/bind.ts';
import { merge, waysOf, type Way } from './escalate/fire.ts';
import { Holders } from './escalate/holders.ts';
import { grouped, prepare, type Prepared } from './escalate/prepare.ts';
import { placed } from './escalate/sets.ts';
import { World } from './escalate/world.ts';

const ACTORS = new Set(['user', 'role']);

/**
 * CAN_ESCALATE: what each user and role can turn itself into by one technique of `knowledge/techniques`. One edge per technique and end:
 * the identity whose session it gives, the thing it gives code or configuration in, or the account when the technique gives admin.
 * Identities that are admin already have none: they need no technique.
 */
export function deriveCanEscalate(snapshot: GraphSnapshot, access: Access, assume: readonly EdgeRecord[], own: readonly Technique[] = []): EdgeRecord[] {
  const techniques = [...TECHNIQUES.values(), ...own].filter((t) => t.gives.assume === undefined).map(prepare);
  const holders = new Holders(snapshot, techniques.flatMap((p) => p.actions));
  const openTo = new Map<string, readonly Prepared[]>();
  const world = new World(snapshot, assume);
  const inScope = new Map<string, readonly Prepared[]>();
  const within = (scope: string): readonly Prepared[] => {
    let list = inScope.get(scope);
    if (!list) inScope.set(scope, (list = techniques.filter((p) => p.variables.every(({ binding }) => hasValues(binding, scope, world)))));
    return list;
  };
  const out: EdgeRecord[] = [];
  for (const node of snapshot.ofKind('Identity')) {
    const type = String(node.props['identityType']);
    if (!ACTORS.has(type) || node.provider !== 'aws' || node.completeness === 'none') continue;
    const held = `${type} ${node.scope} ${holders.key(node.id)}`;
    let open = openTo.get(held);
    // A principal that does not hold all that a technique asks is never looked at for it, nor is a technique that finds nothing to act on in the account.
    if (!open) openTo.set(held, (open = within(node.scope).filter(({ technique: t, actions }) => (t.actor === 'any' || t.actor === type) && actions.every((a) => holders.may(node.id, a)))));
    if (open.length === 0 || isAdmin(snapshot, access, node)) continue;
    const actor = new Actor(node, world.place(node), access, holders, (thing) => world.hasOwnPolicy(thing));
    for (const p of open) {
      const ways = waysOf(p, actor, world, access);
      if (ways.length > 0) out.push(...edgesOf(p, node, ways));
    }
  }
  return out;
}

function edgesOf({ technique: t, permissions }: Prepared, from: NodeRecord, ways: readonly Way[]): EdgeRecord[] {
  return [...grouped(ways, (w) => w.to.id).values()].map((same) => {
    const way = merge(same);
    const sets = placed((same.length === 1 ? same : [way, ...same]).map((w) => w.found.choices), way.found.evidence);
    return derivedEdge('CAN_ESCALATE', from.id, way.to.id, {
      verdict: way.found.verdict, requires: way.found.requires, evidence: way.found.evidence, discriminator: t.id,
      props: { technique: t.id, through: way.through, permissions, gives: way.gives, sets },
    });
  });
}
