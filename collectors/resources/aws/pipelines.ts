import { type Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { fields, flag, known, list, literal, pointer, prop, text } from '../properties.ts';
import { mapImage } from './code.ts';
import { mapEnvironment, mapScript } from './environment.ts';
import { attachedTo, encryptedWith, label, partOf, runsAs } from './shared.ts';
import { resourcePolicy } from './stores.ts';

const REPOSITORY = ['AWS::CodeCommit::Repository'];

/** A build project: the pipeline, and the machine in which the build specification runs as the service role. */
function build(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Pipeline', props: known({ arn: r.nativeId, triggers: flag(prop(r, 'Triggers', 'Webhook')) === true ? ['webhook'] : undefined }) });
  const network = prop(r, 'VpcConfig', 'Subnets');
  const runner = ctx.node(r, {
    kind: 'Compute', nativeId: partOf(id, 'build'), type: 'aws.codebuild.build', name: `${label(r)} (build)`, tags: {},
    props: { computeType: 'runner', metadataService: 'none', egress: network === undefined ? 'open' : 'unknown' },
  });
  ctx.edge({ kind: 'IMPLEMENTED_BY', from: id, to: runner, evidence: ctx.evidence(r, '/Environment') });
  runsAs(ctx, r, id, ['ServiceRole'], 'code');
  runsAs(ctx, r, runner, ['ServiceRole'], 'code');
  encryptedWith(ctx, r, id, 'EncryptionKey');
  attachedTo(ctx, r, runner, ['VpcConfig', 'Subnets'], ['VpcConfig', 'SecurityGroupIds']);
  const image = text(prop(r, 'Environment', 'Image'));
  if (image !== undefined && !image.startsWith('aws/codebuild/')) mapImage(ctx, r, runner, ['Environment', 'Image']);
  ctx.amend(runner, { ...mapEnvironment(ctx, r, runner, ['Environment', 'EnvironmentVariables']) });
  // The project's definition shows its variables to whoever may read it.
  mapEnvironment(ctx, r, id, ['Environment', 'EnvironmentVariables']);
  const spec = text(prop(r, 'Source', 'BuildSpec'));
  if (spec?.includes('\n')) mapScript(ctx, r, runner, ['Source', 'BuildSpec'], spec);
  source(r, ctx, id, runner);
  webhook(r, ctx, id);
}

function source(r: Resource, ctx: MapContext, id: string, runner: string): void {
  const type = literal(prop(r, 'Source', 'Type'));
  const location = text(prop(r, 'Source', 'Location'));
  const evidence = ctx.evidence(r, pointer('Source', 'Location'));
  if (type === 'CODECOMMIT' && location) {
    const repository = ctx.resolve(location.split('/').pop(), REPOSITORY);
    if (repository) ctx.edge({ kind: 'CONTAINS', from: repository, to: id, evidence });
  } else if (type === 'S3' && location) {
    const bucket = ctx.resolve(location.replace(/^arn:[^:]+:s3:::/, '').split('/')[0], ['AWS::S3::Bucket']);
    if (bucket) ctx.edge({ kind: 'FEEDS', from: bucket, to: runner, discriminator: 'checkout', evidence, props: { mode: 'checkout' } });
  } else if (type !== undefined && type !== 'NO_SOURCE' && type !== 'CODEPIPELINE' && location) {
    const repository = ctx.node(r, { kind: 'Repository', nativeId: `repository/${location.replace(/\.git$/, '')}`, type: 'git.repository', name: location, tags: {}, completeness: 'none', props: { visibility: 'unknown' } });
    ctx.edge({ kind: 'CONTAINS', from: repository, to: id, evidence });
  }
}

/** Builds that a pull request starts run what its author wrote, unless a filter limits the actor. */
function webhook(r: Resource, ctx: MapContext, id: string): void {
  if (flag(prop(r, 'Triggers', 'Webhook')) !== true) return;
  const groups = list(prop(r, 'Triggers', 'FilterGroups'));
  const filters = groups.flatMap((g) => (Array.isArray(g) ? g : list(fields(g)?.['Filter'] ?? fields(g)?.['filter'] ?? g)));
  const limited = filters.some((f) => /ACTOR/.test(text(fields(f)?.['Type'] ?? fields(f)?.['type']) ?? ''));
  const channel = ctx.node(r, {
    kind: 'Channel', nativeId: partOf(id, 'webhook'), type: 'aws.codebuild.webhook', name: `pull requests for ${label(r)}`, tags: {},
    props: known({ channelType: 'pull_request', writableBy: limited ? ['E5'] : ['E2'] }),
  });
  ctx.edge({ kind: 'FEEDS', from: channel, to: id, discriminator: 'trigger', evidence: ctx.evidence(r, '/Triggers'), props: { mode: 'trigger' } });
  if (!limited) ctx.edge({ kind: 'FEEDS', from: channel, to: id, discriminator: 'checkout', evidence: ctx.evidence(r, '/Triggers'), props: { mode: 'checkout' } });
}

/** A delivery pipeline: sources go in, functions, services and stacks are changed by its actions. */
function pipeline(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Pipeline', props: { arn: r.nativeId } });
  runsAs(ctx, r, id, ['RoleArn'], 'service');
  list(prop(r, 'Stages')).forEach((s, i) => {
    list(fields(s)?.['Actions']).forEach((a, j) => action(r, ctx, id, fields(a) ?? {}, pointer('Stages', i, 'Actions', j)));
  });
}

function action(r: Resource, ctx: MapContext, id: string, a: { [k: string]: Parameters<typeof literal>[0] }, at: string): void {
  const type = fields(a['ActionTypeId']) ?? {};
  const provider = literal(type['Provider']);
  const configuration = fields(a['Configuration']) ?? {};
  const evidence = ctx.evidence(r, at, literal(a['Name']));
  const category = literal(type['Category']);
  if (category === 'Approval') ctx.amend(id, { reviewers: true });
  const role = a['RoleArn'] === undefined ? undefined : ctx.resolve(a['RoleArn'], ['AWS::IAM::Role'], { kind: 'Identity', type: 'aws.iam.role' });
  if (role) ctx.edge({ kind: 'RUNS_AS', from: id, to: role, discriminator: 'service', evidence, props: { for: 'service' } });
  if (provider === 'CodeCommit' || provider === 'CodeStarSourceConnection') {
    const repository = provider === 'CodeCommit' ? ctx.resolve(configuration['RepositoryName'], REPOSITORY) : undefined;
    if (repository) ctx.edge({ kind: 'CONTAINS', from: repository, to: id, evidence });
  } else if (provider === 'S3' && category === 'Source') {
    const bucket = ctx.resolve(configuration['S3Bucket'], ['AWS::S3::Bucket']);
    if (bucket) ctx.edge({ kind: 'FEEDS', from: bucket, to: id, discriminator: 'checkout', evidence, props: { mode: 'checkout' } });
  } else if (provider === 'CodeBuild') {
    const project = ctx.resource(configuration['ProjectName'], ['AWS::CodeBuild::Project']);
    const main = project && ctx.resolve(project.nativeId, [project.type]);
    const runner = main && `${main.replace('ovr:pipeline:', 'ovr:compute:')}#build`;
    if (runner) ctx.edge({ kind: 'IMPLEMENTED_BY', from: id, to: runner, evidence });
  } else if (provider === 'Lambda') {
    const to = ctx.resolve(configuration['FunctionName'], ['AWS::Lambda::Function']);
    if (to) ctx.edge({ kind: 'IMPLEMENTED_BY', from: id, to, evidence });
  } else if (provider === 'ECS') {
    const to = ctx.resolve(configuration['ServiceName'], ['AWS::ECS::Service']);
    if (to) ctx.edge({ kind: 'DEPLOYS', from: id, to, evidence });
  } else if (provider === 'CloudFormation') {
    ctx.edge({ kind: 'DEPLOYS', from: id, to: ctx.scopeOf(r), evidence });
    const stackRole = configuration['RoleArn'] === undefined ? undefined : ctx.resolve(configuration['RoleArn'], ['AWS::IAM::Role'], { kind: 'Identity', type: 'aws.iam.role' });
    if (stackRole) ctx.edge({ kind: 'RUNS_AS', from: id, to: stackRole, discriminator: 'code', evidence, props: { for: 'code' } });
  }
}

function repository(r: Resource, ctx: MapContext): void {
  ctx.node(r, { kind: 'Repository', props: { visibility: 'private', arn: r.nativeId } });
}

/** Packages that builds and functions install. */
function packages(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'DataStore', props: { storeType: 'registry', arn: r.nativeId } });
  if (prop(r, 'PermissionsPolicyDocument') !== undefined) resourcePolicy(r, ctx, id, ['PermissionsPolicyDocument']);
}

function connection(r: Resource, ctx: MapContext): void {
  ctx.node(r, { kind: 'Credential', props: known({ credType: 'oauth', lifetime: 'rotating', heldBy: 'vendor', location: literal(prop(r, 'ProviderType')) }) });
}

export const mappings: ResourceMapping[] = [
  mapping('AWS::CodeBuild::Project', build),
  mapping('AWS::CodePipeline::Pipeline', pipeline),
  mapping('AWS::CodeCommit::Repository', repository),
  mapping('AWS::CodeArtifact::Repository', packages),
  mapping('AWS::CodeConnections::Connection', connection),
  mapping('AWS::CodeStarConnections::Connection', connection),
];
