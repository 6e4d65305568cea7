import { hasHole, type NodeRecord, type TechniqueBinding } from '../../../schema/index.ts';
import type { Access } from '../../policy/types.ts';
import { definedBy } from '../edge.ts';
import { accountText, arnOf } from './arn.ts';
import { both, either, foundBy, onlyIf, PROVEN, stated, type Found } from './found.ts';
import type { World } from './world.ts';

export type Vars = Readonly<Record<string, NodeRecord>>;
export interface Bound { vars: Vars; found: Found }

/**
 * The values a variable may take, given those bound before it. Each comes with what has to hold for it. Nothing here looks at the
 * actor's permissions: those are decided on the values.
 */
export function* candidates(name: string, b: TechniqueBinding, vars: Vars, world: World, access: Access): Iterable<Bound> {
  for (const c of narrowed(name, b, vars, world, access)) {
    if (b.other && c.vars[name]?.id === vars['self']!.id) continue;
    yield c;
  }
}

function* narrowed(name: string, b: TechniqueBinding, vars: Vars, world: World, access: Access): Iterable<Bound> {
  const self = vars['self']!;
  const one = (node: NodeRecord, found: Found = PROVEN, more: Vars = {}): Bound => ({ vars: { [name]: node, ...more }, found });
  switch (b.is) {
    case 'role':
      if (b.trusts) return yield* trusting(name, b.trusts, self, world, access);
      if (b.assumable) {
        for (const e of world.assumableBy(vars[b.assumable]!.id)) yield one(world.snapshot.node(e.to)!, { verdict: e.verdict, requires: e.requires, evidence: e.evidence, choices: [e.props['sets'] ? (e.props['sets'] as number[][]).map((set) => set.map((i) => e.evidence[i]!)) : [e.evidence]] });
        return;
      }
      if (b.trustsFederated) return yield* federated(name, b, self, world);
      for (const r of world.of('role', self.scope)) if (r.props['platformDefault'] !== true) yield one(r);
      return;
    case 'user':
      for (const u of world.of('user', self.scope)) {
        const found = userFits(u, b, world);
        if (found) yield one(u, found);
      }
      return;
    case 'group': {
      const own = new Map(world.snapshot.out(self.id, 'MEMBER_OF').map((e) => [e.to, e] as const));
      for (const g of world.of('group', self.scope)) {
        const member = own.get(g.id);
        if ((member !== undefined) === (b.own ?? true)) yield one(g, member ? { ...PROVEN, evidence: member.evidence } : PROVEN);
      }
      return;
    }
    case 'policy':
      return yield* attached(name, vars[b.attachedTo ?? 'self']!, world);
    default:
      for (const thing of world.things(b.is, self.scope)) {
        if (b.usesTool && !usesTool(thing, vars[b.usesTool]!, world)) continue;
        const at: Found = { ...PROVEN, evidence: definedBy(thing) };
        if (!b.runsAs) yield one(thing, at);
        else for (const r of world.runsAs(thing, b.for)) yield one(thing, both(at, { ...PROVEN, verdict: r.edge.verdict, requires: r.edge.requires, evidence: r.edge.evidence }), { [b.runsAs]: r.identity });
      }
  }
}

/** Roles that one of the services may assume. The service acts in the actor's own account. */
function* trusting(name: string, services: readonly string[], self: NodeRecord, world: World, access: Access): Iterable<Bound> {
  const account = accountText(arnOf(self) ?? '') ?? '';
  for (const [role, found] of world.trusted(services, self.scope, account, () => assumable(services, self.scope, account, world, access))) yield { vars: { [name]: role }, found };
}

function assumable(services: readonly string[], scope: string, account: string, world: World, access: Access): ReadonlyMap<NodeRecord, Found> {
  const fit = new Map<NodeRecord, Found>();
  const context = account !== '' && !hasHole(account) ? { 'aws:SourceAccount': [account] } : undefined;
  for (const service of services) {
    for (const role of world.trusting(service, scope)) {
      const resource = arnOf(role);
      if (resource === undefined) continue;
      const found = foundBy(access.decide({ service, action: 'sts:AssumeRole', resource, target: role, position: 'direct', ...(context ? { context } : {}) }));
      if (found) fit.set(role, either(fit.get(role), found));
    }
  }
  return fit;
}

/** Roles that a SAML or OIDC provider of the input may hand out. */
function* federated(name: string, b: TechniqueBinding, self: NodeRecord, world: World): Iterable<Bound> {
  for (const { role, provider, evidence } of world.federated(self.scope, `:${b.trustsFederated}-provider/`)) yield { vars: { [name]: role, ...(b.provider ? { [b.provider]: provider } : {}) }, found: stated(evidence) };
}

function* attached(name: string, holder: NodeRecord, world: World): Iterable<Bound> {
  const seen = new Set<string>();
  for (const h of [holder.id, ...world.snapshot.out(holder.id, 'MEMBER_OF').map((e) => e.to)]) {
    for (const { policy, edge } of world.policiesOf(h, 'identity')) {
      const arn = arnOf(policy);
      if (policy.props['managedBy'] !== 'customer' || arn === undefined || accountText(arn) === 'aws' || seen.has(policy.id)) continue;
      seen.add(policy.id);
      yield { vars: { [name]: policy }, found: { ...PROVEN, evidence: edge.evidence } };
    }
  }
}

/** Keys and password of a user. Code declares them or there are none; an IAM dump does not speak of them. */
function userFits(u: NodeRecord, b: TechniqueBinding, world: World): Found | undefined {
  let found = PROVEN;
  const unread = world.iamOnly(u.scope);
  if (b.keys === 'below-two') {
    const declared = world.snapshot.in(u.id, 'AUTHENTICATES_AS').filter((e) => world.snapshot.node(e.from)?.props['credType'] === 'access_key').length;
    const known = typeof u.props['accessKeys'] === 'number' ? u.props['accessKeys'] : undefined;
    if (Math.max(declared, known ?? 0) >= 2) return undefined;
    if (known === undefined && unread) found = both(found, onlyIf(`user ${u.name} has fewer than two access keys`));
  }
  if (b.login) {
    const has = typeof u.props['loginProfile'] === 'boolean' ? u.props['loginProfile'] : unread ? undefined : false;
    if (has === undefined) found = both(found, onlyIf(`user ${u.name} has ${b.login === 'absent' ? 'no' : 'a'} console password`));
    else if (has !== (b.login === 'present')) return undefined;
  }
  return found;
}

/** Is one of the agent's tools implemented by this compute? */
function usesTool(agent: NodeRecord, compute: NodeRecord, world: World): boolean {
  const s = world.snapshot;
  const implemented = new Set(s.in(compute.id, 'IMPLEMENTED_BY').map((e) => e.from));
  return s.out(agent.id, 'HAS_TOOL').some((t) => implemented.has(t.to) || s.out(t.to, 'PROVIDED_BY').some((p) => implemented.has(p.to)));
}
