import { entriesOf, entryOf, get, make, textOf, type Entry, type Node, type Span } from '../syntax/node.ts';
import { entry, idFor, idPart, mapOf, renamed, same, type Draft, type Route } from './draft.ts';
import { apiPolicy, schemes, securityOf } from './authorizers.ts';

export const IMPLICIT_REST = 'ServerlessRestApi';
export const IMPLICIT_HTTP = 'ServerlessHttpApi';

export function addRoute(draft: Draft, api: string, route: Route): void {
  draft.routes.set(api, [...(draft.routes.get(api) ?? []), route]);
}

const REST_KEPT = same('Name', 'Description', 'EndpointConfiguration', 'BinaryMediaTypes', 'MinimumCompressionSize', 'DisableExecuteApiEndpoint', 'ApiKeySourceType', 'Mode', 'FailOnWarnings', 'Policy');

/** A REST API with its document and stage. Routes of events stand in a document that SAM writes; an own document stays as it is. */
export function expandRestApi(draft: Draft, api: Entry, properties: Node): void {
  const auth = get(properties, 'Auth');
  const endpoint = entryOf(properties, 'EndpointConfiguration');
  const policy = apiPolicy(get(auth, 'ResourcePolicy'));
  draft.replace(api, 'AWS::ApiGateway::RestApi', mapOf([
    ...renamed(properties, REST_KEPT).filter((e) => e.key !== 'EndpointConfiguration'),
    ...(endpoint ? [{ ...endpoint, value: endpointOf(endpoint.value) }] : []),
    ...document(draft, api, properties, false), ...entry('Policy', policy),
  ], properties.at));
  const stage = entryOf(properties, 'StageName');
  const stageId = stageIdOf(api.key, stage?.value);
  draft.add(stageId, 'AWS::ApiGateway::Stage', mapOf([
    ...entry('RestApiId', make.call('Ref', api.key, api.at)), ...entry('StageName', stage?.value), ...renamed(properties, { ...same('Variables', 'AccessLogSetting', 'MethodSettings', 'TracingEnabled', 'CacheClusterEnabled') }),
  ], api.at), stage?.at ?? api.at, api);
  draft.synonyms.set(`${api.key}.Stage`, stageId);
  draft.synonyms.set(`${api.key}.Deployment`, api.key);
  authorizerPermissions(draft, api, auth, false);
}

/** `ApiProdStage`; a name that cannot stand in an id gives its hash, an expression nothing. */
export function stageIdOf(api: string, stage: Node | undefined): string {
  const name = textOf(stage);
  if (name === undefined) return `${api}Stage`;
  return /^[A-Za-z0-9]+$/.test(name) ? `${api}${name}Stage` : idFor(`${api}Stage`, name);
}

/** `EDGE` and `{Type: PRIVATE}` are what the provider knows as a list of types. */
function endpointOf(n: Node): Node {
  const type = textOf(n) !== undefined ? n : get(n, 'Type');
  return mapOf([...(type ? entry('Types', make.list([type], n.at)) : []), ...renamed(n, { VPCEndpointIds: 'VpcEndpointIds' })], n.at);
}

export function expandHttpApi(draft: Draft, api: Entry, properties: Node): void {
  const auth = get(properties, 'Auth');
  draft.replace(api, 'AWS::ApiGatewayV2::Api', mapOf([
    ...renamed(properties, { ...same('Name', 'Description', 'DisableExecuteApiEndpoint', 'CorsConfiguration', 'FailOnWarnings') }),
    ...document(draft, api, properties, true),
  ], properties.at));
  const stage = entryOf(properties, 'StageName');
  const stageId = !stage || textOf(stage.value) === '$default' ? `${api.key}ApiGatewayDefaultStage` : stageIdOf(api.key, stage.value);
  draft.add(stageId, 'AWS::ApiGatewayV2::Stage', mapOf([
    ...entry('ApiId', make.call('Ref', api.key, api.at)), ...entry('StageName', stage?.value ?? make.text('$default', api.at)), ...entry('AutoDeploy', { kind: 'scalar', value: true, at: api.at }),
    ...renamed(properties, { AccessLogSettings: 'AccessLogSettings', DefaultRouteSettings: 'DefaultRouteSettings', StageVariables: 'StageVariables', RouteSettings: 'RouteSettings' }),
  ], api.at), stage?.at ?? api.at, api);
  draft.synonyms.set(`${api.key}.Stage`, stageId);
  authorizerPermissions(draft, api, auth, true);
}

/** The OpenAPI document: given in place, in a local file or in a bucket, else written from the routes. */
function document(draft: Draft, api: Entry, properties: Node, http: boolean): Entry[] {
  const auth = get(properties, 'Auth');
  const given = entryOf(properties, 'DefinitionBody');
  const uri = entryOf(properties, 'DefinitionUri');
  const routes = draft.routes.get(api.key) ?? [];
  if (given) return [{ key: 'Body', at: given.at, value: secured(given.value, auth, http, given.at) }];
  if (uri) {
    const path = draft.files.locate(textOf(uri.value) ?? '');
    const tree = path === undefined ? undefined : draft.files.tree(path);
    if (tree) return [{ key: 'Body', at: uri.at, value: secured(tree, auth, http, uri.at) }];
    draft.note(`the definition of ${api.key} is not in the input: its routes are unknown`, uri.at, api.key);
    return uri.value.kind === 'map' ? [{ key: 'BodyS3Location', at: uri.at, value: uri.value }] : [{ key: 'Body', at: uri.at, value: { kind: 'unknown', reason: 'the definition is not in the input', at: uri.at } }];
  }
  const paths = new Map<string, Entry[]>();
  for (const r of routes) {
    const method = r.method === 'any' ? 'x-amazon-apigateway-any-method' : r.method;
    const operation = mapOf([...entry('x-amazon-apigateway-integration', r.integration, r.at), ...securityOf(auth, r.auth, r.at, http)], r.at);
    paths.set(r.path, [...(paths.get(r.path) ?? []), { key: method, at: r.at, value: operation }]);
  }
  const at = api.at;
  const body = mapOf([
    ...entry(http ? 'openapi' : 'swagger', make.text(http ? '3.0.1' : '2.0', at)),
    { key: 'paths', at, value: mapOf([...paths].map(([path, methods]) => ({ key: path, at: methods[0]!.at, value: mapOf(methods, methods[0]!.at) })), at) },
    ...schemes(auth, at, http),
  ], at);
  return [{ key: 'Body', at, value: body }];
}

/** An own document with the authorizers of `Auth`, where it names none itself. */
function secured(body: Node, auth: Node | undefined, http: boolean, at: Span): Node {
  if (body.kind !== 'map' || !auth) return body;
  const standard = get(auth, 'DefaultAuthorizer') || textOf(get(auth, 'ApiKeyRequired')) === 'true' ? securityOf(auth, undefined, at, http) : [];
  return { ...body, entries: [...body.entries, ...[...schemes(auth, at, http), ...standard].filter((e) => !entryOf(body, e.key))] };
}

/** API Gateway may call the functions that decide who is let in: for REST unless that is switched off, for HTTP where it is switched on. */
function authorizerPermissions(draft: Draft, api: Entry, auth: Node | undefined, http: boolean): void {
  for (const a of entriesOf(get(auth, 'Authorizers'))) {
    const fn = get(a.value, 'FunctionArn');
    const given = textOf(get(a.value, http ? 'EnableFunctionDefaultPermissions' : 'DisableFunctionDefaultPermissions')) ?? textOf(get(auth, 'EnableFunctionDefaultPermissions'));
    if (!fn || (given === 'true') !== http) continue;
    draft.add(`${api.key}${idPart(a.key)}AuthorizerPermission`, 'AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction', FunctionName: fn, Principal: 'apigateway.amazonaws.com', SourceArn: make.call('Sub', `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${api.key}}/authorizers/*`, a.at),
    }, a.at, api);
  }
}

/** APIs that events use without naming one: made where their first event stands. */
export function addImplicitApis(draft: Draft): void {
  for (const [id, type] of [[IMPLICIT_REST, 'Api'], [IMPLICIT_HTTP, 'HttpApi']] as const) {
    const first = draft.routes.get(id)?.[0];
    if (!first || draft.resources.has(id)) continue;
    draft.add(id, `AWS::Serverless::${type}`, type === 'Api' ? { StageName: 'Prod' } : {}, first.at);
  }
}

