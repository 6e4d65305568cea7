import { expandActions, resourcePatterns } from '../../../knowledge/actions/index.ts';
import type { Evidence, NodeRecord, Statement } from '../../../schema/index.ts';
import { documentOf, statementEvidence } from '../../policy/document.ts';
import { identityPolicies, statementsOf } from '../policies-of.ts';
import { both, PROVEN, stated, unreadFact, type Found } from './found.ts';
import { actionGlob } from './holders.ts';
import type { World } from './world.ts';

let iam: readonly string[] | undefined;
/** Every published action of IAM that is about the caller's own account; those on things of the provider say nothing about it. */
export const iamActions = (): readonly string[] => (iam ??= expandActions('iam:*').filter((a) => !resourcePatterns(a).some((p) => p.includes(':iam::aws:'))).map((a) => a.toLowerCase()));

const names = (s: Statement, action: string): boolean =>
  s.actions ? s.actions.some((p) => actionGlob(p).test(action)) : s.notActions ? !s.notActions.some((p) => actionGlob(p).test(action)) : false;

const isWide = (s: Statement): boolean => s.effect === 'Allow' && !s.conditions && (s.resources?.includes('*') ?? false);

/** Do these statements allow all of IAM on every resource without a condition? A Deny among them that names an IAM action says no. */
export function allowsAllOfIam(statements: readonly Statement[]): boolean {
  const wide = statements.filter(isWide);
  if (wide.length === 0) return false;
  const deny = statements.filter((s) => s.effect === 'Deny');
  return iamActions().every((a) => wide.some((s) => names(s, a)) && !deny.some((s) => names(s, a)));
}

/** The statements that may take part in allowing all of IAM. */
const wideEvidence = (policy: NodeRecord): Evidence[] => statementsOf(policy).filter((s) => isWide(s) && iamActions().some((a) => names(s, a))).flatMap((s) => statementEvidence(documentOf(policy), s));

/** What is left of admin when the identity is given it: nothing, if a permissions boundary keeps IAM from it. */
export function admits(identity: NodeRecord, world: World): Found | undefined {
  let found = PROVEN;
  for (const { policy } of world.policiesOf(identity.id, 'boundary')) {
    if (policy.props['parse'] === 'failed') found = both(found, unreadFact(`permissions boundary ${policy.name} was not read`));
    else if (!allowsAllOfIam(statementsOf(policy))) return undefined;
    else found = both(found, stated(wideEvidence(policy)));
  }
  return found;
}

/** Admin by its identity policies, were it not for a boundary: by which statements. */
export function adminButForBoundary(identity: NodeRecord, world: World): Found | undefined {
  if (world.policiesOf(identity.id, 'boundary').length === 0) return undefined;
  const policies = identityPolicies(world.snapshot, identity.id);
  return allowsAllOfIam(policies.flatMap(statementsOf)) ? stated(policies.flatMap(wideEvidence)) : undefined;
}
