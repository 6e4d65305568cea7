import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { edgeId, nodeId, type EdgeRecord, type NodeRecord } from '../../schema/index.ts';

/**
 * Sessions that a service hands out within policies of its own: what the role may and those policies leave (IAM user guide, session policies).
 * Each is an identity beside its role, with the role's policies, bounds and place, and the session policies of whoever hands it out. It is
 * nobody that a policy names and no start of its own; whoever obtains it has CAN_ASSUME to it.
 */
export function withSessions(stored: GraphSnapshot): GraphSnapshot {
  let found = known.get(stored);
  if (!found) known.set(stored, (found = look(stored)));
  return found;
}

const known = new WeakMap<GraphSnapshot, GraphSnapshot>();

export const sessionId = (from: string, role: string): string => nodeId('Identity', 'aws', `session:${from}>${role}`);

/** Roles that an identity's service hands out, by the list that says so. */
const handedOut = (n: NodeRecord): readonly string[] => ['poolRoles', 'profileRoles', 'sessionRoles'].flatMap((key) => idsOf(n, key)).concat(idsOf(n, 'podIdentityRoles').slice(-1));

/** Ids that a thing lists under a property. */
export const idsOf = (n: NodeRecord, key: string): readonly string[] => (Array.isArray(n.props[key]) ? (n.props[key] as string[]) : []);

/** What of a role its sessions have too. */
const OF_ROLE = new Set(['identity', 'boundary']);

function look(stored: GraphSnapshot): GraphSnapshot {
  const nodes: NodeRecord[] = [];
  const edges: EdgeRecord[] = [];
  for (const n of stored.ofKind('Identity')) {
    const bounds = stored.out(n.id, 'HAS_POLICY').filter((e) => e.props['as'] === 'session');
    if (bounds.length === 0) continue;
    for (const id of handedOut(n)) {
      const role = stored.node(id);
      if (role?.kind !== 'Identity') continue;
      const session = sessionOf(n, role);
      nodes.push(session);
      const own = stored.out(role.id, 'HAS_POLICY', 'IN_SCOPE').filter((e) => e.kind === 'IN_SCOPE' || OF_ROLE.has(String(e.props['as'])));
      for (const e of [...own, ...bounds]) edges.push(copied(e, session.id));
    }
  }
  return nodes.length === 0 ? stored : stored.with(edges, nodes);
}

// Records that did not change are the same objects, so that a changed graph shows what did.
const sessions = new WeakMap<NodeRecord, WeakMap<NodeRecord, NodeRecord>>();
const copies = new WeakMap<EdgeRecord, Map<string, EdgeRecord>>();

function sessionOf(from: NodeRecord, role: NodeRecord): NodeRecord {
  let byRole = sessions.get(from);
  if (!byRole) sessions.set(from, (byRole = new WeakMap()));
  let node = byRole.get(role);
  if (!node) byRole.set(role, (node = { ...role, id: sessionId(from.id, role.id), type: 'aws.sts.session', name: `a session of ${role.name} for ${from.name}`, tags: {}, sources: from.sources, aliases: [], props: { identityType: 'population', sessionOf: role.id, ...(typeof role.props['account'] === 'string' ? { account: role.props['account'] } : {}) } }));
  return node;
}

function copied(e: EdgeRecord, from: string): EdgeRecord {
  let byHolder = copies.get(e);
  if (!byHolder) copies.set(e, (byHolder = new Map()));
  let copy = byHolder.get(from);
  if (!copy) byHolder.set(from, (copy = { ...e, id: edgeId(e.kind, from, e.to, e.discriminator), from }));
  return copy;
}
