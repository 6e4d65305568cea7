import type { Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { operations } from '../openapi.ts';
import { at, documentAt, known, literal, prop, text } from '../properties.ts';
import { operationAuth, routeAuth, type RouteAuth } from './api/authorization.ts';
import { invokeArn } from './api/invoke-arn.ts';
import { isAsynchronous, mapIntegration, operationIntegration, type Integration } from './api/integration.ts';
import { label } from './shared.ts';

/** API Gateway, HTTP and WebSocket: an Endpoint per route. There is no resource policy and no private form. */

const API = ['AWS::ApiGatewayV2::Api'];

function routeProps(ctx: MapContext, api: Resource | undefined, key: string | undefined, auth: RouteAuth): Record<string, unknown> {
  const [method, path] = key?.includes(' ') ? key.split(' ') : ['ANY', key];
  const websocket = literal(api && prop(api, 'ProtocolType')) === 'WEBSOCKET';
  const arn = websocket || path === '$default' ? undefined : invokeArn(ctx, api, auth.auth, method!, path);
  return known({ protocol: websocket ? 'wss' : 'https', method, path, networkScope: 'public', repliesToCaller: true, arn, ...auth, api: api && label(api) });
}

function mapRoute(r: Resource, ctx: MapContext): void {
  const api = ctx.resource(prop(r, 'ApiId'), API);
  const key = text(prop(r, 'RouteKey'));
  const websocket = literal(api && prop(api, 'ProtocolType')) === 'WEBSOCKET';
  // Only the connection is authorised; the routes of an open socket are not.
  const auth = websocket && key !== '$connect' ? connectAuth(r, ctx) : routeAuth(r, ctx);
  const endpoint = ctx.node(r, { kind: 'Endpoint', name: key, sources: [ctx.source(r), api && ctx.source(api)].filter((s) => s !== undefined), props: routeProps(ctx, api, key, auth) });
  const target = text(prop(r, 'Target'))?.replace(/^integrations\//, '');
  const integration = ctx.resource(target, ['AWS::ApiGatewayV2::Integration']);
  if (integration) mapIntegration(ctx, endpoint, { ...integrationOf(integration), cause: ctx.evidence(r, '/Target') });
}

function connectAuth(r: Resource, ctx: MapContext): RouteAuth {
  const connect = ctx.all('AWS::ApiGatewayV2::Route').find((x) => text(prop(x, 'RouteKey')) === '$connect' && prop(x, 'ApiId') === prop(r, 'ApiId'));
  return connect ? routeAuth(connect, ctx) : { auth: 'unknown' };
}

/** A service integration names its action and its target in the request parameters. */
function integrationOf(r: Resource): Integration {
  const subtype = literal(prop(r, 'IntegrationSubtype'));
  const named = subtype === undefined ? undefined : ['QueueUrl', 'StateMachineArn', 'StreamName', 'TopicArn'].map((k) => text(at(prop(r, 'RequestParameters'), k))).find((v) => v !== undefined);
  const service = subtype && SUBTYPES.find(([start]) => subtype.startsWith(start))?.[1];
  const uri = service && named ? `arn:aws:apigateway::${service}:path/${named}` : text(prop(r, 'IntegrationUri'));
  return { r, where: service ? '/RequestParameters' : '/IntegrationUri', type: literal(prop(r, 'IntegrationType')), uri, credentials: prop(r, 'CredentialsArn'), asynchronous: isAsynchronous(prop(r, 'RequestParameters')) };
}

const SUBTYPES: [start: string, service: string][] = [['SQS-', 'sqs'], ['Kinesis-', 'kinesis'], ['StepFunctions-', 'states'], ['SNS-', 'sns']];

/** Routes of an OpenAPI document, and the route that quick create makes for `Target`. */
function mapApi(r: Resource, ctx: MapContext): void {
  const body = documentAt(r, 'Body');
  for (const o of operations(body)) {
    const where = `/Body${o.pointer}`;
    const endpoint = ctx.node(r, {
      kind: 'Endpoint', nativeId: `${ctx.nativeId(r)}#${o.method} ${o.path}`, type: 'aws.apigatewayv2.route', name: `${o.method} ${o.path}`,
      sources: [ctx.source(r, where), ctx.source(r)].filter((s) => s !== undefined), props: routeProps(ctx, r, `${o.method} ${o.path}`, operationAuth(ctx, body, o.operation, o.security)),
    });
    mapIntegration(ctx, endpoint, operationIntegration(r, where, o.operation));
  }
  const target = text(prop(r, 'Target'));
  if (target === undefined) return;
  const key = text(prop(r, 'RouteKey')) ?? '$default';
  const endpoint = ctx.node(r, {
    kind: 'Endpoint', nativeId: `${ctx.nativeId(r)}#${key}`, type: 'aws.apigatewayv2.route', name: `${key} of ${label(r)}`,
    sources: [ctx.source(r, '/Target'), ctx.source(r)].filter((s) => s !== undefined), props: routeProps(ctx, r, key, { auth: 'none' }),
  });
  mapIntegration(ctx, endpoint, { r, where: '/Target', type: 'AWS_PROXY', uri: target, credentials: prop(r, 'CredentialsArn'), asynchronous: false });
}

export const mappings: readonly ResourceMapping[] = [
  mapping('AWS::ApiGatewayV2::Api', mapApi),
  mapping('AWS::ApiGatewayV2::Route', mapRoute),
  ...['Integration', 'Authorizer', 'Stage'].map((part) => mapping(`AWS::ApiGatewayV2::${part}`, () => {})),
];
