import type { Resource, Value } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { at, fields, flag, known, list, literal, prop, text, texts } from '../../properties.ts';
import { issuerOf, passwordLogin, selfSignup, userPoolOf } from '../issuer.ts';
import { functionBehind, idOf } from '../shared.ts';

/** How a route lets callers in, as far as the input says. */
export interface RouteAuth { auth: 'none' | 'api-key' | 'aws-iam' | 'jwt' | 'unknown'; authDetail?: Record<string, unknown> }

/** An API key tells clients apart and limits them; it is handed out with the client and authenticates nobody. */
export const openRoute = (keyRequired: Value | undefined): RouteAuth => ({ auth: flag(keyRequired) === true ? 'api-key' : 'none' });

/** Tokens of user pools. Any client of the pool is accepted. */
export function poolTokens(ctx: MapContext, pools: Value[], scopes: string[]): RouteAuth {
  const found = pools.flatMap((p) => userPoolOf(ctx, p) ?? []);
  const open = found.map((p) => selfSignup(ctx, p, []));
  return {
    auth: 'jwt',
    authDetail: known({
      authorizer: found[0] && idOf(ctx, found[0]), selfSignup: open.includes(true) ? true : open.length === 0 || open.includes(undefined) ? undefined : false,
      passwordLogin: found[0] && passwordLogin(ctx, found[0], []), scopes: scopes.length > 0 ? scopes : undefined,
    }),
  };
}

/** Code of the owner decides; whom it lets in is not in the configuration. */
export function functionAuthorizer(ctx: MapContext, uri: Value | undefined): RouteAuth {
  const fn = functionBehind(ctx, uri);
  return { auth: 'unknown', authDetail: known({ authorizer: fn?.id }) };
}

/** API Gateway 1: type of the method, then its authorizer. */
export function methodAuth(r: Resource, ctx: MapContext): RouteAuth {
  const given = prop(r, 'AuthorizationType');
  const type = given === undefined ? 'NONE' : literal(given);
  const scopes = texts(prop(r, 'AuthorizationScopes'));
  switch (type) {
    case 'NONE': return openRoute(prop(r, 'ApiKeyRequired'));
    case 'AWS_IAM': return { auth: 'aws-iam' };
    case 'COGNITO_USER_POOLS': case 'CUSTOM': {
      const authorizer = ctx.resource(prop(r, 'AuthorizerId'), ['AWS::ApiGateway::Authorizer']);
      const pools = authorizer ? list(prop(authorizer, 'ProviderARNs')) : [];
      if (type === 'COGNITO_USER_POOLS' || pools.length > 0) return poolTokens(ctx, pools, scopes);
      return functionAuthorizer(ctx, authorizer && prop(authorizer, 'AuthorizerUri'));
    }
    default: return { auth: 'unknown' };
  }
}

/** API Gateway 2: a route that says nothing lets everyone in. */
export function routeAuth(r: Resource, ctx: MapContext): RouteAuth {
  const given = prop(r, 'AuthorizationType');
  const type = given === undefined ? 'NONE' : literal(given);
  const authorizer = ctx.resource(prop(r, 'AuthorizerId'), ['AWS::ApiGatewayV2::Authorizer']);
  switch (type) {
    case 'NONE': return openRoute(prop(r, 'ApiKeyRequired'));
    case 'AWS_IAM': return { auth: 'aws-iam' };
    case 'JWT': return jwtAuth(ctx, authorizer && prop(authorizer, 'JwtConfiguration', 'Issuer'), authorizer ? list(prop(authorizer, 'JwtConfiguration', 'Audience')) : [], texts(prop(r, 'AuthorizationScopes')));
    case 'CUSTOM': return functionAuthorizer(ctx, authorizer && prop(authorizer, 'AuthorizerUri'));
    default: return { auth: 'unknown' };
  }
}

function jwtAuth(ctx: MapContext, issuer: Value | undefined, audience: Value[], scopes: string[]): RouteAuth {
  const audiences = texts(audience);
  return { auth: 'jwt', authDetail: known({ ...issuerOf(ctx, issuer, audience, scopes.length > 0), audiences: audiences.length > 0 ? audiences : undefined, scopes: scopes.length > 0 ? scopes : undefined }) };
}

/** What an OpenAPI operation requires: AWS extensions name the authorizer of each security scheme. */
export function operationAuth(ctx: MapContext, document: Value | undefined, operation: { [key: string]: Value }, security: Value | undefined): RouteAuth {
  const direct = literal(at(operation['x-amazon-apigateway-auth'], 'type'))?.toUpperCase();
  if (direct === 'NONE') return { auth: 'none' };
  if (direct === 'AWS_IAM') return { auth: 'aws-iam' };
  const alternatives = list(security).flatMap((s) => Object.entries(fields(s) ?? {}));
  if (alternatives.length === 0) return { auth: 'none' };
  const schemes = at(document, 'components', 'securitySchemes') ?? at(document, 'securityDefinitions');
  const found = alternatives.map(([name, scopes]) => schemeAuth(ctx, at(schemes, name), texts(scopes)));
  return found.find((f) => f.auth !== 'api-key') ?? found[0]!;
}

function schemeAuth(ctx: MapContext, scheme: Value | undefined, scopes: string[]): RouteAuth {
  const kind = literal(at(scheme, 'x-amazon-apigateway-authtype'))?.toLowerCase();
  const authorizer = at(scheme, 'x-amazon-apigateway-authorizer');
  if (kind === 'awssigv4') return { auth: 'aws-iam' };
  if (kind === 'cognito_user_pools' || literal(at(authorizer, 'type')) === 'cognito_user_pools') return poolTokens(ctx, list(at(authorizer, 'providerARNs')), scopes);
  if (literal(at(authorizer, 'type')) === 'jwt') return jwtAuth(ctx, at(authorizer, 'jwtConfiguration', 'issuer'), list(at(authorizer, 'jwtConfiguration', 'audience')), scopes);
  if (authorizer !== undefined) return functionAuthorizer(ctx, text(at(authorizer, 'authorizerUri')));
  return literal(at(scheme, 'type')) === 'apiKey' ? { auth: 'api-key' } : { auth: 'unknown' };
}
