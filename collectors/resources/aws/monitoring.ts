import { type Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { fields, list, literal, prop, texts } from '../properties.ts';
import { resourcePolicy, store } from './stores.ts';

function logGroup(r: Resource, ctx: MapContext): void {
  store(r, ctx, { storeType: 'log_group', key: ['KmsKeyId'] });
}

/** A trail is posture, not a place of its own; its bucket keeps evidence that nobody should be able to change. */
function trail(r: Resource, ctx: MapContext): void {
  const bucket = ctx.resolve(prop(r, 'S3BucketName'), ['AWS::S3::Bucket']);
  if (!bucket) return;
  const selectors = [...list(prop(r, 'EventSelectors')), ...list(prop(r, 'AdvancedEventSelectors'))];
  const types = selectors.flatMap((s) => list(fields(s)?.['DataResources'])).flatMap((d) => literal(fields(d)?.['Type']) ?? []);
  const advanced = selectors.flatMap((s) => list(fields(s)?.['FieldSelectors'])).filter((f) => fields(f)?.['Field'] === 'resources.type').flatMap((f) => texts(fields(f)?.['Equals']));
  ctx.amend(bucket, { hints: ['cloudtrail', ...[...types, ...advanced].map((t) => `data events: ${t}`)] });
}

function workGroup(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Endpoint', props: { protocol: 'athena', auth: 'aws-iam', arn: r.nativeId, networkScope: 'public', repliesToCaller: true } });
  const location = literal(prop(r, 'WorkGroupConfiguration', 'ResultConfiguration', 'OutputLocation'));
  const bucket = location === undefined ? undefined : ctx.resolve(/^s3:\/\/([^/]+)/.exec(location)?.[1], ['AWS::S3::Bucket']);
  if (bucket) ctx.edge({ kind: 'ROUTES_TO', from: id, to: bucket, evidence: ctx.evidence(r, '/WorkGroupConfiguration') });
}

/** Pushing an image under a movable tag changes the code of everything that pulls it. */
function registry(r: Resource, ctx: MapContext): void {
  const id = store(r, ctx, { storeType: 'registry', key: ['EncryptionConfiguration', 'KmsKey'], more: { hints: [literal(prop(r, 'ImageTagMutability')) === 'IMMUTABLE' ? 'tags immutable' : 'tags mutable'] } });
  resourcePolicy(r, ctx, id, ['RepositoryPolicyText']);
}

export const mappings: ResourceMapping[] = [
  mapping('AWS::Logs::LogGroup', logGroup),
  mapping('AWS::CloudTrail::Trail', trail),
  mapping('AWS::Athena::WorkGroup', workGroup),
  mapping('AWS::ECR::Repository', registry),
];
