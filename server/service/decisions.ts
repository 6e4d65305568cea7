import { createHash, randomUUID } from 'node:crypto';
import { KeyTaken, type Acceptance, type AuditEntry, type Change, type GraphStore, type StoredToken } from '../../graph/store/port.ts';
import { newToken } from '../auth/tokens.ts';
import type { Role } from '../auth/roles.ts';
import type { Answers } from './answers.ts';
import { Refused } from './errors.ts';

/** Who asks for a change. `key`: idempotency key, unique per asker. */
export interface Asker { who: string; request?: string; key?: string; /** What it sees, where that is not everything. */ view?: Pick<Answers, 'run'> }
export interface NewAcceptance { fingerprint: string; owner: string; reason: string; until: string }

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TEXT_MAX = 2_000;

/** Everything people decide: each change is written with its audit entry in one step, and a repeated request changes nothing. */
export class Decisions {
  readonly #store: GraphStore;
  readonly #answers: Answers;
  readonly #now: () => Date;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: GraphStore, answers: Answers, now: () => Date) {
    this.#store = store;
    this.#answers = answers;
    this.#now = now;
  }

  acceptRisk(asker: Asker, a: NewAcceptance): Promise<{ fingerprint: string }> {
    return this.once(asker, 'acceptRisk', a, async () => {
      for (const part of ['owner', 'reason'] as const) if (a[part].trim() === '' || a[part].length > TEXT_MAX) throw new Refused('BAD_INPUT', `${part} is needed, at most ${TEXT_MAX} characters`);
      if (!DATE.test(a.until) || Number.isNaN(Date.parse(a.until)) || new Date(a.until).toISOString().slice(0, 10) !== a.until) throw new Refused('BAD_INPUT', `${a.until.slice(0, 40)} is no date: write YYYY-MM-DD`);
      const now = this.#now().toISOString();
      if (a.until < now.slice(0, 10)) throw new Refused('BAD_INPUT', `${a.until} is in the past`);
      const fingerprint = await this.fingerprint(a.fingerprint, asker.view);
      const accept: Acceptance = { fingerprint, owner: a.owner, reason: a.reason, until: a.until, at: now };
      return { change: { accept }, subject: fingerprint, before: await this.#acceptance(fingerprint), after: accept, answer: { fingerprint } };
    });
  }

  reopen(asker: Asker, wanted: string): Promise<{ fingerprint: string }> {
    return this.once(asker, 'reopen', { wanted }, async () => {
      const fingerprint = await this.fingerprint(wanted, asker.view);
      const before = await this.#acceptance(fingerprint);
      if (before === null) throw new Refused('NOT_ACCEPTED', `${fingerprint} is not accepted`);
      return { change: { unaccept: fingerprint }, subject: fingerprint, before, after: null, answer: { fingerprint } };
    });
  }

  /** The text is given out this once; the store keeps its hash only. */
  async createToken(asker: Asker, t: { role: Role; label: string; expires?: string; scopes?: string[] }): Promise<{ id: string; text: string }> {
    const { id, text, hash } = newToken();
    const token: StoredToken = { id, hash, label: t.label, role: t.role, createdAt: this.#now().toISOString(), createdBy: asker.who, ...(t.expires === undefined ? {} : { expires: t.expires }), ...(t.scopes === undefined ? {} : { scopes: t.scopes }) };
    const { hash: _, ...shown } = token;
    await this.once(asker, 'token.create', { id }, async () => ({ change: { token }, subject: id, before: null, after: shown, answer: {} }));
    return { id, text };
  }

  async revokeToken(asker: Asker, id: string): Promise<void> {
    await this.once(asker, 'token.revoke', { id }, async () => {
      const token = (await this.#store.ledger.tokens()).find((t) => t.id === id);
      if (!token) throw new Refused('NOT_FOUND', `there is no token ${id}`);
      if (token.revokedAt !== undefined) throw new Refused('BAD_INPUT', `token ${id} was revoked ${token.revokedAt}`);
      const revokedAt = this.#now().toISOString();
      return { change: { token: { ...token, revokedAt } }, subject: id, before: { revokedAt: null }, after: { revokedAt }, answer: {} };
    });
  }

  /** The one fingerprint of the last run, or of an acceptance, that a text begins (8 characters or more). `view`: only what is seen there. */
  async fingerprint(want: string, view?: Asker['view']): Promise<string> {
    const full = (await this.#answers.run()).result;
    const { result } = view ? await view.run() : { result: full };
    const hits = new Set<string>();
    for (const { fingerprint: f } of [...result.findings, ...result.posture, ...(view ? [] : await this.#store.acceptances())]) if (f === want || (want.length >= 8 && f.startsWith(want))) hits.add(f);
    if (hits.size !== 1) throw new Refused(hits.size === 0 ? 'NOT_FOUND' : 'AMBIGUOUS', hits.size === 0 ? `no finding or posture row ${want} in the last run` : `${want} is the beginning of ${hits.size} fingerprints: give more characters`);
    const [hit] = [...hits] as [string];
    if (view && ![...full.findings, ...full.posture].some((x) => x.fingerprint === hit)) throw new Refused('OUTSIDE_SCOPE', 'a part of this row is outside your scope: it is decided by somebody who sees all of it');
    return hit;
  }

  async #acceptance(fingerprint: string): Promise<Acceptance | null> { return (await this.#store.acceptances()).find((a) => a.fingerprint === fingerprint) ?? null; }

  /** What the same request with the same key was told before. Throws when the key was used for another request. */
  async former<A extends object>(asker: Asker, what: string, args: object): Promise<A | undefined> {
    if (asker.key === undefined) return undefined;
    if (!/^[\x21-\x7e]{1,128}$/.test(asker.key)) throw new Refused('BAD_INPUT', 'an idempotency key is 1 to 128 printable characters');
    const e = await this.#store.ledger.entryOfKey(`${asker.who} ${asker.key}`);
    if (e && e.asked !== askedOf(what, args)) throw new Refused('IDEMPOTENCY_CONFLICT', 'this idempotency key was used for another request');
    return e ? (JSON.parse(e.answer ?? '{}') as A) : undefined;
  }

  /**
   * Runs one decision at a time. With a key that was used before, the same request gets its former answer and another request is refused.
   * `then` runs only when the entry was written by this call.
   */
  async once<A extends object>(asker: Asker, what: string, args: object, work: () => Promise<{ change: Change; subject: string; before: unknown; after: unknown; answer: A }>, then?: (answer: A) => void): Promise<A> {
    const turn = this.#last.then(async () => {
      const key = asker.key === undefined ? undefined : `${asker.who} ${asker.key}`;
      const former = (): Promise<A | undefined> => this.former<A>(asker, what, args);
      const earlier = await former();
      if (earlier) return earlier;
      const { change, subject, before, after, answer } = await work();
      const entry: AuditEntry = { id: randomUUID(), at: this.#now().toISOString(), who: asker.who, what, subject, before, after };
      if (asker.request !== undefined) entry.request = asker.request;
      if (key !== undefined) Object.assign(entry, { key, asked: askedOf(what, args), answer: JSON.stringify(answer) });
      try {
        await this.#store.ledger.write(change, entry);
      } catch (e) {
        const other = e instanceof KeyTaken ? await former() : undefined;
        if (other) return other;
        throw e;
      }
      this.#answers.refresh();
      then?.(answer);
      return answer;
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

const askedOf = (what: string, args: object): string => createHash('sha256').update(JSON.stringify([what, args])).digest('hex');
