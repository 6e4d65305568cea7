import { entriesOf, entryOf, get, make, textOf, type Entry, type Node, type Span } from '../syntax/node.ts';
import { stageIdOf } from './api.ts';
import { entry, idPart, mapOf, renamed, same, type Draft } from './draft.ts';

/** A WebSocket API: a route, integration and permission for each route, an authorizer for `$connect`, and a stage. */
export function expandWebSocketApi(draft: Draft, api: Entry, properties: Node): void {
  const { key: id, at } = api;
  const stage = entryOf(properties, 'StageName');
  const stageName = textOf(stage?.value) ?? 'default';
  draft.replace(api, 'AWS::ApiGatewayV2::Api', mapOf([
    ...renamed(properties, same('Name', 'Description', 'RouteSelectionExpression', 'ApiKeySelectionExpression', 'DisableExecuteApiEndpoint', 'DisableSchemaValidation', 'IpAddressType')),
    ...entry('ProtocolType', make.text('WEBSOCKET', at)),
  ], properties.at));
  const auth = get(properties, 'Auth');
  for (const r of entriesOf(get(properties, 'Routes'))) route(draft, api, r, auth, stageName);
  const authFunction = get(auth, 'AuthArn');
  if (authFunction && !get(auth, 'InvokeRole')) {
    draft.add(`${id}AuthorizerPermission`, 'AWS::Lambda::Permission', { Action: 'lambda:InvokeFunction', FunctionName: authFunction, Principal: 'apigateway.amazonaws.com', SourceArn: make.call('Sub', `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${id}}/authorizers/*`, at) }, at, api);
  }
  const stageId = stage ? stageIdOf(id, stage.value) : `${id}DefaultStage`;
  draft.add(stageId, 'AWS::ApiGatewayV2::Stage', mapOf([
    ...entry('ApiId', make.call('Ref', id, at)), ...entry('StageName', stage?.value ?? make.text('default', at)), ...entry('AutoDeploy', { kind: 'scalar', value: true, at }),
    ...renamed(properties, same('AccessLogSettings', 'DefaultRouteSettings', 'StageVariables', 'RouteSettings')),
  ], at), stage?.at ?? at, api);
  draft.synonyms.set(`${id}.Stage`, stageId);
}

/** `$connect` → `Connect`. */
const routeName = (key: string): string => { const name = idPart(key); return name.charAt(0).toUpperCase() + name.slice(1); };

function route(draft: Draft, api: Entry, r: Entry, auth: Node | undefined, stageName: string): void {
  const { at } = r;
  const id = `${api.key}${routeName(r.key)}`;
  const fn = get(r.value, 'FunctionArn');
  const apiRef = make.call('Ref', api.key, at);
  draft.add(`${id}Integration`, 'AWS::ApiGatewayV2::Integration', mapOf([
    ...entry('ApiId', apiRef), ...entry('IntegrationType', make.text('AWS_PROXY', at)), ...entry('IntegrationUri', fn && invocation(fn, at)), ...renamed(r.value, { IntegrationTimeout: 'TimeoutInMillis' }),
  ], at), at, api);
  draft.add(`${id}Permission`, 'AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction', FunctionName: fn, Principal: 'apigateway.amazonaws.com',
    SourceArn: make.call('Sub', `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${api.key}.ApiId}/${stageName}/${r.key}`, at),
  }, at, api);
  const kind = r.key === '$connect' ? entryOf(auth, 'AuthType') : undefined;
  const authorizer = textOf(kind?.value) === 'CUSTOM' ? `${id}Authorizer` : undefined;
  if (authorizer !== undefined) {
    draft.add(authorizer, 'AWS::ApiGatewayV2::Authorizer', mapOf([
      ...entry('ApiId', apiRef), ...entry('AuthorizerType', make.text('REQUEST', at)), ...entry('Name', get(auth, 'Name') ?? make.text(authorizer, at)),
      ...entry('AuthorizerUri', get(auth, 'AuthArn') && invocation(get(auth, 'AuthArn')!, at)), ...renamed(auth, { InvokeRole: 'AuthorizerCredentialsArn', IdentitySource: 'IdentitySource' }),
    ], at), kind!.at, api);
  }
  draft.add(`${id}Route`, 'AWS::ApiGatewayV2::Route', mapOf([
    ...entry('ApiId', apiRef), ...entry('RouteKey', make.text(r.key, at)), ...entry('Target', make.call('Sub', `integrations/\${${id}Integration}`, at)),
    ...(kind ? [{ ...kind, key: 'AuthorizationType' }] : []), ...(authorizer === undefined ? [] : entry('AuthorizerId', make.call('Ref', authorizer, at))),
    ...renamed(r.value, same('ApiKeyRequired', 'OperationName', 'ModelSelectionExpression')),
  ], at), at, api);
}

const invocation = (fn: Node, at: Span): Node => make.call('Sub', make.list([make.text('arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations', at), make.map({ FunctionArn: fn }, at)], at), at);
