import { entryOf, get, make, textOf, type Entry, type Node } from '../syntax/node.ts';
import { entry, mapOf, renamed, same, tagList, type Draft } from './draft.ts';
import { functionEvents } from './events.ts';
import { addRole } from './role.ts';

const KEPT = same(
  'FunctionName', 'Handler', 'Runtime', 'Description', 'MemorySize', 'Timeout', 'VpcConfig', 'Environment', 'KmsKeyArn', 'Layers', 'ReservedConcurrentExecutions',
  'FileSystemConfigs', 'CodeSigningConfigArn', 'PackageType', 'Architectures', 'ImageConfig', 'EphemeralStorage', 'SnapStart', 'LoggingConfig', 'RecursiveLoop', 'RuntimeManagementConfig',
);
const BASIC = 'service-role/AWSLambdaBasicExecutionRole';
const IN_VPC = 'service-role/AWSLambdaVPCAccessExecutionRole';

/** A function with what SAM makes beside it: role, alias, address, and what its events need. */
export function expandFunction(draft: Draft, fn: Entry, properties: Node): void {
  const id = fn.key;
  const at = fn.at;
  const events = functionEvents(draft, fn, properties);
  const role = entryOf(properties, 'Role');
  const dead = get(properties, 'DeadLetterQueue');
  const tracing = entryOf(properties, 'Tracing');
  draft.replace(fn, 'AWS::Lambda::Function', mapOf([
    ...renamed(properties, KEPT),
    ...code(properties),
    ...(role ? [role] : entry('Role', make.call('GetAtt', [`${id}Role`, 'Arn'], at))),
    ...entry('DeadLetterConfig', dead && make.map({ TargetArn: get(dead, 'TargetArn') }, dead.at)),
    ...entry('TracingConfig', tracing && make.map({ Mode: tracing.value }, tracing.at), tracing?.at),
    ...entry('Tags', tagList(get(properties, 'Tags'))),
  ], properties.at));
  if (!role) {
    const managed = [BASIC, ...(get(properties, 'VpcConfig') ? [IN_VPC] : []), ...(/^(Active|PassThrough)$/.test(textOf(tracing?.value) ?? '') ? ['AWSXrayWriteOnlyAccess'] : []), ...events.managed];
    addRole(draft, { id: `${id}Role`, service: 'lambda.amazonaws.com', properties: deadLetters(withStatements(properties, events.statements), dead), managed: [...new Set(managed)], at, of: fn });
  } else if (get(properties, 'Policies')) draft.note(`Policies of ${id} are not used: it has a Role of its own`, get(properties, 'Policies')!.at, id);
  const alias = textOf(get(properties, 'AutoPublishAlias'));
  draft.synonyms.set(`${id}.Version`, id);
  if (alias !== undefined) {
    const aliasId = `${id}Alias${alias.replaceAll('-', 'D').replaceAll('_', 'U')}`;
    draft.add(aliasId, 'AWS::Lambda::Alias', { Name: alias, FunctionName: make.call('Ref', id, at) }, at, fn);
    draft.synonyms.set(`${id}.Alias`, aliasId);
  }
  functionUrl(draft, fn, properties);
}

/** Code in a bucket or an image is named; a local folder is known to nobody but who packages it. */
function code(properties: Node): Entry[] {
  const inline = entryOf(properties, 'InlineCode');
  const image = entryOf(properties, 'ImageUri');
  const uri = entryOf(properties, 'CodeUri');
  if (inline) return [{ key: 'Code', at: inline.at, value: make.map({ ZipFile: inline.value }, inline.at) }];
  if (image) return [{ key: 'Code', at: image.at, value: make.map({ ImageUri: image.value }, image.at) }];
  if (!uri) return [];
  const s3 = /^s3:\/\/([^/]+)\/(.+)$/.exec(textOf(uri.value) ?? '');
  if (s3) return [{ key: 'Code', at: uri.at, value: make.map({ S3Bucket: s3[1], S3Key: s3[2] }, uri.at) }];
  if (uri.value.kind !== 'map') return [];
  return [{ key: 'Code', at: uri.at, value: mapOf(renamed(uri.value, { Bucket: 'S3Bucket', Key: 'S3Key', Version: 'S3ObjectVersion' }), uri.at) }];
}

/** The role may send to the queue or topic that takes what failed. */
function deadLetters(properties: Node, dead: Node | undefined): Node {
  const type = textOf(get(dead, 'Type'));
  const target = get(dead, 'TargetArn');
  const action = type === 'SQS' ? 'sqs:SendMessage' : type === 'SNS' ? 'sns:Publish' : undefined;
  if (!dead || !target || !action) return properties;
  return withStatements(properties, [make.map({ Effect: 'Allow', Action: make.list([make.text(action, dead.at)], dead.at), Resource: target }, dead.at)]);
}

/** One more inline document in `Policies`. */
function withStatements(properties: Node, statements: readonly Node[]): Node {
  if (statements.length === 0 || properties.kind !== 'map') return properties;
  const at = statements[0]!.at;
  const policies = entryOf(properties, 'Policies');
  const there = policies?.value.kind === 'list' ? policies.value.items : policies ? [policies.value] : [];
  const more = make.map({ Version: '2012-10-17', Statement: make.list([...statements], at) }, at);
  return { ...properties, entries: [...properties.entries.filter((e) => e.key !== 'Policies'), { key: 'Policies', at: policies?.at ?? at, value: make.list([...there, more], policies?.at ?? at) }] };
}

/** Address of the function; without authorization SAM lets everyone call it. */
function functionUrl(draft: Draft, fn: Entry, properties: Node): void {
  const config = entryOf(properties, 'FunctionUrlConfig');
  if (!config) return;
  const { at } = config;
  draft.add(`${fn.key}Url`, 'AWS::Lambda::Url', mapOf([
    ...renamed(config.value, same('AuthType', 'Cors', 'InvokeMode')), ...entry('TargetFunctionArn', make.call('Ref', fn.key, at)),
  ], at), at, fn);
  if (textOf(get(config.value, 'AuthType')) !== 'NONE') return;
  const name = make.call('Ref', fn.key, at);
  draft.add(`${fn.key}UrlPublicPermissions`, 'AWS::Lambda::Permission', { Action: 'lambda:InvokeFunctionUrl', FunctionName: name, Principal: '*', FunctionUrlAuthType: 'NONE' }, at, fn);
  draft.add(`${fn.key}URLInvokeAllowPublicAccess`, 'AWS::Lambda::Permission', { Action: 'lambda:InvokeFunction', FunctionName: name, Principal: '*', InvokedViaFunctionUrl: true }, at, fn);
}

