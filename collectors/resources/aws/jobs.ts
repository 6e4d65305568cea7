import type { Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { at, fields, flag, known, list, literal, pointer, prop, text } from '../properties.ts';
import { mapImage } from './code.ts';
import { mapEnvironment, mapScript, mapValue } from './environment.ts';
import { attachedTo, label, runsAs, runsAsProfile } from './shared.ts';

/** Batch, EMR, Glue sessions and processing jobs: places where whoever submits work brings the code. */

const QUEUE_SECRETS = ['AWS::SecretsManager::Secret', 'AWS::SSM::Parameter'];

/** A job definition runs nothing by itself; whoever submits a job of it has its command run under the job role. The execution role only pulls. */
function jobDefinition(r: Resource, ctx: MapContext): void {
  const containers = [['ContainerProperties'], ...list(prop(r, 'EcsProperties', 'TaskProperties')).flatMap((t, i) => [['EcsProperties', 'TaskProperties', i], ...list(at(t, 'Containers')).map((_, k) => ['EcsProperties', 'TaskProperties', i, 'Containers', k])]),
    ...list(prop(r, 'NodeProperties', 'NodeRangeProperties')).map((_, i) => ['NodeProperties', 'NodeRangeProperties', i, 'Container'])].filter((c) => fields(prop(r, ...c)) !== undefined);
  const privileged = containers.some((c) => flag(prop(r, ...c, 'Privileged')) === true);
  const job = ctx.node(r, { kind: 'Compute', props: known({ computeType: 'container', arn: r.nativeId, egress: 'unknown', started: false, privileged: privileged || undefined }) });
  for (const c of containers) {
    runsAs(ctx, r, job, [...c, prop(r, ...c, 'TaskRoleArn') === undefined ? 'JobRoleArn' : 'TaskRoleArn'], 'code');
    runsAs(ctx, r, job, [...c, 'ExecutionRoleArn'], 'service');
    mapImage(ctx, r, job, [...c, 'Image'], `image/${c.join('/')}`);
    ctx.amend(job, { ...mapEnvironment(ctx, r, job, [...c, 'Environment']) });
    list(prop(r, ...c, 'Secrets')).forEach((s, i) => {
      const secret = ctx.resolve(at(s, 'ValueFrom'), QUEUE_SECRETS, { kind: 'Secret', type: 'aws.secretsmanager.secret' });
      if (secret) ctx.edge({ kind: 'HOLDS', from: job, to: secret, discriminator: text(at(s, 'Name')) ?? '', props: { property: text(at(s, 'Name')) }, evidence: ctx.evidence(r, pointer(...c, 'Secrets', i)) });
    });
  }
}

/** Where jobs wait and run. */
function jobQueue(r: Resource, ctx: MapContext): void {
  const account = ctx.scopeOf(r);
  const queue = ctx.node(r, { kind: 'Scope', nativeId: ctx.nativeId(r), props: known({ scopeType: 'cluster', account: r.provider.account, arn: r.nativeId }) });
  ctx.edge({ kind: 'IN_SCOPE', from: queue, to: account, evidence: ctx.evidence(r) });
}

/** The machines behind a queue; on Fargate there are none of the customer's. */
function computeEnvironment(r: Resource, ctx: MapContext): void {
  const type = literal(prop(r, 'ComputeResources', 'Type'));
  const id = ctx.node(r, { kind: 'Compute', props: known({ computeType: type?.startsWith('FARGATE') ? 'container' : 'vm', arn: r.nativeId, egress: 'unknown', metadataService: 'unknown' }) });
  runsAsProfile(ctx, id, prop(r, 'ComputeResources', 'InstanceRole'), r, '/ComputeResources/InstanceRole');
  runsAs(ctx, r, id, ['ServiceRole'], 'service');
  attachedTo(ctx, r, id, ['ComputeResources', 'Subnets'], ['ComputeResources', 'SecurityGroupIds']);
}

/** A cluster runs the steps it is given under the role of its machines. */
function emrCluster(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Compute', name: label(r), props: { computeType: 'vm', arn: r.nativeId, egress: 'unknown', metadataService: 'unknown' } });
  runsAsProfile(ctx, id, prop(r, 'JobFlowRole'), r, '/JobFlowRole');
  runsAs(ctx, r, id, ['ServiceRole'], 'service');
  attachedTo(ctx, r, id, ['Instances', 'Ec2SubnetId'], ['Instances', 'EmrManagedMasterSecurityGroup'], ['Instances', 'EmrManagedSlaveSecurityGroup']);
  for (const [key, inside] of [['BootstrapActions', ['ScriptBootstrapAction', 'Args']], ['Steps', ['HadoopJarStep', 'Args']]] as const) {
    list(prop(r, key)).forEach((s, i) => list(at(s, ...inside)).forEach((v, k) => {
      const written = text(v);
      if (written !== undefined) mapScript(ctx, r, id, [key, i, ...inside, k], written);
    }));
  }
}

function emrServerless(r: Resource, ctx: MapContext): void {
  ctx.node(r, { kind: 'Compute', name: label(r), props: { computeType: 'saas', arn: r.nativeId, egress: 'unknown', metadataService: 'none', started: false } });
}

/** An interactive session: statements sent to it run as its role. */
function glueSession(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Compute', name: literal(prop(r, 'Id')) ?? label(r), props: { computeType: 'runner', arn: r.nativeId, metadataService: 'none', egress: prop(r, 'Connections') === undefined ? 'open' : 'unknown' } });
  runsAs(ctx, r, id, ['Role'], 'code');
  for (const [name, v] of Object.entries(fields(prop(r, 'DefaultArguments')) ?? {})) {
    const value = text(v);
    if (value !== undefined) mapValue(ctx, r, id, pointer('DefaultArguments', name), name.replace(/^--/, ''), value);
  }
}

function processingJob(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Compute', props: { computeType: 'container', arn: r.nativeId, metadataService: 'none', egress: flag(prop(r, 'NetworkConfig', 'EnableNetworkIsolation')) === true ? 'none' : 'unknown' } });
  runsAs(ctx, r, id, ['RoleArn'], 'code');
  mapImage(ctx, r, id, ['AppSpecification', 'ImageUri']);
  ctx.amend(id, { ...mapEnvironment(ctx, r, id, ['Environment']) });
}

export const mappings: ResourceMapping[] = [
  mapping('AWS::Batch::JobDefinition', jobDefinition),
  mapping('AWS::Batch::JobQueue', jobQueue),
  mapping('AWS::Batch::ComputeEnvironment', computeEnvironment),
  mapping('AWS::EMR::Cluster', emrCluster),
  mapping('AWS::EMRServerless::Application', emrServerless),
  mapping('AWS::Glue::Session', glueSession),
  mapping('AWS::SageMaker::ProcessingJob', processingJob),
];
