import { type Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { fields, flag, list, literal, pointer, prop, text } from '../properties.ts';
import { holdCredential, mapScript } from './environment.ts';
import { mapAcl, restricted } from './s3-access.ts';
import { functionBehind } from './shared.ts';
import { policyOn, resourcePolicy, store } from './stores.ts';

const BUCKET = ['AWS::S3::Bucket'];
const BUCKET_OUTSIDE = { kind: 'DataStore', type: 'aws.s3.bucket' } as const;
const PUBLIC_ACL = /^public-read(-write)?$/;

function bucket(r: Resource, ctx: MapContext): void {
  const block = fields(prop(r, 'PublicAccessBlockConfiguration'));
  const blocked = block === undefined ? undefined : flag(block['RestrictPublicBuckets']) === true && flag(block['BlockPublicPolicy']) === true;
  const acl = literal(prop(r, 'Acl')) ?? literal(prop(r, 'AccessControl'));
  const website = prop(r, 'Website') !== undefined || prop(r, 'WebsiteConfiguration') !== undefined;
  const encryption = ['BucketEncryption', 'ServerSideEncryptionConfiguration', 0, 'ServerSideEncryptionByDefault', 'KMSMasterKeyID'];
  const id = store(r, ctx, {
    storeType: 'bucket', key: encryption,
    recovery: { versioning: versioningOn(r) ? ['VersioningConfiguration', versioningKey(r)] : [], lock: ['ObjectLockConfiguration', 'ObjectLockEnabled'] },
    more: { publicAccessBlocked: blocked, public: acl !== undefined && PUBLIC_ACL.test(acl) && flag(block?.['IgnorePublicAcls']) !== true ? true : undefined, hints: website ? ['website'] : undefined },
  });
  ownPolicy(r, ctx, id);
  mapAcl(r, ctx, id);
  notifications(r, ctx, id);
  replication(r, ctx, id);
}

const versioningKey = (r: Resource): string => (prop(r, 'VersioningConfiguration', 'Status') !== undefined ? 'Status' : 'Enabled');
const versioningOn = (r: Resource): boolean => prop(r, 'VersioningConfiguration') !== undefined;

/** What arrives in the bucket starts functions and fills queues and topics. */
function notifications(r: Resource, ctx: MapContext, id: string): void {
  const base = ['NotificationConfiguration'];
  list(prop(r, ...base, 'LambdaConfigurations')).forEach((v, i) => {
    const to = functionBehind(ctx, fields(v)?.['Function'])?.id;
    if (!to) return;
    ctx.edge({ kind: 'FEEDS', from: id, to, discriminator: 'trigger', evidence: ctx.evidence(r, pointer(...base, 'LambdaConfigurations', i)), props: { mode: 'trigger' } });
    ctx.amend(to, { asynchronous: true });
  });
  for (const [key, property, type, kind] of [['QueueConfigurations', 'Queue', 'AWS::SQS::Queue', 'DataStore'], ['TopicConfigurations', 'Topic', 'AWS::SNS::Topic', 'Channel']] as const) {
    list(prop(r, ...base, key)).forEach((v, i) => {
      const to = ctx.resolve(fields(v)?.[property], [type], { kind, type: type.split('::').join('.').toLowerCase() });
      if (to) ctx.edge({ kind: 'FEEDS', from: id, to, discriminator: 'ingest', evidence: ctx.evidence(r, pointer(...base, key, i)), props: { mode: 'ingest' } });
    });
  }
}

function replication(r: Resource, ctx: MapContext, id: string): void {
  list(prop(r, 'ReplicationConfiguration', 'Rules')).forEach((v, i) => {
    const to = ctx.resolve(fields(fields(v)?.['Destination'])?.['Bucket'], BUCKET, BUCKET_OUTSIDE);
    if (to) ctx.edge({ kind: 'FEEDS', from: id, to, discriminator: 'ingest', evidence: ctx.evidence(r, pointer('ReplicationConfiguration', 'Rules', i)), props: { mode: 'ingest' } });
  });
  const role = prop(r, 'ReplicationConfiguration', 'Role');
  const identity = role === undefined ? undefined : ctx.resolve(role, ['AWS::IAM::Role'], { kind: 'Identity', type: 'aws.iam.role' });
  if (identity) ctx.edge({ kind: 'RUNS_AS', from: id, to: identity, discriminator: 'service', evidence: ctx.evidence(r, '/ReplicationConfiguration/Role'), props: { for: 'service' } });
}

/** The policy written on a bucket or access point itself, as its public access block leaves it. */
function ownPolicy(r: Resource, ctx: MapContext, holder: string): void {
  const document = restricted(r, r, ctx, 'Policy');
  const policy = resourcePolicy(r, ctx, holder, ['Policy'], document);
  if (policy && document !== undefined) ctx.amend(policy, { restricted: true });
}

function bucketPolicy(r: Resource, ctx: MapContext): void {
  const document = restricted(ctx.resource(prop(r, 'Bucket'), BUCKET), r, ctx, 'PolicyDocument');
  const policy = policyOn(r, ctx, ['PolicyDocument'], [prop(r, 'Bucket') ?? ''], '/Bucket', BUCKET, BUCKET_OUTSIDE, document);
  if (policy && document !== undefined) ctx.amend(policy, { restricted: true });
}

function accessPoint(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Endpoint', props: { protocol: 'https', auth: 'aws-iam', arn: r.nativeId, networkScope: prop(r, 'VpcConfiguration') === undefined ? 'public' : 'private', repliesToCaller: true } });
  ownPolicy(r, ctx, id);
  const to = ctx.resolve(prop(r, 'Bucket'), BUCKET, BUCKET_OUTSIDE);
  if (to) ctx.edge({ kind: 'ROUTES_TO', from: id, to, evidence: ctx.evidence(r, '/Bucket') });
}

const PRIVATE_KEY = /private[-_]?key|(^|[/_-])id_(rsa|dsa|ecdsa|ed25519)$|\.(pem|p12|pfx|ppk)$/i;
const PUBLIC_KEY = /\.pub$|public/i;

/** An object that code puts into a bucket: the bucket holds the secrets in its text, or the private key that it is. */
function object(r: Resource, ctx: MapContext): void {
  const id = ctx.resolve(prop(r, 'Bucket'), BUCKET, BUCKET_OUTSIDE);
  if (!id) return;
  const owner = ctx.resource(prop(r, 'Bucket'), BUCKET);
  if (owner) mapAcl(r, ctx, id, owner, literal(prop(r, 'Key')) ?? '*');
  const content = text(prop(r, 'Content'));
  if (content !== undefined) mapScript(ctx, r, id, ['Content'], content);
  const names = [prop(r, 'Key'), prop(r, 'Source'), r.address.replace(/\[.*\]$/, '')].flatMap((v) => literal(v) ?? []);
  if (names.some((n) => PRIVATE_KEY.test(n)) && !names.some((n) => PUBLIC_KEY.test(n))) {
    holdCredential(ctx, r, id, '/Source', literal(prop(r, 'Key')) ?? r.address, { credType: 'private_key', literal: undefined });
  }
}

export const mappings: ResourceMapping[] = [mapping('AWS::S3::Bucket', bucket), mapping('AWS::S3::Object', object), mapping('AWS::S3::BucketPolicy', bucketPolicy), mapping('AWS::S3::AccessPoint', accessPoint),
  // Read with the buckets of their account.
  mapping('AWS::S3::AccountPublicAccessBlock', () => {})];
