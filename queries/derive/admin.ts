import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { worstVerdict, type Evidence, type NodeRecord, type Verdict } from '../../schema/index.ts';
import { verdictOf, type Access } from '../policy/types.ts';
import { adminActions, isWide } from './admin-actions.ts';
import { evidenceKey } from './escalate/sets.ts';
import { boundsOf, controlPolicies, identityPolicies } from './policies-of.ts';

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
  const policies = identityPolicies(snapshot, identity.id);
  const unread = [...policies.filter((p) => p.props['parse'] === 'failed'), ...groupsOf(snapshot, identity).filter((g) => g.completeness === 'none')].map((n) => `${n.name} was not read`);
  if (!policies.some(isWide)) return not(unread);
  const actions = adminActions(policies, [...boundsOf(snapshot, identity.id), ...controlPolicies(snapshot, 'scp')]);
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
    for (const b of d.because) if (b.effect === 'Allow' && b.match !== 'no') for (const e of b.evidence) evidence.set(evidenceKey(e), e);
  }
  return { value: true, verdict, requires: [...requires].sort(), evidence: [...evidence.values()] };
}

/** Not as far as was read; what was not read, or not understood, leaves it open. */
function not(unread: readonly string[]): AdminNow {
  return { value: false, verdict: unread.length > 0 ? 'unknown' : 'proven', requires: [...new Set(unread)].sort(), evidence: [] };
}

const groupsOf = (snapshot: GraphSnapshot, identity: NodeRecord): NodeRecord[] => snapshot.out(identity.id, 'MEMBER_OF').map((e) => snapshot.node(e.to)!);
