import { describe, expect, it } from 'vitest';
import { hole, type Statement } from '../../schema/index.ts';
import { cfn, graphOf, ref, tf } from './build.ts';

const A = '111122223333';
const role = (name: string) => tf(`aws_iam_role.${name}`, { name, assume_role_policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}' });
const policy = (principal: unknown) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: principal, Action: '*', Resource: '*' }] });

describe('functions', () => {
  it('run as their role, and their permissions are one policy with a line each', () => {
    const g = graphOf([
      role('worker'), tf('aws_lambda_function.f', { function_name: 'f', role: ref('aws_iam_role.worker', 'arn') }),
      tf('aws_lambda_permission.a', { statement_id: 'a', action: 'lambda:InvokeFunction', function_name: ref('aws_lambda_function.f', 'function_name'), principal: 'bedrock.amazonaws.com', source_arn: 'arn:aws:bedrock:*:*:agent/*' }),
      tf('aws_lambda_permission.b', { statement_id: 'b', action: 'lambda:InvokeFunction', function_name: ref('aws_lambda_function.f', 'arn'), principal: '*', qualifier: 'live' }),
    ], A);
    expect(g.edge('RUNS_AS', 'f', 'worker').props).toEqual({ for: 'code' });
    const p = g.node('Policy', 'resource policy of f');
    const statements = p.props['statements'] as Statement[];
    expect(statements.map((s) => [s.sid, s.principals])).toEqual([['a', { Service: ['bedrock.amazonaws.com'] }], ['b', { '*': ['*'] }]]);
    expect(statements[0]!.conditions).toEqual({ ArnLike: { 'AWS:SourceArn': ['arn:aws:bedrock:*:*:agent/*'] } });
    expect(statements[1]!.resources![0]).toMatch(/:function:f:live$/);
    expect(p.sources[statements[1]!.source!]!.address).toBe('aws_lambda_permission.b');
    expect(g.edges('HAS_POLICY')).toContain('HAS_POLICY f > resource policy of f');
  });

  it('are public through a URL only with a statement that says so', () => {
    const url = (more: Parameters<typeof graphOf>[0]) => graphOf([cfn('AWS::Lambda::Function', 'F', { FunctionName: 'f' }), cfn('AWS::Lambda::Url', 'U', { TargetFunctionArn: ref('F', 'Arn'), AuthType: 'NONE' }), ...more], A).node('Endpoint', 'URL of f').props;
    expect(url([])['authDetail']).toEqual({ publicStatement: false });
    expect(url([cfn('AWS::Lambda::Permission', 'P', { FunctionName: ref('F', ''), Principal: '*', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' })])['authDetail']).toEqual({ publicStatement: true });
    const g = graphOf([tf('aws_lambda_function.f', { function_name: 'f' }), tf('aws_lambda_function_url.u', { function_name: ref('aws_lambda_function.f', 'function_name'), authorization_type: 'NONE' })], A);
    expect(g.node('Endpoint', 'URL of f').props).toMatchObject({ auth: 'none', authDetail: { publicStatement: true }, networkScope: 'public' });
    expect(g.edge('ROUTES_TO', 'URL of f', 'f').evidence[0]!.basis).toBe('platform');
  });

  it('are started by queues, streams, buckets, topics and rules', () => {
    const f = ref('aws_lambda_function.f', 'arn');
    const g = graphOf([
      tf('aws_lambda_function.f', { function_name: 'f' }),
      tf('aws_sqs_queue.q', { name: 'q' }), tf('aws_lambda_event_source_mapping.m', { event_source_arn: ref('aws_sqs_queue.q', 'arn'), function_name: f }),
      tf('aws_dynamodb_table.t', { name: 't', stream_enabled: true }), tf('aws_lambda_event_source_mapping.n', { event_source_arn: ref('aws_dynamodb_table.t', 'stream_arn'), function_name: 'f' }),
      tf('aws_s3_bucket.b', { bucket: 'b' }), tf('aws_s3_bucket_notification.n', { bucket: ref('aws_s3_bucket.b', 'id'), lambda_function: [{ lambda_function_arn: f, events: ['s3:ObjectCreated:*'] }] }),
      tf('aws_sns_topic.s', { name: 's' }), tf('aws_sns_topic_subscription.x', { topic_arn: ref('aws_sns_topic.s', 'arn'), protocol: 'lambda', endpoint: f }),
      tf('aws_cloudwatch_event_rule.r', { name: 'r', event_pattern: '{"source":["aws.ses"]}' }), tf('aws_cloudwatch_event_target.y', { rule: ref('aws_cloudwatch_event_rule.r', 'name'), arn: f }),
      tf('aws_ses_receipt_rule.mail', { name: 'm', rule_set_name: 'x', recipients: ['help@example.com'], lambda_action: [{ function_arn: f, position: 1 }], s3_action: [{ bucket_name: 'b', position: 2 }] }),
    ], A);
    expect(g.edges('FEEDS')).toEqual(['FEEDS b > f', 'FEEDS help@example.com > b', 'FEEDS help@example.com > f', 'FEEDS q > f', 'FEEDS r > f', 'FEEDS s > f', 'FEEDS t > f']);
    expect(g.node('Channel', 'help@example.com').props['writableBy']).toEqual(['E2']);
    expect(g.edge('FEEDS', 'b', 'f').evidence[0]!.source!.address).toBe('aws_s3_bucket_notification.n');
  });
});

describe('stores', () => {
  it('are put together from their parts, with keys, policies and recovery', () => {
    const b = ref('aws_s3_bucket.b', 'id');
    const g = graphOf([
      tf('aws_kms_key.k', {}), tf('aws_s3_bucket.b', { bucket: 'b' }),
      tf('aws_s3_bucket_public_access_block.x', { bucket: b, block_public_policy: true, restrict_public_buckets: true, block_public_acls: true, ignore_public_acls: true }),
      tf('aws_s3_bucket_versioning.v', { bucket: b, versioning_configuration: [{ status: 'Enabled' }] }),
      tf('aws_s3_bucket_server_side_encryption_configuration.e', { bucket: b, rule: [{ apply_server_side_encryption_by_default: [{ kms_master_key_id: ref('aws_kms_key.k', 'arn'), sse_algorithm: 'aws:kms' }] }] }),
      tf('aws_s3_bucket_policy.p', { bucket: b, policy: policy('*') }),
      tf('aws_dynamodb_table.t', { name: 't', hash_key: 'customer_id', attribute: [{ name: 'customer_id', type: 'S' }], point_in_time_recovery: [{ enabled: true }], deletion_protection_enabled: true }),
    ], A);
    expect(g.node('DataStore', 'b').props).toMatchObject({ publicAccessBlocked: true, recovery: ['versioning'], encryption: 'customer_key' });
    expect(g.node('DataStore', 'b').id).toBe('ovr:datastore:aws:arn:aws:s3:::b');
    expect(g.edges('ENCRYPTED_WITH')).toEqual(['ENCRYPTED_WITH b > aws_kms_key.k']);
    expect(g.edges('HAS_POLICY')).toEqual(['HAS_POLICY aws_kms_key.k > key policy of aws_kms_key.k', 'HAS_POLICY b > aws_s3_bucket_policy.p']);
    expect(g.node('DataStore', 't').props).toMatchObject({ recovery: ['pitr', 'deletion_protection'], hints: ['customer_id'] });
  });

  it('that the input does not hold are known by name, and a part of something undecided is said', () => {
    const g = graphOf([
      tf('aws_s3_bucket_policy.p', { bucket: 'elsewhere', policy: policy('*') }),
      tf('aws_s3_bucket_versioning.v', { bucket: hole({ kind: 'unknown', key: 'var.b' }), versioning_configuration: [{ status: 'Enabled' }] }),
    ], A);
    expect(g.node('DataStore', 'elsewhere').completeness).toBe('none');
    expect(g.mapped.problems.map((p) => p.message)).toEqual(['aws_s3_bucket_versioning.v is left out: what it belongs to is not decided by the input']);
  });

  it('hold their password only as a keyed hash', () => {
    const literal = graphOf([tf('aws_db_instance.d', { identifier: 'd', engine: 'postgres', username: 'admin', password: 'S3cr3t-pa55word', publicly_accessible: true })], A);
    expect(JSON.stringify(literal.mapped)).not.toContain('S3cr3t-pa55word');
    expect(literal.edges('HOLDS')).toEqual(['HOLDS d > MasterUserPassword']);
    expect(literal.node('Credential', 'MasterUserPassword').props).toMatchObject({ exposedLiteral: true });
    expect(literal.node('Endpoint', 'd (database)').props).toMatchObject({ auth: 'database', networkScope: 'public' });
    const variable = graphOf([tf('aws_db_instance.d', { identifier: 'd', password: hole({ kind: 'unknown', key: 'var.password' }) })], A);
    expect(variable.edges('HOLDS')).toEqual([]);
  });

  it('of queues and topics take policies from every form', () => {
    const g = graphOf([
      tf('aws_sqs_queue.a', { name: 'a', policy: policy({ AWS: '*' }) }), tf('aws_sqs_queue.b', { name: 'b' }), tf('aws_sns_topic.t', { name: 't' }),
      tf('aws_sqs_queue_policy.p', { queue_url: ref('aws_sqs_queue.b', 'url'), policy: policy({ AWS: '*' }) }),
      tf('aws_sns_topic_policy.q', { arn: ref('aws_sns_topic.t', 'arn'), policy: policy({ AWS: '*' }) }),
      cfn('AWS::SQS::QueuePolicy', 'CfnPolicy', { Queues: [ref('aws_sqs_queue.a', '')], PolicyDocument: { Statement: [{ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }] } }),
    ], A);
    expect(g.edges('HAS_POLICY')).toEqual(['HAS_POLICY a > CfnPolicy', 'HAS_POLICY a > resource policy of a', 'HAS_POLICY b > aws_sqs_queue_policy.p', 'HAS_POLICY t > aws_sns_topic_policy.q']);
  });
});

describe('secrets', () => {
  it('in code are findings, references are not', () => {
    const g = graphOf([
      tf('aws_secretsmanager_secret.a', { name: 'a' }), tf('aws_secretsmanager_secret_version.v', { secret_id: ref('aws_secretsmanager_secret.a', 'id'), secret_string: '{"username":"u","password":"hunter-22-kept"}' }),
      tf('aws_secretsmanager_secret.b', { name: 'b' }), tf('aws_secretsmanager_secret_version.w', { secret_id: ref('aws_secretsmanager_secret.b', 'arn'), secret_string: ref('random_password.p', 'result') }),
      tf('aws_secretsmanager_secret.c', { name: 'c' }), tf('aws_secretsmanager_secret_version.x', { secret_id: 'c', secret_string: 'changeme' }),
      tf('aws_s3_bucket.k', { bucket: 'k' }), tf('aws_iam_access_key.key', { user: 'u' }), tf('aws_s3_object.o', { bucket: ref('aws_s3_bucket.k', 'id'), key: '/aws/credentials', content: `aws_secret_access_key = ${ref('aws_iam_access_key.key', 'secret')}` }),
      tf('aws_ssm_parameter.s', { name: '/app/db/password', type: 'SecureString', value: 'another-literal-9' }), tf('aws_ssm_parameter.p', { name: '/app/url', type: 'String', value: 'https://example.com' }),
    ], A);
    expect(JSON.stringify(g.mapped)).not.toMatch(/hunter-22|another-literal/);
    expect(g.edges('HOLDS')).toEqual(expect.arrayContaining(['HOLDS /app/db/password > Value', 'HOLDS a > password', 'HOLDS k > aws_iam_access_key.key']));
    expect(g.edges('HOLDS').filter((e) => /^HOLDS [bc] /.test(e))).toEqual([]);
    expect(g.node('Secret', 'c').props).not.toHaveProperty('literal');
    expect(g.node('Secret', 'b').props).not.toHaveProperty('literal');
    expect(g.node('DataStore', '/app/url').props['storeType']).toBe('configuration');
  });
});

describe('places where code runs as a role', () => {
  it('are found with the identity they run as', () => {
    const r = ref('aws_iam_role.worker', 'arn');
    const g = graphOf([
      role('worker'),
      tf('aws_codebuild_project.b', { name: 'b', service_role: r, source: [{ type: 'NO_SOURCE', buildspec: 'version: 0.2' }], environment: [{ environment_variable: [{ name: 'K', value: 'v' }] }] }),
      tf('aws_cloudformation_stack.s', { name: 's', iam_role_arn: r, template_body: '{"Resources":{}}' }),
      tf('aws_cloudformation_stack_set.ss', { name: 'ss', administration_role_arn: r, execution_role_name: 'worker' }),
      tf('aws_glue_job.j', { name: 'j', role_arn: r, command: [{ script_location: 's3://scripts/job.py' }] }),
      tf('aws_glue_dev_endpoint.e', { name: 'e', role_arn: r }),
      tf('aws_sagemaker_notebook_instance.n', { name: 'n', role_arn: r }),
      tf('aws_apprunner_service.a', { service_name: 'a', instance_configuration: [{ instance_role_arn: r }] }),
      tf('aws_sfn_state_machine.m', { name: 'm', role_arn: r, definition: JSON.stringify({ States: { One: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: 'f' } } } }) }),
      tf('aws_lambda_function.f', { function_name: 'f', role: r }),
      tf('aws_codepipeline.p', { name: 'p', role_arn: r, stage: [{ name: 'Build', action: [{ name: 'b', category: 'Build', owner: 'AWS', provider: 'CodeBuild', configuration: { ProjectName: ref('aws_codebuild_project.b', 'name') } }] }] }),
    ], A);
    expect(g.edges('RUNS_AS')).toEqual(['a', 'b', 'b (build)', 'e', 'f', 'j', 'm', 'n', 'p', 's', 'ss', 'ss'].map((x) => `RUNS_AS ${x} > worker`).sort());
    expect(g.node('Pipeline', 's').type).toBe('aws.cloudformation.stack');
    expect(g.edges('IMPLEMENTED_BY')).toEqual(['IMPLEMENTED_BY b > b (build)', 'IMPLEMENTED_BY p > b (build)']);
    expect(g.edges('ROUTES_TO')).toContain('ROUTES_TO m > f');
    expect(g.edges('CONTAINS')).toEqual(['CONTAINS scripts > job.py']);
  });
});

describe('organisations', () => {
  it('attach control policies to accounts and units', () => {
    const g = graphOf([
      tf('aws_organizations_organizational_unit.u', { name: 'apps', parent_id: 'r-1' }),
      tf('aws_organizations_policy.p', { name: 'deny', content: '{"Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}', type: 'SERVICE_CONTROL_POLICY' }),
      tf('aws_organizations_policy_attachment.x', { policy_id: ref('aws_organizations_policy.p', 'id'), target_id: ref('aws_organizations_organizational_unit.u', 'id') }),
      tf('aws_organizations_policy_attachment.y', { policy_id: ref('aws_organizations_policy.p', 'id'), target_id: '444455556666' }),
    ], A);
    expect(g.edges('HAS_POLICY')).toEqual(['HAS_POLICY 444455556666 > deny', 'HAS_POLICY apps > deny']);
    expect(g.edge('HAS_POLICY', 'apps', 'deny').props).toEqual({ as: 'scp' });
  });
});

describe('what is not mapped', () => {
  it('is counted, and helpers of the language are not', () => {
    const g = graphOf([tf('aws_unheard_of.x', {}), tf('random_id.r', {}), tf('aws_s3_object.o', {})]);
    expect(g.mapped.unmapped).toEqual(new Map([['', { aws_unheard_of: 1 }]]));
  });
});
