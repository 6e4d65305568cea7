import { isUnknown, type Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { attachPolicy } from '../context/policies.ts';
import { operations } from '../openapi.ts';
import { documentAt, flag, known, literal, prop, text, texts } from '../properties.ts';
import { secretIn } from '../secrets.ts';
import { methodAuth, operationAuth, type RouteAuth } from './api/authorization.ts';
import { invokeArn } from './api/invoke-arn.ts';
import { isAsynchronous, mapIntegration, operationIntegration, type Integration } from './api/integration.ts';
import { naming } from './grouped.ts';
import { label } from './shared.ts';

/** API Gateway, REST: an Endpoint per method; what the API says holds for each. */

const API = ['AWS::ApiGateway::RestApi'];

/** Where requests can come from: PRIVATE APIs are reached through VPC endpoints only. */
function networkScope(api: Resource | undefined): 'public' | 'private' | 'unknown' {
  const types = api && prop(api, 'EndpointConfiguration', 'Types');
  if (isUnknown(types)) return 'unknown';
  return texts(types).includes('PRIVATE') ? 'private' : 'public';
}

const routeProps = (ctx: MapContext, api: Resource | undefined, auth: RouteAuth, method: string, path: string | undefined): Record<string, unknown> => known({
  protocol: 'https', method, path, networkScope: networkScope(api), repliesToCaller: true, arn: invokeArn(ctx, api, auth.auth, method, path), ...auth,
  executeApiDisabled: api && flag(prop(api, 'DisableExecuteApiEndpoint')) === true ? true : undefined, api: api && label(api),
});

/** The resource policy of the API, on each of its endpoints. The view keeps the API's own main node free. */
function guard(ctx: MapContext, api: Resource | undefined, endpoint: string): void {
  if (api) attachPolicy(ctx, { ...api }, endpoint, 'resource', '/Policy', { name: `resource policy of ${label(api)}` });
}

function mapMethod(r: Resource, ctx: MapContext): void {
  const api = ctx.resource(prop(r, 'RestApiId'), API);
  const method = text(prop(r, 'HttpMethod')) ?? 'ANY';
  const path = pathOf(ctx, r);
  const endpoint = ctx.node(r, {
    kind: 'Endpoint', name: path === undefined ? undefined : `${method} ${path}`, sources: [ctx.source(r), api && ctx.source(api)].filter((s) => s !== undefined),
    props: routeProps(ctx, api, methodAuth(r, ctx), method, path),
  });
  guard(ctx, api, endpoint);
  for (const i of integrationsOf(r, ctx)) mapIntegration(ctx, endpoint, i.r === r ? i : { ...i, cause: ctx.evidence(r) });
}

/** Path of a method's resource, from the root down; undefined when a part is not known. */
function pathOf(ctx: MapContext, r: Resource): string | undefined {
  const parts: string[] = [];
  let here = ctx.resource(prop(r, 'ResourceId'), ['AWS::ApiGateway::Resource', ...API]);
  for (let depth = 0; here && here.type === 'AWS::ApiGateway::Resource' && depth < 50; depth++) {
    parts.unshift(literal(prop(here, 'PathPart')) ?? '{?}');
    here = ctx.resource(prop(here, 'ParentId'), ['AWS::ApiGateway::Resource', ...API]);
  }
  return here || parts.length > 0 ? `/${parts.join('/')}` : undefined;
}

/** The integration inside the method, or the separate one with the same API, resource and verb. */
function integrationsOf(r: Resource, ctx: MapContext): Integration[] {
  const of = (x: Resource, base: string[], where: string): Integration => ({
    r: x, where, type: literal(prop(x, ...base, 'Type')), uri: text(prop(x, ...base, 'Uri')), credentials: prop(x, ...base, 'Credentials'), asynchronous: isAsynchronous(prop(x, ...base, 'RequestParameters')),
  });
  if (prop(r, 'Integration') !== undefined) return [of(r, ['Integration'], '/Integration')];
  const api = ctx.resource(prop(r, 'RestApiId'), API);
  return (api ? naming(ctx, api, 'AWS::ApiGateway::Integration', 'RestApiId') : ctx.all('AWS::ApiGateway::Integration'))
    .filter((x) => prop(x, 'ResourceId') === prop(r, 'ResourceId') && prop(x, 'HttpMethod') === prop(r, 'HttpMethod')).map((x) => of(x, [], '/Uri'));
}

/** An API written as an OpenAPI document yields its methods itself. */
function mapRestApi(r: Resource, ctx: MapContext): void {
  const body = documentAt(r, 'Body');
  const first = operations(body);
  for (const o of first) {
    const where = `/Body${o.pointer}`;
    const endpoint = ctx.node(r, {
      kind: 'Endpoint', nativeId: `${ctx.nativeId(r)}#${o.method} ${o.path}`, type: 'aws.apigateway.method', name: `${o.method} ${o.path}`,
      sources: [ctx.source(r, where), ctx.source(r)].filter((s) => s !== undefined), props: routeProps(ctx, r, operationAuth(ctx, body, o.operation, o.security), o.method, o.path),
    });
    guard(ctx, r, endpoint);
    mapIntegration(ctx, endpoint, operationIntegration(r, where, o.operation));
  }
}

/** A key that clients send along. Written in the code it is known to whoever reads it. */
function mapApiKey(r: Resource, ctx: MapContext): void {
  const value = literal(prop(r, 'Value'));
  const exposed = value !== undefined && secretIn('api_key', value) !== undefined;
  ctx.node(r, { kind: 'Credential', props: known({ credType: 'api_key', lifetime: 'static', heldBy: 'us', exposedLiteral: exposed, hash: exposed ? ctx.keyedHash(value) : undefined, location: exposed ? 'Value' : undefined }) });
}

export const mappings: readonly ResourceMapping[] = [
  mapping('AWS::ApiGateway::RestApi', mapRestApi),
  mapping('AWS::ApiGateway::Method', mapMethod),
  mapping('AWS::ApiGateway::ApiKey', mapApiKey),
  ...['Resource', 'Integration', 'Authorizer', 'Stage'].map((part) => mapping(`AWS::ApiGateway::${part}`, () => {})),
];
