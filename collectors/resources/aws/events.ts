import { type EntryClass, type Resource, type Value } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { fields, known, list, literal, pointer, prop, texts } from '../properties.ts';
import { functionBehind } from './shared.ts';
import { resourcePolicy } from './stores.ts';

const BUS = ['AWS::Events::EventBus'];
/** What a rule or schedule may start, by canonical type. */
const STARTED = ['AWS::StepFunctions::StateMachine', 'AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::Kinesis::Stream', 'AWS::ECS::Service', 'AWS::CodeBuild::Project', 'AWS::CodePipeline::Pipeline', 'AWS::Bedrock::AgentAlias', 'AWS::BedrockAgentCore::Runtime', 'AWS::Events::EventBus', 'AWS::ApiGateway::Method'];
/** Events whose content strangers choose: source → who. */
const AUTHORS: Readonly<Record<string, EntryClass[]>> = { 'aws.ses': ['E2'], 'aws.codecommit': ['E5'] };

function start(r: Resource, ctx: MapContext, from: string, v: Value | undefined, at: string): void {
  const fn = functionBehindIfAny(ctx, v);
  const to = fn ?? ctx.resolve(v, STARTED);
  if (!to) return;
  const store = to.startsWith('ovr:datastore:') || to.startsWith('ovr:channel:');
  const agent = to.startsWith('ovr:endpoint:');
  if (agent) { ctx.edge({ kind: 'ROUTES_TO', from, to, discriminator: 'trigger', evidence: ctx.evidence(r, at), props: { asynchronous: true, forwardsText: true } }); return; }
  ctx.edge({ kind: 'FEEDS', from, to, discriminator: store ? 'ingest' : 'trigger', evidence: ctx.evidence(r, at), props: { mode: store ? 'ingest' : 'trigger' } });
  if (fn) ctx.amend(fn, { asynchronous: true });
}

const functionBehindIfAny = (ctx: MapContext, v: Value | undefined): string | undefined =>
  (typeof v === 'string' && /:lambda:|:function:/.test(v)) || ctx.resource(v, ['AWS::Lambda::Function', 'AWS::Lambda::Alias']) ? functionBehind(ctx, v)?.id : undefined;

/** A rule on a bus, or on a schedule (which nobody outside can write to). */
function rule(r: Resource, ctx: MapContext): void {
  const scheduled = prop(r, 'ScheduleExpression') !== undefined;
  const off = literal(prop(r, 'State')) === 'DISABLED';
  const pattern = fields(prop(r, 'EventPattern'));
  const writers = [...new Set(texts(pattern?.['source']).flatMap((s) => AUTHORS[s] ?? (s.startsWith('aws.partner/') ? ['E2' as const] : [])))].sort();
  const id = ctx.node(r, { kind: 'Channel', props: known({ channelType: scheduled ? 'schedule' : 'event_bus', arn: r.nativeId, writableBy: scheduled ? [] : writers.length ? writers : undefined }) });
  if (!off) list(prop(r, 'Targets')).forEach((t, i) => start(r, ctx, id, fields(t)?.['Arn'], pointer('Targets', i)));
  const bus = prop(r, 'EventBusName');
  const from = bus === undefined || bus === 'default' ? undefined : ctx.resolve(bus, BUS, { kind: 'Channel', type: 'aws.events.eventbus' });
  if (from) ctx.edge({ kind: 'FEEDS', from, to: id, discriminator: 'ingest', evidence: ctx.evidence(r, '/EventBusName'), props: { mode: 'ingest' } });
}

function bus(r: Resource, ctx: MapContext): void {
  const partner = literal(prop(r, 'EventSourceName'))?.startsWith('aws.partner/') === true;
  const id = ctx.node(r, { kind: 'Channel', props: known({ channelType: 'event_bus', arn: r.nativeId, writableBy: partner ? ['E2'] : undefined }) });
  resourcePolicy(r, ctx, id, ['Policy']);
}

function connection(r: Resource, ctx: MapContext): void {
  ctx.node(r, { kind: 'Credential', props: known({ credType: literal(prop(r, 'AuthorizationType'))?.toLowerCase() ?? 'token', lifetime: 'static', heldBy: 'us' }) });
}

function schedule(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Channel', props: { channelType: 'schedule', arn: r.nativeId, writableBy: [] } });
  if (literal(prop(r, 'State')) !== 'DISABLED') start(r, ctx, id, prop(r, 'Target', 'Arn'), pointer('Target', 'Arn'));
  const role = prop(r, 'Target', 'RoleArn');
  const identity = role === undefined ? undefined : ctx.resolve(role, ['AWS::IAM::Role'], { kind: 'Identity', type: 'aws.iam.role' });
  if (identity) ctx.edge({ kind: 'RUNS_AS', from: id, to: identity, discriminator: 'service', evidence: ctx.evidence(r, pointer('Target', 'RoleArn')), props: { for: 'service' } });
}

/** Mail to these recipients: anyone may write it. */
function receiptRule(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Channel', name: texts(prop(r, 'Rule', 'Recipients'))[0] ?? r.address, props: { channelType: 'mailbox', writableBy: ['E2'] } });
  list(prop(r, 'Rule', 'Actions')).forEach((a, i) => {
    const action = fields(a) ?? {};
    const at = pointer('Rule', 'Actions', i);
    const fn = fields(action['LambdaAction'])?.['FunctionArn'];
    if (fn !== undefined) start(r, ctx, id, fn, at);
    for (const [key, property, type, kind] of [['S3Action', 'BucketName', 'AWS::S3::Bucket', 'DataStore'], ['SNSAction', 'TopicArn', 'AWS::SNS::Topic', 'Channel']] as const) {
      const named = fields(action[key])?.[property];
      const to = named === undefined ? undefined : ctx.resolve(named, [type], { kind, type: type.split('::').join('.').toLowerCase() });
      if (to) ctx.edge({ kind: 'FEEDS', from: id, to, discriminator: 'ingest', evidence: ctx.evidence(r, at), props: { mode: 'ingest' } });
    }
  });
}

function mailOut(r: Resource, ctx: MapContext): void {
  ctx.node(r, { kind: 'Channel', props: { channelType: 'mail_out', arn: r.nativeId, recipients: 'free', readableBy: ['E0', 'E1', 'E2', 'E3'] } });
}

export const mappings: ResourceMapping[] = [
  mapping('AWS::Events::Rule', rule),
  mapping('AWS::Events::EventBus', bus),
  mapping('AWS::Events::Connection', connection),
  mapping('AWS::Events::ApiDestination', () => {}),
  mapping('AWS::Scheduler::Schedule', schedule),
  mapping('AWS::SES::ReceiptRule', receiptRule),
  mapping('AWS::SES::ReceiptRuleSet', () => {}),
  mapping('AWS::SES::EmailIdentity', mailOut),
];
