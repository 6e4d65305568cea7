import { describe, expect, it } from 'vitest';
import { hole, isUnknown, type RawResource } from '../../schema/index.ts';
import { readFiles } from '../helpers/read.ts';

const change = (address: string, after: object, afterUnknown: object = {}, more: object = {}) => {
  const parts = address.replace(/\[[^\]]*\]/g, '').split('.');
  const data = parts.at(-3) === 'data';
  return { address, mode: data ? 'data' : 'managed', type: parts.at(-2), name: parts.at(-1), change: { actions: [data ? 'read' : 'create'], before: null, after, after_unknown: afterUnknown, ...more } };
};
const refs = (...references: string[]) => ({ references });
const plan = (changes: object[], rootModule: object = {}, more: object = {}) => ({ format_version: '1.2', terraform_version: '1.9.8', planned_values: {}, resource_changes: changes, configuration: { provider_config: { aws: { name: 'aws', expressions: { region: { constant_value: 'eu-west-1' } } } }, root_module: rootModule }, ...more });
const ref = (address: string, attribute: string) => hole({ kind: 'ref', address, attribute });

async function read(value: object, path = 'infra/plan.json') {
  const [result] = await readFiles({ [path]: JSON.stringify(value, null, 1) });
  const byAddress = new Map(result!.resources.map((r) => [r.address, r]));
  return { result: result!, get: (a: string): RawResource => byAddress.get(a)! };
}

describe('plan JSON', () => {
  it('fills what is known after apply from the reference behind it', async () => {
    const { get, result } = await read(plan(
      [change('aws_iam_role.r', { name: 'r' }, { arn: true, id: true }), change('aws_lambda_function.f', { function_name: 'f' }, { role: true, vpc_config: [{ security_group_ids: true }] }), change('aws_security_group.g', {}, { id: true })],
      { resources: [{ address: 'aws_iam_role.r', expressions: { name: { constant_value: 'r' } } }, { address: 'aws_security_group.g' }, { address: 'aws_lambda_function.f', provider_config_key: 'aws', expressions: { role: refs('aws_iam_role.r.arn', 'aws_iam_role.r'), vpc_config: [{ security_group_ids: refs('aws_security_group.g.id', 'aws_security_group.g') }] } }] },
    ));
    expect(result).toMatchObject({ status: 'read', source: 'terraform-plan', input: 'infra/plan.json' });
    expect(get('aws_lambda_function.f').properties).toEqual({ function_name: 'f', role: ref('aws_iam_role.r', 'arn'), vpc_config: [{ security_group_ids: [ref('aws_security_group.g', 'id')] }] });
    expect(get('aws_lambda_function.f')).toMatchObject({ root: 'infra', state: 'planned', dialect: 'terraform', provider: { scope: '', region: 'eu-west-1' }, references: ['aws_iam_role.r', 'aws_security_group.g'] });
    expect(get('aws_iam_role.r').properties).not.toHaveProperty('arn');
  });

  it('gives each property the line of its value, and of the unknown mark where there is none', async () => {
    const value = plan([change('aws_iam_role.r', { name: 'r' }, { tags: { a: true } })], { resources: [{ address: 'aws_iam_role.r', expressions: { tags: refs('local.tags') } }] });
    const lines = JSON.stringify(value, null, 1).split('\n');
    const { get } = await read(value);
    const s = get('aws_iam_role.r').sources;
    expect(lines[s.get('/name')!.startLine! - 1]).toContain('"name": "r"');
    expect(s.get('/name')).toMatchObject({ file: 'infra/plan.json', jsonPointer: '/resource_changes/0/change/after/name', address: 'aws_iam_role.r' });
    expect(lines[s.get('/tags')!.startLine! - 1]).toContain('"tags"');
  });

  it('follows module variables and outputs, and keys of count and for_each', async () => {
    const module = { resources: [{ address: 'aws_lambda_function.f', expressions: { role: refs('var.role_arn') } }], outputs: { name: { expression: refs('aws_lambda_function.f.function_name', 'aws_lambda_function.f') } } };
    const { get } = await read(plan(
      [
        change('aws_iam_role.r["a"]', { name: 'a' }), change('aws_iam_role.r["b"]', { name: 'b' }),
        change('module.m["a"].aws_lambda_function.f', {}, { role: true, function_name: true }), change('module.m["b"].aws_lambda_function.f', {}, { role: true }),
        change('aws_lambda_permission.p["a"]', {}, { function_name: true }), change('aws_lambda_permission.lonely', {}, { function_name: true }),
      ],
      {
        resources: [{ address: 'aws_iam_role.r', for_each_expression: {} }, { address: 'aws_lambda_permission.p', expressions: { function_name: refs('module.m', 'each.key') } }, { address: 'aws_lambda_permission.lonely', expressions: { function_name: refs('module.m["b"].name', 'module.m["b"]') } }],
        module_calls: { m: { for_each_expression: {}, expressions: { role_arn: refs('aws_iam_role.r', 'each.key') }, module } },
      },
    ));
    expect(get('module.m["a"].aws_lambda_function.f').references).toEqual(['aws_iam_role.r["a"]']);
    expect(get('module.m["b"].aws_lambda_function.f').references).toEqual(['aws_iam_role.r["b"]']);
    expect(get('aws_lambda_permission.lonely').properties.function_name).toBe(ref('module.m["b"].aws_lambda_function.f', 'function_name'));
    expect(isUnknown(get('aws_lambda_permission.p["a"]').properties.function_name)).toBe(true);
  });

  it('builds the document of a data block that is read during apply, and leaves open what stands around a reference', async () => {
    const { get } = await read(plan(
      [
        change('data.aws_iam_policy_document.d', { version: '2012-10-17', statement: [{ effect: 'Allow', actions: ['s3:GetObject'], resources: [null], principals: [], condition: [] }] }, { statement: [{ resources: [true] }], json: true }),
        change('aws_iam_policy.p', { name: 'p' }, { policy: true }), change('aws_s3_bucket.b', { bucket: 'b' }, { arn: true }),
      ],
      { resources: [{ address: 'aws_s3_bucket.b' }, { address: 'data.aws_iam_policy_document.d', expressions: { statement: [{ resources: refs('aws_s3_bucket.b.arn', 'aws_s3_bucket.b') }] } }, { address: 'aws_iam_policy.p', expressions: { policy: refs('data.aws_iam_policy_document.d.json', 'data.aws_iam_policy_document.d') } }] },
    ));
    const p = get('aws_iam_policy.p');
    const document = p.documents.get('/policy') as { Statement: { Action: string[]; Resource: string[] }[] };
    expect(document.Statement[0]!.Action).toEqual(['s3:GetObject']);
    expect(document.Statement[0]!.Resource[0]!.startsWith(ref('aws_s3_bucket.b', 'arn'))).toBe(true);
    expect(document.Statement[0]!.Resource[0]).not.toBe(ref('aws_s3_bucket.b', 'arn'));
    expect(p.sources.get('/policy/Statement/0')).toMatchObject({ file: 'infra/plan.json', startLine: expect.any(Number) });
    expect(get('data.aws_iam_policy_document.d')).toBeUndefined();
  });

  it('a composed text is unknown, and a composed name is not the name it refers to', async () => {
    const { get } = await read(plan(
      [change('aws_iam_role_policy.p', {}, { policy: true, role: true, name: true }), change('aws_iam_role.r', { name: 'r' })],
      { resources: [{ address: 'aws_iam_role.r' }, { address: 'aws_iam_role_policy.p', expressions: { policy: refs('aws_s3_bucket.b.arn', 'aws_s3_bucket.b'), role: refs('aws_iam_role.r.id', 'aws_iam_role.r'), name: refs('aws_iam_role.r.id', 'aws_iam_role.r') } }] },
    ));
    const { policy, role, name } = get('aws_iam_role_policy.p').properties;
    expect([isUnknown(policy), role, isUnknown(name)]).toEqual([true, ref('aws_iam_role.r', 'id'), true]);
  });

  it('removed resources are removed, no-ops are live, sensitive values stay out unless they stand in the code', async () => {
    const { get } = await read(plan([
      change('aws_sqs_queue.gone', null as unknown as object, {}, { actions: ['delete'], before: { name: 'gone' } }),
      change('aws_sqs_queue.same', { name: 'same' }, {}, { actions: ['no-op'] }),
      change('aws_db_instance.v', { password: 'from-variable' }, {}, { after_sensitive: { password: true } }),
      change('aws_db_instance.l', { password: 'in-the-code' }, {}, { after_sensitive: { password: true } }),
    ], { resources: [{ address: 'aws_db_instance.v', expressions: { password: refs('var.password') } }, { address: 'aws_db_instance.l', expressions: { password: { constant_value: 'in-the-code' } } }] }));
    expect([get('aws_sqs_queue.gone').state, get('aws_sqs_queue.gone').properties.name]).toEqual(['removed', 'gone']);
    expect(get('aws_sqs_queue.same').state).toBe('live');
    expect(isUnknown(get('aws_db_instance.v').properties.password)).toBe(true);
    expect(get('aws_db_instance.l').properties.password).toBe('in-the-code');
  });

  it('reads show -json of a state, with child modules, and the account it was read with', async () => {
    const { result, get } = await read({ format_version: '1.0', terraform_version: '1.9.8', values: { root_module: { resources: [{ address: 'aws_sqs_queue.q', mode: 'managed', type: 'aws_sqs_queue', values: { name: 'q' } }, { address: 'data.aws_caller_identity.me', mode: 'data', type: 'aws_caller_identity', values: { account_id: '123456789012' } }], child_modules: [{ address: 'module.m', resources: [{ address: 'module.m.aws_sqs_queue.q', mode: 'managed', type: 'aws_sqs_queue', values: { name: 'inner' } }] }] } } });
    expect(result.account).toBe('123456789012');
    expect([get('aws_sqs_queue.q').state, get('module.m.aws_sqs_queue.q').properties.name]).toEqual(['live', 'inner']);
    expect(result.resources).toHaveLength(2);
  });

  it('several plans of one folder stay apart; a single one stands for the folder', async () => {
    const text = JSON.stringify(plan([change('aws_sqs_queue.q', { name: 'q' })]));
    const results = await readFiles({ 'a/dev.json': text, 'a/prod.json': text, 'b/plan.json': text });
    expect(results.map((r) => r.resources[0]!.root)).toEqual(['a/dev.json', 'a/prod.json', 'b']);
  });

  it.each([
    ['cut off', (t: string) => t.slice(0, t.length - 40), 'parse-error'],
    ['broken inside a resource', (t: string) => t.replace('"name": "q"', '"name": oops'), 'parse-error'],
  ])('a plan that is %s fails with a line, without a stack', async (_, spoil, code) => {
    const [result] = await readFiles({ 'p.json': spoil(JSON.stringify(plan([change('aws_sqs_queue.q', { name: 'q' })]), null, 1)) });
    expect(result).toMatchObject({ status: 'failed', problems: [{ code, source: { file: 'p.json', startLine: expect.any(Number) } }] });
    expect(result!.problems[0]!.message).not.toMatch(/\bat .*\.ts/);
  });
});
