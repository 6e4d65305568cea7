import { showHoles } from '../../../schema/index.ts';
import { lastUse } from '../../findings/last-use.ts';
import { withoutThose } from '../actions.ts';
import { candidate, changeOfActions, list, ownActions, sourceOf, statementKey, usedBy, type Candidate, type FixGraph, type FixKind, type Place } from '../fix-kind.ts';
import { oldestReport, usageOf, usersOf } from '../uses.ts';

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
  const actions = ownActions(place);
  if (!actions || s.unresolved?.length || !sourceOf(place)) return [];
  const users = usersOf(policy.id, g);
  const usages = users.flatMap((u) => usageOf(u) ?? []);
  if (users.length === 0 || usages.length < users.length) return [];
  const narrowed = withoutThose(actions, (a) => usages.every((u) => lastUse(a, u).used === 'no'));
  if (!narrowed || narrowed.to.length > MOST_NAMES) return [];
  const holders = g.holders(policy.id);
  const of = `${showHoles(policy.name)} of ${list(holders)}`;
  const removed = narrowed.to.length === 0;
  return [candidate(['actions', policy.id, statementKey(policy, index), 'unused'], {
    ...changeOfActions(place, actions, narrowed.to),
    text: removed ? `in policy ${of}, remove the statement that allows ${list(actions)}: it is not used` : `in policy ${of}, allow ${list(narrowed.to)} instead of ${list(actions)}: what is used`,
    effect: `${removed ? 'removes' : 'narrows'} CAN of ${list(holders)}`,
    mightBreak: [`${narrowed.dropped.length} action${narrowed.dropped.length === 1 ? ' is' : 's are'} no longer allowed (${list(narrowed.dropped)}), none of which was used in the tracking period: ${oldestReport(users)}`, ...usedBy(policy.id, g)],
  }, 0.8)];
}
