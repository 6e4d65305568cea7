import type { NodeRecord, TechniqueNeed } from '../../../schema/index.ts';
import type { Access } from '../../policy/types.ts';
import { definedBy } from '../edge.ts';
import { arnOf } from './arn.ts';
import type { Vars } from './bind.ts';
import { adminButForBoundary, allowsAllOfIam } from './ceiling.ts';
import { either, foundBy, onlyIf, PROVEN, unreadFact, type Found } from './found.ts';
import { statementsOf } from '../policies-of.ts';
import type { World } from './world.ts';

/** yes with its evidence; `unread` when the input cannot hold the fact; otherwise no. */
type Answer = Found | 'unread' | 'no';

/** One predicate per name, each about a variable or about the account. */
const PREDICATES: Record<string, (subject: unknown, need: TechniqueNeed, vars: Vars, world: World, access: Access) => Answer> = {
  /** Something of that kind is in the account. */
  exists: (thing, _n, vars, world) => {
    const scope = vars['self']!.scope;
    const [first] = world.things(String(thing), scope);
    return first ? { ...PROVEN, evidence: definedBy(first) } : world.iamOnly(scope) ? 'unread' : 'no';
  },
  /** Some role of the account has an instance profile. */
  profileExists: (_s, _n, vars, world) => (world.of('role', vars['self']!.scope).some(hasProfile) ? PROVEN : 'no'),
  instanceProfile: (v, _n, vars) => (hasProfile(vars[String(v)]!) ? PROVEN : 'no'),
  /** An instance of the account may have joined a cluster: its role can register container instances. */
  containerInstance: (_s, _n, vars, world, access) => {
    const scope = vars['self']!.scope;
    if (world.iamOnly(scope)) return 'unread';
    let all: Found | undefined;
    for (const i of world.things('instance', scope)) {
      for (const { identity } of world.runsAs(i)) {
        const d = access.decide({ principal: identity, action: 'ecs:RegisterContainerInstance', resource: '*', position: 'in_situ' });
        const found = foundBy(d);
        if (found) all = either(all, { ...found, evidence: [...definedBy(i), ...found.evidence] });
      }
    }
    return all ?? 'no';
  },
  /** Something in the input starts it: an event source, a rule, an endpoint, or a service that its resource policy lets in. */
  invoked: (v, _n, vars, world) => {
    const thing = vars[String(v)]!;
    const by = world.snapshot.in(thing.id, 'ROUTES_TO', 'FEEDS', 'IMPLEMENTED_BY')[0];
    if (by) return { ...PROVEN, evidence: by.evidence };
    for (const { policy } of world.policiesOf(thing.id, 'resource')) {
      const s = statementsOf(policy).find((x) => x.effect === 'Allow' && (x.principals?.['Service'] ?? []).length > 0);
      if (s) return { ...PROVEN, evidence: definedBy(policy) };
    }
    return 'no';
  },
  /** Something in the input launches from it. */
  used: (v, _n, vars, world) => {
    const by = world.snapshot.in(vars[String(v)]!.id).find((e) => e.kind !== 'HAS_POLICY' && e.kind !== 'IN_SCOPE');
    return by ? { ...PROVEN, evidence: by.evidence } : 'no';
  },
  /** A security group of the instance opens the port to any address. */
  reachable: (v, need, vars, world) => {
    const port = Number(need['port']);
    for (const e of world.snapshot.out(vars[String(v)]!.id, 'ATTACHED_TO')) {
      const net = world.snapshot.node(e.to)!;
      const ingress = (net.props['ingress'] ?? []) as { fromPort?: number; toPort?: number; cidrs?: string[] }[];
      if (ingress.some((r) => (r.cidrs ?? []).some((c) => c === '0.0.0.0/0' || c === '::/0') && (r.fromPort ?? 0) <= port && port <= (r.toPort ?? 65535))) return { ...PROVEN, evidence: definedBy(net) };
    }
    return 'no';
  },
  /** The identity bound to the variable may do this. */
  can: (v, need, vars, _world, access) => {
    const principal = vars[String(v)]!;
    let all: Found | undefined;
    for (const action of need['actions'] as string[]) {
      const found = foundBy(access.decide({ principal, action, resource: '*', position: 'in_situ', every: true }));
      if (found) all = either(all, found);
    }
    return all ?? (principal.completeness === 'none' ? 'unread' : 'no');
  },
  /** The identity bound to the variable may pass the role to the service. */
  passes: (v, need, vars, _world, access) => {
    const role = vars[String(need['role'])]!;
    const resource = arnOf(role);
    const found = resource === undefined ? undefined
      : foundBy(access.decide({ principal: vars[String(v)]!, action: 'iam:PassRole', resource, target: role, position: 'direct', context: { 'iam:PassedToService': [String(need['to'])] } }));
    return found ?? 'no';
  },
  /** The policy has an older version that allows all of IAM. Code holds no versions, a dump holds all. */
  widerVersion: (v, _n, vars) => {
    const policy = vars[String(v)]!;
    const versions = policy.props['otherVersions'] as { statements: [] }[] | undefined;
    if (versions?.some((x) => allowsAllOfIam(x.statements))) return PROVEN;
    return policy.sources.every((s) => s.source === 'aws-dump') ? 'no' : 'unread';
  },
  adminWithoutBoundary: (v, _n, vars, world) => adminButForBoundary(vars[String(v)]!, world) ?? 'no',
};

const hasProfile = (n: NodeRecord): boolean => Array.isArray(n.props['instanceProfiles']) && n.props['instanceProfiles'].length > 0;
const OPTIONS = new Set(['else', 'unread', 'requires']);

/** Whether a need of a technique is met: undefined when it is not. */
export function met(need: TechniqueNeed, vars: Vars, world: World, access: Access): Found | undefined {
  const name = Object.keys(need).find((k) => !OPTIONS.has(k) && k in PREDICATES);
  if (!name) throw new Error(`a technique asks for ${Object.keys(need).join(', ')}: no such predicate in queries/derive/escalate/needs.ts`);
  const answer = PREDICATES[name]!(need[name], need, vars, world, access);
  if (typeof answer === 'object') return answer;
  const requires = need.requires ?? `${name} ${label(need[name], vars)}`;
  if (answer === 'unread') return need.unread === 'conditional' || need.else === 'conditional' ? onlyIf(requires) : unreadFact(requires);
  return need.else === 'conditional' ? onlyIf(requires) : undefined;
}

const label = (subject: unknown, vars: Vars): string => (typeof subject === 'string' ? (vars[subject]?.name ?? arnOf(vars[subject] ?? { props: {} }) ?? subject) : '');
export const NEEDS: ReadonlySet<string> = new Set(Object.keys(PREDICATES));
