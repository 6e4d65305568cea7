import { entriesOf, fromData, get, itemsOf, make, textOf, type Entry, type Node, type Span } from '../syntax/node.ts';
import { addRoute } from './api.ts';
import { entry, idFor, mapOf, namedBy, renamed, same, type Draft } from './draft.ts';

export interface EventNeeds { managed: string[]; statements: Node[] }

/** One event of a function: `id` is the prefix of what SAM makes for it. */
interface Event { draft: Draft; fn: Entry; id: string; name: string; of: Node; at: Span; needs: EventNeeds }

/** Sources that Lambda polls, and the managed policy its role needs for that. */
const PULLED: Readonly<Record<string, { arn: string; managed?: string }>> = {
  SQS: { arn: 'Queue', managed: 'service-role/AWSLambdaSQSQueueExecutionRole' },
  Kinesis: { arn: 'Stream', managed: 'service-role/AWSLambdaKinesisExecutionRole' },
  DynamoDB: { arn: 'Stream', managed: 'service-role/AWSLambdaDynamoDBExecutionRole' },
  MSK: { arn: 'Stream', managed: 'service-role/AWSLambdaMSKExecutionRole' },
  MQ: { arn: 'Broker' }, DocumentDB: { arn: 'Cluster' }, SelfManagedKafka: { arn: 'KafkaBootstrapServers' },
};

/** What the events of a function make: sources, rules, routes, permissions. */
export function functionEvents(draft: Draft, fn: Entry, properties: Node): EventNeeds {
  const needs: EventNeeds = { managed: [], statements: [] };
  for (const e of entriesOf(get(properties, 'Events'))) {
    const type = textOf(get(e.value, 'Type')) ?? '';
    const event: Event = { draft, fn, id: fn.key + e.key, name: e.key, of: get(e.value, 'Properties') ?? make.map({}, e.at), at: e.at, needs };
    const pulled = PULLED[type];
    if (pulled) pull(event, pulled);
    else if (MAKERS[type]) MAKERS[type](event);
    else draft.note(`events of type ${type || '?'} are not read`, e.at, fn.key);
  }
  return needs;
}

const fnArn = (e: Event): Node => make.call('GetAtt', [e.fn.key, 'Arn'], e.at);

function permission(e: Event, principal: string, sourceArn: Node | undefined, suffix = '', prefix = e.id, more: { [k: string]: Node | undefined } = {}): void {
  e.draft.add(suffix === '' ? `${prefix}Permission` : idFor(`${prefix}Permission`, suffix), 'AWS::Lambda::Permission', { Action: 'lambda:InvokeFunction', FunctionName: make.call('Ref', e.fn.key, e.at), Principal: principal, SourceArn: sourceArn, ...more }, e.at, e.fn);
}

function pull(e: Event, { arn, managed }: { arn: string; managed?: string }): void {
  const source = get(e.of, arn);
  e.draft.add(e.id, 'AWS::Lambda::EventSourceMapping', mapOf([
    ...renamed(e.of, same('BatchSize', 'Enabled', 'StartingPosition', 'FilterCriteria', 'Topics', 'Queues', 'SourceAccessConfigurations', 'DestinationConfig')),
    ...(arn === 'KafkaBootstrapServers' ? [] : entry('EventSourceArn', source)), ...entry('FunctionName', make.call('Ref', e.fn.key, e.at)),
  ], e.at), e.at, e.fn);
  if (managed) e.needs.managed.push(managed);
}

/** The rule of an event pattern or a schedule, with the function as its target. */
function rule(e: Event, properties: Entry[]): void {
  e.draft.add(e.id, 'AWS::Events::Rule', mapOf([
    ...properties, ...renamed(e.of, same('Name', 'Description', 'State', 'RoleArn')),
    ...entry('Targets', make.list([mapOf([...entry('Arn', fnArn(e)), ...entry('Id', make.text(`${e.id}LambdaTarget`, e.at)), ...renamed(e.of, same('Input', 'InputPath', 'DeadLetterConfig', 'RetryPolicy'))], e.at)], e.at)),
  ], e.at), e.at, e.fn);
  permission(e, 'events.amazonaws.com', make.call('GetAtt', [e.id, 'Arn'], e.at));
}

function scheduler(e: Event): void {
  const role = get(e.of, 'RoleArn');
  const roleId = `${e.id}Role`;
  if (!role) addInvokingRole(e.draft, roleId, 'scheduler.amazonaws.com', 'lambda:InvokeFunction', fnArn(e), e.at, e.fn);
  e.draft.add(e.id, 'AWS::Scheduler::Schedule', mapOf([
    ...renamed(e.of, same('ScheduleExpression', 'ScheduleExpressionTimezone', 'State', 'Name', 'GroupName', 'FlexibleTimeWindow', 'KmsKeyArn')),
    ...entry('Target', mapOf([...entry('Arn', fnArn(e)), ...entry('RoleArn', role ?? make.call('GetAtt', [roleId, 'Arn'], e.at)), ...renamed(e.of, same('Input', 'RetryPolicy'))], e.at)),
  ], e.at), e.at, e.fn);
}

/** A role with which a service does one thing to one target. */
export function addInvokingRole(draft: Draft, id: string, service: string, action: string, target: Node, at: Span, of: Entry): void {
  draft.add(id, 'AWS::IAM::Role', {
    AssumeRolePolicyDocument: fromData({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: [service] }, Action: ['sts:AssumeRole'] }] }, at),
    Policies: make.list([make.map({ PolicyName: `${id}Policy`, PolicyDocument: make.map({ Version: '2012-10-17', Statement: make.list([make.map({ Effect: 'Allow', Action: action, Resource: target }, at)], at) }, at) }, at)], at),
  }, at, of);
}

/** The bucket of the template calls the function: its notifications are part of the bucket. */
function bucket(e: Event): void {
  permission(e, 's3.amazonaws.com', undefined, '', e.id, { SourceAccount: make.call('Ref', 'AWS::AccountId', e.at) });
  const id = namedBy(get(e.of, 'Bucket'));
  const added = itemsOf(get(e.of, 'Events')).map((event) => mapOf([...entry('Event', event), ...entry('Function', fnArn(e)), ...renamed(e.of, same('Filter'))], e.at));
  const done = e.draft.amend(id, (p) => {
    const there = get(p, 'NotificationConfiguration');
    const before = itemsOf(get(there, 'LambdaConfigurations'));
    const configuration = mapOf([...entriesOf(there).filter((x) => x.key !== 'LambdaConfigurations'), ...entry('LambdaConfigurations', make.list([...before, ...added], e.at))], e.at);
    return { ...p, entries: [...p.entries.filter((x) => x.key !== 'NotificationConfiguration'), ...entry('NotificationConfiguration', configuration)] };
  });
  if (!done) e.draft.note(`the bucket of event ${e.name} is no resource of the template`, e.at, e.fn.key);
}

function topic(e: Event): void {
  const arn = get(e.of, 'Topic');
  permission(e, 'sns.amazonaws.com', arn);
  e.draft.add(e.id, 'AWS::SNS::Subscription', mapOf([
    ...entry('Endpoint', fnArn(e)), ...entry('Protocol', make.text('lambda', e.at)), ...entry('TopicArn', arn), ...renamed(e.of, same('FilterPolicy', 'FilterPolicyScope', 'Region')),
  ], e.at), e.at, e.fn);
}

/** Triggers are part of the user pool. */
function userPool(e: Event): void {
  const id = namedBy(get(e.of, 'UserPool'));
  permission(e, 'cognito-idp.amazonaws.com', id === undefined ? undefined : make.call('GetAtt', [id, 'Arn'], e.at), '', `${e.fn.key}Cognito`);
  e.draft.amend(id, (p) => {
    const there = get(p, 'LambdaConfig');
    const triggers = itemsOf(get(e.of, 'Trigger')).flatMap((t) => entry(textOf(t) ?? '', fnArn(e)));
    return { ...p, entries: [...p.entries.filter((x) => x.key !== 'LambdaConfig'), ...entry('LambdaConfig', mapOf([...entriesOf(there), ...triggers], e.at))] };
  });
}

function logs(e: Event): void {
  permission(e, 'logs.amazonaws.com', undefined);
  e.draft.add(e.id, 'AWS::Logs::SubscriptionFilter', mapOf([...renamed(e.of, same('LogGroupName', 'FilterPattern')), ...entry('DestinationArn', fnArn(e))], e.at), e.at, e.fn);
}

function http(e: Event, kind: 'Api' | 'HttpApi'): void {
  const api = get(e.of, kind === 'Api' ? 'RestApiId' : 'ApiId');
  const id = api ? namedBy(api) ?? textOf(api) : kind === 'Api' ? 'ServerlessRestApi' : 'ServerlessHttpApi';
  const method = (textOf(get(e.of, 'Method')) ?? 'any').toLowerCase();
  const path = textOf(get(e.of, 'Path')) ?? '/{proxy+}';
  const shown = method === 'any' || method === 'x-amazon-apigateway-any-method' ? '*' : method.toUpperCase();
  const suffix = path.replace(/^\//, '').replace(/\{[^}]*\}/g, '*');
  const arn = make.call('Sub', make.list([make.text(`arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/*/${shown}/${suffix}`, e.at), make.map({ __ApiId__: api ?? make.call('Ref', id!, e.at) }, e.at)], e.at), e.at);
  permission(e, 'apigateway.amazonaws.com', arn, kind === 'Api' ? stageSuffix(e.draft, id) : '');
  if (id === undefined) { e.draft.note(`which API event ${e.name} is on is not decided`, e.at, e.fn.key); return; }
  const uri = make.call('Sub', `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${${e.fn.key}.Arn}/invocations`, e.at);
  addRoute(e.draft, id, { method, path, at: e.at, auth: get(e.of, 'Auth'), integration: make.map({ type: 'aws_proxy', httpMethod: 'POST', uri }, e.at) });
}

/** Permissions are told apart by the stage of their API: its name, or what stands for one that is not written. */
function stageSuffix(draft: Draft, api: string | undefined): string {
  if (api === 'ServerlessRestApi') return 'Prod';
  const resource = api === undefined ? undefined : draft.resources.get(api);
  if (!resource) return 'AllStages';
  const stage = get(get(resource.value, 'Properties'), 'StageName');
  return stage?.kind === 'scalar' && typeof stage.value === 'string' ? stage.value : 'Stage';
}

const MAKERS: Readonly<Record<string, (e: Event) => void>> = {
  Api: (e) => http(e, 'Api'), HttpApi: (e) => http(e, 'HttpApi'),
  Schedule: (e) => rule(e, renamed(e.of, { Schedule: 'ScheduleExpression' })), ScheduleV2: scheduler,
  EventBridgeRule: (e) => rule(e, renamed(e.of, { Pattern: 'EventPattern', EventBusName: 'EventBusName' })), CloudWatchEvent: (e) => rule(e, renamed(e.of, { Pattern: 'EventPattern', EventBusName: 'EventBusName' })),
  S3: bucket, SNS: topic, Cognito: userPool, CloudWatchLogs: logs,
  AlexaSkill: (e) => permission(e, 'alexa-appkit.amazon.com', undefined, '', e.id, { EventSourceToken: get(e.of, 'SkillId') }),
  IoTRule: (e) => {
    permission(e, 'iot.amazonaws.com', undefined);
    e.draft.add(e.id, 'AWS::IoT::TopicRule', { TopicRulePayload: mapOf([...renamed(e.of, same('Sql', 'AwsIotSqlVersion')), ...entry('Actions', make.list([make.map({ Lambda: make.map({ FunctionArn: fnArn(e) }, e.at) }, e.at)], e.at))], e.at) }, e.at, e.fn);
  },
};

