import type { Resource, Value } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { at, known, list, literal, prop, text } from '../properties.ts';
import { functionAuthorizer, poolTokens, type RouteAuth } from './api/authorization.ts';
import { naming } from './grouped.ts';
import { issuerOf } from './issuer.ts';
import { functionBehind } from './shared.ts';

/** AppSync: one endpoint for all fields; the weakest way in counts. */

const ORDER: RouteAuth['auth'][] = ['none', 'api-key', 'unknown', 'jwt', 'aws-iam'];

function authOf(ctx: MapContext, v: Value): RouteAuth {
  switch (literal(at(v, 'AuthenticationType'))) {
    case 'API_KEY': return { auth: 'api-key' };
    case 'AWS_IAM': return { auth: 'aws-iam' };
    case 'AMAZON_COGNITO_USER_POOLS': return poolTokens(ctx, list(at(v, 'UserPoolConfig', 'UserPoolId')), []);
    case 'OPENID_CONNECT': {
      const client = list(at(v, 'OpenIDConnectConfig', 'ClientId'));
      return { auth: 'jwt', authDetail: known({ ...issuerOf(ctx, at(v, 'OpenIDConnectConfig', 'Issuer'), client, false) }) };
    }
    case 'AWS_LAMBDA': return functionAuthorizer(ctx, at(v, 'LambdaAuthorizerConfig', 'AuthorizerUri'));
    default: return { auth: 'unknown' };
  }
}

function mapGraphql(r: Resource, ctx: MapContext): void {
  const ways = [r.properties as Value, ...list(prop(r, 'AdditionalAuthenticationProviders'))].map((v) => authOf(ctx, v));
  const weakest = ways.sort((a, b) => ORDER.indexOf(a.auth) - ORDER.indexOf(b.auth))[0]!;
  const endpoint = ctx.node(r, {
    kind: 'Endpoint',
    props: known({ protocol: 'graphql', networkScope: literal(prop(r, 'Visibility')) === 'PRIVATE' ? 'private' : 'public', repliesToCaller: true, arn: r.nativeId, ...weakest, authModes: [...new Set(ways.map((w) => w.auth))] }),
  });
  for (const source of naming(ctx, r, 'AWS::AppSync::DataSource', 'ApiId')) mapSource(source, endpoint, ctx);
}

/** A function answers with its own role; a store is used directly with the role of the source. */
function mapSource(r: Resource, endpoint: string, ctx: MapContext): void {
  const fn = functionBehind(ctx, prop(r, 'LambdaConfig', 'LambdaFunctionArn'));
  if (fn) {
    ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: fn.id, evidence: ctx.evidence(r, '/LambdaConfig'), props: { forwardsText: 'unknown', relaysReply: true } });
    return;
  }
  if (text(prop(r, 'Type')) === 'NONE') return;
  const role = ctx.resolve(prop(r, 'ServiceRoleArn'), ['AWS::IAM::Role'], { kind: 'Identity', type: 'aws.iam.role' });
  if (role) ctx.edge({ kind: 'RUNS_AS', from: endpoint, to: role, discriminator: 'service', props: { for: 'service' }, evidence: ctx.evidence(r, '/ServiceRoleArn') });
}

export const mappings: readonly ResourceMapping[] = [
  mapping('AWS::AppSync::GraphQLApi', mapGraphql),
  mapping('AWS::AppSync::DataSource', () => {}),
];
