import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Comparison, RadiusDelta } from '../../schema/index.ts';
import { commandLine, type Ran } from '../helpers/cli.ts';
import { CHAT } from './chat.ts';
import { allow, change, fresh, STANDING, TABLE } from './plan-file.ts';

type Review = Comparison & { blastRadius: RadiusDelta[]; exit: { code: number } };
const OPEN_DOOR = { authorization_type: 'NONE' };
const WRITE = { policy: allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], TABLE) };
const explosive = change({ 'aws_lambda_function_url.chat': OPEN_DOOR, 'aws_iam_role_policy.tool': WRITE });

async function review(plan: string, ...more: string[]): Promise<{ json: Review; ran: Ran; cli: ReturnType<typeof commandLine> }> {
  const cli = commandLine();
  writeFileSync(join(cli.cwd, 'tfplan.json'), plan);
  const ran = await cli.run('plan', 'tfplan.json', '--fail-on', 'high', '--format', 'json', ...more);
  return { json: JSON.parse(ran.out) as Review, ran, cli };
}

test('an explosive change is rejected: what opens, with its radius before and after', async () => {
  const { json, ran } = await review(explosive);
  expect(ran.code).toBe(1);
  expect(json.opened.map((x) => [x.finding.startClass, x.finding.effect, x.finding.asset.name])).toContainEqual(['E0', 'write', 'customers']);
  expect(json.closed).toEqual([]);
  const radius = json.blastRadius.find((r) => r.agent.name === 'support')!;
  expect(radius.after!.influence.weight).toBeGreaterThan(radius.before!.influence.weight);
});

test('a clean change passes, and so does one that closes', async () => {
  const clean = await review(change({ 'aws_dynamodb_table.customers': { tags: { 'data-classification': 'restricted', team: 'crm' } } }));
  expect([clean.ran.code, clean.json.opened, clean.json.undetermined]).toEqual([0, [], []]);
  const turned = JSON.parse(explosive) as { resource_changes: { change: { before: unknown; after: unknown; actions: string[] } }[] };
  for (const r of turned.resource_changes) [r.change.before, r.change.after] = [r.change.after, r.change.before];
  const closing = await review(JSON.stringify(turned));
  expect([closing.ran.code, closing.json.opened]).toEqual([0, []]);
  expect(closing.json.closed.length + closing.json.changed.length).toBeGreaterThan(0);
});

test('what is known after apply only is undetermined, not clean and not opened', async () => {
  const { json, ran } = await review(change(
    { 'aws_lambda_function_url.chat': OPEN_DOOR, 'aws_iam_role_policy.tool': { policy: undefined } },
    { 'aws_iam_role_policy.tool': { unknown: { policy: true }, refs: { policy: ['var.extra', 'aws_dynamodb_table.customers.arn'] } } },
  ));
  expect(json.opened.filter((x) => x.finding.verdict !== 'unknown').map((x) => x.finding.title)).toEqual([]);
  expect(json.undetermined.length).toBeGreaterThan(0);
  expect(ran.code).toBe(2);
});

test('before anything exists: the Markdown says what opens, and shows it', async () => {
  const cli = commandLine();
  writeFileSync(join(cli.cwd, 'tfplan.json'), fresh());
  // The plan alone does not say what its policies will be: texts that are made of ARNs are known after apply.
  expect((await cli.run('plan', 'tfplan.json', '--fail-on', 'high')).code).not.toBe(1);
  writeFileSync(join(cli.cwd, 'main.tf'), CHAT);
  const ran = await cli.run('plan', 'tfplan.json', '--fail-on', 'high', '--format', 'markdown');
  expect(ran.code).toBe(1);
  expect(ran.out).toContain('Overreach: rejected');
  expect(ran.out).toMatch(/Anyone on the internet can write to .*customers.* through agent support/);
  expect(ran.out).toMatch(/```mermaid\nflowchart LR[\s\S]*`main\.tf:\d+/);
  expect(ran.out).toMatch(/\| support \| none → \d+/);
});

test('bases: nothing, a result, a run; only what the plan does is counted', async () => {
  const { json, cli } = await review(explosive, '--over', 'nothing');
  expect(json.agentsAdded.map((a) => a.name)).toEqual(['support']);
  const standing = change({});
  writeFileSync(join(cli.cwd, 'standing.json'), standing);
  expect((await cli.run('scan', 'standing.json', '--format', 'json', '--output', 'base.json')).code).toBe(0);
  for (const over of ['base.json', 'store', 'standing.json']) {
    const ran = await cli.run('plan', 'tfplan.json', '--over', over, '--fail-on', 'high', '--format', 'json');
    expect([over, ran.code]).toEqual([over, 1]);
    const c = JSON.parse(ran.out) as Review;
    expect([over, c.agentsAdded, c.closed]).toEqual([over, [], []]);
    writeFileSync(join(cli.cwd, 'clean.json'), change({ 'aws_dynamodb_table.customers': { read_capacity: 5 } }));
    expect([over, (await cli.run('plan', 'clean.json', '--over', over, '--fail-on', 'low')).code]).toEqual([over, 0]);
  }
});

test('a base of the same revision is noticed, a plan beside its code is no part of the base', async () => {
  const cli = commandLine();
  mkdirSync(join(cli.cwd, 'infra'));
  writeFileSync(join(cli.cwd, 'infra/tfplan.json'), explosive);
  expect((await cli.run('plan', 'infra/tfplan.json', '--over', 'infra', '--fail-on', 'high')).code).toBe(1);
  const done = JSON.parse(explosive) as { resource_changes: { change: { before: unknown; after: unknown; actions: string[] } }[] };
  for (const r of done.resource_changes) { r.change.before = r.change.after; r.change.actions = ['no-op']; }
  writeFileSync(join(cli.cwd, 'done.json'), JSON.stringify(done));
  const same = await cli.run('plan', 'infra/tfplan.json', '--over', 'done.json', '--format', 'json');
  expect((JSON.parse(same.out) as Review).notes.join()).toContain('the base already holds what the plan makes');
});

test('over a dump: what the account has decides the base, the plan what becomes of it', async () => {
  const policyOf = (address: string): unknown => JSON.parse(String(STANDING[address]!['policy']));
  const role = (name: string, service: string, policies: Record<string, unknown>): object => ({
    Path: '/', RoleName: name, RoleId: `AROA${name.toUpperCase()}`, Arn: `arn:aws:iam::111122223333:role/${name}`, CreateDate: '2026-01-01T00:00:00Z', InstanceProfileList: [], AttachedManagedPolicies: [], Tags: [],
    AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] },
    RolePolicyList: Object.entries(policies).map(([PolicyName, PolicyDocument]) => ({ PolicyName, PolicyDocument })),
  });
  const dump = { UserDetailList: [], GroupDetailList: [], Policies: [], RoleDetailList: [role('chat', 'lambda.amazonaws.com', { invoke: policyOf('aws_iam_role_policy.chat') }), role('agent', 'bedrock.amazonaws.com', {}), role('tool', 'lambda.amazonaws.com', { data: policyOf('aws_iam_role_policy.tool') })] };
  const cli = commandLine();
  writeFileSync(join(cli.cwd, 'dump.json'), JSON.stringify(dump, null, 1));
  writeFileSync(join(cli.cwd, 'explosive.json'), explosive);
  writeFileSync(join(cli.cwd, 'clean.json'), change({ 'aws_lambda_function_url.chat': OPEN_DOOR, 'aws_iam_role_policy.tool': { policy: allow('dynamodb:ListTables', TABLE) } }));
  expect((await cli.run('plan', 'explosive.json', '--over', 'dump.json', '--fail-on', 'high')).code).toBe(1);
  expect((await cli.run('plan', 'clean.json', '--over', 'dump.json', '--fail-on', 'high')).code).toBe(0);
});

test('a replaced role is the same role: its paths are neither opened nor closed', async () => {
  const open = JSON.parse(change({ 'aws_lambda_function_url.chat': {}, 'aws_iam_role_policy.tool': {} })) as { resource_changes: { address: string; change: Record<string, unknown> }[] };
  for (const r of open.resource_changes) {
    for (const side of ['before', 'after']) {
      if (r.address === 'aws_lambda_function_url.chat') r.change[side] = { ...STANDING[r.address], ...OPEN_DOOR };
      if (r.address === 'aws_iam_role_policy.tool') r.change[side] = { ...STANDING[r.address], ...WRITE };
    }
    if (r.address === 'aws_dynamodb_table.customers') {
      r.change['actions'] = ['delete', 'create'];
      r.change['after'] = { ...STANDING[r.address], arn: undefined, id: undefined };
      r.change['after_unknown'] = { arn: true, id: true };
    }
  }
  const { json } = await review(JSON.stringify(open));
  expect([json.opened, json.closed]).toEqual([[], []]);
  expect(json.same + json.changed.length).toBeGreaterThan(0);
});

test('lines are those of the code when it lies beside the plan', async () => {
  const cli = commandLine();
  writeFileSync(join(cli.cwd, 'tfplan.json'), explosive);
  writeFileSync(join(cli.cwd, 'main.tf'), '# door\nresource "aws_lambda_function_url" "chat" {\n  function_name      = "chat"\n  authorization_type = "NONE"\n}\n');
  const { out } = await cli.run('plan', 'tfplan.json', '--format', 'json');
  expect((JSON.parse(out) as Review).opened.flatMap((x) => x.finding.path.hops.flatMap((h) => h.evidence.map((e) => `${e.source?.file}:${e.source?.startLine}`)))).toContain('main.tf:2');
  const sarif = JSON.parse((await cli.run('plan', 'tfplan.json', '--format', 'sarif')).out) as { runs: { results: unknown[] }[] };
  expect(sarif.runs[0]!.results.length).toBeGreaterThan(0);
});

test('what is no plan is refused, and a broken one is exit 3', async () => {
  const cli = commandLine();
  writeFileSync(join(cli.cwd, 'x.json'), '{"a": 1}');
  expect((await cli.run('plan', 'x.json')).log).toContain('is not a plan');
  writeFileSync(join(cli.cwd, 'y.json'), explosive.slice(0, 2000));
  expect((await cli.run('plan', 'y.json', '--fail-on', 'high')).code).toBe(3);
});

