import type { NodeKind, Resource } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { at, fields, known, literal, pointer, prop, text } from '../../properties.ts';
import { encryptedWith, runsAs } from '../shared.ts';

const bucketPlaceholder = { kind: 'DataStore', type: 'aws.s3.bucket' } as const satisfies { kind: NodeKind; type: string };

/** Where each storage type keeps its vectors: configuration key, property that names the store, canonical types, placeholder type. */
const STORES: { path: string[]; types: string[]; type: string }[] = [
  { path: ['OpensearchServerlessConfiguration', 'CollectionArn'], types: ['AWS::OpenSearchServerless::Collection'], type: 'aws.opensearchserverless.collection' },
  { path: ['OpensearchManagedClusterConfiguration', 'DomainArn'], types: ['AWS::OpenSearchService::Domain'], type: 'aws.opensearchservice.domain' },
  { path: ['RdsConfiguration', 'ResourceArn'], types: ['AWS::RDS::DBCluster'], type: 'aws.rds.dbcluster' },
  { path: ['S3VectorsConfiguration', 'IndexArn'], types: ['AWS::S3Vectors::Index'], type: 'aws.s3vectors.index' },
  { path: ['S3VectorsConfiguration', 'VectorBucketArn'], types: ['AWS::S3Vectors::VectorBucket'], type: 'aws.s3vectors.vectorbucket' },
  { path: ['NeptuneAnalyticsConfiguration', 'GraphArn'], types: ['AWS::NeptuneGraph::Graph'], type: 'aws.neptunegraph.graph' },
];

/** A knowledge base: content that agents retrieve, read from its sources by its own role. */
export function mapKnowledgeBase(r: Resource, ctx: MapContext): void {
  const storage = prop(r, 'StorageConfiguration');
  const base = ctx.node(r, { kind: 'DataStore', props: known({ storeType: 'knowledge_base', arn: r.nativeId, knowledgeType: literal(prop(r, 'KnowledgeBaseConfiguration', 'Type')) }) });
  runsAs(ctx, r, base, ['RoleArn'], 'service');
  for (const { path, types, type } of STORES) feed(r, base, ['StorageConfiguration', ...path], types, type, ctx);
  feed(r, base, ['KnowledgeBaseConfiguration', 'KendraKnowledgeBaseConfiguration', 'KendraIndexArn'], ['AWS::Kendra::Index'], 'aws.kendra.index', ctx);
  for (const key of Object.keys(fields(storage) ?? {})) {
    holdsSecret(r, base, ['StorageConfiguration', key, 'CredentialsSecretArn'], ctx);
  }
  const engine = ['KnowledgeBaseConfiguration', 'SqlKnowledgeBaseConfiguration', 'RedshiftConfiguration', 'QueryEngineConfiguration'];
  for (const kind of ['ServerlessConfiguration', 'ProvisionedConfiguration']) holdsSecret(r, base, [...engine, kind, 'AuthConfiguration', 'UsernamePasswordSecretArn'], ctx);
}

function feed(r: Resource, base: string, path: string[], types: string[], type: string, ctx: MapContext): void {
  const store = ctx.resolve(prop(r, ...path), types, { kind: 'DataStore', type });
  if (store) ctx.edge({ kind: 'FEEDS', from: store, to: base, discriminator: 'ingest', props: { mode: 'ingest' }, evidence: ctx.evidence(r, pointer(...path)) });
}

function holdsSecret(r: Resource, holder: string, path: string[], ctx: MapContext): void {
  const secret = ctx.resolve(prop(r, ...path), ['AWS::SecretsManager::Secret'], { kind: 'Secret', type: 'aws.secretsmanager.secret' });
  if (secret) ctx.edge({ kind: 'HOLDS', from: holder, to: secret, props: { property: path.at(-1) }, evidence: ctx.evidence(r, pointer(...path)) });
}

/** Source systems that are no store of this cloud: who may write there, and the key of their configuration. */
const CHANNELS: Record<string, { key: string; channelType: string; writableBy: string[]; address: string[] }> = {
  WEB: { key: 'WebConfiguration', channelType: 'web', writableBy: ['E2'], address: ['SourceConfiguration', 'UrlConfiguration', 'SeedUrls', '0', 'Url'] },
  CONFLUENCE: { key: 'ConfluenceConfiguration', channelType: 'wiki', writableBy: ['E4'], address: ['SourceConfiguration', 'HostUrl'] },
  SHAREPOINT: { key: 'SharePointConfiguration', channelType: 'drive', writableBy: ['E4'], address: ['SourceConfiguration', 'SiteUrls', '0'] },
  SALESFORCE: { key: 'SalesforceConfiguration', channelType: 'crm', writableBy: ['E4'], address: ['SourceConfiguration', 'HostUrl'] },
};

/** Connectors of managed knowledge bases: the service's own parameters, in its own spelling, say what is read. */
const CONNECTOR = ['DataSourceConfiguration', 'ManagedKnowledgeBaseConnectorConfiguration', 'ConnectorParameters'];
const CONNECTED: Record<string, { channelType: string; writableBy: string[] }> = {
  WEB: { channelType: 'web', writableBy: ['E2'] }, WEBCRAWLER: { channelType: 'web', writableBy: ['E2'] }, WEBCRAWLERV2: { channelType: 'web', writableBy: ['E2'] },
  CONFLUENCE: { channelType: 'wiki', writableBy: ['E4'] }, SHAREPOINT: { channelType: 'drive', writableBy: ['E4'] }, ONEDRIVE: { channelType: 'drive', writableBy: ['E4'] },
  GOOGLEDRIVE: { channelType: 'drive', writableBy: ['E4'] }, SALESFORCE: { channelType: 'crm', writableBy: ['E4'] },
};

function mapConnector(r: Resource, base: string | undefined, ctx: MapContext): void {
  const type = literal(prop(r, ...CONNECTOR, 'type'))?.toUpperCase();
  const where = [...CONNECTOR, 'connectionConfiguration'];
  const name = prop(r, ...where, 'bucketName') ?? prop(r, ...where, 'bucketArn');
  const bucket = type === 'S3' ? ctx.resolve(name, ['AWS::S3::Bucket'], bucketPlaceholder) : undefined;
  const evidence = ctx.evidence(r, pointer(...where));
  const known = CONNECTED[type ?? ''];
  const from = bucket ?? (known && ctx.node(r, { kind: 'Channel', props: { ...known } }));
  if (from && base) ctx.edge({ kind: 'FEEDS', from, to: base, discriminator: 'ingest', props: { mode: 'ingest' }, evidence });
}

/** A source of a knowledge base: a bucket feeds it directly; anything outside is a channel with its own authors. */
export function mapDataSource(r: Resource, ctx: MapContext): void {
  const base = ctx.resolve(prop(r, 'KnowledgeBaseId'), ['AWS::Bedrock::KnowledgeBase'], { kind: 'DataStore', type: 'aws.bedrock.knowledgebase' });
  const s3 = ['DataSourceConfiguration', 'S3Configuration', 'BucketArn'];
  const bucket = ctx.resolve(prop(r, ...s3), ['AWS::S3::Bucket'], bucketPlaceholder);
  if (bucket && base) ctx.edge({ kind: 'FEEDS', from: bucket, to: base, discriminator: 'ingest', props: { mode: 'ingest' }, evidence: ctx.evidence(r, pointer(...s3)) });
  if (base) encryptedWith(ctx, r, base, 'ServerSideEncryptionConfiguration', 'KmsKeyArn');
  if (prop(r, ...CONNECTOR) !== undefined) { mapConnector(r, base, ctx); return; }
  const kind = CHANNELS[literal(prop(r, 'DataSourceConfiguration', 'Type')) ?? ''];
  if (!kind) return;
  const configuration = prop(r, 'DataSourceConfiguration', kind.key);
  const channel = ctx.node(r, {
    kind: 'Channel', props: known({ channelType: kind.channelType, writableBy: kind.writableBy, url: text(at(configuration, ...kind.address.map((s) => (/^\d+$/.test(s) ? Number(s) : s)))) }),
  });
  if (base) ctx.edge({ kind: 'FEEDS', from: channel, to: base, discriminator: 'ingest', props: { mode: 'ingest' }, evidence: ctx.evidence(r, pointer('DataSourceConfiguration', kind.key)) });
  holdsSecret(r, channel, ['DataSourceConfiguration', kind.key, 'SourceConfiguration', 'CredentialsSecretArn'], ctx);
}
