import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { worstVerdict, type Evidence, type NodeRecord, type Verdict } from '../../schema/index.ts';
import { verdictOf, type Access } from '../policy/types.ts';
import { adminActions, isWide } from './admin-actions.ts';

export interface AdminNow { value: boolean; verdict: Verdict; requires: string[]; evidence: Evidence[] }

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
  const actions = adminActions(policies, limitsOf(snapshot, identity));
  if (!actions) return not(unread);
  const evidence = new Map<string, Evidence>();
  const requires = new Set<string>();
  let verdict: Verdict = 'proven';
  for (const action of actions) {
    const d = access.decide({ principal: identity, action, resource: '*', position: 'direct' });
    const v = verdictOf(d.outcome);
    if (!v || v === 'unknown') return not(v === 'unknown' ? [...unread, ...d.requires] : unread);
    verdict = worstVerdict(verdict, v);
    for (const r of d.requires) requires.add(r);
    for (const b of d.because) if (b.effect === 'Allow' && b.match !== 'no') for (const e of b.evidence) evidence.set(JSON.stringify(e), e);
  }
  return { value: true, verdict, requires: [...requires].sort(), evidence: [...evidence.values()] };
}

const LIMITS: ReadonlySet<unknown> = new Set(['boundary', 'session']);

/** Policies that limit the identity: its own, and every service control policy of the input, which may. */
function limitsOf(snapshot: GraphSnapshot, identity: NodeRecord): NodeRecord[] {
  return [...snapshot.out(identity.id, 'HAS_POLICY').filter((e) => LIMITS.has(e.props['as'])).map((e) => snapshot.node(e.to)!), ...controlPolicies(snapshot)];
}

const controls = new WeakMap<GraphSnapshot, readonly NodeRecord[]>();
function controlPolicies(snapshot: GraphSnapshot): readonly NodeRecord[] {
  let found = controls.get(snapshot);
  if (!found) controls.set(snapshot, (found = [...new Set(snapshot.edges.filter((e) => e.kind === 'HAS_POLICY' && e.props['as'] === 'scp').map((e) => snapshot.node(e.to)!))]));
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
