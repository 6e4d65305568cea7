import type { Resource, Value } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { at, flag, known, list, literal, number, pointer, prop, text } from '../properties.ts';
import { mapImage } from './code.ts';
import { mapEnvironment } from './environment.ts';
import { naming } from './grouped.ts';
import { attachedTo, label, partOf, runsAs } from './shared.ts';

/** ECS: a service is a compute with the shape of its task definition. The execution role only pulls images and secrets. */

const TASK = ['AWS::ECS::TaskDefinition'];

function mapService(r: Resource, ctx: MapContext): void {
  const launch = literal(prop(r, 'LaunchType'));
  const compute = ctx.node(r, {
    kind: 'Compute', props: known({ computeType: 'container', arn: r.nativeId, egress: 'unknown', metadataService: launch === 'EC2' ? 'unknown' : undefined, launchType: launchOf(r, launch), executeCommand: flag(prop(r, 'EnableExecuteCommand')) }),
  });
  attachedTo(ctx, r, compute, ['NetworkConfiguration', 'AwsvpcConfiguration', 'Subnets'], ['NetworkConfiguration', 'AwsvpcConfiguration', 'SecurityGroups']);
  const task = ctx.resource(prop(r, 'TaskDefinition'), TASK) ?? familyOf(ctx, prop(r, 'TaskDefinition'));
  if (task) {
    runsAs(ctx, task, compute, ['TaskRoleArn'], 'code');
    containers(task, compute, ctx);
  }
  publicAddress(r, task, compute, ctx);
}

/** Services run on machines of the cluster unless they say Fargate or name other capacity. */
const launchOf = (r: Resource, launch: string | undefined): string | undefined =>
  launch ?? (list(prop(r, 'CapacityProviderStrategy')).some((s) => literal(at(s, 'CapacityProvider'))?.startsWith('FARGATE') === true) ? 'FARGATE' : prop(r, 'LaunchType') === undefined ? 'EC2' : undefined);

/** `family:revision` names a task definition as well. */
function familyOf(ctx: MapContext, value: Value | undefined): Resource | undefined {
  const family = text(value)?.split(':')[0];
  return family === undefined || family === 'arn' ? undefined : ctx.all(TASK[0]!).find((t) => text(prop(t, 'Family')) === family);
}

/** Places of the machine from which its other containers can be commanded or read. */
const MACHINE = /^\/(var\/run|run)?(\/docker\.sock|\/containerd)?\/?$|^\/(var\/lib\/docker|proc|etc)(\/|$)/;

function containers(task: Resource, compute: string, ctx: MapContext): void {
  if (list(prop(task, 'Volumes')).some((v) => MACHINE.test(text(at(v, 'Host', 'SourcePath')) ?? text(at(v, 'HostPath')) ?? '-'))) ctx.amend(compute, { hostAccess: true });
  list(prop(task, 'ContainerDefinitions')).forEach((c, i) => {
    const name = text(at(c, 'Name')) ?? String(i);
    const base = ['ContainerDefinitions', i];
    mapImage(ctx, task, compute, [...base, 'Image'], `image/${name}`);
    ctx.amend(compute, { ...mapEnvironment(ctx, task, compute, [...base, 'Environment']), ...(flag(at(c, 'Privileged')) === true && { hostAccess: true }) });
    list(at(c, 'Secrets')).forEach((s, k) => {
      const value = at(s, 'ValueFrom');
      const secret = ctx.resolve(secretName(value), ['AWS::SecretsManager::Secret', 'AWS::SSM::Parameter'], { kind: 'Secret', type: /:ssm:/.test(text(value) ?? '') ? 'aws.ssm.parameter' : 'aws.secretsmanager.secret' });
      if (secret?.startsWith('ovr:secret:')) ctx.edge({ kind: 'HOLDS', from: compute, to: secret, discriminator: text(at(s, 'Name')) ?? '', props: { property: text(at(s, 'Name')) }, evidence: ctx.evidence(task, pointer(...base, 'Secrets', k)) });
    });
  });
}

/** A secret's ARN may carry the key of a JSON member, a version stage and a version id behind it. */
const secretName = (value: Value | undefined): Value | undefined => {
  const t = text(value);
  const m = t === undefined ? null : /^(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]+):[^:]*:[^:]*:[^:]*$/.exec(t);
  return m?.[1] ?? value;
};

/** Tasks with a public address are reached directly, besides any load balancer. */
function publicAddress(r: Resource, task: Resource | undefined, compute: string, ctx: MapContext): void {
  const assign = prop(r, 'NetworkConfiguration', 'AwsvpcConfiguration', 'AssignPublicIp');
  if (literal(assign) !== 'ENABLED' && flag(assign) !== true) return;
  const ports = task ? list(prop(task, 'ContainerDefinitions')).flatMap((c) => list(at(c, 'PortMappings')).flatMap((p) => number(at(p, 'ContainerPort')) ?? [])) : [];
  const endpoint = ctx.node(r, {
    kind: 'Endpoint', nativeId: partOf(compute, 'address'), type: 'aws.ecs.address', name: `public address of ${label(r)}`,
    props: known({ protocol: 'tcp', auth: 'unknown', networkScope: 'unknown', publicIp: true, repliesToCaller: true, ports: ports.length > 0 ? ports : undefined }),
  });
  const path = ['NetworkConfiguration', 'AwsvpcConfiguration'];
  ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: compute, props: { forwardsText: 'unknown', relaysReply: true }, evidence: ctx.evidence(r, pointer(...path, 'AssignPublicIp')) });
  attachedTo(ctx, r, endpoint, [...path, 'Subnets'], [...path, 'SecurityGroups']);
}

/** The definition itself: whoever may run it as a task, or register the next one, reaches its roles. What it is configured with stands on the service that runs it. */
function mapTask(r: Resource, ctx: MapContext): void {
  const definition = ctx.node(r, { kind: 'Compute', props: known({ computeType: 'container', arn: r.nativeId, egress: 'unknown', started: false }) });
  runsAs(ctx, r, definition, ['TaskRoleArn'], 'code');
  runsAs(ctx, r, definition, ['ExecutionRoleArn'], 'service');
  if (!runByService(ctx, r)) containers(r, definition, ctx);
}

const runByService = (ctx: MapContext, r: Resource): boolean =>
  naming(ctx, r, 'AWS::ECS::Service', 'TaskDefinition').length > 0 || ctx.all('AWS::ECS::Service').some((s) => familyOf(ctx, prop(s, 'TaskDefinition')) === r);

function mapCluster(r: Resource, ctx: MapContext): void {
  const account = ctx.scopeOf(r);
  const cluster = ctx.node(r, { kind: 'Scope', nativeId: ctx.nativeId(r), props: known({ scopeType: 'cluster', account: r.provider.account, arn: r.nativeId }) });
  ctx.edge({ kind: 'IN_SCOPE', from: cluster, to: account, evidence: ctx.evidence(r) });
}

export const mappings: readonly ResourceMapping[] = [
  mapping('AWS::ECS::Service', mapService),
  mapping('AWS::ECS::TaskDefinition', mapTask),
  mapping('AWS::ECS::Cluster', mapCluster),
];
