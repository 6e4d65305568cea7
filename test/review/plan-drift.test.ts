import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Comparison } from '../../schema/index.ts';
import { commandLine } from '../helpers/cli.ts';
import { allow, change, planFile, STANDING, TABLE } from './plan-file.ts';

const rows = (c: Comparison, rule: string): string[] => c.postureOpened.filter((p) => p.rule === rule).map((p) => `${p.node.name}: ${p.detail}`);
const GROWN = change({ 'aws_iam_role_policy.tool': { policy: allow(['dynamodb:DescribeTable', 'dynamodb:PutItem'], TABLE) } });
const SAME = change({ 'aws_dynamodb_table.customers': { read_capacity: 5 } });
const BY_HAND = allow(['dynamodb:DescribeTable', 'dynamodb:DeleteItem'], TABLE);
const DRIFT = ['tool: identity policy: other statements are in force than the code has'];

/** What an account says of the standing roles; `data`: the policy of the tool. */
function dump(data = String(STANDING['aws_iam_role_policy.tool']!['policy'])): string {
  const role = (name: string, service: string, policies: Record<string, string>): object => ({
    Path: '/', RoleName: name, RoleId: `AROA${name.toUpperCase()}`, Arn: `arn:aws:iam::111122223333:role/${name}`, CreateDate: '2026-01-01T00:00:00Z', InstanceProfileList: [], AttachedManagedPolicies: [], Tags: [],
    AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] },
    RolePolicyList: Object.entries(policies).map(([PolicyName, text]) => ({ PolicyName, PolicyDocument: JSON.parse(text) as unknown })),
  });
  return JSON.stringify({ UserDetailList: [], GroupDetailList: [], Policies: [], RoleDetailList: [role('chat', 'lambda.amazonaws.com', { invoke: String(STANDING['aws_iam_role_policy.chat']!['policy']) }), role('agent', 'bedrock.amazonaws.com', {}), role('tool', 'lambda.amazonaws.com', { data })] }, null, 1);
}
/** The same estate as a state; some of it changed. */
const state = (changes: Record<string, Record<string, unknown>> = {}): string => JSON.stringify({
  version: 4, terraform_version: '1.11.4', serial: 7, lineage: 'l', outputs: {},
  resources: Object.entries(STANDING).map(([address, values]) => ({ mode: 'managed', type: address.split('.')[0], name: address.split('.')[1], provider: 'provider["registry.terraform.io/hashicorp/aws"]', instances: [{ schema_version: 0, attributes: { ...values, ...changes[address] } }] })),
}, null, 1);
/** The plan, with what Terraform noticed when it refreshed: before as applied, after as found. */
function noticed(plan: string, address: string, found: Record<string, unknown>): string {
  const p = JSON.parse(plan) as Record<string, unknown> & { resource_changes: { address: string; change: Record<string, unknown> }[] };
  const r = p.resource_changes.find((x) => x.address === address)!;
  const before = { ...(r.change['before'] as object), ...found };
  p['resource_drift'] = [{ ...r, change: { ...r.change, actions: ['update'], before: r.change['before'], after: before } }];
  r.change = { ...r.change, actions: ['update'], before };
  return JSON.stringify(p, null, 1);
}

function given(plan: string, files: Record<string, string> = {}): ReturnType<typeof commandLine> {
  const cli = commandLine();
  for (const [name, text] of Object.entries({ ...files, 'tfplan.json': plan })) writeFileSync(join(cli.cwd, name), text);
  return cli;
}
async function review(plan: string, files: Record<string, string> = {}, ...more: string[]): Promise<Comparison> {
  const ran = await given(plan, files).run('plan', 'tfplan.json', '--format', 'json', ...more);
  expect(ran.log).not.toContain('could not');
  return JSON.parse(ran.out) as Comparison;
}

describe('growth of a plan (AGT-057)', () => {
  test.each<[over: string, files: Record<string, string>]>([['plan', {}], ['dump.json', { 'dump.json': dump() }], ['terraform.tfstate', { 'terraform.tfstate': state() }]])('over %s', async (over, files) => {
    const options = over === 'plan' ? [] : ['--over', over];
    expect(rows(await review(GROWN, files, ...options), 'AGT-057')).toEqual([expect.stringMatching(/^support: weight of what it may do: \d+ → \d+; new: write customers/)]);
    expect(rows(await review(SAME, files, ...options), 'AGT-057')).toEqual([]);
  });
  test('over nothing, nothing grew; over a result, that is said', async () => {
    expect(rows(await review(GROWN, {}, '--over', 'nothing'), 'AGT-057')).toEqual([]);
    const cli = given(GROWN, { 'standing.json': change({}) });
    await cli.run('scan', 'standing.json', '--format', 'json', '--output', 'base.json');
    expect((JSON.parse((await cli.run('plan', 'tfplan.json', '--over', 'base.json', '--format', 'json')).out) as Comparison).notes.join()).toContain('what grew (AGT-057) and where code and live part (AGT-006) is not said');
  });
});

describe('drift of a plan (AGT-006)', () => {
  test('over a dump: what was changed by hand, whatever the plan does; not what the plan changes', async () => {
    expect(rows(await review(SAME, { 'dump.json': dump(BY_HAND) }, '--over', 'dump.json'), 'AGT-006')).toEqual(DRIFT);
    expect(rows(await review(GROWN, { 'dump.json': dump(BY_HAND) }, '--over', 'dump.json'), 'AGT-006')).toEqual(DRIFT);
    expect(rows(await review(GROWN, { 'dump.json': dump() }, '--over', 'dump.json'), 'AGT-006')).toEqual([]);
    // What was changed by hand first, and is adopted by the code now, is no drift.
    const adopted = change({ 'aws_iam_role_policy.tool': { policy: BY_HAND } });
    expect(rows(await review(adopted, { 'dump.json': dump(BY_HAND) }, '--over', 'dump.json'), 'AGT-006')).toEqual([]);
  });
  test('over a dump: a policy that was added by hand; not one that the plan takes away or adopts', async () => {
    const by = (d: string): string => d.replace('"RolePolicyList": [\n    {\n     "PolicyName": "data"', '"RolePolicyList": [\n    {\n     "PolicyName": "extra",\n     "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}\n    },\n    {\n     "PolicyName": "data"');
    const added = by(dump());
    expect(added).toContain('extra');
    expect(rows(await review(SAME, { 'dump.json': added }, '--over', 'dump.json'), 'AGT-006')).toEqual(['tool: extra attached, and no code of the input does so']);
    const EXTRA = { id: 'tool:extra', name: 'extra', role: 'tool', policy: allow('s3:GetObject', '*') };
    const adopted = change({ 'aws_iam_role_policy.extra': EXTRA });
    expect(rows(await review(adopted, { 'dump.json': added }, '--over', 'dump.json'), 'AGT-006')).toEqual([]);
    const taken = JSON.parse(adopted) as { resource_changes: { address: string; change: Record<string, unknown> }[] };
    for (const r of taken.resource_changes) if (r.address.endsWith('.extra')) r.change = { ...r.change, actions: ['delete'], before: EXTRA, after: null };
    expect(rows(await review(JSON.stringify(taken), { 'dump.json': added }, '--over', 'dump.json'), 'AGT-006')).toEqual([]);
  });
  test('over a state', async () => {
    const opened = state({ 'aws_lambda_function_url.chat': { authorization_type: 'NONE' } });
    const [row] = rows(await review(SAME, { 'terraform.tfstate': opened }, '--over', 'terraform.tfstate'), 'AGT-006');
    expect(row).toMatch(/auth: none deployed, aws-iam in the code/);
    expect(rows(await review(change({ 'aws_lambda_function_url.chat': { authorization_type: 'NONE' } }), { 'terraform.tfstate': state() }, '--over', 'terraform.tfstate'), 'AGT-006')).toEqual([]);
  });
  test('over a run of the store', async () => {
    for (const [text, expected] of [[dump(BY_HAND), DRIFT], [dump(), []]] as const) {
      const cli = given(SAME, { 'dump.json': text });
      await cli.run('scan', 'dump.json');
      expect(rows(JSON.parse((await cli.run('plan', 'tfplan.json', '--over', 'store', '--format', 'json')).out) as Comparison, 'AGT-006')).toEqual(expected);
    }
  });
  test('over a run of code and account together: once, and by the code of now', async () => {
    const code = `resource "aws_iam_role" "tool" {\n  name               = "tool"\n  assume_role_policy = jsonencode(${String(STANDING['aws_iam_role.tool']!['assume_role_policy'])})\n}\n\nresource "aws_iam_role_policy" "tool" {\n  name   = "data"\n  role   = aws_iam_role.tool.name\n  policy = jsonencode(${String(STANDING['aws_iam_role_policy.tool']!['policy'])})\n}\n`;
    const over = async (plan: string): Promise<string[]> => {
      const cli = given(plan, { 'dump.json': dump(BY_HAND) });
      mkdirSync(join(cli.cwd, 'code'));
      writeFileSync(join(cli.cwd, 'code/main.tf'), code);
      await cli.run('scan', 'code', '--account', 'dump.json');
      return rows(JSON.parse((await cli.run('plan', 'tfplan.json', '--over', 'store', '--format', 'json')).out) as Comparison, 'AGT-006');
    };
    expect(await over(SAME)).toEqual(DRIFT);
    expect(await over(change({ 'aws_iam_role_policy.tool': { policy: BY_HAND } }))).toEqual([]);
  });
  test('by its own prior state: what Terraform noticed when it refreshed', async () => {
    const plan = noticed(SAME, 'aws_iam_role_policy.tool', { policy: BY_HAND });
    expect(rows(await review(plan), 'AGT-006')).toEqual(DRIFT);
    expect(rows(await review(SAME), 'AGT-006')).toEqual([]);
    expect(rows(await review(noticed(SAME, 'aws_dynamodb_table.customers', { tags: { team: 'crm' } })), 'AGT-006')).toEqual([]);
  });
  test('a role that is known by its name only is in the account it is compared with, unless its code speaks of another', async () => {
    const trust = JSON.parse(String(STANDING['aws_iam_role.tool']!['assume_role_policy'])) as { Statement: object[] };
    const role = (extra: object[]): string => planFile([{ address: 'aws_iam_role.tool', before: null, after: { name: 'tool', assume_role_policy: JSON.stringify({ ...trust, Statement: [...trust.Statement, ...extra] }) }, unknown: { id: true, arn: true } }, { address: 'aws_iam_role_policy.tool', before: null, after: { name: 'data', role: 'tool', policy: allow('s3:ListAllMyBuckets', '*') }, unknown: { id: true } }]);
    const drift = async (plan: string): Promise<string[]> => rows(await review(plan, { 'dump.json': dump(allow('s3:ListAllMyBuckets', '*')) }, '--over', 'dump.json'), 'AGT-006');
    expect(await drift(role([{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }]))).toEqual(['tool: trust policy: other statements are in force than the code has']);
    expect(await drift(role([]))).toEqual([]);
    expect(await drift(role([{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::999988887777:role/x' }, Action: 'sts:AssumeRole' }]))).toEqual([]);
  });
});

test('said on the screen, in the comment, in SARIF', async () => {
  for (const [text, says] of [[dump(BY_HAND), true], [dump(), false]] as const) {
    const cli = given(SAME, { 'dump.json': text });
    const run = async (format: string): Promise<string> => (await cli.run('plan', 'tfplan.json', '--over', 'dump.json', '--format', format)).out;
    expect(/^drift +low +tool: identity policy/m.test(await run('table'))).toBe(says);
    expect(/### Drift and growth[\s\S]*\| drift \(AGT-006\) \| low \| tool \| identity policy/.test(await run('markdown'))).toBe(says);
    const { results } = (JSON.parse(await run('sarif')) as { runs: [{ results: { ruleId: string; locations: object[] }[] }] }).runs[0];
    expect(results.some((r) => r.ruleId === 'AGT-006')).toBe(says);
  }
});

test('compare has SARIF too: opened paths, drift and growth', async () => {
  const cli = given(GROWN, { 'standing.json': change({}), 'dump.json': dump(BY_HAND) });
  const ids = async (a: string, b: string): Promise<string[]> => (JSON.parse((await cli.run('compare', a, b, '--format', 'sarif')).out) as { runs: [{ results: { ruleId: string }[] }] }).runs[0].results.map((r) => r.ruleId);
  expect(await ids('standing.json', 'tfplan.json')).toContain('AGT-057');
  expect(await ids('standing.json', 'standing.json')).toEqual([]);
});
