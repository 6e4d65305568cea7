import type { Resource, Value } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { at, list, literal, pointer, prop } from '../../properties.ts';
import { label, partOf } from '../shared.ts';

export type Delegation = 'service' | 'user_obo' | 'caller' | 'passthrough';

export interface Outbound {
  credentials: { credential: string; delegation: Delegation; where: string }[];
  /** The gateway signs with its own role. */
  asGateway: boolean;
}

const PROVIDERS = ['AWS::BedrockAgentCore::OAuth2CredentialProvider', 'AWS::BedrockAgentCore::ApiKeyCredentialProvider'];

/**
 * With whose authority a target is called. Gateway role, API key and client credentials are the service's own; an authorization code or
 * token exchange is bounded by the user, forwarded caller credentials by the caller; a forwarded token is handed to the target.
 */
export function credentialsOf(r: Resource, ctx: MapContext): Outbound {
  const out: Outbound = { credentials: [], asGateway: false };
  list(prop(r, 'CredentialProviderConfigurations')).forEach((value, i) => {
    const where = pointer('CredentialProviderConfigurations', i);
    const type = typeOf(value);
    if (type === 'GATEWAY_IAM_ROLE') out.asGateway = true;
    else if (type === 'JWT_PASSTHROUGH') out.credentials.push({ credential: callerToken(r, ctx, where), delegation: 'passthrough', where });
    else if (type === 'CALLER_IAM_CREDENTIALS') out.credentials.push({ credential: callerToken(r, ctx, where), delegation: 'caller', where });
    const provider = at(value, 'CredentialProvider', 'OauthCredentialProvider') ?? at(value, 'CredentialProvider', 'ApiKeyCredentialProvider');
    const credential = ctx.resolve(at(provider, 'ProviderArn'), PROVIDERS, { kind: 'Credential', type: 'aws.bedrockagentcore.credentialprovider' });
    const scopes = list(at(provider, 'Scopes')).map(literal).filter((x) => x !== undefined);
    if (credential && scopes.length > 0) ctx.amend(credential, { scopes });
    if (credential) out.credentials.push({ credential, delegation: type === 'OAUTH' ? grantDelegation(at(provider, 'GrantType')) : 'service', where });
  });
  return out;
}

function typeOf(value: Value): string | undefined {
  const given = literal(at(value, 'CredentialProviderType'));
  if (given !== undefined) return given;
  if (at(value, 'CredentialProvider', 'OauthCredentialProvider') !== undefined) return 'OAUTH';
  return at(value, 'CredentialProvider', 'ApiKeyCredentialProvider') !== undefined ? 'API_KEY' : undefined;
}

/** The vault grants client credentials when nothing else is asked for. */
function grantDelegation(grant: Value | undefined): Delegation {
  const g = literal(grant);
  return g === 'AUTHORIZATION_CODE' || g === 'TOKEN_EXCHANGE' ? 'user_obo' : 'service';
}

/** What the caller brings: held by nobody here. */
const callerToken = (r: Resource, ctx: MapContext, where: string): string => ctx.node(r, {
  kind: 'Credential', nativeId: partOf(ctx.resolve(prop(r, 'GatewayIdentifier'), ['AWS::BedrockAgentCore::Gateway']) ?? label(r), `caller/${label(r)}`), type: 'aws.bedrockagentcore.callercredential',
  name: `caller of ${label(r)}`, sources: [ctx.source(r, where)].filter((s) => s !== undefined), props: { credType: 'caller', lifetime: 'session', heldBy: 'us' },
});
