import { unknown, type Value } from '../../../../schema/index.ts';
import { answer, isJson, list, named, policy, shaped, texts, type Answer, type Canonical, type Json } from './answer.ts';

/** `https://sqs.eu-west-1.amazonaws.com/123456789012/name` */
function queue(url: string): { [key: string]: Value } {
  const m = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com\/(\d{12})\/(.+)$/.exec(url);
  return { QueueUrl: url, QueueName: url.split('/').pop()!, ...(m && { Arn: `arn:aws:sqs:${m[1]}:${m[2]}:${m[3]}` }) };
}

/** `get-queue-attributes` and `get-topic-attributes`: the thing, and the policy on it. */
function attributes(item: unknown): Canonical[] {
  if (!isJson(item)) return [];
  const topic = typeof item.TopicArn === 'string';
  const arn = String(topic ? item.TopicArn : item.QueueArn);
  const thing = topic
    ? shaped('AWS::SNS::Topic', { Arn: 'TopicArn', TopicName: () => arn.split(':').pop()!, KmsMasterKeyId: 'KmsMasterKeyId' }, item)
    : shaped('AWS::SQS::Queue', { Arn: 'QueueArn', QueueName: () => arn.split(':').pop()!, KmsMasterKeyId: 'KmsMasterKeyId', RedrivePolicy: 'RedrivePolicy' }, item);
  if (typeof item.Policy !== 'string' || !item.Policy) return [thing];
  const { document, problems } = policy(item.Policy);
  return [thing, { type: topic ? 'AWS::SNS::TopicPolicy' : 'AWS::SQS::QueuePolicy', properties: { [topic ? 'Topics' : 'Queues']: [arn], PolicyDocument: document }, from: { PolicyDocument: 'Policy' }, problems }];
}

/** A policy of an organisation: flat, or as `describe-policy` and exports nest it, with or without its targets. */
function organisationPolicy(item: unknown): Canonical[] {
  if (!isJson(item)) return [];
  const r: Json = { ...item, ...(isJson(item.PolicySummary) ? item.PolicySummary : {}) };
  if (!/^(SERVICE|RESOURCE)_CONTROL_POLICY$/.test(String(r.Type))) return [];
  const text = r.Content ?? r.Document ?? r.PolicyDocument;
  const { document, problems } = text === undefined ? { document: unknown('not in the answer') as Value, problems: [`the text of ${String(r.Name)} is not in the answer`] } : policy(text);
  const targets = [...texts(r.Targets, 'TargetId'), ...(Array.isArray(r.TargetIds) ? r.TargetIds.map(String) : [])];
  return [{ ...shaped('AWS::Organizations::Policy', { Name: 'Name', Id: 'Id', Arn: 'Arn', Type: 'Type', AwsManaged: 'AwsManaged', Content: () => document, TargetIds: () => (targets.length ? targets : undefined) }, r), problems }];
}

const DB = { Engine: 'Engine', KmsKeyId: 'KmsKeyId', DeletionProtection: 'DeletionProtection', StorageEncrypted: 'StorageEncrypted', EnableIAMDatabaseAuthentication: 'IAMDatabaseAuthenticationEnabled' };

export const data: readonly Answer[] = [
  answer('s3api list-buckets', 'Buckets', /"CreationDate"/, 'AWS::S3::Bucket', { BucketName: 'Name', Arn: (r) => (typeof r.Name === 'string' ? `arn:aws:s3:::${r.Name}` : undefined) }),
  named('dynamodb list-tables', 'TableNames', 'AWS::DynamoDB::Table', (TableName) => ({ TableName })),
  answer('dynamodb describe-table', 'Table', /"TableArn"/, 'AWS::DynamoDB::Table', {
    TableName: 'TableName', Arn: 'TableArn', KeySchema: 'KeySchema', AttributeDefinitions: 'AttributeDefinitions', StreamSpecification: 'StreamSpecification', DeletionProtectionEnabled: 'DeletionProtectionEnabled',
    SSESpecification: (r) => (isJson(r.SSEDescription) ? { SSEEnabled: r.SSEDescription.Status === 'ENABLED', ...(typeof r.SSEDescription.KMSMasterKeyArn === 'string' && { KMSMasterKeyId: r.SSEDescription.KMSMasterKeyArn }) } : undefined),
  }),
  answer('secretsmanager list-secrets', 'SecretList', /"ARN"/, 'AWS::SecretsManager::Secret', { Name: 'Name', Arn: 'ARN', KmsKeyId: 'KmsKeyId', Description: 'Description', RotationEnabled: 'RotationEnabled', Tags: 'Tags' }),
  { call: 'secretsmanager get-resource-policy', key: '', tells: /"ResourcePolicy"\s*:\s*"/, records: (item) => {
    if (!isJson(item) || typeof item.ARN !== 'string') return [];
    const { document, problems } = policy(item.ResourcePolicy);
    return [{ type: 'AWS::SecretsManager::ResourcePolicy', properties: { SecretId: item.ARN, ResourcePolicy: document }, from: { SecretId: 'ARN' }, problems }];
  } },
  answer('ssm describe-parameters', 'Parameters', /"Type"\s*:\s*"(String|SecureString|StringList)"/, 'AWS::SSM::Parameter', { Name: 'Name', Arn: 'ARN', Type: 'Type', KeyId: 'KeyId', Description: 'Description' }),
  answer('kms list-keys', 'Keys', /"KeyArn"/, 'AWS::KMS::Key', { KeyId: 'KeyId', Arn: 'KeyArn' }),
  answer('kms list-grants', 'Grants', /"GranteePrincipal"/, 'AWS::KMS::Key', {
    KeyId: (r) => (typeof r.KeyId === 'string' ? r.KeyId.split('/').pop() : undefined), Arn: (r) => (typeof r.KeyId === 'string' && r.KeyId.startsWith('arn:') ? r.KeyId : undefined),
    Grants: (r) => [{ GrantId: r.GrantId as Value, GranteePrincipal: r.GranteePrincipal as Value, Operations: r.Operations as Value, Constraints: (r.Constraints ?? {}) as Value }],
  }),
  answer('kms describe-key', 'KeyMetadata', /"KeyManager"|"KeyState"/, 'AWS::KMS::Key', { KeyId: 'KeyId', Arn: 'Arn', Enabled: 'Enabled', Description: 'Description' }),
  named('sqs list-queues', 'QueueUrls', 'AWS::SQS::Queue', queue),
  answer('sns list-topics', 'Topics', /"TopicArn"/, 'AWS::SNS::Topic', { Arn: 'TopicArn', TopicName: (r) => String(r.TopicArn).split(':').pop()! }),
  answer('sns list-subscriptions', 'Subscriptions', /"SubscriptionArn"/, 'AWS::SNS::Subscription', { TopicArn: 'TopicArn', Protocol: 'Protocol', Endpoint: 'Endpoint' }),
  { call: 'get-queue-attributes', key: 'Attributes', tells: /"(QueueArn|TopicArn)"/, records: attributes },
  answer('rds describe-db-instances', 'DBInstances', /"DBInstanceArn"/, 'AWS::RDS::DBInstance', { ...DB, DBInstanceIdentifier: 'DBInstanceIdentifier', Arn: 'DBInstanceArn', PubliclyAccessible: 'PubliclyAccessible', VPCSecurityGroups: (r) => texts(r.VpcSecurityGroups, 'VpcSecurityGroupId') }),
  answer('rds describe-db-clusters', 'DBClusters', /"DBClusterArn"/, 'AWS::RDS::DBCluster', { ...DB, DBClusterIdentifier: 'DBClusterIdentifier', Arn: 'DBClusterArn', EnableHttpEndpoint: 'HttpEndpointEnabled' }),
  answer('ecr describe-repositories', 'repositories', /"repositoryArn"/, 'AWS::ECR::Repository', { RepositoryName: 'repositoryName', Arn: 'repositoryArn', ImageTagMutability: 'imageTagMutability' }),
  answer('iam list-access-keys', 'AccessKeyMetadata', /"AccessKeyId"/, 'AWS::IAM::AccessKey', { UserName: 'UserName', Status: 'Status', Id: 'AccessKeyId' }),
  answer('iam list-open-id-connect-providers', 'OpenIDConnectProviderList', /"Arn"/, 'AWS::IAM::OIDCProvider', { Arn: 'Arn', Url: (r) => (typeof r.Arn === 'string' ? `https://${r.Arn.split(':oidc-provider/')[1] ?? ''}` : undefined) }),
  answer('organizations describe-organization', 'Organization', /"MasterAccountId"/, 'AWS::Organizations::Organization', { Id: 'Id', Arn: 'Arn', ManagementAccountId: 'MasterAccountId' }),
  answer('organizations list-accounts', 'Accounts', /"arn:[^"]*:organizations::\d{12}:account\//, 'AWS::Organizations::Account', { AccountId: 'Id', AccountName: 'Name', OrganizationId: (r) => /:account\/(o-[a-z0-9]{10,32})\//.exec(String(r.Arn))?.[1] }),
  ...['Policies', 'policies', 'Policy', 'policy'].map((key): Answer => ({ call: 'organizations list-policies', key, tells: /"(SERVICE|RESOURCE)_CONTROL_POLICY"/, records: organisationPolicy })),
];

/** Values that name an account wherever they stand. */
export const accountOf = (properties: { [key: string]: Value }): string | undefined => {
  const arn = properties.Arn;
  const account = typeof arn === 'string' ? arn.split(':')[4] : typeof properties.CatalogId === 'string' ? properties.CatalogId : undefined;
  return account && /^\d{12}$/.test(account) ? account : undefined;
};
export const moreToCome = (r: Json): boolean => list([r]).some((x) => ['NextToken', 'nextToken', 'NextMarker', 'LastEvaluatedTableName'].some((k) => typeof x[k] === 'string' && x[k] !== ''));
