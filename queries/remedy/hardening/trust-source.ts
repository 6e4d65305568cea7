import { hole, showHoles, type NodeRecord } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, sourceOf, statementKey, statementsOf, type Candidate, type HardeningKind, type Place } from '../fix-kind.ts';

const PLATFORM = /^(preprod\.)?bedrock(-agentcore)?\.(amazonaws\.com|aws\.internal)$/;
const SOURCE = /^aws:(source(account|arn|orgid|orgpaths))$/i;

/** A role that trusts an agent platform: only on behalf of this account. Tokens of a code host: only those of a named subject. */
export const hardening: HardeningKind = {
  name: 'trust-source',
  edits: 'Condition of a trust policy',
  rule: 'AGT-038',
  row(row, g) {
    return g.out(row.node.id, 'HAS_POLICY').flatMap((e) => { const p = g.nodes.get(e.to); return p?.props['policyType'] === 'trust' ? trusts(p, g.nodes.get(e.from)!) : []; });
  },
};

function trusts(policy: NodeRecord, role: NodeRecord): Candidate[] {
  return statementsOf(policy).flatMap((statement, index) => {
    const place: Place = { policy, index, statement };
    const source = sourceOf(place);
    const keys = Object.values(statement.conditions ?? {}).flatMap(Object.keys);
    if (statement.effect !== 'Allow' || !source) return [];
    if ((statement.principals?.['Service'] ?? []).some((s) => PLATFORM.test(s)) && !keys.some((k) => SOURCE.test(k))) return [account(place, role)];
    const federated = (statement.principals?.['Federated'] ?? []).find((f) => f.includes('token.actions.githubusercontent.com'));
    return federated && !keys.some((k) => k.endsWith(':sub')) ? [subject(place, role)] : [];
  });
}

function account({ policy, index, statement }: Place, role: NodeRecord): Candidate {
  const source = sourceOf({ policy, index, statement })!;
  const known = /^arn:[^:]*:iam::(\d{12}):/.exec(String(role.props['arn'] ?? ''))?.[1];
  const self = hole({ kind: 'pseudo', name: 'account', scope: '' });
  const conditions = { ...statement.conditions, StringEquals: { ...statement.conditions?.['StringEquals'], 'aws:SourceAccount': [known ?? self] } };
  return candidate(['trust-source', policy.id, statementKey(policy, index)], {
    op: 'narrow', what: 'CAN_ASSUME', node: nodeRef(role), property: source.property, source, edit: { kind: 'statement', policy: policy.id, statement: index, to: { conditions } },
    changes: [{ in: 'statement', at: source, actions: statement.actions ?? [], set: { Condition: { StringEquals: { 'aws:SourceAccount': [self] } } } }],
    text: `let ${showHoles(role.name)} be assumed for this account only: StringEquals aws:SourceAccount; where the agent is known before the role, ArnLike aws:SourceArn names it`,
    effect: `adds a condition to the trust of ${showHoles(role.name)}`, mightBreak: ['agents of other accounts that use this role'],
  }, 0.5);
}

function subject({ policy, index, statement }: Place, role: NodeRecord): Candidate {
  const source = sourceOf({ policy, index, statement })!;
  const conditions = { ...statement.conditions, StringLike: { ...statement.conditions?.['StringLike'], 'token.actions.githubusercontent.com:sub': ['repo:owner/name:environment:production'] } };
  return candidate(['trust-subject', policy.id, statementKey(policy, index)], {
    op: 'narrow', what: 'CAN_ASSUME', node: nodeRef(role), property: source.property, source, edit: { kind: 'statement', policy: policy.id, statement: index, to: { conditions } },
    noPatch: 'which repository and environment deploys is not in this code: add StringEquals token.actions.githubusercontent.com:sub = repo:<owner>/<name>:environment:<environment>',
    text: `let ${showHoles(role.name)} be assumed by the workflows of one repository and environment only`, effect: `adds a condition to the trust of ${showHoles(role.name)}`, mightBreak: ['workflows of other repositories and branches'],
  }, 0.5);
}
