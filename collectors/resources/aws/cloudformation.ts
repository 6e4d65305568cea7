import { type Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { known, prop, text } from '../properties.ts';
import { runsAs } from './shared.ts';

/** A stack changes its account as its service role; without one, as whoever updates it. */
function stack(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Pipeline', props: { arn: r.nativeId } });
  runsAs(ctx, r, id, ['RoleARN'], 'code');
  ctx.edge({ kind: 'DEPLOYS', from: id, to: ctx.scopeOf(r), evidence: ctx.evidence(r) });
  template(r, ctx, id);
}

/** The administration role assumes the execution role in every target account; that one makes the changes. */
function stackSet(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Pipeline', props: known({ arn: r.nativeId }) });
  runsAs(ctx, r, id, ['AdministrationRoleARN'], 'service');
  const execution = text(prop(r, 'ExecutionRoleName'));
  const role = execution === undefined ? undefined : ctx.resolve(execution, ['AWS::IAM::Role']);
  if (role) ctx.edge({ kind: 'RUNS_AS', from: id, to: role, discriminator: 'code', evidence: ctx.evidence(r, '/ExecutionRoleName'), props: { for: 'code' } });
  ctx.edge({ kind: 'DEPLOYS', from: id, to: ctx.scopeOf(r), evidence: ctx.evidence(r) });
  template(r, ctx, id);
}

/** The template in a bucket: who writes there writes the stack. */
function template(r: Resource, ctx: MapContext, id: string): void {
  const url = text(prop(r, 'TemplateURL'));
  const name = url === undefined ? undefined : /^https:\/\/([^./]+)\.s3[.-]/.exec(url)?.[1] ?? /^https:\/\/s3[^/]*\/([^/]+)\//.exec(url)?.[1];
  const bucket = name === undefined ? undefined : ctx.resolve(name, ['AWS::S3::Bucket']);
  if (bucket) ctx.edge({ kind: 'FEEDS', from: bucket, to: id, discriminator: 'checkout', evidence: ctx.evidence(r, '/TemplateURL'), props: { mode: 'checkout' } });
}

function dataPipeline(r: Resource, ctx: MapContext): void {
  ctx.node(r, { kind: 'Pipeline', props: { arn: r.nativeId } });
}

export const mappings: ResourceMapping[] = [
  mapping('AWS::CloudFormation::Stack', stack),
  mapping('AWS::CloudFormation::StackSet', stackSet),
  mapping('AWS::DataPipeline::Pipeline', dataPipeline),
];
