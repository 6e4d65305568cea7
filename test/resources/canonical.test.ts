import { array, assert, dictionary, integer, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicaliseInputs } from '../../collectors/resources/canonical/index.ts';
import { decodeDocument } from '../../collectors/resources/canonical/documents.ts';
import { hole, type RawResource, type Resource, type Value } from '../../schema/index.ts';
import { cfn, ref, tf } from './build.ts';

const canonical = (...resources: RawResource[]): Resource[] =>
  canonicaliseInputs([{ source: 'terraform', input: '', resources }]).inputs.flatMap((i) => i.drafts.map((d) => d.resource));

describe('terraform names', () => {
  it('become the published ones, with blocks that stand once as objects and maps untouched', () => {
    const [f] = canonical(tf('aws_lambda_function.f', {
      function_name: 'f', image_uri: 'x', s3_bucket: 'b', environment: [{ variables: { some_key: 'v', UPPER: 'w' } }],
      vpc_config: [{ subnet_ids: ['s'], security_group_ids: [] }], tags: { cost_center: '1' }, tracing_config: [], timeout: 3,
    }));
    expect(f!.properties).toEqual({
      FunctionName: 'f', Code: { ImageUri: 'x', S3Bucket: 'b' }, Environment: { Variables: { some_key: 'v', UPPER: 'w' } },
      VpcConfig: { SubnetIds: ['s'], SecurityGroupIds: [] }, Tags: { cost_center: '1' }, Timeout: 3,
    });
    const [db] = canonical(tf('aws_db_instance.d', { identifier: 'd', vpc_security_group_ids: ['sg-1'], iam_database_authentication_enabled: true, kms_key_id: 'k' }));
    expect(db!.properties).toEqual({ DBInstanceIdentifier: 'd', VPCSecurityGroups: ['sg-1'], EnableIAMDatabaseAuthentication: true, KmsKeyId: 'k' });
  });

  it('carry the sources along, into documents too', () => {
    const raw = tf('aws_lambda_function.f', { environment: [{ variables: { KEY: 'v' } }] });
    raw.sources.set('/environment/0/variables/KEY', { source: 'terraform', file: 'main.tf', startLine: 77 });
    expect(canonical(raw)[0]!.sources.get('/Environment/Variables/KEY')!.startLine).toBe(77);
    const role = tf('aws_iam_role.r', { name: 'r', assume_role_policy: '{"Statement":[]}' });
    role.documents.set('/assume_role_policy', { Statement: [{ Effect: 'Allow' }] });
    role.sources.set('/assume_role_policy/Statement/0', { source: 'terraform', file: 'main.tf', startLine: 78 });
    const [r] = canonical(role);
    expect(r!.sources.get('/AssumeRolePolicyDocument/Statement/0')!.startLine).toBe(78);
    expect(r!.documents.get('/AssumeRolePolicyDocument')).toEqual({ Statement: [{ Effect: 'Allow' }] });
  });

  it('of Cloud Control need no table', () => {
    const [r] = canonical({ ...tf('awscc_iam_role.r', { role_name: 'r', policies: [{ policy_name: 'p', policy_document: '{"Statement":[]}' }] }), type: 'awscc_iam_role' });
    expect(r!.type).toBe('AWS::IAM::Role');
    expect(r!.properties).toEqual({ RoleName: 'r', Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [] } }] });
  });

  it('leave canonical resources as they are', () => {
    const properties: { [k: string]: Value } = { BucketName: 'b', Tags: [{ Key: 'a', Value: 'b' }], VersioningConfiguration: { Status: 'Enabled' } };
    expect(canonical(cfn('AWS::S3::Bucket', 'B', properties))[0]!.properties).toEqual(properties);
  });
});

describe('references', () => {
  const role = tf('aws_iam_role.r', { name: 'r' });
  const text = (v: string, ...more: RawResource[]): unknown => canonical(tf('aws_sns_topic.t', { name: 't', display_name: v }), role, ...more)[0]!.properties['DisplayName'];
  const account = hole({ kind: 'pseudo', name: 'account', scope: '' });
  const region = hole({ kind: 'pseudo', name: 'region', scope: '' });

  it('become names and ARNs with what is not known left symbolic', () => {
    expect(text(ref('aws_iam_role.r', 'arn'))).toBe(`arn:aws:iam::${account}:role/r`);
    expect(text(ref('aws_iam_role.r', 'id'))).toBe('r');
    const queue = tf('aws_sqs_queue.q', { name: 'q' });
    expect(text(`${ref('aws_sqs_queue.q', 'url')}!`, queue)).toBe(`https://sqs.${region}.amazonaws.com/${account}/q!`);
    const fn = tf('aws_lambda_function.f', { function_name: ref('aws_sqs_queue.q', 'name') });
    expect(text(ref('aws_lambda_function.f', 'invoke_arn'), queue, fn)).toBe(`arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/arn:aws:lambda:${region}:${account}:function:q/invocations`);
  });

  it('use what the provider configuration pins', () => {
    const pinned = tf('aws_sqs_queue.q', { name: 'q' }, { provider: { scope: 'eu', account: '111122223333', region: 'eu-west-1' } });
    expect(text(ref('aws_sqs_queue.q', 'arn'), pinned)).toBe('arn:aws:sqs:eu-west-1:111122223333:q');
    expect(text(hole({ kind: 'pseudo', name: 'account', scope: 'eu' }), pinned)).toBe('111122223333');
  });

  it('that go in circles stay symbolic', () => {
    const a = tf('aws_sqs_queue.a', { name: ref('aws_sqs_queue.b', 'name') });
    const b = tf('aws_sqs_queue.b', { name: ref('aws_sqs_queue.a', 'name') });
    expect(text(ref('aws_sqs_queue.a', 'name'), a, b)).toContain('\uE000ref|aws_sqs_queue.');
  });

  it('of two roots never become the same unknown text', () => {
    const at = (root: string): RawResource => ({ ...tf('aws_sns_topic.t', { name: 't', display_name: `${account}${hole({ kind: 'unknown', key: 'var.x' })}` }), root });
    const found = canonicaliseInputs([{ source: 'terraform', input: 'a', resources: [at('a')] }, { source: 'terraform', input: 'b', resources: [at('b')] }]).inputs.map((i) => i.drafts[0]!.resource.properties['DisplayName']);
    expect(found[0]).not.toBe(found[1]);
  });
});

describe('accounts', () => {
  const input = (root: string, ...resources: RawResource[]) => ({ source: 'terraform', input: root, resources: resources.map((r) => ({ ...r, root })) });
  const arns = (...inputs: ReturnType<typeof input>[]) => canonicaliseInputs(inputs).inputs.flatMap((i) => i.drafts.map((d) => d.resource.nativeId));
  const configured = { scope: '', region: 'us-east-1' };

  it('of a module that nobody calls are those of the root above it, and said', () => {
    const roots = [input('live', tf('aws_iam_role.a', { name: 'a' }, { provider: configured })), input('live/modules/extra', tf('aws_iam_role.b', { name: 'b' }, { provider: { scope: '', unconfigured: true } })), input('other', tf('aws_iam_role.c', { name: 'c' }, { provider: configured }))];
    const [a, b, c] = arns(...roots).map((x) => x!.split(':')[4]);
    expect(a).toBe(b);
    expect(a).not.toBe(c);
    expect(canonicaliseInputs(roots).problems.map((p) => p.message)).toEqual(['live/modules/extra configures no provider and nothing calls it: taken as deployed by live']);
  });

  it('are inferred from patterns that name a declared resource, whatever the region', () => {
    const region = hole({ kind: 'pseudo', name: 'region', scope: '' });
    const found = arns(input('', tf('aws_cloudformation_stack.s', { name: 's' }), tf('aws_lambda_function.f', { function_name: 'f', description: `arn:aws:lambda:${region}:111122223333:function:f` }), tf('aws_sqs_queue.q', { name: 'q', policy: '{"a":"arn:aws:cloudformation:*:111122223333:stack/s/*"}' })));
    expect(found[2]).toBe(`arn:aws:sqs:${region}:111122223333:q`);
    expect(arns(input('', tf('aws_iam_user.u', { name: 'dev', tags: { a: 'arn:aws:iam::111122223333:user/dev*' } })))[0]!.split(':')[4]).toContain('account');
  });
});

describe('documents in texts', () => {
  it('keep holes where they stand', () => {
    const h = hole({ kind: 'unknown', key: 'var.a' });
    expect(decodeDocument(`{"a": "x${h}y", "b": ${h}, "c": ["\\"${h}"]}`)).toEqual({ a: `x${h}y`, b: h, c: [`"${h}`] });
    expect(decodeDocument(h)).toBeUndefined();
    expect(decodeDocument('plain')).toBeUndefined();
    expect(decodeDocument(encodeURIComponent('{"a":1}'))).toEqual({ a: 1 });
  });

  it('come back as they went in', () => {
    assert(property(dictionary(string(), oneof(string(), integer(), array(string()))), (d) => {
      expect(decodeDocument(JSON.stringify(d))).toEqual(JSON.parse(JSON.stringify(d)));
    }));
  });

  it('never throw on any text', () => {
    assert(property(string(), (s) => { decodeDocument(`{${s}`); decodeDocument(`[${hole({ kind: 'unknown', key: s })}${s}`); }));
  });
});
