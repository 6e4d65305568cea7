import { type EntryClass, type Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { fields, list, literal, pointer, prop } from '../properties.ts';
import { encryptedWith, functionBehind } from './shared.ts';
import { policyOn, resourcePolicy, store } from './stores.ts';

const QUEUE = ['AWS::SQS::Queue'];
const TOPIC = ['AWS::SNS::Topic'];
const QUEUE_OUTSIDE = { kind: 'DataStore', type: 'aws.sqs.queue' } as const;
const TOPIC_OUTSIDE = { kind: 'Channel', type: 'aws.sns.topic' } as const;

function queue(r: Resource, ctx: MapContext): void {
  const id = store(r, ctx, { storeType: 'queue', key: ['KmsMasterKeyId'], policy: ['Policy'] });
  const dead = fields(prop(r, 'RedrivePolicy'))?.['deadLetterTargetArn'];
  const to = dead === undefined ? undefined : ctx.resolve(dead, QUEUE);
  if (to) ctx.edge({ kind: 'FEEDS', from: id, to, discriminator: 'ingest', evidence: ctx.evidence(r, '/RedrivePolicy'), props: { mode: 'ingest' } });
}

function queuePolicy(r: Resource, ctx: MapContext): void {
  policyOn(r, ctx, ['PolicyDocument'], list(prop(r, 'Queues')), '/Queues', QUEUE, QUEUE_OUTSIDE);
}

function topic(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Channel', props: { channelType: 'topic', arn: r.nativeId } });
  encryptedWith(ctx, r, id, 'KmsMasterKeyId');
  resourcePolicy(r, ctx, id, ['Policy']);
  list(prop(r, 'Subscription')).forEach((v, i) => subscribe(r, ctx, id, fields(v)?.['Protocol'], fields(v)?.['Endpoint'], pointer('Subscription', i)));
}

function topicPolicy(r: Resource, ctx: MapContext): void {
  policyOn(r, ctx, ['PolicyDocument'], list(prop(r, 'Topics')), '/Topics', TOPIC, TOPIC_OUTSIDE);
}

function subscription(r: Resource, ctx: MapContext): void {
  const id = ctx.resolve(prop(r, 'TopicArn'), TOPIC, TOPIC_OUTSIDE);
  if (id) subscribe(r, ctx, id, prop(r, 'Protocol'), prop(r, 'Endpoint'), '/Endpoint');
}

/** Readers outside the estate, by protocol of the subscription: a person's mailbox or telephone, or any web address. */
const OUTSIDE_READERS: Readonly<Record<string, EntryClass[]>> = { email: ['E4'], 'email-json': ['E4'], sms: ['E4'], http: ['E3'], https: ['E3'] };

function subscribe(r: Resource, ctx: MapContext, topicId: string, protocol: Parameters<typeof literal>[0], endpoint: Parameters<typeof literal>[0], at: string): void {
  const kind = literal(protocol);
  const evidence = ctx.evidence(r, at);
  if (kind === 'lambda') {
    const to = functionBehind(ctx, endpoint)?.id;
    if (to) ctx.edge({ kind: 'FEEDS', from: topicId, to, discriminator: 'trigger', evidence, props: { mode: 'trigger' } });
    if (to) ctx.amend(to, { asynchronous: true });
  } else if (kind === 'sqs') {
    const to = ctx.resolve(endpoint, QUEUE, QUEUE_OUTSIDE);
    if (to) ctx.edge({ kind: 'FEEDS', from: topicId, to, discriminator: 'ingest', evidence, props: { mode: 'ingest' } });
  } else if (kind !== undefined && OUTSIDE_READERS[kind]) ctx.amend(topicId, { readableBy: OUTSIDE_READERS[kind], recipients: 'fixed' });
}

export const mappings: ResourceMapping[] = [
  mapping('AWS::SQS::Queue', queue),
  mapping('AWS::SQS::QueuePolicy', queuePolicy),
  mapping('AWS::SNS::Topic', topic),
  mapping('AWS::SNS::TopicPolicy', topicPolicy),
  mapping('AWS::SNS::Subscription', subscription),
];
