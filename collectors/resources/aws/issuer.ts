import { hole, splitHoles, type Resource, type Value } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
import { naming } from './grouped.ts';
import { idOf } from './shared.ts';
import { flag, literal, prop, texts, undecided } from '../properties.ts';

/** What can be said about the issuer of accepted tokens. `undefined` members are not known. */
export interface Issuer {
  issuer: string | undefined;
  /** Node id of the user pool in the input that issues them. */
  authorizer: string | undefined;
  /** Anyone can register there and then hold an accepted token. */
  selfSignup: boolean | undefined;
  /** Anyone already holds an account there, and no restriction narrows whose token is accepted. */
  open: boolean | undefined;
  /** Who knows the password of a user there can obtain an accepted token. */
  passwordLogin?: boolean | undefined;
}

const USER_POOL = ['AWS::Cognito::UserPool'];

/** Issuers where anyone has or makes an account. */
const PUBLIC_ISSUERS = [
  /^https:\/\/accounts\.google\.com\b/, /^https:\/\/login\.microsoftonline\.com\/(common|organizations|consumers)\b/, /^https:\/\/appleid\.apple\.com\b/,
  /^https:\/\/(www\.)?facebook\.com\b/, /^https:\/\/token\.actions\.githubusercontent\.com\b/, /^https:\/\/gitlab\.com\b/,
];

/**
 * Clients that anyone may sign in with, as their vendors publish them: a token for one of them names no customer. Azure CLI, Azure PowerShell,
 * Visual Studio Code and Graph Explorer (learn.microsoft.com “first-party applications”), Google Cloud SDK (its public client configuration).
 */
const PUBLIC_CLIENTS = new Set([
  '04b07795-8ddb-461a-bbee-02f9e1bf7b46', '1950a258-227b-4e31-a9cf-717495945fc2', 'aebc6443-996d-45c2-90f0-388ff96faa56', 'de8bc8b5-d9f9-48b1-a8ad-b748da725064',
  '32555940559.apps.googleusercontent.com', '764086051850-6qr4p6gpi6hn506pt8ejuq83di341hur.apps.googleusercontent.com',
]);

/** Who issues the tokens that an authorizer with this discovery or issuer address accepts. `accepted`: audiences and clients it is limited to. */
export function issuerOf(ctx: MapContext, address: Value | undefined, accepted: Value[], otherLimits: boolean): Issuer {
  const url = typeof address === 'string' ? address.replace(/\/?\.well-known\/openid-configuration$/, '') : undefined;
  const pool = userPoolOf(ctx, url);
  if (pool) return { issuer: url, authorizer: idOf(ctx, pool), selfSignup: selfSignup(ctx, pool, accepted), open: false, passwordLogin: passwordLogin(ctx, pool, accepted) };
  const known = literal(url);
  const open = known === undefined ? undefined : PUBLIC_ISSUERS.some((p) => p.test(known)) && accepted.every((v) => PUBLIC_CLIENTS.has(literal(v) ?? '')) && !otherLimits;
  return { issuer: url, authorizer: undefined, selfSignup: undefined, open };
}

/** The user pool behind an issuer address: named by its id in the path, by its endpoint, or by a reference to it. */
export function userPoolOf(ctx: MapContext, value: Value | undefined): Resource | undefined {
  if (typeof value !== 'string') return undefined;
  for (const part of splitHoles(value)) {
    const candidate = typeof part === 'string' ? /cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/([\w-]+_\w+)/.exec(part)?.[1] : part.kind === 'ref' ? hole(part) : undefined;
    const found = candidate === undefined ? undefined : ctx.resource(candidate, USER_POOL);
    if (found) return found;
  }
  return ctx.resource(value, USER_POOL);
}

/**
 * Whether anyone can sign up in a pool and then obtain a token that is accepted: the pool lets users register (the default), and an
 * accepted client hands tokens to users. A client for machines only does not; one with a secret does so through its own application.
 */
export function selfSignup(ctx: MapContext, pool: Resource, accepted: Value[]): boolean | undefined {
  const adminOnly = prop(pool, 'AdminCreateUserConfig', 'AllowAdminCreateUserOnly');
  if (adminOnly !== undefined && flag(adminOnly) === undefined) return undefined;
  return flag(adminOnly) === true ? false : someClient(ctx, pool, accepted, servesUsers);
}

/** Whether an accepted client turns the password of a user into a token: by itself, or at the hosted login page. */
export const passwordLogin = (ctx: MapContext, pool: Resource, accepted: Value[]): boolean | undefined => someClient(ctx, pool, accepted, takesPasswords);

function someClient(ctx: MapContext, pool: Resource, accepted: Value[], serves: (client: Resource) => boolean | undefined): boolean | undefined {
  const named = accepted.map((v) => ctx.resource(v, ['AWS::Cognito::UserPoolClient']));
  if (named.some((c) => c === undefined)) return undefined;
  const clients = named.length > 0 ? named.filter((c) => c !== undefined) : clientsOf(ctx, pool);
  const verdicts = clients.map(serves);
  return verdicts.includes(true) ? true : verdicts.includes(undefined) || clients.length === 0 ? undefined : false;
}

const clientsOf = (ctx: MapContext, pool: Resource): readonly Resource[] => naming(ctx, pool, 'AWS::Cognito::UserPoolClient', 'UserPoolId');

function servesUsers(client: Resource): boolean | undefined {
  const flows = texts(prop(client, 'AllowedOAuthFlows'));
  const direct = texts(prop(client, 'ExplicitAuthFlows')).some((f) => !/REFRESH_TOKEN|ADMIN/.test(f));
  const machineOnly = flows.length > 0 && flows.every((f) => f === 'client_credentials') && !direct;
  if (machineOnly) return false;
  const secret = prop(client, 'GenerateSecret');
  return secret === undefined || flag(secret) === false ? true : undefined;
}

/** Without a list, a client takes passwords over SRP; flows of administrators need AWS credentials as well. A secret is needed besides the password. */
function takesPasswords(client: Resource): boolean | undefined {
  const written = prop(client, 'ExplicitAuthFlows');
  if (undecided(written)) return undefined;
  const direct = written === undefined || texts(written).some((f) => /USER_(PASSWORD_|SRP_)?AUTH$/.test(f) && !f.includes('ADMIN'));
  if (!direct && !texts(prop(client, 'AllowedOAuthFlows')).some((f) => f !== 'client_credentials')) return false;
  const secret = prop(client, 'GenerateSecret');
  return secret === undefined || flag(secret) === false ? true : undefined;
}
