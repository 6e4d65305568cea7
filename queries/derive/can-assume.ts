import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { hasHole, nodeId, type EdgeRecord, type Evidence, type NodeRecord, type Statement } from '../../schema/index.ts';
import { actionFits } from '../policy/statement.ts';
import { verdictOf, type Access, type Because, type Decision, type Outcome } from '../policy/types.ts';
import { derivedEdge } from './edge.ts';
import { accountText, arnOf, arnParts, sameText } from './escalate/arn.ts';
import { actionGlob, Holders } from './escalate/holders.ts';
import { statementsOf } from './policies-of.ts';
import { placed, setsOf, type Choice } from './escalate/sets.ts';

const ASSUME = ['sts:assumerole', 'sts:assumerolewithwebidentity', 'sts:assumerolewithsaml'] as const;
const BY_FEDERATION = { saml: ASSUME[2], oidc: ASSUME[1] };

/**
 * CAN_ASSUME: who may obtain a role's session, by trust policy and identity policy together. In one account a trust that names the
 * principal's own ARN is enough; trust in the account root leaves it to identity policies; across accounts both must allow. Service
 * principals are not people and have no edge; federated providers and accounts outside the input are external identities.
 */
export function deriveCanAssume(snapshot: GraphSnapshot, access: Access): EdgeRecord[] {
  const index = new Principals(snapshot);
  const plain = new Decisions(snapshot, access, index);
  const out: EdgeRecord[] = [];
  for (const role of snapshot.ofKind('Identity')) {
    const resource = arnOf(role);
    if (role.props['identityType'] !== 'role' || role.completeness === 'none' || resource === undefined) continue;
    const asked: { principal: NodeRecord; action: string }[] = [];
    const known = new Map<string, Set<NodeRecord>>();
    for (const s of trustOf(snapshot, role)) {
      for (const action of ASSUME) {
        if (!names(s, action)) continue;
        let mine = known.get(action);
        if (!mine) known.set(action, (mine = new Set()));
        for (const principal of index.namedBy(s, action, resource)) {
          if (principal.id === role.id || mine.has(principal)) continue;
          mine.add(principal);
          asked.push({ principal, action });
        }
      }
    }
    for (const { principal, action } of asked) {
      const d = plain.decide(principal, role, resource, action);
      const sameAccount = d.outcome === 'unknown' ? accountInDoubt(d.requires, principal) : undefined;
      const verdict = sameAccount ? 'conditional' : verdictOf(d.outcome);
      if (!verdict) continue;
      out.push(derivedEdge('CAN_ASSUME', principal.id, role.id, {
        verdict, requires: sameAccount ? [sameAccount] : d.requires, evidence: d.evidence, discriminator: action,
        props: { via: principal.props['identityType'] === 'external' ? 'federation' : index.may(principal) ? 'identity-policy' : 'trust-policy', sets: placed([d.choices], d.evidence) },
      }));
    }
  }
  return out;
}

interface Answer { outcome: Outcome; requires: readonly string[]; evidence: readonly Evidence[]; choices: readonly Choice[] }

/**
 * Decisions about roles. Where a role does nothing but trust its account, and nothing but names tells roles apart for the principal, the two
 * halves of the answer do not depend on each other: each is decided once, not once for every pair.
 */
class Decisions {
  readonly #snapshot: GraphSnapshot;
  readonly #access: Access;
  readonly #index: Principals;
  readonly #open = new Map<string, boolean>();
  readonly #roles = new Map<string, Half>();
  /** By what covers the role. */
  readonly #principals = new Map<NodeRecord, Map<number, Answer>>();

  constructor(snapshot: GraphSnapshot, access: Access, index: Principals) {
    this.#snapshot = snapshot;
    this.#access = access;
    this.#index = index;
  }

  decide(principal: NodeRecord, role: NodeRecord, resource: string, action: string): Answer {
    const by = action === ASSUME[0] && principal.scope === role.scope && this.#trustsAccount(role, accountText(resource)) ? this.#index.coveredBy(principal, resource) : undefined;
    if (by === undefined) return this.#ask(principal, role, resource, action);
    let mine = this.#principals.get(principal);
    if (!mine) this.#principals.set(principal, (mine = new Map()));
    let permitted = mine.get(by);
    let trusted = this.#roles.get(role.id);
    if (!permitted || (!trusted && permitted.outcome !== 'denied')) {
      const d = this.#decision(principal, role, resource, action);
      mine.set(by, (permitted = { outcome: d.outcome, requires: d.requires, ...half(d, false) }));
      if (d.outcome !== 'denied') this.#roles.set(role.id, (trusted = half(d, true)));
    }
    if (!trusted || permitted.outcome === 'denied') return permitted;
    return { outcome: permitted.outcome, requires: permitted.requires, evidence: [...permitted.evidence, ...trusted.evidence], choices: [...permitted.choices, ...trusted.choices] };
  }

  #ask(principal: NodeRecord, role: NodeRecord, resource: string, action: string): Answer {
    const d = this.#decision(principal, role, resource, action);
    return { outcome: d.outcome, requires: d.requires, ...because(d) };
  }

  #decision(principal: NodeRecord, role: NodeRecord, resource: string, action: string): Decision {
    return this.#access.decide({ principal, action: SPELLED[action]!, resource, target: role, position: 'direct' });
  }

  /** One unconditional Allow of the action that names the account root and nothing else. */
  #trustsAccount(role: NodeRecord, account: string | undefined): boolean {
    let open = this.#open.get(role.id);
    if (open === undefined) {
      const policies = this.#snapshot.out(role.id, 'HAS_POLICY').filter((e) => e.props['as'] === 'trust').map((e) => this.#snapshot.node(e.to)!);
      const statements = policies.flatMap(statementsOf);
      const [s] = statements;
      const named = Object.entries(s?.principals ?? {}).flatMap(([type, values]) => values.map((v) => `${type} ${v}`));
      open = policies.every((p) => p.props['parse'] !== 'failed') && statements.length === 1 && s!.effect === 'Allow' && !s!.conditions && !s!.unresolved?.length && actionFits(s!, ASSUME[0]) === 2 && named.length === 1 && account !== undefined && named[0] === `AWS arn:aws:iam::${account}:root`;
      this.#open.set(role.id, open);
    }
    return open;
  }
}

type Half = Pick<Answer, 'evidence' | 'choices'>;
/** What the trust policy says, or everything else. */
const half = (d: Decision, trust: boolean): Half => because({ ...d, because: d.because.filter((b) => (b.layer === 'trust') === trust) });

const SPELLED: Record<string, string> = { [ASSUME[0]]: 'sts:AssumeRole', [ASSUME[1]]: 'sts:AssumeRoleWithWebIdentity', [ASSUME[2]]: 'sts:AssumeRoleWithSAML' };
const allows = (b: Because): boolean => b.effect === 'Allow' && b.match !== 'no';

function because(d: Decision): Half {
  const sets = setsOf(d);
  return { evidence: d.because.filter(allows).flatMap((b) => b.evidence), choices: sets.length > 0 ? [sets] : [] };
}

/**
 * External identities that trust policies of the input name and that the input does not hold: other accounts, and principals in them.
 * They are starts of their own; add them to the snapshot before deriving CAN_ASSUME.
 */
export function externalPrincipals(snapshot: GraphSnapshot): NodeRecord[] {
  const index = new Principals(snapshot);
  const out = new Map<string, NodeRecord>();
  for (const role of snapshot.ofKind('Identity')) {
    if (role.props['identityType'] !== 'role' || role.completeness === 'none') continue;
    const own = accountText(arnOf(role) ?? '');
    for (const s of trustOf(snapshot, role)) {
      for (const text of s.principals?.['AWS'] ?? []) {
        const account = accountText(text);
        if (account === undefined || account === own || hasHole(text) || (own !== undefined && hasHole(own) && index.holdsAccount(account))) continue;
        if (index.byArn(text) || index.holdsAccount(account)) continue;
        const arn = /^\d{12}$/.test(text) ? `arn:aws:iam::${text}:root` : text;
        const id = nodeId('Identity', 'aws', `external:${arn}`);
        const last = arnParts(arn)?.resource ?? arn;
        out.set(id, {
          id, kind: 'Identity', type: 'aws.iam.external', name: last === 'root' ? `account ${account}` : `${last} of ${account}`, provider: 'aws', scope: role.scope, environment: 'unknown', tags: {},
          state: 'declared', completeness: 'none', sources: [], aliases: [], props: { identityType: 'external', arn, account },
        });
      }
    }
  }
  return [...out.values()];
}

/**
 * When all that is open is whether the undecided account of the principal is the one that the trust policy names, that is a condition
 * like any other, and is said as one.
 */
function accountInDoubt(requires: readonly string[], principal: NodeRecord): string | undefined {
  if (!hasHole(accountText(arnOf(principal) ?? '') ?? '')) return undefined;
  if (requires.length > 0 && requires.every((r) => r === ONE_ACCOUNT)) return `${principal.name} is in the account of the role`;
  const named = requires.filter((r) => r !== ONE_ACCOUNT).map((r) => /^whether (?:arn:[^:]*:(?:iam|sts)::)?(\d{12})\b.* names /.exec(r)?.[1]);
  const [account] = named;
  return account !== undefined && new Set(named).size === 1 ? `the account of ${principal.name} is ${account}` : undefined;
}
/** As decisions say it. */
const ONE_ACCOUNT = 'whether caller and resource are in one account';

function trustOf(snapshot: GraphSnapshot, role: NodeRecord): Statement[] {
  return snapshot.out(role.id, 'HAS_POLICY').filter((e) => e.props['as'] === 'trust').flatMap((e) => allowsIn(snapshot.node(e.to)!));
}

const allowing = new WeakMap<NodeRecord, readonly Statement[]>();
function allowsIn(policy: NodeRecord): readonly Statement[] {
  let found = allowing.get(policy);
  if (!found) allowing.set(policy, (found = statementsOf(policy).filter((s) => s.effect === 'Allow')));
  return found;
}

const names = (s: Statement, action: string): boolean =>
  s.actions ? s.actions.some((p) => actionGlob(p).test(action)) : s.notActions ? !s.notActions.some((p) => actionGlob(p).test(action)) : false;

function push(map: Map<string, NodeRecord[]>, key: string, n: NodeRecord): void {
  const list = map.get(key);
  if (list) list.push(n);
  else map.set(key, [n]);
}

interface Able { node: NodeRecord; mayCover: (arn: string) => boolean }

/** Principals of the snapshot as trust policies name them. */
class Principals {
  readonly #all: NodeRecord[] = [];
  readonly #byArn = new Map<string, NodeRecord>();
  readonly #byUniqueId = new Map<string, NodeRecord>();
  readonly #byAccount = new Map<string, NodeRecord[]>();
  readonly #byResource = new Map<string, NodeRecord[]>();
  readonly #mayAssume = new Map<string, readonly Able[]>();
  readonly #holders: Holders;

  constructor(snapshot: GraphSnapshot) {
    this.#holders = new Holders(snapshot, ASSUME);
    for (const n of snapshot.ofKind('Identity')) {
      const type = n.props['identityType'];
      const arn = arnOf(n);
      if (n.provider !== 'aws' || arn === undefined || !['user', 'role', 'external', 'root'].includes(String(type))) continue;
      this.#byArn.set(arn, n);
      if (typeof n.props['uniqueId'] === 'string') this.#byUniqueId.set(n.props['uniqueId'], n);
      if (type === 'external' || n.completeness === 'none') continue;
      this.#all.push(n);
      const account = accountText(arn) ?? '';
      push(this.#byAccount, account, n);
      push(this.#byResource, arnParts(arn)?.resource ?? arn, n);
    }
  }

  byArn(text: string): NodeRecord | undefined { return this.#byArn.get(text); }
  holdsAccount(account: string): boolean { return this.#byAccount.has(account); }
  coveredBy(n: NodeRecord, role: string): number | undefined { return hasHole(role) ? undefined : this.#holders.coveredBy(n.id, ASSUME[0])?.(role); }
  may(n: NodeRecord): boolean { return this.#holders.may(n.id, ASSUME[0]); }

  *namedBy(s: Statement, action: string, role: string): Iterable<NodeRecord> {
    if (s.notPrincipals) { yield* this.#all; return; }
    for (const [type, values] of Object.entries(s.principals ?? {})) {
      for (const text of values) {
        if (type === 'Federated') {
          const provider = this.#byArn.get(text);
          const kind = text.includes(':saml-provider/') ? 'saml' : 'oidc';
          if (provider && BY_FEDERATION[kind] === action) yield provider;
        } else if ((type === 'AWS' || type === '*') && action === ASSUME[0]) yield* this.#aws(text, role);
      }
    }
  }

  *#aws(text: string, role: string): Iterable<NodeRecord> {
    if (text === '*') { yield* this.#all; return; }
    const parts = arnParts(text);
    const account = accountText(text);
    const root = account !== undefined && (!parts || parts.resource === 'root');
    const one = root ? undefined : (this.#byArn.get(text) ?? this.#byUniqueId.get(text) ?? this.#session(text));
    if (one) { yield one; return; }
    if (account === undefined) return;
    if (parts && !root) {
      // Named in an account that no provider of the input is known to have: it may be the one of that name in an undecided account.
      for (const n of this.#byResource.get(parts.resource) ?? []) if (hasHole(accountText(arnOf(n)!) ?? '')) yield n;
      return;
    }
    const outside = this.#byArn.get(`arn:aws:iam::${account}:root`);
    if (outside) yield outside;
    for (const a of this.#byAccount.keys()) if (sameText(a, account) !== 'no') for (const able of this.#able(a)) if (able.mayCover(role)) yield able.node;
  }

  /** Principals of an account that some policy lets assume anything. */
  #able(account: string): readonly Able[] {
    let able = this.#mayAssume.get(account);
    if (!able) this.#mayAssume.set(account, (able = this.#byAccount.get(account)!.filter((n) => this.may(n)).map((node) => ({ node, mayCover: this.#holders.mayCover(node.id, ASSUME[0]) }))));
    return able;
  }

  /** The role behind a session that a trust policy names. */
  #session(text: string): NodeRecord | undefined {
    const parts = arnParts(text);
    const role = parts?.service === 'sts' ? /^assumed-role\/([^/]+)/.exec(parts.resource)?.[1] : undefined;
    return role === undefined ? undefined : (this.#byAccount.get(parts!.account) ?? []).find((n) => arnOf(n)?.endsWith(`/${role}`));
  }
}
