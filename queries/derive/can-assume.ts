import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { hasHole, nodeId, type EdgeRecord, type NodeRecord, type Statement } from '../../schema/index.ts';
import { verdictOf, type Access } from '../policy/types.ts';
import { derivedEdge } from './edge.ts';
import { accountText, arnOf, arnParts, sameText } from './escalate/arn.ts';
import { actionGlob, Holders, statementsOf } from './escalate/holders.ts';

const ASSUME = ['sts:assumerole', 'sts:assumerolewithwebidentity', 'sts:assumerolewithsaml'] as const;
const BY_FEDERATION = { saml: ASSUME[2], oidc: ASSUME[1] };

/**
 * CAN_ASSUME: who may obtain a role's session, by trust policy and identity policy together. In one account a trust that names the
 * principal's own ARN is enough; trust in the account root leaves it to identity policies; across accounts both must allow. Service
 * principals are not people and have no edge; federated providers and accounts outside the input are external identities.
 */
export function deriveCanAssume(snapshot: GraphSnapshot, access: Access): EdgeRecord[] {
  const index = new Principals(snapshot);
  const out: EdgeRecord[] = [];
  for (const role of snapshot.ofKind('Identity')) {
    const resource = arnOf(role);
    if (role.props['identityType'] !== 'role' || role.completeness === 'none' || resource === undefined) continue;
    const asked = new Map<string, string>();
    for (const s of trustOf(snapshot, role)) {
      for (const action of ASSUME) {
        if (!names(s, action)) continue;
        for (const p of index.namedBy(s, action)) if (p.id !== role.id || s.principals) asked.set(`${p.id}|${action}`, p.id);
      }
    }
    for (const [key, id] of asked) {
      const principal = snapshot.node(id)!;
      if (principal.id === role.id) continue;
      const action = key.slice(id.length + 1);
      const d = access.decide({ principal, action: action.replace(/^sts:assumerole/, 'sts:AssumeRole').replace('withwebidentity', 'WithWebIdentity').replace('withsaml', 'WithSAML'), resource, target: role, position: 'direct' });
      const sameAccount = d.outcome === 'unknown' ? accountInDoubt(d.requires, principal) : undefined;
      const verdict = sameAccount ? 'conditional' : verdictOf(d.outcome);
      if (!verdict) continue;
      const allows = d.because.filter((b) => b.effect === 'Allow' && b.match !== 'no');
      const byIdentity = index.may(principal);
      out.push(derivedEdge('CAN_ASSUME', principal.id, role.id, {
        verdict, requires: sameAccount ? [sameAccount] : d.requires, evidence: allows.flatMap((b) => b.evidence), discriminator: action,
        props: { via: principal.props['identityType'] === 'external' ? 'federation' : byIdentity ? 'identity-policy' : 'trust-policy' },
      }));
    }
  }
  return out;
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
  return snapshot.out(role.id, 'HAS_POLICY').filter((e) => e.props['as'] === 'trust').flatMap((e) => statementsOf(snapshot.node(e.to)!)).filter((s) => s.effect === 'Allow');
}

const names = (s: Statement, action: string): boolean =>
  s.actions ? s.actions.some((p) => actionGlob(p).test(action)) : s.notActions ? !s.notActions.some((p) => actionGlob(p).test(action)) : false;

function push(map: Map<string, NodeRecord[]>, key: string, n: NodeRecord): void {
  const list = map.get(key);
  if (list) list.push(n);
  else map.set(key, [n]);
}

/** Principals of the snapshot as trust policies name them. */
class Principals {
  readonly #all: NodeRecord[] = [];
  readonly #byArn = new Map<string, NodeRecord>();
  readonly #byUniqueId = new Map<string, NodeRecord>();
  readonly #byAccount = new Map<string, NodeRecord[]>();
  readonly #byResource = new Map<string, NodeRecord[]>();
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
  may(n: NodeRecord): boolean { return this.#holders.may(n.id, ASSUME[0]); }

  *namedBy(s: Statement, action: string): Iterable<NodeRecord> {
    if (s.notPrincipals) { yield* this.#all; return; }
    for (const [type, values] of Object.entries(s.principals ?? {})) {
      for (const text of values) {
        if (type === 'Federated') {
          const provider = this.#byArn.get(text);
          const kind = text.includes(':saml-provider/') ? 'saml' : 'oidc';
          if (provider && BY_FEDERATION[kind] === action) yield provider;
        } else if ((type === 'AWS' || type === '*') && action === ASSUME[0]) yield* this.#aws(text);
      }
    }
  }

  *#aws(text: string): Iterable<NodeRecord> {
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
    for (const [a, members] of this.#byAccount) if (sameText(a, account) !== 'no') yield* members.filter((n) => this.may(n));
  }

  /** The role behind a session that a trust policy names. */
  #session(text: string): NodeRecord | undefined {
    const parts = arnParts(text);
    const role = parts?.service === 'sts' ? /^assumed-role\/([^/]+)/.exec(parts.resource)?.[1] : undefined;
    return role === undefined ? undefined : (this.#byAccount.get(parts!.account) ?? []).find((n) => arnOf(n)?.endsWith(`/${role}`));
  }
}
