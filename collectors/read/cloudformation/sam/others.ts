import { entriesOf, entryOf, fromData, get, make, textOf, type Entry, type Node } from '../syntax/node.ts';
import { addRoute, IMPLICIT_REST } from './api.ts';
import { entry, mapOf, namedBy, renamed, same, tagList, type Draft } from './draft.ts';
import { addInvokingRole } from './events.ts';
import { addRole } from './role.ts';

const ATTRIBUTE: Readonly<Record<string, string>> = { string: 'S', number: 'N', binary: 'B' };

/** A table with one key. */
export function expandTable(draft: Draft, table: Entry, properties: Node): void {
  const key = get(properties, 'PrimaryKey');
  const name = textOf(get(key, 'Name')) ?? 'id';
  const type = ATTRIBUTE[(textOf(get(key, 'Type')) ?? 'String').toLowerCase()] ?? 'S';
  const at = key?.at ?? table.at;
  draft.replace(table, 'AWS::DynamoDB::Table', mapOf([
    ...renamed(properties, same('TableName', 'SSESpecification', 'ProvisionedThroughput', 'PointInTimeRecoverySpecification')),
    ...entry('KeySchema', fromData([{ AttributeName: name, KeyType: 'HASH' }], at)), ...entry('AttributeDefinitions', fromData([{ AttributeName: name, AttributeType: type }], at)),
    ...entry('Tags', tagList(get(properties, 'Tags'))),
  ], properties.at));
}

export function expandLayer(draft: Draft, layer: Entry, properties: Node): void {
  const uri = entryOf(properties, 'ContentUri');
  const content = uri?.value.kind === 'map' ? [{ key: 'Content', at: uri.at, value: mapOf(renamed(uri.value, { Bucket: 'S3Bucket', Key: 'S3Key', Version: 'S3ObjectVersion' }), uri.at) }] : [];
  draft.replace(layer, 'AWS::Lambda::LayerVersion', mapOf([...renamed(properties, same('LayerName', 'Description', 'CompatibleRuntimes', 'CompatibleArchitectures', 'LicenseInfo')), ...content], properties.at));
}

/** An application from a local template is a nested stack; one from the catalogue is outside. */
export function expandApplication(draft: Draft, application: Entry, properties: Node): void {
  const location = entryOf(properties, 'Location');
  draft.replace(application, 'AWS::CloudFormation::Stack', mapOf([
    ...(location && location.value.kind !== 'map' ? [{ ...location, key: 'TemplateURL' }] : []), ...renamed(properties, same('Parameters', 'NotificationARNs', 'TimeoutInMinutes')), ...entry('Tags', tagList(get(properties, 'Tags'))),
  ], properties.at));
}

/** A workflow with its definition, role and events. */
export function expandStateMachine(draft: Draft, machine: Entry, properties: Node): void {
  const { key: id, at } = machine;
  const role = entryOf(properties, 'Role');
  draft.replace(machine, 'AWS::StepFunctions::StateMachine', mapOf([
    ...renamed(properties, { Name: 'StateMachineName', Type: 'StateMachineType', Definition: 'Definition', DefinitionSubstitutions: 'DefinitionSubstitutions', Logging: 'LoggingConfiguration', Tracing: 'TracingConfiguration' }),
    ...definition(draft, machine, properties), ...entry('RoleArn', role?.value ?? make.call('GetAtt', [`${id}Role`, 'Arn'], at), role?.at), ...entry('Tags', tagList(get(properties, 'Tags'))),
  ], properties.at));
  if (!role) addRole(draft, { id: `${id}Role`, service: 'states.amazonaws.com', properties, managed: [], at, of: machine });
  for (const e of entriesOf(get(properties, 'Events'))) event(draft, machine, e);
}

function definition(draft: Draft, machine: Entry, properties: Node): Entry[] {
  const uri = entryOf(properties, 'DefinitionUri');
  if (!uri) return [];
  if (uri.value.kind === 'map') return [{ key: 'DefinitionS3Location', at: uri.at, value: uri.value }];
  const path = draft.files.locate(textOf(uri.value) ?? '');
  const tree = path === undefined ? undefined : draft.files.tree(path);
  if (tree) return [{ key: 'Definition', at: uri.at, value: tree }];
  draft.note(`the definition of ${machine.key} is not in the input: what it calls is unknown`, uri.at, machine.key);
  return [{ key: 'Definition', at: uri.at, value: { kind: 'unknown', reason: 'the definition is not in the input', at: uri.at } }];
}

/** What starts the workflow does so with a role of its own. */
function event(draft: Draft, machine: Entry, e: Entry): void {
  const type = textOf(get(e.value, 'Type')) ?? '';
  const of = get(e.value, 'Properties');
  const id = machine.key + e.key;
  const { at } = e;
  const target = make.call('Ref', machine.key, at);
  const role = `${id}Role`;
  const service: Readonly<Record<string, string>> = { Schedule: 'events.amazonaws.com', EventBridgeRule: 'events.amazonaws.com', CloudWatchEvent: 'events.amazonaws.com', ScheduleV2: 'scheduler.amazonaws.com', Api: 'apigateway.amazonaws.com' };
  if (!service[type]) { draft.note(`events of type ${type || '?'} are not read`, at, machine.key); return; }
  addInvokingRole(draft, role, service[type], 'states:StartExecution', target, at, machine);
  const roleArn = make.call('GetAtt', [role, 'Arn'], at);
  if (type === 'Api') {
    const api = get(of, 'RestApiId');
    addRoute(draft, namedBy(api) ?? textOf(api) ?? IMPLICIT_REST, {
      method: (textOf(get(of, 'Method')) ?? 'any').toLowerCase(), path: textOf(get(of, 'Path')) ?? '/', at, auth: get(of, 'Auth'),
      integration: make.map({ type: 'aws', httpMethod: 'POST', uri: make.call('Sub', 'arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution', at), credentials: roleArn }, at),
    });
  } else if (type === 'ScheduleV2') {
    draft.add(id, 'AWS::Scheduler::Schedule', mapOf([...renamed(of, same('ScheduleExpression', 'State', 'Name', 'FlexibleTimeWindow')), ...entry('Target', make.map({ Arn: target, RoleArn: roleArn }, at))], at), at, machine);
  } else {
    draft.add(id, 'AWS::Events::Rule', mapOf([
      ...renamed(of, { Schedule: 'ScheduleExpression', Pattern: 'EventPattern', EventBusName: 'EventBusName', State: 'State', Name: 'Name' }),
      ...entry('Targets', make.list([make.map({ Arn: target, Id: `${id}StepFunctionsTarget`, RoleArn: roleArn }, at)], at)),
    ], at), at, machine);
  }
}

