import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { worstVerdict, type Evidence, type NodeRecord, type Verdict } from '../../schema/index.ts';
import { verdictOf, type Access } from '../policy/types.ts';
import { iamActions } from './escalate/ceiling.ts';
import { actionGlob, statementsOf } from './escalate/holders.ts';

export interface AdminNow { value: boolean; verdict: Verdict; requires: string[]; evidence: Evidence[] }

/** What an identity must hold before it is worth asking for every action of IAM. */
const TELLING = ['iam:attachrolepolicy', 'iam:putuserpolicy', 'iam:createpolicyversion', 'iam:passrole'];

const cache = new WeakMap<Access, Map<string, AdminNow>>();

/**
 * Admin now: every action of IAM on every resource, after boundaries and denies. `*` on `*` includes it, and whoever holds it can give
 * itself the rest. Names never count. A policy that could not be read leaves the answer unknown.
 */
export function adminNow(snapshot: GraphSnapshot, access: Access, identity: NodeRecord): AdminNow {
  let known = cache.get(access);
  if (!known) cache.set(access, (known = new Map()));
  let found = known.get(identity.id);
  if (!found) known.set(identity.id, (found = decide(snapshot, access, identity)));
  return found;
}

/** Admin for certain or under conditions; an unread policy alone does not make one. */
export const isAdmin = (snapshot: GraphSnapshot, access: Access, identity: NodeRecord): boolean => adminNow(snapshot, access, identity).value;

function decide(snapshot: GraphSnapshot, access: Access, identity: NodeRecord): AdminNow {
  if (identity.props['identityType'] === 'root') return { value: true, verdict: 'proven', requires: [], evidence: identity.sources[0] ? [{ source: identity.sources[0], basis: 'platform', text: 'the root user of the account' }] : [] };
  const policies = policiesOf(snapshot, identity);
  const unread = [...policies.filter((p) => p.props['parse'] === 'failed'), ...groupsOf(snapshot, identity).filter((g) => g.completeness === 'none')].map((n) => `${n.name} was not read`);
  if (!policies.some(isWide)) return not(unread);
  const evidence = new Map<string, Evidence>();
  const requires = new Set<string>();
  let verdict: Verdict = 'proven';
  for (const action of isOneAnswer(snapshot, identity, policies) ? TELLING.slice(0, 1) : asked()) {
    const d = access.decide({ principal: identity, action, resource: '*', position: 'direct' });
    const v = verdictOf(d.outcome);
    if (!v || v === 'unknown') return not(v === 'unknown' ? [...unread, ...d.requires] : unread);
    verdict = worstVerdict(verdict, v);
    for (const r of d.requires) requires.add(r);
    for (const b of d.because) if (b.effect === 'Allow' && b.match !== 'no') for (const e of b.evidence) evidence.set(JSON.stringify(e), e);
  }
  return { value: true, verdict, requires: [...requires].sort(), evidence: [...evidence.values()] };
}

let all: readonly string[] | undefined;
const asked = (): readonly string[] => (all ??= [...new Set([...TELLING, ...iamActions()])]);

const WHOLE = new Set(['*', 'iam:*']);

/**
 * Whether one action of IAM answers for all: what the identity holds names either all of them on everything or none, without conditions, and
 * nothing bounds it. So it is for nearly every administrator.
 */
function isOneAnswer(snapshot: GraphSnapshot, identity: NodeRecord, policies: readonly NodeRecord[]): boolean {
  if (snapshot.out(identity.id, 'HAS_POLICY').some((e) => e.props['as'] === 'boundary' || e.props['as'] === 'session') || hasControlPolicies(snapshot)) return false;
  return policies.every((p) => p.props['parse'] === 'ok' && statementsOf(p).every((s) => {
    if (!s.actions || s.unresolved?.length) return false;
    return s.actions.some((a) => WHOLE.has(a.toLowerCase())) ? !s.conditions && s.resources?.join() === '*' : s.actions.every((a) => /^(?!iam:)[a-z0-9-]+:/i.test(a));
  }));
}

const controlled = new WeakMap<GraphSnapshot, boolean>();
function hasControlPolicies(snapshot: GraphSnapshot): boolean {
  let found = controlled.get(snapshot);
  if (found === undefined) controlled.set(snapshot, (found = snapshot.edges.some((e) => e.kind === 'HAS_POLICY' && e.props['as'] === 'scp')));
  return found;
}

const wide = new WeakMap<NodeRecord, boolean>();

/** Some Allow of the policy names a telling action, whatever its resource and conditions. */
function isWide(policy: NodeRecord): boolean {
  let found = wide.get(policy);
  if (found === undefined) {
    found = statementsOf(policy).some((s) => s.effect === 'Allow' && (s.notActions !== undefined || TELLING.some((a) => s.actions?.some((x) => actionGlob(x).test(a)))));
    wide.set(policy, found);
  }
  return found;
}

/** Not as far as was read; what was not read, or not understood, leaves it open. */
function not(unread: readonly string[]): AdminNow {
  return { value: false, verdict: unread.length > 0 ? 'unknown' : 'proven', requires: [...new Set(unread)].sort(), evidence: [] };
}

const groupsOf = (snapshot: GraphSnapshot, identity: NodeRecord): NodeRecord[] => snapshot.out(identity.id, 'MEMBER_OF').map((e) => snapshot.node(e.to)!);

function policiesOf(snapshot: GraphSnapshot, identity: NodeRecord): NodeRecord[] {
  const holders = [identity.id, ...groupsOf(snapshot, identity).map((g) => g.id)];
  return holders.flatMap((h) => snapshot.out(h, 'HAS_POLICY').filter((e) => e.props['as'] === 'identity').map((e) => snapshot.node(e.to)!));
}
