import { hasHole, type Resource, type SourceRef, type Statement, type Value } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { fields, known, list, literal, pointer, prop, text } from '../properties.ts';
import { mapImage, mapObjectCode } from './code.ts';
import { mapEnvironment } from './environment.ts';
import { permissionsOf } from './permissions.ts';
import { attachedTo, encryptedWith, functionBehind, idOf, label, runsAs } from './shared.ts';

const FUNCTION_OUTSIDE = { kind: 'Compute', type: 'aws.lambda.function' } as const;
const LAYERS = ['AWS::Lambda::LayerVersion'];
const EVENT_SOURCES = ['AWS::SQS::Queue', 'AWS::Kinesis::Stream', 'AWS::DynamoDB::Table'];

function lambdaFunction(r: Resource, ctx: MapContext): void {
  const network = prop(r, 'VpcConfig', 'SubnetIds');
  const id = ctx.node(r, { kind: 'Compute', props: known({ computeType: 'lambda', arn: r.nativeId, metadataService: 'none', egress: network === undefined ? (r.mode === 'data' ? 'unknown' : 'open') : 'unknown' }) });
  runsAs(ctx, r, id, ['Role'], 'code');
  encryptedWith(ctx, r, id, 'KmsKeyArn');
  attachedTo(ctx, r, id, ['VpcConfig', 'SubnetIds'], ['VpcConfig', 'SecurityGroupIds']);
  mapImage(ctx, r, id, ['Code', 'ImageUri']);
  if (prop(r, 'Code', 'S3Bucket') !== undefined) mapObjectCode(ctx, r, id, ['Code'], ['S3Bucket', 'S3Key', 'S3ObjectVersion']);
  list(prop(r, 'Layers')).forEach((v, i) => {
    const layer = ctx.resolve(v, LAYERS, { kind: 'Artifact', type: 'aws.lambda.layerversion' });
    if (layer) ctx.edge({ kind: 'BUILT_FROM', from: id, to: layer, evidence: ctx.evidence(r, pointer('Layers', i)) });
  });
  ctx.amend(id, { ...mapEnvironment(ctx, r, id, ['Environment', 'Variables']) });
  functionPolicy(r, ctx, id);
}

/**
 * Statements that `Lambda::Permission` resources add to one function, as the one document the service makes of them. Each statement keeps
 * the lines of its own resource; a qualifier limits a statement to that version or alias.
 */
function functionPolicy(fn: Resource, ctx: MapContext, id: string): void {
  const sources: SourceRef[] = [];
  const statements = permissionsOf(fn, ctx).map((p): Statement => {
    const source = ctx.source(p);
    return { ...statementOf(p, fn), ...(source ? { source: sources.push(source) - 1 } : {}) };
  });
  if (statements.length === 0) return;
  const policy = ctx.node(fn, {
    kind: 'Policy', type: 'aws.lambda.function.policy', nativeId: `${ctx.nativeId(fn)}#policy/resource`, name: `resource policy of ${label(fn)}`, tags: {}, sources,
    props: { policyType: 'resource', managedBy: 'customer', statements, parse: 'ok' },
  });
  ctx.edge({ kind: 'HAS_POLICY', from: id, to: policy, discriminator: 'resource', evidence: sources.map((source) => ({ source, basis: fn.mode === 'live' ? 'dump' as const : 'code' as const })), props: { as: 'resource' } });
}

/** The statement the service writes for one permission. */
function statementOf(p: Resource, fn: Resource): Statement {
  const principal = text(p.properties['Principal']);
  const conditions: Record<string, Record<string, string[]>> = {};
  const when = (operator: string, key: string, v: Value | undefined): void => {
    const t = text(v);
    if (t !== undefined) (conditions[operator] ??= {})[key] = [t];
  };
  when('ArnLike', 'AWS:SourceArn', p.properties['SourceArn']);
  when('StringEquals', 'AWS:SourceAccount', p.properties['SourceAccount']);
  when('StringEquals', 'aws:PrincipalOrgID', p.properties['PrincipalOrgID']);
  when('StringEquals', 'lambda:FunctionUrlAuthType', p.properties['FunctionUrlAuthType']);
  when('StringEquals', 'lambda:EventSourceToken', p.properties['EventSourceToken']);
  when('Bool', 'lambda:InvokedViaFunctionUrl', p.properties['InvokedViaFunctionUrl']);
  const qualifier = text(p.properties['Qualifier']);
  const open = ['Action', 'Principal', 'SourceArn', 'SourceAccount', 'PrincipalOrgID'].filter((k) => p.properties[k] !== undefined && text(p.properties[k]) === undefined);
  return {
    ...known({ sid: literal(p.properties['StatementId']) }),
    effect: 'Allow',
    actions: [text(p.properties['Action']) ?? 'lambda:InvokeFunction'],
    resources: [`${fn.nativeId ?? '*'}${qualifier ? `:${qualifier}` : ''}`],
    principals: principal === undefined ? {} : principal === '*' ? { '*': ['*'] } : isService(principal) ? { Service: [principal] } : { AWS: [/^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal] },
    ...(Object.keys(conditions).length ? { conditions } : {}),
    ...(open.length ? { unresolved: open } : {}),
  };
}

const isService = (p: string): boolean => /\.amazon(aws)?\.com(\.cn)?$/.test(p);

function layer(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Artifact', props: known({ artifactType: 'layer', arn: r.nativeId, pinned: true, mutable: false }) });
  if (prop(r, 'Content', 'S3Bucket') === undefined) return;
  const bucket = ctx.resolve(prop(r, 'Content', 'S3Bucket'), ['AWS::S3::Bucket'], { kind: 'DataStore', type: 'aws.s3.bucket' });
  if (bucket) ctx.edge({ kind: 'CONTAINS', from: bucket, to: id, evidence: ctx.evidence(r, '/Content') });
}

/** Who may use a layer: the statement the service writes. */
function layerPermission(r: Resource, ctx: MapContext): void {
  const target = ctx.resolve(r.properties['LayerVersionArn'], LAYERS, { kind: 'Artifact', type: 'aws.lambda.layerversion' });
  if (!target) return;
  const principal = text(r.properties['Principal']) ?? '';
  const source = ctx.source(r);
  const policy = ctx.node(r, {
    kind: 'Policy', sources: source ? [source] : [],
    props: {
      policyType: 'resource', managedBy: 'customer', parse: 'ok',
      statements: [{
        effect: 'Allow', actions: [text(r.properties['Action']) ?? 'lambda:GetLayerVersion'], resources: ['*'], source: 0,
        principals: principal === '*' ? { '*': ['*'] } : { AWS: [/^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal] },
        ...(text(r.properties['OrganizationId']) ? { conditions: { StringEquals: { 'aws:PrincipalOrgID': [text(r.properties['OrganizationId'])!] } } } : {}),
      }],
    },
  });
  ctx.edge({ kind: 'HAS_POLICY', from: target, to: policy, discriminator: 'resource', evidence: ctx.evidence(r), props: { as: 'resource' } });
}

/** A queue, stream or table that starts the function with what is put there. */
function eventSource(r: Resource, ctx: MapContext): void {
  const to = functionBehind(ctx, r.properties['FunctionName'])?.id;
  const v = r.properties['EventSourceArn'];
  const from = to && v !== undefined ? ctx.resolve(v, EVENT_SOURCES, { kind: 'DataStore', type: 'aws.event-source' }) : undefined;
  if (!from || !to) return;
  const off = literal(r.properties['Enabled']) === 'false';
  if (!off) ctx.edge({ kind: 'FEEDS', from, to, discriminator: 'trigger', evidence: ctx.evidence(r, '/EventSourceArn'), props: { mode: 'trigger', filtered: fields(r.properties['FilterCriteria']) !== undefined ? true : undefined } });
  ctx.amend(to, { asynchronous: true });
}

/** A permission whose function is not in the input still says something about that function. */
function permission(r: Resource, ctx: MapContext): void {
  const target = functionBehind(ctx, r.properties['FunctionName']);
  if (target?.resource) { idOf(ctx, target.resource); return; }
  const named = text(r.properties['FunctionName']);
  const id = target?.id ?? (named === undefined ? undefined : ctx.resolve(named, ['AWS::Lambda::Function'], FUNCTION_OUTSIDE));
  if (!id) return;
  const source = ctx.source(r);
  const policy = ctx.node(r, {
    kind: 'Policy', sources: source ? [source] : [],
    props: { policyType: 'resource', managedBy: 'customer', parse: 'ok', statements: [{ ...statementOf(r, { ...r, nativeId: named && named.startsWith('arn:') && !hasHole(named) ? named : '*' }), source: 0 }] },
  });
  ctx.edge({ kind: 'HAS_POLICY', from: id, to: policy, discriminator: 'resource', evidence: ctx.evidence(r), props: { as: 'resource' } });
}

export const mappings: ResourceMapping[] = [
  mapping('AWS::Lambda::Function', lambdaFunction),
  mapping('AWS::Lambda::Permission', permission),
  mapping('AWS::Lambda::LayerVersion', layer),
  mapping('AWS::Lambda::LayerVersionPermission', layerPermission),
  mapping('AWS::Lambda::EventSourceMapping', eventSource),
  // An alias or version is another name of its function; functionBehind follows it.
  mapping('AWS::Lambda::Alias', () => {}),
  mapping('AWS::Lambda::Version', () => {}),
];
