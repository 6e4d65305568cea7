import { type EdgeRecord, hasHole, type NodeRecord } from '../../schema/index.ts';
import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { documentOf, fullAccess, type PolicyDocument } from './document.ts';
import { inDoubt, type Organisations, organisationsOf } from './organisation.ts';
import { type Principal, principalFromArn } from './principal.ts';
import { accountOfArn } from './rules.ts';
import { type Held, unknownBecause, yes } from './truth.ts';

type As = 'identity' | 'boundary' | 'session' | 'trust' | 'resource' | 'scp' | 'rcp' | 'endpoint' | 'data_access' | 'vended';

type Levels = readonly (readonly PolicyDocument[])[];
type Attached = { readonly [as in As]?: readonly PolicyDocument[] };
const NOTHING_ATTACHED: Attached = {};
const NO_DOCUMENTS: readonly PolicyDocument[] = [];
const NO_SCOPES: readonly string[] = [];

/** What an identity brings to every request it makes. */
export interface IdentityLayers {
  principal: Principal;
  identity: readonly PolicyDocument[];
  identityIs?: Held;
  boundary?: readonly PolicyDocument[];
  session?: readonly PolicyDocument[];
  scps: readonly (readonly PolicyDocument[])[];
}

/** The policy layers of a snapshot, looked up once per node. */
export class PolicyEstate {
  readonly snapshot: GraphSnapshot;
  readonly #documents = new Map<string, PolicyDocument>();
  readonly #attached = new Map<string, Attached>();
  readonly #levels = new Map<string, Levels>();
  readonly #levelsAbove: Record<'scp' | 'rcp', WeakMap<readonly string[], Levels>> = { scp: new WeakMap(), rcp: new WeakMap() };
  readonly #scopesAbove = new Map<string, readonly string[]>();
  readonly #identities = new Map<string, IdentityLayers>();
  readonly #principals = new Map<string, Principal>();
  readonly #before: PolicyEstate | undefined;
  #organisations: Organisations | undefined;
  // One each per estate: what is compiled is kept by document.
  readonly #scpFullAccess: PolicyDocument;
  readonly #rcpFullAccess: PolicyDocument;

  /** `before`: of a snapshot that this one is a change of, on the same things; documents of policies that did not change are the same objects. */
  constructor(snapshot: GraphSnapshot, before?: PolicyEstate) {
    this.snapshot = snapshot;
    this.#before = before;
    this.#scpFullAccess = before ? before.#scpFullAccess : fullAccess('FullAWSAccess');
    this.#rcpFullAccess = before ? before.#rcpFullAccess : fullAccess('RCPFullAWSAccess');
  }

  document(policy: NodeRecord): PolicyDocument {
    let d = this.#documents.get(policy.id);
    if (!d) this.#documents.set(policy.id, (d = this.#before?.snapshot.node(policy.id) === policy ? this.#before.document(policy) : this.#read(policy)));
    return d;
  }

  #read(policy: NodeRecord): PolicyDocument {
    const d = documentOf(policy);
    const [holder, another] = this.snapshot.in(policy.id, 'HAS_POLICY');
    return holder && !another && this.snapshot.node(holder.from)?.props.identityType !== 'group' ? { ...d, heldOnce: true } : d;
  }

  /** Policies that hang on a node in one role, ordered by id. */
  attached(nodeId: string, as: As): readonly PolicyDocument[] {
    let byRole = this.#attached.get(nodeId);
    if (!byRole) this.#attached.set(nodeId, (byRole = this.#attachedTo(nodeId)));
    return byRole[as] ?? NO_DOCUMENTS;
  }

  #attachedTo(nodeId: string): Attached {
    const edges = this.snapshot.out(nodeId, 'HAS_POLICY');
    if (edges.length === 0) return NOTHING_ATTACHED;
    const byRole: { [as in As]?: PolicyDocument[] } = {};
    for (const e of edges) {
      const policy = this.snapshot.node(e.to)!;
      const role = (e.props.as ?? policy.props.policyType ?? 'identity') as As;
      const list = byRole[role];
      const d = this.document(policy);
      if (!list) byRole[role] = [d];
      else if (!list.includes(d)) list.push(d);
    }
    return byRole;
  }

  /** Levels of the organisation above a node that have service or resource control policies, nearest first. */
  levels(nodeId: string, as: 'scp' | 'rcp'): Levels {
    const above = this.#scopes(nodeId);
    let levels = this.#levelsAbove[as].get(above);
    if (!levels) this.#levelsAbove[as].set(above, (levels = this.#levelsOf(above, as)));
    return levels;
  }

  #levelsOf(above: readonly string[], as: 'scp' | 'rcp'): Levels {
    const { scopes, units } = this.#bound(above);
    const key = `${as} ${scopes.join(' ')} ${units.length}`;
    let levels = this.#levels.get(key);
    if (!levels) {
      levels = [...scopes.map((s) => this.attached(s, as)), ...units.map((u) => this.attached(u.id, as).map((d) => inDoubt(d, u.name)))].filter((docs) => docs.length > 0).map((docs) => this.#withDefaults(docs, as));
      this.#levels.set(key, levels);
    }
    return levels;
  }

  /** A level that only denies leaves the policy in force that AWS attaches to every level; one that allows by name replaced it. */
  #withDefaults(docs: readonly PolicyDocument[], as: 'scp' | 'rcp'): readonly PolicyDocument[] {
    if (as === 'rcp') return [this.#rcpFullAccess, ...docs];
    return docs.some((d) => d.failed || d.statements.some((s) => s.effect === 'Allow')) ? docs : [this.#scpFullAccess, ...docs];
  }

  /** Scopes above a node; what stands in the same one has the same list. */
  #scopes(nodeId: string): readonly string[] {
    const edges = this.snapshot.out(nodeId, 'IN_SCOPE');
    if (edges.length === 0) return NO_SCOPES;
    if (edges.length > 1) return this.#above(edges);
    const { to } = edges[0]!;
    let scopes = this.#scopesAbove.get(to);
    if (!scopes) this.#scopesAbove.set(to, (scopes = this.#above(edges)));
    return scopes;
  }

  #above(first: readonly EdgeRecord[]): readonly string[] {
    const seen: string[] = [];
    const up = (edges: readonly EdgeRecord[]): void => {
      for (const e of edges) {
        if (seen.includes(e.to)) continue;
        seen.push(e.to);
        up(this.snapshot.out(e.to, 'IN_SCOPE'));
      }
    };
    up(first);
    return seen;
  }

  /**
   * Of the scopes above a node those whose control policies bind it: none in the management account, and the root of the organisation also
   * where the input does not place the account below it (Organizations user guide, SCP effects on permissions). `units`: those that may.
   */
  #bound(scopes: readonly string[]): { scopes: readonly string[]; units: Organisations['units'] } {
    const { roots, units, management } = (this.#organisations ??= organisationsOf(this.snapshot));
    const accounts = roots.length + units.length + management.size === 0 ? [] : scopes.flatMap((id) => this.snapshot.node(id)?.props.account ?? []);
    if (accounts.length === 0) return { scopes, units: [] };
    if (accounts.some((a) => management.has(a))) return { scopes: [], units: [] };
    const beyond = <T extends { id: string; owner: string }>(list: readonly T[]): T[] => list.filter((t) => !scopes.includes(t.id) && !accounts.includes(t.owner));
    return { scopes: [...scopes, ...beyond(roots).map((r) => r.id)], units: beyond(units) };
  }

  /** Identifier of the organisation above a node, where the input says it. */
  organisation(nodeId: string): string | undefined {
    for (const id of this.#scopes(nodeId)) {
      const s = this.snapshot.node(id);
      if (s?.props.scopeType === 'account' && typeof s.props.organizationId === 'string') return s.props.organizationId;
      if (s?.props.scopeType === 'organisation') return /o-[a-z0-9]{10,32}/.exec(`${s.props.organisationId ?? ''} ${s.name} ${s.id}`)?.[0];
    }
    return undefined;
  }

  /** Account of a node: of its ARN, else as declared, else of its scope. '' when nothing says it. */
  account(node: NodeRecord): string {
    const own = typeof node.props.arn === 'string' ? accountOfArn(node.props.arn) : '';
    if (own !== '') return own;
    if (typeof node.props.account === 'string' && node.props.account !== '') return node.props.account;
    for (const id of this.#scopes(node.id)) {
      const account = this.snapshot.node(id)?.props.account;
      if (typeof account === 'string' && account !== '') return account;
    }
    return '';
  }

  principal(node: NodeRecord): Principal {
    let p = this.#principals.get(node.id);
    if (!p) this.#principals.set(node.id, (p = this.#principalOf(node)));
    return p;
  }

  #principalOf(node: NodeRecord): Principal {
    // Policies and conditions speak of the role, whoever handed its session out.
    const role = typeof node.props.sessionOf === 'string' ? this.snapshot.node(node.props.sessionOf) : undefined;
    if (role) return this.principal(role);
    const arn = typeof node.props.arn === 'string' ? node.props.arn : '';
    const type = node.props.identityType;
    if (typeof node.props.issuer === 'string') return { kind: 'federated', arn: '', account: '', name: node.props.issuer, serviceLinked: false, node };
    if (type === 'service_principal') return { ...principalFromArn(node.name), node };
    const read = principalFromArn(arn);
    const kind = type === 'role' || type === 'user' || type === 'root' ? type : read.kind === 'anonymous' && type !== 'population' && type !== 'external' ? 'role' : read.kind;
    return { ...read, kind, arn, account: this.account(node), name: kind === 'role' || kind === 'user' ? lastOf(arn) ?? node.name : read.name === 'anonymous' ? node.name : read.name, serviceLinked: arn.includes(':role/aws-service-role/'), node };
  }

  layers(node: NodeRecord): IdentityLayers {
    let l = this.#identities.get(node.id);
    if (!l) this.#identities.set(node.id, (l = this.#layersOf(node)));
    return l;
  }

  /** Its own policies and those of its groups. */
  #heldBy(nodeId: string): readonly PolicyDocument[] {
    const own = this.attached(nodeId, 'identity');
    const memberships = this.snapshot.out(nodeId, 'MEMBER_OF');
    if (memberships.length === 0) return own;
    const all = [...own];
    for (const e of memberships) {
      const group = this.snapshot.node(e.to);
      if (group?.completeness === 'none') all.push({ id: group.id, name: `of group ${group.name}`, statements: [], failed: true, sources: group.sources });
      for (const d of this.attached(e.to, 'identity')) if (!all.includes(d)) all.push(d);
    }
    return all;
  }

  #layersOf(node: NodeRecord): IdentityLayers {
    const principal = this.principal(node);
    const identity = this.#heldBy(node.id);
    const boundary = this.attached(node.id, 'boundary');
    const session = this.attached(node.id, 'session');
    const exempt = principal.serviceLinked || principal.kind === 'service' || principal.kind === 'anonymous' || principal.kind === 'federated';
    return {
      principal, identity,
      ...identityIs(node, principal, identity),
      ...(boundary.length > 0 && principal.kind !== 'root' ? { boundary } : {}),
      ...(session.length > 0 ? { session } : {}),
      scps: exempt ? [] : this.levels(node.id, 'scp'),
    };
  }
}

/** A root user may everything; what another account gives its own principals is in its hands; a principal of ours that was not read is unknown. */
function identityIs(node: NodeRecord, p: Principal, identity: readonly PolicyDocument[]): { identityIs?: Held } {
  if (p.kind === 'root') return { identityIs: yes };
  if (node.props.identityType === 'external' && p.account !== '') return { identityIs: yes };
  if (identity.length === 0 && (node.completeness === 'none' || node.completeness === 'denied')) return { identityIs: unknownBecause(`permissions of ${p.name} were not read`) };
  return {};
}

function lastOf(arn: string): string | undefined {
  if (arn === '') return undefined;
  // A hole may hold slashes in its description.
  const tail = hasHole(arn) ? arn.replace(/\uE000[^\uE001]*\uE001/g, (h) => h.replaceAll('/', '\uE002')) : arn;
  return tail.slice(tail.lastIndexOf('/') + 1).replaceAll('\uE002', '/') || undefined;
}
