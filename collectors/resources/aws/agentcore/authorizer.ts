import type { Resource } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { known, list, prop, text, texts } from '../../properties.ts';
import { issuerOf } from '../issuer.ts';

export interface Inbound { auth: 'none' | 'aws-iam' | 'jwt' | 'unknown'; authDetail?: Record<string, unknown> }

/**
 * How callers of a runtime, gateway or harness authenticate. Without an authorizer they sign with SigV4; `networkMode` says where the
 * session runs, never who may call.
 */
export function inboundAuth(r: Resource, ctx: MapContext, type?: string): Inbound {
  if (type === 'NONE') return { auth: 'none' };
  const jwt = prop(r, 'AuthorizerConfiguration', 'CustomJWTAuthorizer');
  if (jwt === undefined || jwt === null) return type === 'CUSTOM_JWT' ? { auth: 'jwt' } : type === undefined || type === 'AWS_IAM' ? { auth: 'aws-iam' } : { auth: 'unknown' };
  const at = (name: string) => prop(r, 'AuthorizerConfiguration', 'CustomJWTAuthorizer', name);
  const accepted = [...list(at('AllowedClients')), ...list(at('AllowedAudience'))];
  const scopes = texts(at('AllowedScopes'));
  const claims = list(at('CustomClaims'));
  const issuer = issuerOf(ctx, at('DiscoveryUrl'), accepted, scopes.length > 0 || claims.length > 0);
  return {
    auth: 'jwt',
    authDetail: known({
      ...issuer,
      audiences: notEmpty(texts(at('AllowedAudience'))), clients: notEmpty(texts(at('AllowedClients'))), scopes: notEmpty(scopes),
      claims: claims.length > 0 ? claims.map((c) => text((c as Record<string, never>)['InboundTokenClaimName'])) : undefined,
    }),
  };
}

const notEmpty = (xs: string[]): string[] | undefined => (xs.length > 0 ? xs : undefined);
