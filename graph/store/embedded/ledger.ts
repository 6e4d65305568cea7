import type Database from 'libsql';
import { KeyTaken, type AuditEntry, type Change, type Ledger, type StoredOverride, type StoredTicket, type StoredToken } from '../port.ts';

type Row = Record<string, string | number>;

/** Decisions and their record in the SQLite file. */
export class EmbeddedLedger implements Ledger {
  readonly #db: Database.Database;
  readonly #transaction: (work: () => void) => void;

  constructor(db: Database.Database, transaction: (work: () => void) => void) {
    this.#db = db;
    this.#transaction = transaction;
  }

  async write(c: Change, entry: AuditEntry): Promise<void> {
    this.#transaction(() => {
      if (entry.key !== undefined && this.#db.prepare('SELECT 1 FROM audit WHERE key = ?').get(entry.key)) throw new KeyTaken(entry.key);
      this.#db.prepare('INSERT INTO audit (id, key, body) VALUES (?, ?, ?)').run(entry.id, entry.key ?? null, JSON.stringify(entry));
      if (c.accept) this.#db.prepare('INSERT OR REPLACE INTO acceptance (fingerprint, body) VALUES (?, ?)').run(c.accept.fingerprint, JSON.stringify(c.accept));
      if (c.unaccept !== undefined) this.#db.prepare('DELETE FROM acceptance WHERE fingerprint = ?').run(c.unaccept);
      if (c.token) this.#db.prepare('INSERT OR REPLACE INTO token (id, body) VALUES (?, ?)').run(c.token.id, JSON.stringify(c.token));
      if (c.override) this.#db.prepare('INSERT OR REPLACE INTO override (node, body) VALUES (?, ?)').run(c.override.node, JSON.stringify(c.override));
      if (c.unoverride !== undefined) this.#db.prepare('DELETE FROM override WHERE node = ?').run(c.unoverride);
    });
  }

  async tokens(): Promise<StoredToken[]> { return (this.#db.prepare('SELECT body FROM token ORDER BY id').all() as Row[]).map((r) => JSON.parse(String(r['body'])) as StoredToken); }

  async overrides(): Promise<StoredOverride[]> { return (this.#db.prepare('SELECT body FROM override ORDER BY node').all() as Row[]).map((r) => JSON.parse(String(r['body'])) as StoredOverride); }

  async audit(first: number, before = Number.MAX_SAFE_INTEGER): Promise<(AuditEntry & { seq: number })[]> {
    return (this.#db.prepare('SELECT seq, body FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?').all(before, first) as Row[]).map((r) => ({ ...(JSON.parse(String(r['body'])) as AuditEntry), seq: Number(r['seq']) }));
  }

  async entryOfKey(key: string): Promise<AuditEntry | undefined> {
    const row = this.#db.prepare('SELECT body FROM audit WHERE key = ?').get(key) as Row | undefined;
    return row ? (JSON.parse(String(row['body'])) as AuditEntry) : undefined;
  }

  async tickets(place?: string): Promise<StoredTicket[]> {
    const rows = place === undefined ? this.#db.prepare('SELECT body FROM ticket ORDER BY place, fix').all() : this.#db.prepare('SELECT body FROM ticket WHERE place = ? ORDER BY fix').all(place);
    return (rows as Row[]).map((r) => JSON.parse(String(r['body'])) as StoredTicket);
  }

  async putTicket(t: StoredTicket, was: string | undefined): Promise<boolean> {
    const done = was === undefined
      ? this.#db.prepare('INSERT INTO ticket (place, fix, mark, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING').run(t.place, t.fix, t.mark, JSON.stringify(t))
      : this.#db.prepare('UPDATE ticket SET mark = ?, body = ? WHERE place = ? AND fix = ? AND mark = ?').run(t.mark, JSON.stringify(t), t.place, t.fix, was);
    return done.changes === 1;
  }
}
