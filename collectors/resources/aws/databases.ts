import type { Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { fields, flag, known, list, literal, pointer, prop, text } from '../properties.ts';
import { secretIn } from '../secrets.ts';
import { holdCredential, mapScript } from './environment.ts';
import { attachedTo, encryptedWith, label, partOf, runsAs } from './shared.ts';
import { resourcePolicy, store } from './stores.ts';

function table(r: Resource, ctx: MapContext): void {
  const attributes = list(prop(r, 'AttributeDefinitions')).flatMap((a) => literal(fields(a)?.['AttributeName']) ?? []);
  const keys = list(prop(r, 'KeySchema')).flatMap((k) => literal(fields(k)?.['AttributeName']) ?? []);
  const id = store(r, ctx, {
    storeType: 'table', key: ['SSESpecification', 'KMSMasterKeyId'],
    recovery: { pitr: ['PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled'], deletion_protection: ['DeletionProtectionEnabled'] },
    more: { hints: attributes.length + keys.length ? [...new Set([...keys, ...attributes])] : undefined },
  });
  resourcePolicy(r, ctx, id, ['ResourcePolicy', 'PolicyDocument']);
}

/** An item that code puts into a table: the table holds the secrets in it. */
function tableItem(r: Resource, ctx: MapContext): void {
  const id = ctx.resolve(prop(r, 'TableName'), ['AWS::DynamoDB::Table'], { kind: 'DataStore', type: 'aws.dynamodb.table' });
  const item = text(prop(r, 'Item'));
  // {"password": {"S": "…"}} as `password: …`, which is how scripts write it.
  if (id && item !== undefined) mapScript(ctx, r, id, ['Item'], item.replace(/\{\s*"[SN]"\s*:\s*("(?:[^"\\]|\\.)*")\s*\}/g, '$1'));
}

/** RDS instance or cluster: the store, the door that speaks its protocol, and the master password where it stands in the code. */
const database = (address: string, dataApi?: string) => (r: Resource, ctx: MapContext): void => {
  const open = flag(prop(r, 'PubliclyAccessible'));
  const id = store(r, ctx, {
    storeType: 'database', key: ['KmsKeyId'],
    recovery: { backup: ['BackupRetentionPeriod'], deletion_protection: ['DeletionProtection'] },
    more: { hints: [literal(prop(r, 'DBName')) ?? literal(prop(r, 'DatabaseName'))].filter((h) => h !== undefined) },
  });
  attachedTo(ctx, r, id, ['VPCSecurityGroups'], ['VpcSecurityGroupIds']);
  const endpoint = ctx.node(r, {
    kind: 'Endpoint', nativeId: partOf(id, 'endpoint'), type: `${r.type.split('::').join('.').toLowerCase()}.endpoint`, name: `${label(r)} (database)`, tags: {},
    props: known({ protocol: literal(prop(r, 'Engine')) ?? 'sql', auth: 'database', networkScope: open === true ? 'public' : open === false || prop(r, 'PubliclyAccessible') === undefined ? 'private' : 'unknown', repliesToCaller: true, url: text(prop(r, address)) }),
  });
  attachedTo(ctx, r, endpoint, ['VPCSecurityGroups'], ['VpcSecurityGroupIds']);
  ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: id, evidence: ctx.evidence(r) });
  if (dataApi && flag(prop(r, dataApi)) === true) {
    const api = ctx.node(r, { kind: 'Endpoint', nativeId: partOf(id, 'data-api'), type: 'aws.rds.dataapi', name: `${label(r)} (Data API)`, tags: {}, props: { protocol: 'https', auth: 'aws-iam', networkScope: 'public', repliesToCaller: true } });
    ctx.edge({ kind: 'ROUTES_TO', from: api, to: id, evidence: ctx.evidence(r, pointer(dataApi)) });
  }
  masterPassword(r, ctx, id, endpoint);
};

/** A password written in the code opens the database to every reader of the code; a managed one lives in a secret of the service. */
function masterPassword(r: Resource, ctx: MapContext, id: string, endpoint: string): void {
  const user = literal(prop(r, 'MasterUsername'));
  const password = text(prop(r, 'MasterUserPassword'));
  if (password !== undefined && secretIn('password', password)?.literal !== undefined) {
    const credential = holdCredential(ctx, r, id, '/MasterUserPassword', 'MasterUserPassword', { credType: 'password', literal: password });
    ctx.edge({ kind: 'AUTHENTICATES_AS', from: credential, to: endpoint, evidence: ctx.evidence(r, '/MasterUserPassword', 'MasterUserPassword') });
  }
  if (flag(prop(r, 'ManageMasterUserPassword')) === true) {
    const secret = ctx.node(r, { kind: 'Secret', nativeId: partOf(id, 'master-secret'), type: 'aws.secretsmanager.secret', name: `master secret of ${label(r)}`, tags: {}, props: { secretType: 'secret', rotation: true } });
    const credential = ctx.node(r, { kind: 'Credential', nativeId: partOf(id, 'master-credential'), type: 'aws.rds.masteruser', name: user ?? `master user of ${label(r)}`, tags: {}, props: { credType: 'db_user', lifetime: 'rotating', heldBy: 'us' } });
    ctx.edge({ kind: 'HOLDS', from: secret, to: credential, evidence: ctx.evidence(r, '/ManageMasterUserPassword') });
    ctx.edge({ kind: 'AUTHENTICATES_AS', from: credential, to: endpoint, evidence: ctx.evidence(r, '/ManageMasterUserPassword') });
  }
}

function redshift(r: Resource, ctx: MapContext): void {
  database('Endpoint')(r, ctx);
  const id = ctx.resolve(r.nativeId, [r.type]);
  if (!id) return;
  list(prop(r, 'IamRoles')).forEach((v, i) => {
    const role = ctx.resolve(v, ['AWS::IAM::Role'], { kind: 'Identity', type: 'aws.iam.role' });
    if (role) ctx.edge({ kind: 'RUNS_AS', from: id, to: role, discriminator: 'service', evidence: ctx.evidence(r, pointer('IamRoles', i)), props: { for: 'service' } });
  });
}

function dsql(r: Resource, ctx: MapContext): void {
  const id = store(r, ctx, { storeType: 'database', key: ['KmsEncryptionKey'], recovery: { deletion_protection: ['DeletionProtectionEnabled'] }, policy: ['PolicyDocument'] });
  const endpoint = ctx.node(r, { kind: 'Endpoint', nativeId: partOf(id, 'endpoint'), type: 'aws.dsql.endpoint', name: `${label(r)} (database)`, tags: {}, props: { protocol: 'postgres', auth: 'aws-iam', networkScope: 'public', repliesToCaller: true } });
  ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: id, evidence: ctx.evidence(r) });
}

function serverlessNamespace(r: Resource, ctx: MapContext): void {
  const id = store(r, ctx, { storeType: 'database', key: ['KmsKeyId'], more: { hints: [literal(prop(r, 'DbName'))].filter((h) => h !== undefined) } });
  runsAs(ctx, r, id, ['DefaultIamRoleArn'], 'service');
}

function serverlessWorkgroup(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Endpoint', props: { protocol: 'redshift', auth: 'database', arn: r.nativeId, networkScope: flag(prop(r, 'PubliclyAccessible')) === true ? 'public' : 'private', repliesToCaller: true } });
  attachedTo(ctx, r, id, ['SubnetIds'], ['SecurityGroupIds']);
  const to = ctx.resolve(prop(r, 'NamespaceName'), ['AWS::RedshiftServerless::Namespace']);
  if (to) ctx.edge({ kind: 'ROUTES_TO', from: id, to, evidence: ctx.evidence(r, '/NamespaceName') });
}

/** File systems, streams and delivery streams. */
function fileSystem(r: Resource, ctx: MapContext): void {
  store(r, ctx, { storeType: 'file_system', key: ['KmsKeyId'], policy: ['FileSystemPolicy'] });
}

function mountTarget(r: Resource, ctx: MapContext): void {
  const id = ctx.resolve(prop(r, 'FileSystemId'), ['AWS::EFS::FileSystem'], { kind: 'DataStore', type: 'aws.efs.filesystem' });
  if (id) attachedTo(ctx, r, id, ['SubnetId'], ['SecurityGroups']);
}

function stream(r: Resource, ctx: MapContext): void {
  store(r, ctx, { storeType: 'stream', key: ['StreamEncryption', 'KeyId'] });
}

function deliveryStream(r: Resource, ctx: MapContext): void {
  const id = store(r, ctx, { storeType: 'stream' });
  for (const key of ['ExtendedS3DestinationConfiguration', 'S3DestinationConfiguration', 'ExtendedS3Configuration']) {
    const target = prop(r, key, 'BucketARN') ?? prop(r, key, 'BucketArn');
    const to = target === undefined ? undefined : ctx.resolve(target, ['AWS::S3::Bucket'], { kind: 'DataStore', type: 'aws.s3.bucket' });
    if (to) ctx.edge({ kind: 'FEEDS', from: id, to, discriminator: 'ingest', evidence: ctx.evidence(r, pointer(key)), props: { mode: 'ingest' } });
    if (to) runsAs(ctx, r, id, [key, 'RoleARN'], 'service');
    if (to) encryptedWith(ctx, r, id, key, 'EncryptionConfiguration', 'KMSEncryptionConfig', 'AWSKMSKeyARN');
  }
}

export const mappings: ResourceMapping[] = [
  mapping('AWS::DynamoDB::Table', table),
  mapping('AWS::DynamoDB::GlobalTable', table),
  mapping('AWS::DynamoDB::TableItem', tableItem),
  mapping('AWS::RDS::DBInstance', database('Endpoint')),
  mapping('AWS::RDS::DBCluster', database('Endpoint', 'EnableHttpEndpoint')),
  mapping('AWS::Redshift::Cluster', redshift),
  mapping('AWS::RedshiftServerless::Namespace', serverlessNamespace),
  mapping('AWS::RedshiftServerless::Workgroup', serverlessWorkgroup),
  mapping('AWS::DSQL::Cluster', dsql),
  mapping('AWS::EFS::FileSystem', fileSystem),
  mapping('AWS::EFS::MountTarget', mountTarget),
  mapping('AWS::EFS::AccessPoint', () => {}),
  mapping('AWS::Kinesis::Stream', stream),
  mapping('AWS::KinesisFirehose::DeliveryStream', deliveryStream),
];
