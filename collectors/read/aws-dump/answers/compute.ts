import type { Value } from '../../../../schema/index.ts';
import { answer, isJson, list, policy, shaped, texts, upper, type Answer, type Canonical, type Fields, type Json } from './answer.ts';

const FUNCTION: Fields = {
  FunctionName: 'FunctionName', Arn: 'FunctionArn', Role: 'Role', Runtime: 'Runtime', Handler: 'Handler', PackageType: 'PackageType', KmsKeyArn: 'KMSKeyArn', Environment: 'Environment',
  Layers: (r) => texts(r.Layers, 'Arn'),
  VpcConfig: (r) => (isJson(r.VpcConfig) && r.VpcConfig.VpcId ? { SubnetIds: (r.VpcConfig.SubnetIds ?? []) as Value, SecurityGroupIds: (r.VpcConfig.SecurityGroupIds ?? []) as Value } : undefined),
};

const INSTANCE: Fields = {
  InstanceId: 'InstanceId', ImageId: 'ImageId', SubnetId: 'SubnetId', MetadataOptions: 'MetadataOptions', PublicIp: 'PublicIpAddress', Tags: 'Tags',
  IamInstanceProfile: (r) => (isJson(r.IamInstanceProfile) ? (r.IamInstanceProfile.Arn as Value) : undefined),
  SecurityGroupIds: (r) => texts(r.SecurityGroups, 'GroupId'),
};

const rules = (v: unknown): Value => list(v).flatMap((p) => {
  const base = { IpProtocol: p.IpProtocol as Value, ...(p.FromPort !== undefined && { FromPort: p.FromPort as Value }), ...(p.ToPort !== undefined && { ToPort: p.ToPort as Value }) };
  return [
    ...texts(p.IpRanges, 'CidrIp').map((CidrIp): Value => ({ ...base, CidrIp })),
    ...texts(p.Ipv6Ranges, 'CidrIpv6').map((CidrIpv6): Value => ({ ...base, CidrIpv6 })),
    ...texts(p.UserIdGroupPairs, 'GroupId').map((SourceSecurityGroupId): Value => ({ ...base, SourceSecurityGroupId })),
  ];
});

/** Statements of a function's policy are what `AWS::Lambda::Permission` declares one by one. */
function permissions(document: Json): Canonical[] {
  return list(document.Statement).flatMap((s): Canonical[] => {
    if (s.Effect !== 'Allow' || typeof s.Resource !== 'string') return [];
    const principal = isJson(s.Principal) ? (s.Principal.Service ?? s.Principal.AWS) : s.Principal;
    const condition = (key: RegExp): Value | undefined => (isJson(s.Condition) ? Object.values(s.Condition).filter(isJson).flatMap((c) => Object.entries(c)).find(([k]) => key.test(k))?.[1] as Value | undefined : undefined);
    return [shaped('AWS::Lambda::Permission', {
      FunctionName: 'Resource', Action: 'Action', Principal: () => principal as Value, SourceArn: () => condition(/^aws:SourceArn$/i), SourceAccount: () => condition(/^aws:SourceAccount$/i),
      PrincipalOrgID: () => condition(/^aws:PrincipalOrgID$/i), FunctionUrlAuthType: () => condition(/^lambda:FunctionUrlAuthType$/i), InvokedViaFunctionUrl: () => condition(/^lambda:InvokedViaFunctionUrl$/i),
    }, s)];
  });
}

/** `{"Policy": "<text>"}` of `lambda get-policy`, `s3api get-bucket-policy` and `kms get-key-policy`: what the statements act on says whose it is. */
function resourcePolicy(item: unknown): Canonical[] {
  const { document, problems } = policy(item);
  const statements = list((document as Json).Statement);
  const resources = [...statements.map((s) => s.Resource), ...statements.map((s) => s.NotResource)].flat().filter((x): x is string => typeof x === 'string');
  const bucket = resources.map((r) => /^arn:[^:]+:s3:::[^/*]+/.exec(r)?.[0]).find(Boolean);
  if (bucket) return [{ type: 'AWS::S3::BucketPolicy', properties: { Bucket: bucket, PolicyDocument: document }, problems }];
  const key = resources.find((r) => /^arn:[^:]+:kms:[^:]*:\d{12}:key\/[^*]+$/.test(r));
  if (key) return [{ type: 'AWS::KMS::Key', properties: { Arn: key, KeyId: key.slice(key.indexOf(':key/') + 5), KeyPolicy: document }, problems }];
  if (resources.some((r) => /:lambda:[^:]*:\d*:function:/.test(r))) return permissions(document as Json);
  return [{ type: '', properties: {}, problems: [...problems, 'the answer does not say whose policy it is'] }];
}

export const compute: readonly Answer[] = [
  answer('lambda list-functions', 'Functions', /"FunctionArn"/, 'AWS::Lambda::Function', FUNCTION),
  answer('lambda get-function', 'Configuration', /"FunctionArn"/, 'AWS::Lambda::Function', FUNCTION),
  answer('lambda list-function-url-configs', 'FunctionUrlConfigs', /"FunctionUrl"/, 'AWS::Lambda::Url', { TargetFunctionArn: 'FunctionArn', AuthType: 'AuthType', FunctionUrl: 'FunctionUrl' }),
  answer('lambda list-event-source-mappings', 'EventSourceMappings', /"EventSourceArn"/, 'AWS::Lambda::EventSourceMapping', { Id: 'UUID', FunctionName: 'FunctionArn', EventSourceArn: 'EventSourceArn', Enabled: (r) => r.State !== 'Disabled' }),
  { call: 'get-policy', key: 'Policy', tells: /"Policy"\s*:\s*"\s*\{[^}]*\\"Statement\\"|"Policy"\s*:\s*"\s*\{\\"(Version|Id|Statement)\\"/, records: resourcePolicy },
  { call: 'ec2 describe-instances', key: 'Reservations', tells: /"InstanceId"/, records: (item) => (isJson(item) ? list(item.Instances).map((i) => shaped('AWS::EC2::Instance', INSTANCE, i)) : []) },
  answer('ec2 describe-security-groups', 'SecurityGroups', /"IpPermissions"/, 'AWS::EC2::SecurityGroup', { GroupId: 'GroupId', GroupName: 'GroupName', VpcId: 'VpcId', SecurityGroupIngress: (r) => rules(r.IpPermissions), SecurityGroupEgress: (r) => rules(r.IpPermissionsEgress) }),
  answer('bedrock-agent get-agent', 'agent', /"agentResourceRoleArn"|"agentArn"/, 'AWS::Bedrock::Agent', {
    AgentName: 'agentName', AgentId: 'agentId', Arn: 'agentArn', AgentResourceRoleArn: 'agentResourceRoleArn', FoundationModel: 'foundationModel', Instruction: 'instruction', CustomerEncryptionKeyArn: 'customerEncryptionKeyArn',
    GuardrailConfiguration: (r) => (r.guardrailConfiguration ? upper(r.guardrailConfiguration) : undefined), MemoryConfiguration: (r) => (r.memoryConfiguration ? upper(r.memoryConfiguration) : undefined), AgentCollaboration: 'agentCollaboration',
  }),
  answer('bedrock-agent list-agents', 'agentSummaries', /"agentId"/, 'AWS::Bedrock::Agent', { AgentName: 'agentName', AgentId: 'agentId' }),
  answer('bedrock-agent get-knowledge-base', 'knowledgeBase', /"knowledgeBaseArn"/, 'AWS::Bedrock::KnowledgeBase', { Name: 'name', KnowledgeBaseId: 'knowledgeBaseId', Arn: 'knowledgeBaseArn', RoleArn: 'roleArn', KnowledgeBaseConfiguration: (r) => upper(r.knowledgeBaseConfiguration ?? {}), StorageConfiguration: (r) => upper(r.storageConfiguration ?? {}) }),
  answer('bedrock-agentcore-control get-agent-runtime', '', /"agentRuntimeArn"[\s\S]*"roleArn"|"roleArn"[\s\S]*"agentRuntimeArn"/, 'AWS::BedrockAgentCore::Runtime', {
    Arn: 'agentRuntimeArn', AgentRuntimeName: 'agentRuntimeName', RoleArn: 'roleArn', EnvironmentVariables: 'environmentVariables', NetworkConfiguration: (r) => upper(r.networkConfiguration ?? {}),
    ProtocolConfiguration: (r) => (isJson(r.protocolConfiguration) ? (r.protocolConfiguration.serverProtocol as Value) : undefined), AuthorizerConfiguration: (r) => (r.authorizerConfiguration ? upper(r.authorizerConfiguration) : undefined), AgentRuntimeArtifact: (r) => upper(r.agentRuntimeArtifact ?? {}),
  }),
  answer('bedrock-agentcore-control list-agent-runtimes', 'agentRuntimes', /"agentRuntimeArn"/, 'AWS::BedrockAgentCore::Runtime', { Arn: 'agentRuntimeArn', AgentRuntimeName: 'agentRuntimeName' }),
];
