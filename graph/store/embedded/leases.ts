import type Database from 'libsql';
import type { Lease, Leases } from '../port.ts';

const NOW = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";

/** Leases as rows; each step is one statement, so one transaction. */
export class EmbeddedLeases implements Leases {
  readonly #db: Database.Database;

  constructor(db: Database.Database) { this.#db = db; }

  async claim(name: string, holder: string, forMs: number): Promise<Lease | undefined> {
    const row = this.#db.prepare(`
      INSERT INTO lease (name, holder, fence, until) VALUES (?, ?, 1, ${NOW} + ?)
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, fence = lease.fence + 1, until = excluded.until WHERE lease.until <= ${NOW}
      RETURNING fence`).get(name, holder, forMs) as { fence: number } | undefined;
    return row ? { name, holder, fence: Number(row.fence) } : undefined;
  }

  async renew(l: Lease, forMs: number): Promise<boolean> {
    return this.#db.prepare(`UPDATE lease SET until = ${NOW} + ? WHERE name = ? AND holder = ? AND fence = ? RETURNING fence`).get(forMs, l.name, l.holder, l.fence) !== undefined;
  }

  async release(l: Lease): Promise<void> {
    this.#db.prepare('UPDATE lease SET until = 0 WHERE name = ? AND holder = ? AND fence = ?').run(l.name, l.holder, l.fence);
  }
}
