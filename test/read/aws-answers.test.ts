import { describe, expect, it } from 'vitest';
import { isUnknown } from '../../schema/index.ts';
import { readFiles } from '../helpers/read.ts';
import { collectText } from '../helpers/scan.ts';

const A = '123456789012';
const doc = (resource: string, more = {}) => ({ Version: '2012-10-17', Statement: [{ Sid: 's', Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'lambda:InvokeFunction', Resource: resource, ...more }] });
const FUNCTION = { FunctionName: 'f', FunctionArn: `arn:aws:lambda:eu-west-1:${A}:function:f`, Role: `arn:aws:iam::${A}:role/r`, Environment: { Variables: { TABLE: 't' } }, Layers: [{ Arn: 'arn:aws:lambda:eu-west-1:1:layer:l:1' }], VpcConfig: { VpcId: '' } };

describe('list, describe and get answers', () => {
  it.each([
    ['lambda/list-functions.json', { Functions: [FUNCTION] }, 'AWS::Lambda::Function', { FunctionName: 'f', Arn: FUNCTION.FunctionArn, Role: FUNCTION.Role, Layers: ['arn:aws:lambda:eu-west-1:1:layer:l:1'] }],
    ['f.json', { Configuration: FUNCTION, Code: { Location: 'x' } }, 'AWS::Lambda::Function', { FunctionName: 'f' }],
    ['p.json', { Policy: JSON.stringify(doc(FUNCTION.FunctionArn, { Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::b' } } })), RevisionId: 'x' }, 'AWS::Lambda::Permission', { FunctionName: FUNCTION.FunctionArn, Principal: 's3.amazonaws.com', SourceArn: 'arn:aws:s3:::b' }],
    ['get-bucket-policy.json', { Policy: JSON.stringify(doc('arn:aws:s3:::b/*')) }, 'AWS::S3::BucketPolicy', { Bucket: 'arn:aws:s3:::b', PolicyDocument: doc('arn:aws:s3:::b/*') }],
    ['b.json', { Buckets: [{ Name: 'b', CreationDate: 'x' }], Owner: { ID: 'x' } }, 'AWS::S3::Bucket', { BucketName: 'b', Arn: 'arn:aws:s3:::b' }],
    ['t.json', { TableNames: ['t'] }, 'AWS::DynamoDB::Table', { TableName: 't' }],
    ['dt.json', { Table: { TableName: 't', TableArn: `arn:aws:dynamodb:eu-west-1:${A}:table/t`, SSEDescription: { Status: 'ENABLED', KMSMasterKeyArn: 'k' } } }, 'AWS::DynamoDB::Table', { TableName: 't', SSESpecification: { SSEEnabled: true, KMSMasterKeyId: 'k' } }],
    ['s.json', { SecretList: [{ ARN: 'arn:aws:secretsmanager:eu-west-1:1:secret:s-AbCdEf', Name: 's', KmsKeyId: 'k' }] }, 'AWS::SecretsManager::Secret', { Name: 's', KmsKeyId: 'k' }],
    ['k.json', { Keys: [{ KeyId: 'k', KeyArn: 'arn:aws:kms:eu-west-1:1:key/k' }] }, 'AWS::KMS::Key', { Arn: 'arn:aws:kms:eu-west-1:1:key/k' }],
    ['q.json', { QueueUrls: [`https://sqs.eu-west-1.amazonaws.com/${A}/q`] }, 'AWS::SQS::Queue', { QueueName: 'q', Arn: `arn:aws:sqs:eu-west-1:${A}:q` }],
    ['i.json', { Reservations: [{ Instances: [{ InstanceId: 'i-1', IamInstanceProfile: { Arn: 'p' }, SecurityGroups: [{ GroupId: 'sg-1' }] }] }] }, 'AWS::EC2::Instance', { InstanceId: 'i-1', IamInstanceProfile: 'p', SecurityGroupIds: ['sg-1'] }],
    ['sg.json', { SecurityGroups: [{ GroupId: 'sg-1', IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] }] }, 'AWS::EC2::SecurityGroup', { SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' }] }],
    ['a.json', { agent: { agentId: 'A', agentName: 'n', agentArn: 'x', agentResourceRoleArn: 'r', guardrailConfiguration: { guardrailIdentifier: 'g' } } }, 'AWS::Bedrock::Agent', { AgentName: 'n', AgentResourceRoleArn: 'r', GuardrailConfiguration: { GuardrailIdentifier: 'g' } }],
    ['org.json', { policies: [{ Name: 'deny', Id: 'p-1', Type: 'SERVICE_CONTROL_POLICY', Content: JSON.stringify(doc('*')), Targets: [{ TargetId: A }] }] }, 'AWS::Organizations::Policy', { Type: 'SERVICE_CONTROL_POLICY', Content: doc('*'), TargetIds: [A] }],
  ])('%s', async (path, value, type, properties) => {
    const [result] = await readFiles({ [path]: JSON.stringify(value, null, 1) });
    expect(result).toMatchObject({ source: 'aws-dump', status: 'read', resources: [{ type, mode: 'live', state: 'live', properties }] });
    expect(result!.resources[0]!.sources.get('')).toMatchObject({ file: path, startLine: expect.any(Number), jsonPointer: expect.any(String) });
  });

  it('a queue gives itself and the policy on it, with its line', async () => {
    const text = JSON.stringify({ Attributes: { QueueArn: `arn:aws:sqs:eu-west-1:${A}:q`, Policy: JSON.stringify(doc('*')) } }, null, 1);
    const [result] = await readFiles({ 'q.json': text });
    expect(result!.resources.map((r) => r.type)).toEqual(['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy']);
    expect(text.split('\n')[result!.resources[1]!.sources.get('/PolicyDocument')!.startLine! - 1]).toContain('"Policy"');
  });

  it('a next page that is not there, a policy without owner, without text or broken: partial, never absent', async () => {
    const results = await readFiles({
      'list-functions.json': JSON.stringify({ Functions: [FUNCTION], NextMarker: 'x' }),
      'key.json': JSON.stringify({ Policy: JSON.stringify(doc('*')), PolicyName: 'default' }),
      'org.json': JSON.stringify({ Policies: [{ Name: 'x', Type: 'SERVICE_CONTROL_POLICY' }] }),
      'queue.json': JSON.stringify({ Attributes: { QueueArn: 'arn:aws:sqs:eu-west-1:1:q', Policy: '{oops' } }),
      'cut.json': JSON.stringify({ Functions: [FUNCTION, FUNCTION] }).slice(0, -60),
      'empty/list-functions.json': '{"Functions": []}',
    });
    expect(results.map((r) => [r.input, r.status, r.resources.length])).toEqual([['cut.json', 'partial', 1], ['empty/list-functions.json', 'read', 0], ['key.json', 'partial', 0], ['list-functions.json', 'partial', 1], ['org.json', 'partial', 1], ['queue.json', 'partial', 2]]);
    const [org, queue] = [results[4]!.resources[0]!, results[5]!.resources[1]!];
    expect([isUnknown(org.properties.Content), isUnknown(queue.properties.PolicyDocument)]).toEqual([true, true]);
    for (const r of results) for (const p of r.problems) expect(p.source).toMatchObject({ file: r.input, startLine: expect.any(Number) });
  });

  it('other JSON with the same words is left alone', async () => {
    expect(await readFiles({ 'a.json': '{"Functions":[{"name":"x"}]}', 'b.json': '{"Keys":["a"],"Table":"x"}', 'c.json': '{"Policy":"free text"}', 'd.json': '[{"FunctionArn":"x","Functions":[]}]' })).toEqual([]);
  });

  it('answers of one account join: the function runs as the role of the other file', async () => {
    const role = { RoleName: 'r', Path: '/', Arn: `arn:aws:iam::${A}:role/r`, AssumeRolePolicyDocument: doc('*'), RolePolicyList: [], AttachedManagedPolicies: [] };
    const batch = await collectText({ 'acc/iam.json': JSON.stringify({ RoleDetailList: [role] }), 'acc/lambda/list-functions.json': JSON.stringify({ Functions: [FUNCTION] }) });
    expect(batch.edges.find((e) => e.kind === 'RUNS_AS')).toMatchObject({ to: `ovr:identity:aws:arn:aws:iam::${A}:role/r` });
  });
});
