import { showHoles } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, list, ownActions, sourceOf, statementKey, type FixKind } from '../fix-kind.ts';

/** Item calls that the key condition applies to; a scan has no key and needs a statement of its own. */
const ITEM = /^dynamodb:(Get|Put|Update|Delete|BatchGet|BatchWrite)Item$|^dynamodb:Query$/i;

/** Items of a table: only those whose key is the caller's, by a tag of the session. */
export const fix: FixKind = {
  name: 'leading-keys',
  edits: 'Condition of a statement on a table',
  at(hop, _where, g) {
    if (hop.fact !== 'EFFECT' || hop.node.type !== 'aws.dynamodb.table') return [];
    return g.statementsAt(hop.evidence).flatMap((place) => {
      const { policy, index, statement: s } = place;
      const source = sourceOf(place);
      const keys = Object.values(s.conditions ?? {}).flatMap(Object.keys).map((k) => k.toLowerCase());
      const actions = ownActions(place);
      if (!source || !actions?.every((a) => ITEM.test(a)) || !s.resources?.every((r) => /:table\/[^*?]+(\/index\/\*)?$/.test(r)) || keys.includes('dynamodb:leadingkeys')) return [];
      const add = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['${aws:PrincipalTag/caller}'] }, Null: { 'aws:PrincipalTag/caller': ['false'] } };
      return [candidate(['leading-keys', policy.id, statementKey(policy, index)], {
        op: 'narrow', what: 'CAN', node: nodeRef(policy), property: source.property, source, edit: { kind: 'statement', policy: policy.id, statement: index, to: { conditions: { ...s.conditions, ...add } } },
        changes: [{ in: 'statement', at: source, actions: [...actions], set: { Condition: add } }],
        text: `let ${showHoles(policy.name)} of ${list(g.holders(policy.id))} act on items of the caller only: dynamodb:LeadingKeys = the session tag "caller", which whoever assumes the role sets from the verified user`,
        effect: `narrows CAN of ${list(g.holders(policy.id))} to the caller's own items`, mightBreak: ['sessions without the tag get nothing: set it with sts:TagSession where the role is assumed', 'tables whose key is not the caller'],
      }, 1.5)];
    });
  },
};
