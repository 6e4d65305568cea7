import type { GraphSnapshot } from '../../../graph/snapshot/snapshot.ts';
import { THINGS } from '../../../knowledge/techniques/index.ts';
import type { EdgeRecord, Evidence, NodeRecord } from '../../../schema/index.ts';
import { accountText, arnOf, arnParts } from './arn.ts';
import type { Found } from './found.ts';
import { statementsOf } from '../policies-of.ts';
import type { Place } from './witness.ts';

export interface Federated { role: NodeRecord; provider: NodeRecord; evidence: readonly Evidence[] }
export interface RunsAs { identity: NodeRecord; edge: EdgeRecord }

/** The inventory as techniques ask for it, indexed once: by account, by kind, by trusted service. */
export class World {
  readonly snapshot: GraphSnapshot;
  readonly #byType = new Map<string, NodeRecord[]>();
  readonly #things = new Map<string, readonly NodeRecord[]>();
  readonly #identities = new Map<string, NodeRecord[]>();
  readonly #trusting = new Map<string, NodeRecord[]>();
  readonly #assumable = new Map<string, EdgeRecord[]>();
  readonly #places = new Map<string, Place>();
  readonly #iamOnly = new Map<string, boolean>();
  readonly #federated = new Map<string, Federated[]>();
  readonly #trusted = new Map<string, ReadonlyMap<NodeRecord, Found>>();
  readonly #ownPolicy = new Set<NodeRecord>();
  readonly #runsAs = { code: new Map<NodeRecord, readonly RunsAs[]>(), service: new Map<NodeRecord, readonly RunsAs[]>() };
  #byArn: Map<string, NodeRecord> | undefined;

  constructor(snapshot: GraphSnapshot, assume: readonly EdgeRecord[]) {
    this.snapshot = snapshot;
    const known = new Set(Object.values(THINGS).flatMap((t) => t.types));
    for (const n of snapshot.nodes) {
      if (n.provider !== 'aws') continue;
      if (n.kind === 'Identity') this.#identity(n);
      if (known.has(n.type)) push(this.#byType, `${n.type}|${n.scope}`, n);
      if (n.kind !== 'Scope' && n.completeness !== 'none') this.#note(n);
    }
    for (const e of assume) push(this.#assumable, e.from, e);
    for (const e of snapshot.edges) if (e.kind === 'HAS_POLICY' && e.props['as'] === 'resource') this.#ownPolicy.add(snapshot.node(e.from)!);
  }

  #identity(n: NodeRecord): void {
    if (n.completeness === 'none') return;
    const type = String(n.props['identityType']);
    push(this.#identities, `${type}|${n.scope}`, n);
    if (type !== 'role' || n.props['platformDefault'] === true) return;
    for (const s of servicesTrusted(this.snapshot, n)) push(this.#trusting, `${s}|${n.scope}`, n);
  }

  #note(n: NodeRecord): void {
    const dump = n.sources.length > 0 && n.sources.every((s) => s.source === 'aws-dump');
    const iam = n.kind === 'Identity' || n.kind === 'Policy';
    // One thing that an IAM dump cannot hold, or one declared in code, and the account's other services were read as well.
    this.#iamOnly.set(n.scope, (this.#iamOnly.get(n.scope) ?? true) && (dump || (n.sources.length === 0 && iam)));
    const arn = arnOf(n);
    const a = arn === undefined ? undefined : arnParts(arn);
    if (!a || a.account === 'aws') return;
    const place = this.#places.get(n.scope);
    if (!place) this.#places.set(n.scope, { partition: a.partition || 'aws', region: a.region, account: a.account });
    else {
      if (place.region === '' && a.region !== '') place.region = a.region;
      if (place.account === '') place.account = a.account;
    }
  }

  /** Roles of an account that some service may assume for another: the same for all of that account who ask. */
  trusted(services: readonly string[], scope: string, account: string, decide: () => ReadonlyMap<NodeRecord, Found>): ReadonlyMap<NodeRecord, Found> {
    const key = `${services.join()} ${scope} ${account}`;
    let found = this.#trusted.get(key);
    if (!found) this.#trusted.set(key, (found = decide()));
    return found;
  }

  /** Whether a thing has a policy of its own, which may let others in. */
  hasOwnPolicy(thing: NodeRecord): boolean { return this.#ownPolicy.has(thing); }

  /** Roles of an account whose trust policy names a provider of the input, by the form of its ARN. */
  federated(scope: string, form: string): readonly Federated[] {
    const key = `${form}${scope}`;
    let list = this.#federated.get(key);
    if (!list) {
      list = [];
      for (const role of this.of('role', scope)) for (const { policy } of this.policiesOf(role.id, 'trust')) for (const s of statementsOf(policy)) {
        for (const p of s.effect === 'Allow' ? (s.principals?.['Federated'] ?? []) : []) {
          const provider = p.includes(form) ? this.identity(p) : undefined;
          if (provider) list.push({ role, provider, evidence: sourceOf(policy, s.source) });
        }
      }
      this.#federated.set(key, list);
    }
    return list;
  }

  /** The identity of an ARN; of several, the first by id. */
  identity(arn: string): NodeRecord | undefined {
    if (!this.#byArn) {
      this.#byArn = new Map();
      for (const n of this.snapshot.ofKind('Identity')) { const own = arnOf(n); if (own !== undefined && !this.#byArn.has(own)) this.#byArn.set(own, n); }
    }
    return this.#byArn.get(arn);
  }

  of(type: 'user' | 'role' | 'group', scope: string): readonly NodeRecord[] { return this.#identities.get(`${type}|${scope}`) ?? []; }
  things(thing: string, scope: string): readonly NodeRecord[] {
    const key = `${thing}|${scope}`;
    let found = this.#things.get(key);
    if (!found) this.#things.set(key, (found = (THINGS[thing]?.types ?? []).flatMap((t) => this.#byType.get(`${t}|${scope}`) ?? [])));
    return found;
  }
  trusting(service: string, scope: string): readonly NodeRecord[] { return this.#trusting.get(`${service}|${scope}`) ?? []; }
  assumableBy(identity: string): readonly EdgeRecord[] { return this.#assumable.get(identity) ?? []; }

  /** Only an IAM dump was read of this account: things of other services, passwords and keys are not known to be absent. */
  iamOnly(scope: string): boolean { return this.#iamOnly.get(scope) ?? true; }

  place(n: NodeRecord): Place {
    const p = this.#places.get(n.scope);
    return { partition: p?.partition ?? 'aws', region: p?.region || 'us-east-1', account: accountText(arnOf(n) ?? '') ?? p?.account ?? '' };
  }

  /**
   * Identities whose permissions code in the thing has, or with `service` those it hands to the provider. The orchestrator's role of an
   * agent is none (model §0), nor is the one that fetches a container image; a tool or an agent has those of the compute behind it.
   */
  runsAs(thing: NodeRecord, purpose?: 'code' | 'service'): readonly RunsAs[] {
    const known = this.#runsAs[purpose ?? 'code'];
    let found = known.get(thing);
    if (!found) known.set(thing, (found = this.#identitiesOf(thing, purpose)));
    return found;
  }

  #identitiesOf(thing: NodeRecord, purpose?: 'code' | 'service'): readonly RunsAs[] {
    const own = this.snapshot.out(thing.id, 'RUNS_AS');
    const service = own.filter((e) => e.props['for'] === 'service');
    if (purpose === 'service') return service.map((e) => this.#behind(e));
    const behind = this.snapshot.out(thing.id, 'EXECUTES_IN', 'IMPLEMENTED_BY').flatMap((e) => this.snapshot.out(e.to, 'RUNS_AS'));
    const code = [...own, ...behind].filter((e) => CODE.has(String(e.props['for'] ?? 'code')));
    const chosen = code.length > 0 || PULLS.has(thing.type) ? code : service;
    return [...new Map(chosen.map((e) => [e.to, this.#behind(e)])).values()];
  }

  #behind(edge: EdgeRecord): RunsAs { return { identity: this.snapshot.node(edge.to)!, edge }; }

  policiesOf(holder: string, as: string): { policy: NodeRecord; edge: EdgeRecord }[] {
    return this.snapshot.out(holder, 'HAS_POLICY').filter((e) => e.props['as'] === as).map((edge) => ({ policy: this.snapshot.node(edge.to)!, edge }));
  }
}

const CODE = new Set(['code', 'tool']);
/** Their other role fetches images and secrets before the code starts. */
const PULLS = new Set(['aws.ecs.taskdefinition', 'aws.batch.jobdefinition', 'aws.emr.cluster']);

/** Services that some Allow of the trust policy names; conditions and denies are decided later. */
export function servicesTrusted(snapshot: GraphSnapshot, role: NodeRecord): Set<string> {
  const out = new Set<string>();
  for (const e of snapshot.out(role.id, 'HAS_POLICY')) {
    if (e.props['as'] !== 'trust') continue;
    for (const s of statementsOf(snapshot.node(e.to)!)) if (s.effect === 'Allow') for (const service of s.principals?.['Service'] ?? []) out.add(service.replace(/\.amazonaws\.com\.cn$/, '.amazonaws.com').toLowerCase());
  }
  return out;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

const sourceOf = (policy: NodeRecord, index: number | undefined): Evidence[] => {
  const source = policy.sources[index ?? 0] ?? policy.sources[0];
  return source ? [{ source, basis: 'code' }] : [];
};
