import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { EdgeRecord, NodeRecord } from '../../schema/index.ts';
import { verdictOf, type Access } from '../policy/types.ts';
import { definedBy, derivedEdge } from './edge.ts';
import { codeIdentities } from './routes.ts';

const TASKS: ReadonlySet<string> = new Set(['aws.ecs.service']);
/** A machine whose metadata answers only to tokens keeps them from a network namespace below it (hop limit). */
const CLOSED: ReadonlySet<unknown> = new Set(['blocked', 'token_required']);

/**
 * `RUNS_AS{host}` from a task on the cluster's own machines to the role of those machines: their metadata service answers the container too
 * (docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html). Machines are those whose role may join a cluster.
 */
export function deriveHosts(snapshot: GraphSnapshot, access: Access): EdgeRecord[] {
  const tasks = snapshot.ofKind('Compute').filter((k) => TASKS.has(k.type) && k.props['launchType'] === 'EC2');
  if (tasks.length === 0) return [];
  const joins = new Map<string, string[] | undefined>();
  const mayJoin = (identity: NodeRecord): string[] | undefined => {
    if (!joins.has(identity.id)) {
      const d = access.decide({ principal: identity, action: 'ecs:RegisterContainerInstance', resource: '*', position: 'in_situ' });
      joins.set(identity.id, verdictOf(d.outcome) ? [...d.requires] : undefined);
    }
    return joins.get(identity.id);
  };
  const machines = snapshot.ofKind('Compute').filter((k) => k.props['computeType'] === 'vm' && !CLOSED.has(k.props['metadataService'])).flatMap((machine) => codeIdentities(snapshot, machine.id).flatMap((identity) => {
    const requires = mayJoin(identity);
    return requires ? [{ machine, identity, requires }] : [];
  }));
  return [...neighbours(snapshot, tasks), ...tasks.flatMap((task) => machines.filter((m) => m.machine.scope === task.scope).map((m) => derivedEdge('RUNS_AS', task.id, m.identity.id, {
    requires: [`${task.name} runs on ${m.machine.name}, whose metadata service answers it`, ...m.requires], props: { for: 'host' }, discriminator: `host ${m.machine.id}`,
    evidence: [...definedBy(task, 'runs on machines of the cluster'), ...definedBy(m.machine, 'may join a cluster')],
  })))];
}

/** A task that owns its machine reads the credentials of every task there, and starts others. */
function neighbours(snapshot: GraphSnapshot, tasks: readonly NodeRecord[]): EdgeRecord[] {
  return tasks.filter((t) => t.props['hostAccess'] === true).flatMap((task) => tasks.filter((t) => t.id !== task.id && t.scope === task.scope).flatMap((other) => codeIdentities(snapshot, other.id).map((identity) =>
    derivedEdge('RUNS_AS', task.id, identity.id, {
      requires: [`${task.name} runs on one machine with ${other.name}`], props: { for: 'host' }, discriminator: `host ${other.id}`,
      evidence: [...definedBy(task, 'owns the machine it runs on'), ...definedBy(other, 'runs on machines of the cluster')],
    }))));
}
