import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Ledger, StoredToken } from '../../graph/store/port.ts';
import { isRole, type Caller } from './roles.ts';

/** 256 random bits: a plain hash at rest is enough, nobody can guess their way back to it. */
export const hashToken = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A token as its owner gets it, once: `ovr_<id>_<secret>`. */
export function newToken(): { id: string; text: string; hash: string } {
  const id = randomBytes(6).toString('hex');
  const text = `ovr_${id}_${randomBytes(32).toString('base64url')}`;
  return { id, text, hash: hashToken(text) };
}

export const isUsable = (t: StoredToken, now: string): boolean => t.revokedAt === undefined && (t.expires === undefined || t.expires > now);

/** Tells who a token belongs to. The list is read again after `freshForMs`, which is how long a revoked token may still work. */
export class TokenBook {
  readonly #ledger: Ledger;
  readonly #now: () => Date;
  readonly #freshForMs: number;
  #known: { at: number; tokens: Map<string, StoredToken> } | undefined;

  constructor(ledger: Ledger, now: () => Date, freshForMs = 1_000) {
    this.#ledger = ledger;
    this.#now = now;
    this.#freshForMs = freshForMs;
  }

  async #tokens(): Promise<Map<string, StoredToken>> {
    if (!this.#known || performance.now() - this.#known.at >= this.#freshForMs) this.#known = { at: performance.now(), tokens: new Map((await this.#ledger.tokens()).map((t) => [t.id, t])) };
    return this.#known.tokens;
  }

  async any(): Promise<boolean> {
    const now = this.#now().toISOString();
    return [...(await this.#tokens()).values()].some((t) => isUsable(t, now));
  }

  /** Undefined for a malformed, unknown, wrong, expired or revoked token alike. */
  async caller(text: string): Promise<Caller | undefined> {
    const id = /^ovr_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/.exec(text)?.[1];
    const token = id === undefined ? undefined : (await this.#tokens()).get(id);
    const given = Buffer.from(hashToken(text), 'hex');
    const known = Buffer.from(token?.hash ?? hashToken(''), 'hex');
    if (!timingSafeEqual(given, known) || !token || !isRole(token.role) || !isUsable(token, this.#now().toISOString())) return undefined;
    return { id: token.id, name: `token:${token.id} ${token.label}`, role: token.role, ...(token.scopes === undefined ? {} : { scopes: token.scopes }) };
  }

  /** Whether somebody who was let in may stay: a token that was not revoked since, and none that ran out. */
  async stillGood(c: Caller): Promise<boolean> {
    const now = this.#now().toISOString();
    if (c.until !== undefined && c.until <= now) return false;
    if (!/^[0-9a-f]{12}$/.test(c.id)) return true;
    const token = (await this.#tokens()).get(c.id);
    return token !== undefined && isUsable(token, now);
  }
}
