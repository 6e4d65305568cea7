import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { isRole, ROLES, type Caller, type Role } from './roles.ts';
import { normalScopes } from './scopes.ts';

export interface OidcOptions {
  /** As it stands in `iss`, letter by letter. */
  issuer: string;
  /** One of these must be in `aud`. */
  audience: readonly string[];
  /** Where the keys are; default: what the discovery document of the issuer says. */
  jwksUri?: string;
  algorithms: readonly string[];
  /** Seconds that clocks may differ. */
  clockSkew: number;
  roleClaim: string;
  /** Value of the role claim → role; a value that is not listed counts when it is a role's own name. */
  roles: Readonly<Record<string, string>>;
  /** Claim with what a caller is limited to; none: callers with a role see everything. */
  scopeClaim?: string;
  /** Value of the scope claim → scopes; `*` = everything. A value that is not listed counts when it is a scope itself. */
  scopes: Readonly<Record<string, readonly string[]>>;
}

/** Asymmetric only: a key that verifies must not be one that signs. */
export const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

/** Nobody can be told apart: the issuer gives no keys and none are known. */
export class IssuerDown extends Error {}

const TIMEOUT_MS = 5_000;
const COOLDOWN_MS = 30_000;
const KEYS_FOR_MS = 600_000;
const looksSigned = (text: string): boolean => /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(text);

/** Callers by signed tokens of one OpenID issuer. Keys are kept, and asked for again when one is unknown, at most once in `cooldownMs`. */
export class Oidc {
  readonly #o: OidcOptions;
  readonly #now: () => Date;
  readonly #cooldown: number;
  #keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  #failedAt = -Infinity;

  constructor(o: OidcOptions, now: () => Date, cooldownMs = COOLDOWN_MS) {
    this.#o = o;
    this.#now = now;
    this.#cooldown = cooldownMs;
  }

  /** Undefined for every token that is not good, whatever is wrong with it. Throws IssuerDown when that cannot be told. */
  async caller(text: string): Promise<Caller | undefined> {
    if (!looksSigned(text)) return undefined;
    const keys = await this.#keySet();
    try {
      const { payload } = await jwtVerify(text, keys, {
        issuer: this.#o.issuer, audience: [...this.#o.audience], algorithms: [...this.#o.algorithms], clockTolerance: this.#o.clockSkew, currentDate: this.#now(), requiredClaims: ['sub', 'exp', 'iat'],
      });
      return this.#callerOf(payload);
    } catch (e) {
      // Of jose's errors only a failed request for keys carries the general code; a failed look-up of one key has its own.
      const unreachable = e instanceof errors.JWKSTimeout || e instanceof errors.JWKSInvalid || !(e instanceof errors.JOSEError) || e.code === 'ERR_JOSE_GENERIC';
      if (unreachable && keys.jwks() === undefined) throw new IssuerDown('the issuer gives no keys', { cause: e });
      return undefined;
    }
  }

  async #keySet(): Promise<ReturnType<typeof createRemoteJWKSet>> {
    if (!this.#keys) {
      if (performance.now() - this.#failedAt < this.#cooldown) throw new IssuerDown('the issuer did not answer a moment ago');
      this.#keys = this.#discover().then((uri) => createRemoteJWKSet(new URL(uri), { timeoutDuration: TIMEOUT_MS, cooldownDuration: this.#cooldown, cacheMaxAge: KEYS_FOR_MS }));
      this.#keys.catch(() => { this.#keys = undefined; this.#failedAt = performance.now(); });
    }
    return this.#keys;
  }

  async #discover(): Promise<string> {
    if (this.#o.jwksUri !== undefined) return this.#o.jwksUri;
    try {
      const r = await fetch(`${this.#o.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
      const found = (await r.json()) as { issuer?: unknown; jwks_uri?: unknown };
      if (r.ok && found.issuer === this.#o.issuer && typeof found.jwks_uri === 'string' && isSafeUrl(found.jwks_uri)) return found.jwks_uri;
    } catch (e) {
      throw new IssuerDown('the issuer does not answer', { cause: e });
    }
    throw new IssuerDown('the discovery document is not that of the issuer');
  }

  #callerOf(p: JWTPayload): Caller | undefined {
    const roles = valuesOf(claim(p, this.#o.roleClaim)).map((v) => own(this.#o.roles, v) ?? v).filter(isRole);
    const [role, ...also] = ROLES.toReversed().filter((r) => roles.includes(r));
    if (role === undefined) return undefined;
    const scopes = this.#o.scopeClaim === undefined ? undefined : scopesOf(valuesOf(claim(p, this.#o.scopeClaim)), this.#o.scopes);
    const subject = p.sub!.replace(/\p{C}/gu, '').slice(0, 200);
    return { id: `oidc:${subject}`, name: `oidc:${subject}`, role, ...(also.length > 0 ? { also: also satisfies Role[] } : {}), ...(scopes === undefined ? {} : { scopes }), until: new Date((p.exp! + this.#o.clockSkew) * 1_000).toISOString() };
  }
}

/** HTTPS, or a server on this machine. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username } = new URL(text);
  return username === '' && (protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)));
}

/** A claim by name, or by a dotted path into nested ones (`realm_access.roles`). */
function claim(p: JWTPayload, name: string): unknown {
  if (Object.hasOwn(p, name)) return p[name];
  return name.split('.').reduce<unknown>((v, k) => (typeof v === 'object' && v !== null && Object.hasOwn(v, k) ? (v as Record<string, unknown>)[k] : undefined), p);
}
const valuesOf = (v: unknown): string[] => (typeof v === 'string' ? v.split(' ').filter((x) => x !== '') : Array.isArray(v) ? v.filter((x) => typeof x === 'string') : []);
const own = <T>(map: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(map, key) ? map[key] : undefined);

/** What is not understood opens nothing. */
function scopesOf(values: readonly string[], map: OidcOptions['scopes']): string[] | undefined {
  const all = values.flatMap((v) => own(map, v) ?? [v]);
  if (all.includes('*')) return undefined;
  return [...new Set(all.flatMap((s) => { try { return normalScopes([s]); } catch { return []; } }))].sort();
}
