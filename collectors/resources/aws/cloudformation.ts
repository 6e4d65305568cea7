import { type Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { holdCredential } from '../held.ts';
import { known, pointer, prop, text } from '../properties.ts';
import { referencesIn, secretIn } from '../secrets.ts';
import { signsIn } from './pool-password.ts';
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

const USER = ['AWS::Cognito::UserPoolUser'];

/** What a stack hands to code of the owner: secrets written into it stand in the template, whatever that code does with them. */
function customResource(r: Resource, ctx: MapContext): void {
  const held = Object.entries(r.properties).flatMap(([name, v]) => {
    const value = text(v);
    const found = value === undefined || name === 'ServiceToken' ? undefined : secretIn(name, value);
    return found?.literal === undefined ? [] : [{ name, found }];
  });
  if (held.length === 0) return;
  const id = ctx.node(r, { kind: 'Artifact', props: { artifactType: 'other' } });
  for (const { name, found } of held) {
    const credential = holdCredential(ctx, r, id, pointer(name), name, found);
    if (found.credType !== 'password') continue;
    const pool = Object.values(r.properties).flatMap((v) => (referencesIn(text(v) ?? '').length > 0 ? ctx.resource(v, ['AWS::Cognito::UserPool']) ?? [] : []))[0];
    const user = pool ? undefined : ctx.resolve(prop(r, 'Username'), USER);
    if (pool) signsIn(ctx, r, credential, pool, prop(r, 'Username'), '/Username');
    else if (user) ctx.edge({ kind: 'AUTHENTICATES_AS', from: credential, to: user, evidence: ctx.evidence(r, '/Username') });
  }
}

export const mappings: ResourceMapping[] = [
  mapping('AWS::CloudFormation::Stack', stack),
  mapping('AWS::CloudFormation::StackSet', stackSet),
  mapping('AWS::CloudFormation::CustomResource', customResource),
  mapping('AWS::DataPipeline::Pipeline', dataPipeline),
];
