import { showHoles } from '../../../schema/index.ts';
import { lastUse } from '../../findings/last-use.ts';
import { nodeRef } from '../../findings/ref.ts';
import { withoutThose } from '../actions.ts';
import { candidate, list, sourceOf, statementKey, usedBy, type Candidate, type FixGraph, type FixKind, type Place } from '../fix-kind.ts';
import { reportOf, usageOf, usersOf } from '../uses.ts';

/** A longer list is no statement that a person reads. */
const MOST_NAMES = 60;

/** A statement of an identity: without the actions that nobody who acts with it has used, as far as reports of last use tell of all of them. */
export const fix: FixKind = {
  name: 'unused-actions',
  edits: 'Action of a statement',
  at: (hop, _where, g) => g.statementsAt(hop.evidence).flatMap((s) => g.once(`unused-actions ${s.policy.id} ${s.index}`, () => unused(s, g))),
};

function unused(place: Place, g: FixGraph): Candidate[] {
  const { policy, index, statement: s } = place;
  const source = sourceOf(place);
  if (!s.actions || s.unresolved?.length || s.effect !== 'Allow' || policy.props['managedBy'] === 'provider' || policy.props['policyType'] !== 'identity' || !source) return [];
  const users = usersOf(policy.id, g);
  const usages = users.flatMap((u) => usageOf(u) ?? []);
  if (users.length === 0 || usages.length < users.length) return [];
  const narrowed = withoutThose(s.actions, (a) => usages.every((u) => lastUse(a, u).used === 'no'));
  if (!narrowed || narrowed.to.length > MOST_NAMES) return [];
  const holders = g.holders(policy.id);
  const of = `${showHoles(policy.name)} of ${list(holders)}`;
  const removed = narrowed.to.length === 0;
  return [candidate(['actions', policy.id, statementKey(policy, index), 'unused'], {
    op: removed ? 'remove' : 'narrow', what: 'CAN', node: nodeRef(policy), property: source.property, source, edit: { kind: 'actions', policy: policy.id, statement: index, from: s.actions, to: narrowed.to },
    changes: [{ in: 'statement', at: source, actions: s.actions, ...(removed ? { remove: true, ...(policy.sources[0] ? { policy: policy.sources[0] } : {}) } : { set: { Action: narrowed.to } }) }],
    text: removed ? `in policy ${of}, remove the statement that allows ${list(s.actions)}: it is not used` : `in policy ${of}, allow ${list(narrowed.to)} instead of ${list(s.actions)}: what is used`,
    effect: `${removed ? 'removes' : 'narrows'} CAN of ${list(holders)}`,
    mightBreak: [`${narrowed.dropped.length} action${narrowed.dropped.length === 1 ? ' is' : 's are'} no longer allowed (${list(narrowed.dropped)}), none of which was used in the tracking period: ${reportOf(users)}`, ...usedBy(policy.id, g)],
  }, 0.8)];
}
