import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Comparison, LetIn } from '../../schema/index.ts';
import { commandLine, type Ran } from '../helpers/cli.ts';
import { allow, change, planFile, STANDING, TABLE, type Planned } from './plan-file.ts';

type Review = Comparison & { letIn: LetIn[]; exit: { code: number } };
type Values = Record<string, unknown>;
const WRITE = allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], TABLE);
const WRITES = 'Anyone on the internet can write to customers through agent support';
const OPEN = { 'aws_lambda_function_url.chat': { authorization_type: 'NONE' }, 'aws_iam_role_policy.tool': { policy: WRITE } };

async function review(plan: string, files: Record<string, string> = {}, ...more: string[]): Promise<{ json: Review; ran: Ran; comment: () => Promise<string> }> {
  const cli = commandLine();
  for (const [name, text] of Object.entries({ ...files, 'tfplan.json': plan })) writeFileSync(join(cli.cwd, name), text);
  const ran = await cli.run('plan', 'tfplan.json', '--fail-on', 'high', '--format', 'json', ...more);
  return { json: JSON.parse(ran.out) as Review, ran, comment: async () => (await cli.run('plan', 'tfplan.json', '--fail-on', 'high', '--format', 'markdown', ...more)).out };
}
/** A plan over an estate that is open already; entries as `change` takes them, null removes. */
function over(changes: Record<string, Values | null>, more: Partial<Record<string, Partial<Planned> & { actions?: string[] }>> = {}): string {
  const standing: Record<string, Values> = Object.fromEntries(Object.entries(STANDING).map(([a, v]) => [a, { ...v, ...(OPEN as Record<string, Values>)[a] }]));
  const plan = JSON.parse(planFile([...new Set([...Object.keys(standing), ...Object.keys(changes)])].map((address) => ({
    address, before: standing[address] ?? null, after: address in changes ? (changes[address] === null ? null : { ...standing[address], ...changes[address] }) : standing[address]!, ...more[address],
  })))) as { resource_changes: { address: string; change: Values }[] };
  for (const r of plan.resource_changes) if (more[r.address]?.actions) r.change['actions'] = more[r.address]!.actions;
  return JSON.stringify(plan, null, 1);
}
const titles = (list: Comparison['opened']): string[] => list.map((x) => x.finding.title);
const rules = (list: Comparison['postureOpened']): string[] => list.map((p) => `${p.rule} ${p.node.name}`);

describe('what is forgotten', () => {
  test('stays as it is: its paths are not closed', async () => {
    const forgotten = await review(over({ 'aws_iam_role_policy.tool': null }, { 'aws_iam_role_policy.tool': { actions: ['forget'] } }));
    expect([forgotten.json.closed, forgotten.json.same]).toEqual([[], 1]);
    expect(titles((await review(over({ 'aws_iam_role_policy.tool': null }))).json.closed)).toEqual([WRITES]);
  });
});

describe('what is replaced', () => {
  const fresh = (name: string): Planned => ({ address: '', after: { ...STANDING['aws_dynamodb_table.customers'], name, id: undefined, arn: undefined }, unknown: { id: true, arn: true } });
  test('under a new name it is the same thing; another one beside it is not', async () => {
    const replaced = await review(over({ 'aws_iam_role_policy.tool': { policy: WRITE.replace('table/customers', 'table/customers-v2') } }, { 'aws_dynamodb_table.customers': { ...fresh('customers-v2'), address: 'aws_dynamodb_table.customers', actions: ['delete', 'create'] } }));
    expect([replaced.ran.code, replaced.json.opened, replaced.json.closed, replaced.json.same]).toEqual([0, [], [], 1]);
    const second = await review(over(
      { 'aws_iam_role_policy.tool': { policy: allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], TABLE.replace('customers', '*')) }, 'aws_dynamodb_table.payroll': { ...STANDING['aws_dynamodb_table.customers'], name: 'payroll', id: 'payroll', arn: TABLE.replace('customers', 'payroll') } },
    ));
    expect([second.ran.code, second.json.opened.length]).toEqual([1, 1]);
  });
});

describe('under an administrator', () => {
  const ADMIN = { role: 'tool', policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess', id: 'tool-admin' };
  test('a path that becomes part of a worse one is not closed', async () => {
    const { json } = await review(over({ 'aws_iam_role_policy_attachment.admin': ADMIN }));
    expect(json.opened.some((x) => /become admin/.test(x.finding.title))).toBe(true);
    expect([json.closed, json.changed.map((x) => [x.finding.title, x.what[0]])]).toEqual([[], [[WRITES, expect.stringMatching(/^is part of: .*become admin/)]]]);
  });
  test('when the administrator goes, what was part of it is not opened; what nobody could do is', async () => {
    const turned = (plan: string): string => { const p = JSON.parse(plan) as { resource_changes: { change: Values }[] }; for (const r of p.resource_changes) { [r.change['before'], r.change['after']] = [r.change['after'], r.change['before']]; r.change['actions'] = r.change['before'] === null ? ['create'] : r.change['after'] === null ? ['delete'] : ['update']; } return JSON.stringify(p, null, 1); };
    const gone = await review(turned(over({ 'aws_iam_role_policy_attachment.admin': ADMIN })));
    expect([gone.ran.code, gone.json.opened]).toEqual([0, []]);
    expect(gone.json.changed.map((x) => [x.finding.title, x.what[0]])).toEqual([[WRITES, expect.stringMatching(/^was part of: .*become admin/)]]);
    expect(gone.json.closed.length).toBeGreaterThan(0);
    expect(titles((await review(change(OPEN))).json.opened)).toEqual([WRITES]);
  });
});

describe('known after apply only', () => {
  const unknownTrust = (policy: string | undefined): string => change({ 'aws_iam_role.tool': { assume_role_policy: undefined }, 'aws_iam_role_policy.tool': { policy } }, { 'aws_iam_role.tool': { unknown: { assume_role_policy: true }, refs: { assume_role_policy: ['terraform_data.who.output', 'terraform_data.who'] } } });

  test('whom a role will trust that may write to restricted data: undetermined, by what could be got', async () => {
    const { json, ran, comment } = await review(unknownTrust(WRITE));
    expect([ran.code, json.letIn.map((x) => [x.node.name, x.severity, x.could])]).toEqual([2, [['tool', 'high', 'become tool, which may write to customers']]]);
    const text = await comment();
    expect(text.split('\n')[1]).toBe('## Overreach: paths open, below the gate; undetermined, 1 policy at or above high of which is not known whom it lets in');
    expect(text).toMatch(/### Undetermined\n\n- \*\*high\*\*, unknown: known after apply only: whom tool will trust, the whole document of .*become tool, which may write to customers.*--code/);
  });
  test('of a role that may do nothing it is a note', async () => {
    const { json, ran, comment } = await review(unknownTrust(allow('dynamodb:DescribeTable', TABLE)));
    expect([ran.code, json.letIn.map((x) => x.severity)]).toEqual([0, ['info']]);
    expect((await comment()).split('\n')[1]).toBe('## Overreach: no path opens in what can be seen; 1 policy is known after apply only');
  });
  test('the threshold is that of --fail-on', async () => {
    const cli = commandLine();
    writeFileSync(join(cli.cwd, 'tfplan.json'), unknownTrust(WRITE));
    expect([(await cli.run('plan', 'tfplan.json', '--fail-on', 'critical')).code, (await cli.run('plan', 'tfplan.json')).code]).toEqual([0, 0]);
    expect((await cli.run('plan', 'tfplan.json')).out).toMatch(/^undetermined high +unknown +known after apply only: whom tool will trust/m);
  });
  test('the code says whom it means when it names a thing, and does not when it takes a value from elsewhere', async () => {
    const role = (principal: string): string => `resource "aws_iam_role" "tool" {\n  name = "tool"\n  assume_role_policy = jsonencode({\n    Version   = "2012-10-17"\n    Statement = [{ Effect = "Allow", Principal = ${principal}, Action = "sts:AssumeRole" }]\n  })\n}\n\nresource "aws_iam_role" "caller" {\n  name               = "caller"\n  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })\n}\n\nresource "terraform_data" "who" {\n  input = timestamp()\n}\n`;
    const later = async (principal: string): Promise<string[]> => (await review(unknownTrust(WRITE), { 'main.tf': role(principal) })).json.letIn.map((x) => `${x.severity} ${x.says} ${x.source?.file}`);
    expect(await later('{ AWS = terraform_data.who.output }')).toEqual([expect.stringMatching(/^high .*whom tool will trust, Principal of .* main\.tf$/)]);
    expect(await later('{ AWS = aws_iam_role.caller.arn }')).toEqual([]);
    expect(await later('{ Service = "lambda.amazonaws.com" }')).toEqual([]);
  });
  test('a document whose code the plan does not hold is open too', async () => {
    const plan = JSON.parse(change({ 'aws_iam_role.tool': { assume_role_policy: undefined }, 'aws_iam_role_policy.tool': { policy: WRITE } }, { 'aws_iam_role.tool': { unknown: { assume_role_policy: true, unique_id: true } } })) as { configuration: { root_module: { resources: { address: string }[] } } };
    plan.configuration.root_module.resources = plan.configuration.root_module.resources.filter((r) => r.address !== 'aws_iam_role.tool');
    expect((await review(JSON.stringify(plan))).ran.code).toBe(2);
  });
  test('what grew by it is not called proven', async () => {
    const growth = async (plan: string): Promise<string[]> => (await review(plan)).json.postureOpened.filter((p) => p.rule === 'AGT-057').map((p) => p.verdict);
    expect(await growth(change({ 'aws_iam_role_policy.tool': { policy: undefined } }, { 'aws_iam_role_policy.tool': { unknown: { policy: true }, refs: { policy: ['var.extra'] } } }))).toEqual(['unknown']);
    expect(await growth(change({ 'aws_iam_role_policy.tool': { policy: WRITE } }))).toEqual(['proven']);
  });
});

describe('posture rows', () => {
  const code = 'resource "aws_iam_role" "agent" {\n  name = "agent"\n  assume_role_policy = jsonencode({\n    Version   = "2012-10-17"\n    Statement = [{ Effect = "Allow", Principal = { Service = "bedrock.amazonaws.com" }, Action = "sts:AssumeRole" }]\n  })\n}\n';
  test('a place that plan and code name differently is one place', async () => {
    const same = await review(change({ 'aws_dynamodb_table.customers': { read_capacity: 5 } }), { 'main.tf': code });
    expect([rules(same.json.postureOpened), rules(same.json.postureClosed)]).toEqual([[], []]);
    const narrow = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'bedrock.amazonaws.com' }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } } }] });
    const plan = JSON.parse(change({ 'aws_iam_role.agent': { description: 'x' } })) as { resource_changes: { address: string; change: { before: Values } }[] };
    plan.resource_changes.find((r) => r.address === 'aws_iam_role.agent')!.change.before['assume_role_policy'] = narrow;
    expect(rules((await review(JSON.stringify(plan, null, 1), { 'main.tf': code })).json.postureOpened)).toEqual(['AGT-038 agent']);
  });
  test('what a closed path had said is not opened with its end', async () => {
    const { json } = await review(over({ 'aws_iam_role_policy.tool': { policy: allow('dynamodb:DescribeTable', TABLE) } }));
    expect([titles(json.closed), rules(json.postureOpened)]).toEqual([[WRITES], []]);
    expect(rules((await review(change({ 'aws_lambda_function_url.chat': OPEN['aws_lambda_function_url.chat'] }))).json.postureOpened)).toContain('AGT-009 support');
  });
});

describe('trust that is widened', () => {
  const trust = (...more: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }, ...more] });
  const to = (principal: unknown, condition?: object): object => ({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...(condition && { Condition: condition }) });
  const widen = (statement: object, policy = WRITE): string => over({ 'aws_iam_role.tool': { assume_role_policy: trust(statement) }, 'aws_iam_role_policy.tool': { policy } });
  const letIn = (json: Review): string[] => json.letIn.map((x) => `${x.severity} ${x.verdict} ${x.says}`);

  test('to anybody: rejected, with what they get and what to change', async () => {
    const { json, ran, comment } = await review(widen(to('*')));
    expect([ran.code, letIn(json)]).toEqual([1, ['high proven anybody with an AWS account may assume tool: its trust policy names “*” and no condition']]);
    expect(await comment()).toMatch(/## Overreach: rejected, 1 widened trust at or above high[\s\S]*### Lets in\n\n- \*\*high\*\*, proven: anybody with an AWS account may assume tool.*write to customers.*with a condition on the caller/);
    const cli = commandLine();
    writeFileSync(join(cli.cwd, 'tfplan.json'), widen(to('*')));
    const sarif = JSON.parse((await cli.run('plan', 'tfplan.json', '--format', 'sarif')).out) as { runs: [{ results: { ruleId: string; message: { text: string } }[] }] };
    expect(sarif.runs[0].results.map((r) => `${r.ruleId} ${r.message.text}`)).toContainEqual(expect.stringMatching(/^AGT-038 Trust is widened: tool\. anybody with an AWS account may assume tool/));
    expect((await review(widen(to({ AWS: '*' }, { StringEquals: { 'aws:PrincipalOrgID': 'o-abc1234567' } })))).ran.code).toBe(0);
    const harmless = await review(change({ 'aws_iam_role.tool': { assume_role_policy: trust(to('*')) } }));
    expect([harmless.ran.code, letIn(harmless.json)]).toEqual([0, []]);
  });
  test('to an account that is not in the input: undetermined, unless a condition says who', async () => {
    const principal = { AWS: 'arn:aws:iam::999988887777:root' };
    const { json, ran } = await review(widen(to(principal)));
    expect([ran.code, letIn(json)]).toEqual([2, [expect.stringMatching(/^high unknown .*999988887777.* which is not in the input, may assume tool$/)]]);
    expect((await review(widen(to(principal, { StringEquals: { 'sts:ExternalId': 'f3b1' } })))).ran.code).toBe(0);
    expect((await review(widen(to({ AWS: 'arn:aws:iam::111122223333:root' })))).ran.code).toBe(0);
    // Before anything exists the account may be the plan's own.
    const green = planFile([
      { address: 'aws_iam_role.tool', before: null, after: { name: 'tool', assume_role_policy: trust(to(principal)) }, unknown: { id: true, arn: true } },
      { address: 'aws_iam_role_policy.tool', before: null, after: { name: 'data', role: 'tool', policy: allow('dynamodb:PutItem', 'arn:aws:dynamodb:eu-west-1:*:table/customers') }, unknown: { id: true } },
      { address: 'aws_dynamodb_table.customers', before: null, after: { ...STANDING['aws_dynamodb_table.customers'], id: undefined, arn: undefined }, unknown: { id: true, arn: true } },
    ]);
    expect((await review(green)).ran.code).toBe(0);
  });
  test('to what an agent acts by: rejected; to any other role it is not this tool’s matter', async () => {
    const VAULT = { id: 'vault', name: 'vault', arn: 'arn:aws:iam::111122223333:role/vault', assume_role_policy: trust(to({ AWS: 'arn:aws:iam::111122223333:role/tool' })) };
    const DATA = { id: 'vault:data', name: 'data', role: 'vault', policy: WRITE };
    const door = { 'aws_lambda_function_url.chat': OPEN['aws_lambda_function_url.chat'] };
    const { json, ran } = await review(change({ ...door, 'aws_iam_role.vault': VAULT, 'aws_iam_role_policy.vault': DATA }));
    expect([ran.code, letIn(json)]).toEqual([1, ['high conditional tool, by which agent support acts, may assume vault']]);
    const other = { ...VAULT, assume_role_policy: trust(to({ AWS: 'arn:aws:iam::111122223333:role/chat' })) };
    const near = await review(change({ ...door, 'aws_iam_role.vault': other, 'aws_iam_role_policy.vault': DATA }));
    expect([near.ran.code, letIn(near.json)]).toEqual([0, []]);
  });
});

describe('plans that do not say all', () => {
  const with_ = (more: Values): string => JSON.stringify({ ...(JSON.parse(change({ 'aws_dynamodb_table.customers': { read_capacity: 5 } })) as Values), ...more }, null, 1);
  test('ended with errors, or of a format nobody knows yet: undetermined, and said', async () => {
    for (const [more, says] of [[{ errored: true }, 'ended with errors'], [{ format_version: '2.0' }, 'format 2.0 is newer']] as const) {
      const { ran, json, comment } = await review(with_(more));
      expect([ran.code, json.notes.join()]).toEqual([2, expect.stringContaining(says)]);
      expect(await comment()).toMatch(/^## Overreach: undetermined, the plan is not complete: /m);
    }
    const whole = await review(with_({ errored: false, format_version: '1.9', complete: true, deferred_changes: [] }));
    expect([whole.ran.code, whole.json.notes]).toEqual([0, []]);
  });
  test('deferred changes count as far as they are known', async () => {
    const door = (plan: string): Values => (JSON.parse(plan) as { resource_changes: Values[] }).resource_changes.find((r) => r['address'] === 'aws_lambda_function_url.chat')!;
    const plan = JSON.parse(change({ 'aws_iam_role_policy.tool': { policy: WRITE } })) as { resource_changes: Values[] };
    const rest = plan.resource_changes.filter((r) => r['address'] !== 'aws_lambda_function_url.chat');
    const later = (r: Values): Promise<{ ran: Ran }> => review(JSON.stringify({ ...plan, resource_changes: rest, deferred_changes: [{ reason: 'provider_config_unknown', resource_change: r }], complete: false }, null, 1));
    expect((await later(door(change(OPEN)))).ran.code).toBe(1);
    expect((await later(door(change({})))).ran.code).toBe(2);
  });
  test('other providers are named; those that make nothing are not', async () => {
    const other = (type: string): object => ({ address: `${type}.x`, mode: 'managed', type, name: 'x', provider_name: 'registry.terraform.io/x/x', change: { actions: ['create'], before: null, after: { id: 'x' }, after_unknown: {} } });
    const notes = async (...types: string[]): Promise<string[]> => (await review(with_({ resource_changes: types.map(other) }))).json.notes;
    expect(await notes('google_storage_bucket', 'google_compute_instance', 'random_pet')).toEqual(['not looked at: 2 resources of google']);
    expect(await notes('random_pet', 'null_resource')).toEqual([]);
  });
  test('a state is refused with what to do', async () => {
    const cli = commandLine();
    writeFileSync(join(cli.cwd, 'state.json'), JSON.stringify({ format_version: '1.0', terraform_version: '1.11.4', values: { root_module: { resources: Object.entries(STANDING).map(([address, values]) => ({ address, mode: 'managed', type: address.split('.')[0], name: address.split('.')[1], values })) } } }));
    const ran = await cli.run('plan', 'state.json');
    expect([ran.code, ran.log]).toEqual([3, expect.stringMatching(/is a state, not a plan.*terraform plan -out/)]);
  });
});

describe('controls', () => {
  const ARN = 'arn:aws:bedrock:eu-west-1:111122223333:guardrail/gr1a2b3c4d5e';
  const guardrail = (strength: string): Values => ({ name: 'chat', guardrail_id: 'gr1a2b3c4d5e', guardrail_arn: ARN, content_policy_config: [{ filters_config: [{ type: 'PROMPT_ATTACK', input_strength: strength, output_strength: 'NONE' }] }] });
  const agent = { ...STANDING['aws_bedrockagent_agent.support'], guardrail_configuration: [{ guardrail_identifier: 'gr1a2b3c4d5e', guardrail_version: '1' }] };
  const plan = (after: Values, door = 'AWS_IAM'): string => {
    const p = JSON.parse(change({ 'aws_lambda_function_url.chat': { authorization_type: door }, 'aws_bedrock_guardrail.chat': after })) as { resource_changes: { address: string; change: Values }[] };
    for (const r of p.resource_changes) {
      if (r.address === 'aws_bedrock_guardrail.chat') Object.assign(r.change, { before: guardrail('HIGH'), actions: ['update'] });
      if (r.address === 'aws_bedrockagent_agent.support') Object.assign(r.change, { before: agent, after: agent });
    }
    return JSON.stringify(p, null, 1);
  };
  test('a guardrail that stands already is the one its agent names, by the id its provider gave', async () => {
    const posture = async (p: string): Promise<string[]> => rules((await review(p)).json.postureOpened);
    expect(await posture(plan(guardrail('HIGH'), 'NONE'))).not.toContain('AGT-019 support');
    expect(await posture(plan(guardrail('NONE'), 'NONE'))).toContain('AGT-019 support');
  });
  test('one that is weakened is said', async () => {
    const { json, comment } = await review(plan(guardrail('NONE')));
    expect(json.notes.join()).toMatch(/guardrail chat is changed: .*promptAttack true → false/);
    expect((await comment()).split('\n')[1]).toBe('## Overreach: no path opens; 1 control goes or changes');
    expect((await review(plan({ ...guardrail('HIGH'), description: 'x' }))).json.notes).toEqual([]);
  });
});

test('the comment names what of the change a path rests on, and not the rest of it', async () => {
  const code = 'resource "aws_iam_role_policy" "tool" {\n  name   = "data"\n  role   = "tool"\n  policy = jsonencode(' + WRITE + ')\n}\n';
  const { comment } = await review(change({ ...OPEN, 'aws_dynamodb_table.customers': { read_capacity: 5 }, 'aws_iam_role.unrelated': { ...STANDING['aws_iam_role.agent'], name: 'unrelated', id: 'unrelated', arn: 'arn:aws:iam::111122223333:role/unrelated' }, 'aws_iam_role_policy_attachment.logs': { role: 'tool', policy_arn: 'arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess', id: 'tool-logs' } }), { 'main.tf': code });
  const [, section] = /Changed by this plan, on the path or beside it:\n\n([\s\S]*?)\n\n/.exec(await comment())!;
  expect(section!.split('\n')).toEqual([
    expect.stringMatching(/^- `aws_lambda_function_url\.chat`.*: auth, authDetail$/), expect.stringMatching(/^- `aws_iam_role_policy_attachment\.logs`.*CloudWatchLogsReadOnlyAccess, new/), expect.stringMatching(/^- `aws_iam_role_policy\.tool` at `main\.tf:\d`: statements$/),
  ]);
});
