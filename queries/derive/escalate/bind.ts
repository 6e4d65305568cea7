import { type Evidence, hasHole, type NodeRecord, type TechniqueBinding } from '../../../schema/index.ts';
import type { Access } from '../../policy/types.ts';
import { definedBy } from '../edge.ts';
import { accountText, arnOf } from './arn.ts';
import { both, either, foundBy, onlyIf, PROVEN, stated, type Found } from './found.ts';
import type { World } from './world.ts';

export type Vars = Readonly<Record<string, NodeRecord>>;

/** A value that a variable may take: what has to hold for it, and for the actor to act on it. `more`: what is bound along with it. */
export interface Candidate { node: NodeRecord; found: Found; held: Found; more: Vars | undefined }

type Use = (node: NodeRecord, found: Found, more?: Vars) => void;

/** The values a variable may take, given those bound before it. `permits`: what the actor must hold on one; values that it refuses are left out. */
export function candidatesOf(b: TechniqueBinding, vars: Vars, world: World, access: Access, permits: (node: NodeRecord) => Found | undefined): Candidate[] {
  const out: Candidate[] = [];
  let held: Found | undefined;
  const fits = (node: NodeRecord): boolean => (held = permits(node)) !== undefined;
  eachCandidate(b, vars, world, access, fits, (node, found, more) => { out.push({ node, found, held: held!, more }); });
  return out;
}

/** Whether the account holds anything that a variable could be, whoever acts there. */
export function hasValues(b: TechniqueBinding, scope: string, world: World): boolean {
  switch (b.is) {
    case 'role': return b.trusts ? b.trusts.some((service) => world.trusting(service, scope).length > 0) : b.trustsFederated && !b.assumable ? world.federated(scope, federatedForm(b.trustsFederated)).length > 0 : true;
    case 'user': case 'group': return world.of(b.is, scope).length > 0;
    case 'policy': return true;
    default: return world.things(b.is, scope).length > 0;
  }
}

const federatedForm = (kind: string): string => `:${kind}-provider/`;

/** Nothing here looks at the actor's permissions: those are decided on the values. */
function eachCandidate(b: TechniqueBinding, vars: Vars, world: World, access: Access, fits: (node: NodeRecord) => boolean, use: Use): void {
  const self = vars['self']!;
  const wanted = (node: NodeRecord): boolean => !(b.other && node.id === self.id) && fits(node);
  switch (b.is) {
    case 'role':
      if (b.trusts) {
        for (const [role, found] of trusting(b.trusts, self, world, access)) if (wanted(role)) use(role, found);
      } else if (b.assumable) {
        for (const e of world.assumableBy(vars[b.assumable]!.id)) {
          const role = world.snapshot.node(e.to)!;
          if (wanted(role)) use(role, { verdict: e.verdict, requires: e.requires, evidence: e.evidence, choices: [e.props['sets'] ? (e.props['sets'] as number[][]).map((set) => set.map((i) => e.evidence[i]!)) : [e.evidence]] });
        }
      } else if (b.trustsFederated) {
        // Roles that a SAML or OIDC provider of the input may hand out.
        for (const { role, provider, evidence } of world.federated(self.scope, federatedForm(b.trustsFederated))) if (wanted(role)) use(role, stated(evidence), b.provider ? { [b.provider]: provider } : undefined);
      } else {
        for (const r of world.of('role', self.scope)) if (r.props['platformDefault'] !== true && wanted(r)) use(r, PROVEN);
      }
      return;
    case 'user':
      for (const u of world.of('user', self.scope)) {
        const found = wanted(u) ? userFits(u, b, world) : undefined;
        if (found) use(u, found);
      }
      return;
    case 'group': {
      const own = new Map(world.snapshot.out(self.id, 'MEMBER_OF').map((e) => [e.to, e] as const));
      for (const g of world.of('group', self.scope)) {
        const member = own.get(g.id);
        if ((member !== undefined) === (b.own ?? true) && wanted(g)) use(g, member ? { ...PROVEN, evidence: member.evidence } : PROVEN);
      }
      return;
    }
    case 'policy':
      for (const { policy, evidence } of attached(vars[b.attachedTo ?? 'self']!, world)) if (wanted(policy)) use(policy, { ...PROVEN, evidence });
      return;
    default:
      for (const thing of world.things(b.is, self.scope)) {
        const identities = b.runsAs ? world.runsAs(thing, b.for) : undefined;
        if (identities?.length === 0 || !wanted(thing) || (b.usesTool && !usesTool(thing, vars[b.usesTool]!, world))) continue;
        const at: Found = { ...PROVEN, evidence: definedBy(thing) };
        if (!identities) use(thing, at);
        else for (const { identity, edge } of identities) use(thing, both(at, { ...PROVEN, verdict: edge.verdict, requires: edge.requires, evidence: edge.evidence }), { [b.runsAs!]: identity });
      }
  }
}

/** Roles that one of the services may assume. The service acts in the actor's own account. */
function trusting(services: readonly string[], self: NodeRecord, world: World, access: Access): ReadonlyMap<NodeRecord, Found> {
  const account = accountText(arnOf(self) ?? '') ?? '';
  return world.trusted(services, self.scope, account, () => assumable(services, self.scope, account, world, access));
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

/** Policies of the account that hang on a principal or on one of its groups. */
function* attached(holder: NodeRecord, world: World): Iterable<{ policy: NodeRecord; evidence: readonly Evidence[] }> {
  const seen = new Set<string>();
  for (const h of [holder.id, ...world.snapshot.out(holder.id, 'MEMBER_OF').map((e) => e.to)]) {
    for (const { policy, edge } of world.policiesOf(h, 'identity')) {
      const arn = arnOf(policy);
      if (policy.props['managedBy'] !== 'customer' || arn === undefined || accountText(arn) === 'aws' || seen.has(policy.id)) continue;
      seen.add(policy.id);
      yield { policy, evidence: edge.evidence };
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
