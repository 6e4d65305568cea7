import { splitHoles, type Resource, type Value } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { fields, flag, known, list, literal, pointer, prop, text } from '../properties.ts';
import { mapEnvironment, mapValue } from './environment.ts';
import { mapImage } from './code.ts';
import { s3Place } from './s3-place.ts';
import { attachedTo, encryptedWith, label, partOf, runsAs } from './shared.ts';

/** Glue and SageMaker: places where somebody's script or notebook runs as a role. */

const BUCKET_OUTSIDE = { kind: 'DataStore', type: 'aws.s3.bucket' } as const;

/** BUILT_FROM the object that an `s3://bucket/key` names; its bucket CONTAINS it. */
function builtFromS3(r: Resource, ctx: MapContext, compute: string, v: Value | undefined, at: string, artifactType: string): void {
  const address = text(v);
  const found = address === undefined ? undefined : s3Place(address);
  if (!found) return;
  const bucket = ctx.resolve(found.bucket, ['AWS::S3::Bucket'], BUCKET_OUTSIDE);
  if (!bucket) return;
  const key = splitHoles(found.key).map((p) => (typeof p === 'string' ? p : '*')).join('');
  const artifact = ctx.node(r, { kind: 'Artifact', nativeId: partOf(bucket, key || '*'), type: 'aws.s3.object', name: key || 'object', tags: {}, props: { artifactType, location: address, mutable: true } });
  ctx.edge({ kind: 'BUILT_FROM', from: compute, to: artifact, evidence: ctx.evidence(r, at) });
  ctx.edge({ kind: 'CONTAINS', from: bucket, to: artifact, evidence: ctx.evidence(r, at) });
}

function job(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Compute', props: { computeType: 'runner', arn: r.nativeId, metadataService: 'none', egress: prop(r, 'Connections') === undefined ? 'open' : 'unknown' } });
  runsAs(ctx, r, id, ['Role'], 'code');
  builtFromS3(r, ctx, id, prop(r, 'Command', 'ScriptLocation'), pointer('Command', 'ScriptLocation'), 'script');
  const args = fields(prop(r, 'DefaultArguments')) ?? {};
  for (const [name, v] of Object.entries(args)) {
    const value = text(v);
    if (value !== undefined) mapValue(ctx, r, id, pointer('DefaultArguments', name), name.replace(/^--/, ''), value);
  }
  list(prop(r, 'Connections', 'Connections')).forEach((c, i) => {
    const to = ctx.resolve(c, ['AWS::Glue::Connection']);
    if (to) ctx.edge({ kind: 'HOLDS', from: id, to, evidence: ctx.evidence(r, pointer('Connections', 'Connections', i)) });
  });
}

function devEndpoint(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Compute', props: { computeType: 'runner', arn: r.nativeId, metadataService: 'none', egress: prop(r, 'SubnetId') === undefined ? 'open' : 'unknown' } });
  runsAs(ctx, r, id, ['RoleArn'], 'code');
  attachedTo(ctx, r, id, ['SubnetId'], ['SecurityGroupIds']);
}

/** A connection carries a login of a database; only its hash is kept when it is written in the code. */
function connection(r: Resource, ctx: MapContext): void {
  const properties = fields(prop(r, 'ConnectionInput', 'ConnectionProperties')) ?? {};
  const password = text(properties['PASSWORD']);
  const known_ = password !== undefined && !splitHoles(password).some((p) => typeof p !== 'string');
  ctx.node(r, { kind: 'Credential', props: known({ credType: 'db_user', lifetime: 'static', heldBy: 'us', exposedLiteral: known_, hash: known_ ? ctx.keyedHash(password) : undefined, location: literal(properties['JDBC_CONNECTION_URL']) }) });
}

function crawler(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Compute', props: { computeType: 'saas', arn: r.nativeId, metadataService: 'none', egress: 'limited' } });
  runsAs(ctx, r, id, ['Role'], 'service');
}

function notebook(r: Resource, ctx: MapContext): void {
  const open = literal(prop(r, 'DirectInternetAccess')) !== 'Disabled';
  const version = literal(prop(r, 'InstanceMetadataServiceConfiguration', 'MinimumInstanceMetadataServiceVersion'));
  const id = ctx.node(r, { kind: 'Compute', props: { computeType: 'vm', arn: r.nativeId, metadataService: version === '2' ? 'token_required' : 'open', egress: open ? 'open' : 'unknown' } });
  runsAs(ctx, r, id, ['RoleArn'], 'code');
  encryptedWith(ctx, r, id, 'KmsKeyId');
  attachedTo(ctx, r, id, ['SubnetId'], ['SecurityGroupIds']);
  const lifecycle = ctx.resolve(prop(r, 'LifecycleConfigName'), ['AWS::SageMaker::NotebookInstanceLifecycleConfig']);
  if (lifecycle) ctx.edge({ kind: 'BUILT_FROM', from: id, to: lifecycle, evidence: ctx.evidence(r, '/LifecycleConfigName') });
}

function lifecycle(r: Resource, ctx: MapContext): void {
  ctx.node(r, { kind: 'Artifact', props: { artifactType: 'script', arn: r.nativeId, mutable: true } });
}

function domain(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Compute', props: { computeType: 'saas', arn: r.nativeId, metadataService: 'none', egress: literal(prop(r, 'AppNetworkAccessType')) === 'VpcOnly' ? 'unknown' : 'open' } });
  runsAs(ctx, r, id, ['DefaultUserSettings', 'ExecutionRole'], 'code');
  encryptedWith(ctx, r, id, 'KmsKeyId');
  attachedTo(ctx, r, id, ['SubnetIds']);
}

/** A profile works in its domain, under its own role or the domain's. */
function profile(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Compute', props: { computeType: 'saas', arn: r.nativeId, metadataService: 'none', egress: 'unknown' } });
  if (runsAs(ctx, r, id, ['UserSettings', 'ExecutionRole'], 'code')) return;
  const owner = ctx.resource(prop(r, 'DomainId'), ['AWS::SageMaker::Domain']);
  if (owner) runsAs(ctx, owner, id, ['DefaultUserSettings', 'ExecutionRole'], 'code');
}

/** Model data from a bucket is loaded as code by most serving containers. */
function model(r: Resource, ctx: MapContext): void {
  const isolated = flag(prop(r, 'EnableNetworkIsolation')) === true;
  const id = ctx.node(r, { kind: 'Compute', props: { computeType: 'container', arn: r.nativeId, metadataService: 'none', egress: isolated ? 'none' : prop(r, 'VpcConfig') === undefined ? 'open' : 'unknown' } });
  runsAs(ctx, r, id, ['ExecutionRoleArn'], 'code');
  const containers: (string | number)[][] = [['PrimaryContainer'], ...list(prop(r, 'Containers')).map((_, i) => ['Containers', i])];
  for (const c of containers) {
    if (prop(r, ...c) === undefined) continue;
    mapImage(ctx, r, id, [...c, 'Image'], `image/${c.join('/')}`);
    builtFromS3(r, ctx, id, prop(r, ...c, 'ModelDataUrl'), pointer(...c, 'ModelDataUrl'), 'model');
    ctx.amend(id, { ...mapEnvironment(ctx, r, id, [...c, 'Environment']) });
  }
}

function modelEndpoint(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Endpoint', name: label(r), props: { protocol: 'https', auth: 'aws-iam', arn: r.nativeId, networkScope: 'public', repliesToCaller: true } });
  const config = ctx.resource(prop(r, 'EndpointConfigName'), ['AWS::SageMaker::EndpointConfig']);
  if (!config) return;
  list(prop(config, 'ProductionVariants')).forEach((v, i) => {
    const to = ctx.resolve(fields(v)?.['ModelName'], ['AWS::SageMaker::Model']);
    if (to) ctx.edge({ kind: 'ROUTES_TO', from: id, to, evidence: ctx.evidence(config, pointer('ProductionVariants', i)) });
  });
}

export const mappings: ResourceMapping[] = [
  mapping('AWS::Glue::Job', job),
  mapping('AWS::Glue::DevEndpoint', devEndpoint),
  mapping('AWS::Glue::Connection', connection),
  mapping('AWS::Glue::Crawler', crawler),
  mapping('AWS::Glue::Trigger', (r, ctx) => { ctx.node(r, { kind: 'Channel', props: { channelType: 'schedule', writableBy: [] } }); }),
  mapping('AWS::Glue::Database', (r, ctx) => { ctx.node(r, { kind: 'DataStore', props: { storeType: 'database', arn: r.nativeId } }); }),
  mapping('AWS::Glue::Table', () => {}),
  mapping('AWS::SageMaker::NotebookInstance', notebook),
  mapping('AWS::SageMaker::NotebookInstanceLifecycleConfig', lifecycle),
  mapping('AWS::SageMaker::Domain', domain),
  mapping('AWS::SageMaker::UserProfile', profile),
  mapping('AWS::SageMaker::Model', model),
  mapping('AWS::SageMaker::Endpoint', modelEndpoint),
  mapping('AWS::SageMaker::EndpointConfig', () => {}),
];
