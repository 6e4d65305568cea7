import type { Resource } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { at, fields, known, literal, pointer, prop, text, texts } from '../../properties.ts';
import { secretIn } from '../../secrets.ts';

/** The identity an agent presents to the token vault. */
export function mapWorkloadIdentity(r: Resource, ctx: MapContext): void {
  const urls = texts(prop(r, 'AllowedResourceOauth2ReturnUrls'));
  ctx.node(r, { kind: 'Identity', props: known({ identityType: 'agent_identity', arn: r.nativeId, returnUrls: urls.length > 0 ? urls : undefined }) });
}

/** An OAuth client kept in the vault. Whose authority it carries depends on the grant that a gateway target asks for. */
export function mapOauthProvider(r: Resource, ctx: MapContext): void {
  const configs = fields(prop(r, 'Oauth2ProviderConfigInput')) ?? {};
  const [key, config] = Object.entries(configs)[0] ?? [];
  const base = ['Oauth2ProviderConfigInput', key ?? ''];
  const credential = credentialNode(r, ctx, 'oauth', [...base, 'ClientSecret'], at(config, 'ClientSecret') === undefined ? undefined : text(at(config, 'ClientSecret')), {
    vendor: literal(prop(r, 'CredentialProviderVendor')), clientId: text(at(config, 'ClientId')),
    issuer: text(at(config, 'OauthDiscovery', 'DiscoveryUrl')) ?? text(at(config, 'OauthDiscovery', 'AuthorizationServerMetadata', 'Issuer')),
    onBehalfOf: literal(at(config, 'OnBehalfOfTokenExchangeConfig', 'GrantType')),
  });
  heldBySecret(r, ctx, credential, [...base, 'ClientSecretConfig', 'SecretId']);
}

export function mapApiKeyProvider(r: Resource, ctx: MapContext): void {
  const credential = credentialNode(r, ctx, 'api_key', ['ApiKey'], text(prop(r, 'ApiKey')), {});
  heldBySecret(r, ctx, credential, ['ApiKeySecretConfig', 'SecretId']);
}

/** Only a value that stands in the code is exposed; one that comes from a variable or a secret store is not, nor one that says it is none. */
function credentialNode(r: Resource, ctx: MapContext, credType: string, path: string[], value: string | undefined, props: Record<string, unknown>): string {
  const written = literal(value);
  const exposed = written !== undefined && secretIn(credType === 'oauth' ? 'client_secret' : 'api_key', written) !== undefined;
  const source = ctx.source(r, exposed ? pointer(...path) : '');
  return ctx.node(r, {
    kind: 'Credential', sources: [ctx.source(r), ...(exposed ? [source] : [])].filter((s) => s !== undefined),
    props: known({ credType, lifetime: 'static', heldBy: 'us', arn: r.nativeId, exposedLiteral: exposed, hash: exposed ? ctx.keyedHash(written) : undefined, location: exposed ? path.at(-1) : undefined, ...props }),
  });
}

function heldBySecret(r: Resource, ctx: MapContext, credential: string, path: string[]): void {
  const secret = ctx.resolve(prop(r, ...path), ['AWS::SecretsManager::Secret'], { kind: 'Secret', type: 'aws.secretsmanager.secret' });
  if (secret) ctx.edge({ kind: 'HOLDS', from: secret, to: credential, evidence: ctx.evidence(r, pointer(...path)) });
}
