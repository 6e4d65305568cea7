import { describe, expect, test } from 'vitest';
import { broadness, BroadStatement } from '../../queries/findings/broad.ts';
import { ruleFiles } from '../../queries/rules/index.ts';
import { packOf } from '../../queries/rules/packs.ts';
import { type Rule, type Statement } from '../../schema/index.ts';
import { analyzeText } from '../helpers/analyze.ts';

const ours = (id: string): Rule => ruleFiles.find((r) => r.name === id)!.rule;
const text = (id: string): string => ours(id).hit['terraform'] as string;

describe('statements that admit too many', () => {
  const trust = BroadStatement.parse({ principals: ['service:bedrock.amazonaws.com', 'oidc'], without: ['aws:SourceAccount', 'aws:SourceArn'], narrowTo: 'account' });
  const resource = BroadStatement.parse({ principals: ['*', 'foreign'], effects: ['invoke'], without: ['aws:PrincipalOrgID'], narrowTo: 'account' });
  const github = (conditions: Statement['conditions']): Statement => ({ effect: 'Allow', actions: ['sts:AssumeRoleWithWebIdentity'], principals: { Federated: ['arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com'] }, conditions });
  const aud = { 'token.actions.githubusercontent.com:aud': ['sts.amazonaws.com'] };
  const sub = (v: string): Record<string, string[]> => ({ 'token.actions.githubusercontent.com:sub': [v] });
  const says = (s: Statement, p = trust): string | undefined => broadness(s, p, '111122223333')?.says;
  test.each<[string, Statement, string | undefined]>([
    ['every repository of an organisation', github({ StringEquals: aud, StringLike: sub('repo:acme/*') }), 'token.actions.githubusercontent.com is admitted for every subject like repo:acme/*'],
    ['every branch of one repository', github({ StringEquals: aud, StringLike: sub('repo:acme/shop:*') }), undefined],
    ['a star that is a letter', github({ StringEquals: { ...aud, ...sub('repo:acme/*') } }), undefined],
    ['no subject at all', github({ StringEquals: aud }), 'token.actions.githubusercontent.com is admitted for every subject'],
    ['no audience', github({ StringEquals: sub('repo:acme/shop:environment:prod') }), 'token.actions.githubusercontent.com is admitted for every audience'],
    ['a condition that also holds without the key', github({ StringEquals: aud, StringEqualsIfExists: sub('repo:acme/shop:environment:prod') }), 'token.actions.githubusercontent.com is admitted for every subject'],
    ['every service account of a cluster', { effect: 'Allow', principals: { Federated: ['arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A1'] }, conditions: { StringLike: { 'oidc.eks.eu-west-1.amazonaws.com/id/A1:sub': ['system:serviceaccount:*'], 'oidc.eks.eu-west-1.amazonaws.com/id/A1:aud': ['sts.amazonaws.com'] } } }, 'oidc.eks.eu-west-1.amazonaws.com/id/A1 is admitted for every subject like system:serviceaccount:*'],
    ['the agent platform for one account', { effect: 'Allow', principals: { Service: ['bedrock.amazonaws.com'] }, conditions: { ArnLike: { 'aws:SourceArn': ['arn:aws:bedrock:eu-west-1:111122223333:agent/*'] } } }, undefined],
    ['the agent platform for every account', { effect: 'Allow', principals: { Service: ['bedrock.amazonaws.com'] }, conditions: { ArnLike: { 'aws:SourceArn': ['arn:aws:bedrock:eu-west-1:*:agent/*'] } } }, 'bedrock.amazonaws.com is admitted with a wildcard source'],
    ['a deny', { effect: 'Deny', principals: { Service: ['bedrock.amazonaws.com'] } }, undefined],
  ])('%s', (_, s, expected) => expect(says(s)).toBe(expected));

  test.each<[string, Statement, string | undefined]>([
    ['another account', { effect: 'Allow', actions: ['bedrock-agentcore:InvokeGateway'], principals: { AWS: ['arn:aws:iam::444455556666:root'] } }, 'account 444455556666 is admitted without a source'],
    ['the own account', { effect: 'Allow', actions: ['bedrock-agentcore:InvokeGateway'], principals: { AWS: ['arn:aws:iam::111122223333:root'] } }, undefined],
    ['another account, to look only', { effect: 'Allow', actions: ['bedrock-agentcore:ListGateways'], principals: { AWS: ['444455556666'] } }, undefined],
    ['the organisation', { effect: 'Allow', actions: ['bedrock-agentcore:InvokeGateway'], principals: { '*': ['*'] }, conditions: { StringEquals: { 'aws:PrincipalOrgID': ['o-a1b2c3d4e5'] } } }, undefined],
  ])('%s', (_, s, expected) => expect(says(s, resource)).toBe(expected));

  test('an account that the input leaves open is not decided', () => {
    const s: Statement = { effect: 'Allow', actions: ['bedrock-agentcore:InvokeGateway'], principals: { AWS: ['444455556666'] } };
    expect(broadness(s, resource, undefined)).toMatchObject({ sure: false });
    expect(broadness(s, resource, '111122223333')).toMatchObject({ sure: true });
  });
});

test('the plan pack is that of the catalogue', () => {
  expect([...packOf('plan')].sort()).toEqual(['007', '009', '010', '011', '012', '013', '021', '023', '025', '029', '032', '034', '037', '038', '041', '046', '047', '048'].map((n) => `AGT-${n}`));
  expect(packOf('plan', [{ rule: { id: 'ACME-001' } }]).has('ACME-001')).toBe(true);
});

describe('approvals stand against mistakes too', () => {
  const rule = { ...ours('AGT-012'), id: 'ACME-002', predicate: { reach: { from: ['E7'], to: 'EFFECT(any, [delete])', mustNotPass: ['gate{approver: session_user}'] } } } as unknown as Rule;
  const hit = text('AGT-057').replaceAll('get_customer', 'remove_customer');
  const fires = async (approver: string): Promise<boolean> => {
    const files = { 'main.tf': hit, 'overreach.yaml': `tools:\n  - match: { kind: Tool, name: remove_customer }\n    effects: [delete]\n    approval: ${approver}\n` };
    const result = await analyzeText(files, { extraRules: [{ name: 'ACME-002', rule }] });
    return result.findings.some((f) => f.rules.includes('ACME-002'));
  };
  test('answered by nobody: the mistake goes through', async () => expect(await fires('auto')).toBe(true));
  test('answered by the user: it passes the gate', async () => expect(await fires('session_user')).toBe(false));
});

describe('live against code', () => {
  const rows = async (files: Record<string, string>, before: Record<string, string>) => (await analyzeText(files, {}, before)).posture.filter((p) => p.rule === 'AGT-006');
  const code = { 'main.tf': text('AGT-038') };
  const agent = (name: string, id: string): string => JSON.stringify({ agent: { agentId: id, agentName: name, agentArn: `arn:aws:bedrock:eu-west-1:111122223333:agent/${id}`, agentStatus: 'PREPARED', agentVersion: 'DRAFT', agentResourceRoleArn: 'arn:aws:iam::111122223333:role/support-agent', foundationModel: 'anthropic.claude-3-5-sonnet-20240620-v1:0', createdAt: '2026-01-05T10:00:00Z', updatedAt: '2026-01-05T10:00:00Z', preparedAt: '2026-01-05T10:00:00Z', idleSessionTTLInSeconds: 600 } });
  test('a live agent that no code makes', async () => {
    const found = await rows({ 'get-agent.json': agent('shadow', 'AAAAAAAAAA') }, code);
    expect(found.map((p) => [p.node.name, p.detail])).toEqual([['shadow', 'deployed, and no code of the input makes it']]);
  });
  test('the agent that the code makes', async () => expect(await rows({ 'get-agent.json': agent('support', 'BBBBBBBBBB') }, code)).toEqual([]));
});

describe('growth', () => {
  const before = ours('AGT-057').before!['terraform'] as string;
  const purpose = (effects: string): string => `agents:\n  - match: { kind: Agent, name: support }\n    purpose: { allow: [{ effect: ${effects}, resources: { name: customers } }] }\n`;
  const severity = async (now: string): Promise<string[]> => (await analyzeText({ 'main.tf': text('AGT-057'), 'overreach.yaml': now }, {}, { 'main.tf': before, 'overreach.yaml': purpose('read') })).posture.filter((p) => p.rule === 'AGT-057').map((p) => p.severity);
  test('without a word', async () => expect(await severity(purpose('read'))).not.toEqual(['info']));
  test('with a purpose that was changed with it', async () => expect(await severity(purpose('delete'))).toEqual(['info']));
});

describe('a resource policy for everyone', () => {
  const hit = text('AGT-013');
  const starts = async (tf: string): Promise<string[]> => [...new Set((await analyzeText({ 'main.tf': tf })).findings.filter((f) => f.rules.includes('AGT-013')).map((f) => f.startClass))];
  test('opens the signed endpoint to whoever has an account', async () => expect(await starts(hit)).toEqual(['E1']));
  test('not where a condition keeps it in the organisation', async () => expect(await starts(hit.replace('Resource  = aws_bedrockagentcore_gateway.orders.gateway_arn\n', 'Resource  = aws_bedrockagentcore_gateway.orders.gateway_arn\n      Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } }\n'))).toEqual([]));
});

describe('a tool policy whose mode the input leaves open', () => {
  const rows = async (mode: string): Promise<string[]> => (await analyzeText({ 'main.tf': text('AGT-025').replace('mode = "LOG_ONLY"', `mode = ${mode}`) + '\nvariable "mode" {}\n' })).posture.filter((p) => p.rule === 'AGT-025').map((p) => p.verdict);
  test('is not decided, and not called missing', async () => expect(await rows('var.mode')).toEqual(['unknown']));
  test('one that only logs is missing', async () => expect(await rows('"LOG_ONLY"')).toEqual(['proven']));
});
