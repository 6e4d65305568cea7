import { hole, showHoles } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, list, sourceOf, statementKey, type FixKind } from '../fix-kind.ts';

const ANYONE = (values: readonly string[] | undefined): boolean => values?.includes('*') === true;

/** A policy of a thing, or a trust, that names everybody: this account, in which identities still need a permission of their own. */
export const fix: FixKind = {
  name: 'narrow-principal',
  edits: 'Principal of a statement',
  at: (hop, _where, g) => g.statementsAt(hop.evidence).flatMap((place) => {
    const { policy, index, statement: s } = place;
    const source = sourceOf(place);
    const open = ANYONE(s.principals?.['*']) || ANYONE(s.principals?.['AWS']);
    if (!source || s.effect !== 'Allow' || !open || !['resource', 'trust'].includes(String(policy.props['policyType'])) || policy.type === 'aws.s3.acl') return [];
    const holder = g.nodes.get(g.in(policy.id, 'HAS_POLICY')[0]?.from ?? '');
    const account = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(String(holder?.props['arn'] ?? ''))?.[1];
    const self = hole({ kind: 'pseudo', name: 'account', scope: '' });
    const root = (id: string): string => `arn:aws:iam::${id}:root`;
    const block = source.property === undefined;
    return [candidate(['principal', policy.id, statementKey(policy, index)], {
      op: 'narrow', what: policy.props['policyType'] === 'trust' ? 'CAN_ASSUME' : 'resource policy', node: nodeRef(holder ?? policy), property: source.property ?? 'principal', source,
      edit: { kind: 'statement', policy: policy.id, statement: index, to: { principals: { AWS: [root(account ?? self)] } } },
      changes: block ? [{ in: 'block', at: source, path: ['Principal'], from: '*', to: root(account ?? self) }] : [{ in: 'statement', at: source, actions: s.actions ?? [], set: { Principal: { AWS: [root(self)] } } }],
      text: `name this account instead of everybody in ${showHoles(policy.name)}${s.actions ? ` for ${list(s.actions)}` : ''}, and grant those who need it by their own policies`,
      effect: 'narrows who the policy admits', mightBreak: ['callers without an identity, and of other accounts'],
    }, 1.2)];
  }),
};
