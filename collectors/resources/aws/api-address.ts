import { hasHole, nodeId, type Resource } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
import { operations } from '../openapi.ts';
import { documentAt, list, prop, text } from '../properties.ts';
import { referencesIn } from '../secrets.ts';
import { naming } from './grouped.ts';
import { functionBehind, idOf, type FunctionBehind } from './shared.ts';

const APIS = ['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api'];

/** An API of the input that an address leads to. */
export interface ApiBehind {
  resource: Resource;
  /** Endpoint nodes of the API. */
  endpoints: string[];
  /** Functions behind the operation; all of the API when method and path are not known. */
  functions(method?: string, path?: string): FunctionBehind[];
}

/** API Gateway API that a URL, an id or a reference names. */
export function apiBehind(ctx: MapContext, address: string | undefined): ApiBehind | undefined {
  if (address === undefined) return undefined;
  const id = /^(?:https:\/\/)?([a-z0-9]{10})\.execute-api\./.exec(address)?.[1];
  const candidates = [...referencesIn(address), ...(id === undefined ? [] : [id]), ...(hasHole(address) || address.includes('/') ? [] : [address])];
  const resource = candidates.map((c) => ctx.resource(c, APIS)).find((r) => r !== undefined);
  if (!resource) return undefined;
  const owned = routesOf(ctx, resource);
  const main = idOf(ctx, resource);
  const written = operations(documentAt(resource, 'Body')).map((o) => nodeId('Endpoint', 'aws', `${ctx.nativeId(resource)}#${o.method} ${o.path}`));
  const ids = [...owned.flatMap((o) => idOf(ctx, o.resource) ?? []), ...(main === undefined ? [] : [main]), ...written];
  return {
    resource, endpoints: [...new Set(ids)].filter((x) => x.startsWith('ovr:endpoint:')),
    functions: (method, path) => {
      const inBody = operations(documentAt(resource, 'Body')).filter((o) => fits(o.method, o.path, method, path))
        .flatMap((o) => functionBehindUri(ctx, text((o.operation['x-amazon-apigateway-integration'] as Record<string, never> | undefined)?.['uri'])));
      return [...owned.filter((o) => fits(o.method, o.path, method, path)).flatMap((o) => functionBehindUri(ctx, o.uri)), ...inBody];
    },
  };
}

const functionBehindUri = (ctx: MapContext, uri: string | undefined): FunctionBehind[] => {
  const fn = uri === undefined ? undefined : functionBehind(ctx, uri);
  return fn?.resource ? [fn] : [];
};

const fits = (m: string | undefined, p: string | undefined, method: string | undefined, path: string | undefined): boolean =>
  (method === undefined || m === undefined || m === 'ANY' || m.toUpperCase() === method.toUpperCase()) && (path === undefined || p === undefined || p === path);

interface Owned { resource: Resource; method: string | undefined; path: string | undefined; uri: string | undefined }

function routesOf(ctx: MapContext, api: Resource): Owned[] {
  if (api.type === 'AWS::ApiGateway::RestApi') {
    return naming(ctx, api, 'AWS::ApiGateway::Method', 'RestApiId').map((m) => ({ resource: m, method: text(prop(m, 'HttpMethod')), path: undefined, uri: text(prop(m, 'Integration', 'Uri')) }));
  }
  return naming(ctx, api, 'AWS::ApiGatewayV2::Route', 'ApiId').map((r) => {
    const [method, path] = (text(prop(r, 'RouteKey')) ?? '').split(' ');
    const integration = ctx.resource(text(prop(r, 'Target'))?.replace(/^integrations\//, ''), ['AWS::ApiGatewayV2::Integration']);
    return { resource: r, method: path === undefined ? undefined : method, path, uri: integration && list(prop(integration, 'IntegrationUri')).map((v) => text(v))[0] };
  });
}
