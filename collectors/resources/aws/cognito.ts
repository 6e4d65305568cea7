import type { Resource } from '../../../schema/index.ts';
import { GUESTS, GUESTS_MANAGED } from '../../../knowledge/policy-document/guests.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { attachByArn, attachPolicy } from '../context/policies.ts';
import { holdCredential } from '../held.ts';
import { at, fields, flag, known, list, literal, pointer, prop, text, texts } from '../properties.ts';
import { secretIn } from '../secrets.ts';
import { naming } from './grouped.ts';
import { selfSignup, userPoolOf } from './issuer.ts';
import { functionBehind, idOf, partOf } from './shared.ts';

/** Cognito: directories of users, the clients that obtain tokens there, and pools that trade tokens for roles. */

/** Whom trust policies name for every identity pool; its audience and branch tell them apart. */
const ISSUER = 'cognito-identity.amazonaws.com';
const POOL = ['AWS::Cognito::UserPool'];

function mapUserPool(r: Resource, ctx: MapContext): void {
  const directory = ctx.node(r, {
    kind: 'DataStore', props: known({ storeType: 'directory', arn: r.nativeId, selfSignup: selfSignup(ctx, r, []), mfa: literal(prop(r, 'MfaConfiguration')) }),
  });
  for (const [trigger, value] of Object.entries(fields(prop(r, 'LambdaConfig')) ?? {})) {
    const fn = functionBehind(ctx, at(value, 'LambdaArn') ?? value);
    if (fn) ctx.edge({ kind: 'FEEDS', from: directory, to: fn.id, discriminator: `trigger ${trigger}`, props: { mode: 'trigger' }, evidence: ctx.evidence(r, pointer('LambdaConfig', trigger)) });
  }
}

/** A client without a secret is public; one for machines holds its secret instead of a user. */
function mapClient(r: Resource, ctx: MapContext): void {
  const flows = texts(prop(r, 'AllowedOAuthFlows'));
  const secret = flag(prop(r, 'GenerateSecret')) ?? (prop(r, 'GenerateSecret') === undefined ? false : undefined);
  ctx.node(r, {
    kind: 'Credential', props: known({ credType: 'oauth_client', lifetime: 'static', heldBy: 'us', exposedLiteral: false, hasSecret: secret, flows: flows.length > 0 ? flows : undefined, scopes: scopesOf(r) }),
  });
}

const scopesOf = (r: Resource): string[] | undefined => (texts(prop(r, 'AllowedOAuthScopes')).length > 0 ? texts(prop(r, 'AllowedOAuthScopes')) : undefined);

/** A user that the code creates, and the password it writes down. */
function mapUser(r: Resource, ctx: MapContext): void {
  const user = ctx.node(r, { kind: 'Identity', props: { identityType: 'user' } });
  for (const key of ['Password', 'TemporaryPassword']) {
    const value = literal(prop(r, key));
    const pool = ctx.resource(prop(r, 'UserPoolId'), POOL);
    if (value === undefined || secretIn(key, value) === undefined || !pool) continue;
    const holder = idOf(ctx, pool);
    if (!holder) continue;
    const credential = holdCredential(ctx, r, holder, `/${key}`, `${text(prop(r, 'Username')) ?? 'user'} ${key}`, { credType: 'password', literal: value });
    ctx.amend(credential, known({ directory: holder, temporary: key === 'TemporaryPassword' ? true : undefined }));
    ctx.edge({ kind: 'AUTHENTICATES_AS', from: credential, to: user, evidence: ctx.evidence(r, `/${key}`) });
  }
}

/** Two identities: who has signed in somewhere, and, where the pool allows it, anyone at all. */
function mapIdentityPool(r: Resource, ctx: MapContext): void {
  const register = list(prop(r, 'CognitoIdentityProviders')).map((p) => {
    const pool = userPoolOf(ctx, at(p, 'ProviderName'));
    return pool && selfSignup(ctx, pool, list(at(p, 'ClientId')));
  });
  const social = Object.keys(fields(prop(r, 'SupportedLoginProviders')) ?? {}).length > 0;
  const authenticated = ctx.node(r, {
    kind: 'Identity', props: known({ identityType: 'external', arn: r.nativeId, branch: 'authenticated', issuer: ISSUER, obtainableBy: social || register.includes(true) ? ['E1'] : undefined }),
  });
  ctx.amend(authenticated, known({ poolRoles: poolRoles(r, 'authenticated', ctx) }));
  const open = prop(r, 'AllowUnauthenticatedIdentities');
  if (open === undefined || flag(open) === false) return;
  const anyone = ctx.node(r, {
    kind: 'Identity', nativeId: partOf(authenticated, 'unauthenticated'), type: 'aws.cognito.unauthenticated', name: `anyone, through ${r.name ?? r.address}`,
    sources: [ctx.source(r, '/AllowUnauthenticatedIdentities')].filter((s) => s !== undefined),
    props: known({ identityType: 'external', poolArn: r.nativeId, branch: 'unauthenticated', issuer: ISSUER, obtainableBy: flag(open) === true ? ['E0', 'E1'] : undefined }),
  });
  ctx.amend(anyone, known({ poolRoles: poolRoles(r, 'unauthenticated', ctx) }));
  // In the classic flow they assume the role by themselves, and nothing bounds the session.
  if (prop(r, 'AllowClassicFlow') !== undefined && flag(prop(r, 'AllowClassicFlow')) !== false) return;
  attachPolicy(ctx, r, anyone, 'session', '/AllowUnauthenticatedIdentities', { suffix: 'session', name: `what ${r.name ?? r.address} leaves to guests`, document: GUESTS });
  attachByArn(ctx, r, anyone, 'session', GUESTS_MANAGED, '/AllowUnauthenticatedIdentities');
}

/** Roles the pool hands out, by branch; the trust policy of each role decides with it. */
function poolRoles(pool: Resource, branch: string, ctx: MapContext): string[] | undefined {
  const found = naming(ctx, pool, 'AWS::Cognito::IdentityPoolRoleAttachment', 'IdentityPoolId')
    .flatMap((attachment) => ctx.resolve(prop(attachment, 'Roles', branch), ['AWS::IAM::Role'], { kind: 'Identity', type: 'aws.iam.role' }) ?? []);
  return found.length > 0 ? found : undefined;
}

export const mappings: readonly ResourceMapping[] = [
  mapping('AWS::Cognito::UserPool', mapUserPool),
  mapping('AWS::Cognito::UserPoolClient', mapClient),
  mapping('AWS::Cognito::UserPoolUser', mapUser),
  mapping('AWS::Cognito::IdentityPool', mapIdentityPool),
  mapping('AWS::Cognito::IdentityPoolRoleAttachment', () => {}),
];
