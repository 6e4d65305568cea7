import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { stableHash, UserError, type Batch, type EdgeRecord, type NodeRecord, type Run } from '../../../schema/index.ts';
import { joinCovers, parseCovers, stillCovered } from '../covers.ts';
import type { Acceptance, GraphStore, Lease, Leases, Ledger, StoredGraph } from '../port.ts';
import { EmbeddedLeases } from './leases.ts';
import { EmbeddedLedger } from './ledger.ts';
import { MIGRATIONS } from './migrations.ts';

type Row = Record<string, string | number>;

/** Records whose texts are held in memory together. */
const AT_ONCE = 200_000;

/** The default store: one SQLite file, readable with any SQLite tool. `:memory:` is allowed. */
export class EmbeddedStore implements GraphStore {
  readonly #db: Database.Database;
  readonly ledger: Ledger;
  readonly leases: Leases;

  constructor(file: string) {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    try {
      this.#db = new Database(file);
    } catch (e) {
      throw new UserError(`cannot open the store ${file}: ${(e as Error).message}`);
    }
    this.leases = new EmbeddedLeases(this.#db);
    this.ledger = new EmbeddedLedger(this.#db, (work) => { this.#transaction(work); });
  }

  async open(): Promise<void> {
    try {
      this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 10000; PRAGMA cache_size = -65536');
    } catch (e) {
      throw new UserError(`the store file is not a SQLite database or cannot be written: ${(e as Error).message}`);
    }
    const version = (): number => (this.#db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
    const have = version();
    if (have > MIGRATIONS.length) throw new UserError(`the store was written by a newer version (schema ${have}, this one knows ${MIGRATIONS.length}): update overreach or use another --store`);
    for (let v = have; v < MIGRATIONS.length; v++) {
      // Another process may have opened it at the same time and been here first.
      this.#transaction(() => { if (version() === v) { this.#db.exec(MIGRATIONS[v]!); this.#db.exec(`PRAGMA user_version = ${v + 1}`); } });
    }
  }

  async close(): Promise<void> { this.#db.close(); }

  async beginRun(run: Run, lease?: Lease): Promise<void> {
    this.#transaction(() => {
      this.#db.prepare("UPDATE run SET status = 'abandoned' WHERE status = 'running'").run();
      this.#db.prepare('INSERT INTO run (id, status, body, lease, fence) VALUES (?, ?, ?, ?, ?)').run(run.id, 'running', JSON.stringify(run), lease?.name ?? null, lease?.fence ?? null);
    });
  }

  async applyBatch(runId: string, batch: Batch): Promise<void> {
    const run = this.#running(runId);
    const content = this.#db.prepare('INSERT INTO content (hash, body) VALUES (?, ?) ON CONFLICT DO NOTHING');
    const put = <T extends { id: string }>(table: 'node' | 'edge', columns: string, records: readonly T[], valuesOf: (record: T) => readonly [string, string, string]): void => {
      const old = this.#db.prepare(`SELECT covers FROM ${table} WHERE run = ? AND id = ?`);
      const isFirst = this.#db.prepare(`SELECT 1 FROM ${table} WHERE run = ? LIMIT 1`).get(run) === undefined;
      const ins = this.#db.prepare(`INSERT OR REPLACE INTO ${table} (run, id, ${columns}, covers, hash) VALUES (?, ?, ?, ?, ?, ?, ?)`);
      for (let from = 0; from < records.length; from += AT_ONCE) {
        const bodies = records.slice(from, from + AT_ONCE).map((record) => { const body = JSON.stringify(record); return { record, body, hash: stableHash(body) }; });
        // In the order of the index: pages of it are written once, not once for every record.
        for (const { hash, body } of bodies.toSorted((x, y) => (x.hash < y.hash ? -1 : 1))) content.run(hash, body);
        for (const { record, hash } of bodies) {
          const before = isFirst ? undefined : (old.get(run, record.id) as Row | undefined);
          ins.run(run, record.id, ...valuesOf(record), joinCovers(before ? parseCovers(String(before['covers'])) : [], [batch.covers]), hash);
        }
      }
    };
    this.#transaction(() => {
      put('node', 'kind, type, name', batch.nodes, (n) => [n.kind, n.type, n.name]);
      put('edge', 'kind, source, target', batch.edges, (e) => [e.kind, e.from, e.to]);
      this.#db.prepare('INSERT OR REPLACE INTO batch (run, covers, complete, coverage) VALUES (?, ?, ?, ?)').run(run, batch.covers, batch.complete ? 1 : 0, JSON.stringify(batch.coverage));
    });
  }

  async completeRun(runId: string, completedAt: string, graphHash: string): Promise<void> {
    this.#transaction(() => {
      const run = this.#running(runId);
      const previous = this.#db.prepare("SELECT max(seq) AS seq FROM run WHERE status = 'complete'").get() as { seq: number | null };
      if (previous.seq !== null) {
        const done = new Set((this.#db.prepare('SELECT covers FROM batch WHERE run = ? AND complete = 1').all(run) as Row[]).map((r) => String(r['covers'])));
        for (const table of ['node', 'edge'] as const) {
          const columns = table === 'node' ? 'kind, type, name' : 'kind, source, target';
          const carry = this.#db.prepare(`INSERT INTO ${table} (run, id, ${columns}, covers, hash) SELECT ?, id, ${columns}, ?, hash FROM ${table} WHERE run = ? AND id = ?`);
          const keep = this.#db.prepare(`UPDATE ${table} SET covers = ? WHERE run = ? AND id = ?`);
          const again = this.#db.prepare(`SELECT p.id, p.covers, n.covers AS now FROM ${table} p JOIN ${table} n ON n.run = ? AND n.id = p.id WHERE p.run = ? AND p.covers <> n.covers`).all(run, previous.seq) as Row[];
          for (const r of again) keep.run(joinCovers(parseCovers(String(r['now'])), stillCovered(String(r['covers']), done)), run, String(r['id']));
          const unseen = this.#db.prepare(`SELECT p.id, p.covers FROM ${table} p LEFT JOIN ${table} n ON n.run = ? AND n.id = p.id WHERE p.run = ? AND n.id IS NULL`).all(run, previous.seq) as Row[];
          for (const r of unseen) {
            const left = stillCovered(String(r['covers']), done);
            if (left.length > 0) carry.run(run, joinCovers(left, []), previous.seq, String(r['id']));
          }
        }
        this.#db.prepare('INSERT INTO batch (run, covers, complete, coverage) SELECT ?, covers, complete, coverage FROM batch p WHERE run = ? AND NOT EXISTS (SELECT 1 FROM batch n WHERE n.run = ? AND n.covers = p.covers)').run(run, previous.seq, run);
      }
      const body = JSON.parse(String((this.#db.prepare('SELECT body FROM run WHERE seq = ?').get(run) as Row)['body'])) as Run;
      this.#db.prepare("UPDATE run SET status = 'complete', body = ? WHERE seq = ?").run(JSON.stringify({ ...body, status: 'complete', completedAt, graphHash }), run);
    });
  }

  async abandonRun(runId: string): Promise<void> {
    this.#db.prepare("UPDATE run SET status = 'abandoned' WHERE id = ? AND status = 'running'").run(runId);
  }

  async runs(): Promise<Run[]> {
    return (this.#db.prepare('SELECT status, body FROM run ORDER BY seq DESC').all() as Row[]).map((r) => ({ ...(JSON.parse(String(r['body'])) as Run), status: r['status'] as Run['status'] }));
  }

  async load(runId?: string): Promise<StoredGraph | undefined> {
    const run = this.#complete(runId);
    if (!run) return undefined;
    const bodies = <T>(table: 'node' | 'edge'): T[] =>
      (this.#db.prepare(`SELECT c.body FROM ${table} t JOIN content c ON c.hash = t.hash WHERE t.run = ? ORDER BY t.id`).all(run.seq) as Row[]).map((r) => JSON.parse(String(r['body'])) as T);
    const nodes = bodies<NodeRecord>('node');
    const ids = new Set(nodes.map((n) => n.id));
    return {
      run: run.run,
      nodes,
      edges: bodies<EdgeRecord>('edge').filter((e) => ids.has(e.from) && ids.has(e.to)),
      coverage: (this.#db.prepare('SELECT coverage FROM batch WHERE run = ? ORDER BY covers').all(run.seq) as Row[]).flatMap((r) => JSON.parse(String(r['coverage'])) as Batch['coverage']),
    };
  }

  async saveResult(runId: string, result: string): Promise<void> {
    const run = this.#complete(runId);
    if (!run) throw new UserError(`run ${runId} is not complete: no result can be kept for it`);
    this.#db.prepare('INSERT OR REPLACE INTO result (run, body) VALUES (?, ?)').run(run.seq, result);
  }

  async loadResult(runId?: string): Promise<string | undefined> {
    const run = this.#complete(runId);
    const row = run && (this.#db.prepare('SELECT body FROM result WHERE run = ?').get(run.seq) as Row | undefined);
    return row ? String(row['body']) : undefined;
  }

  async accept(a: Acceptance): Promise<void> { this.#db.prepare('INSERT OR REPLACE INTO acceptance (fingerprint, body) VALUES (?, ?)').run(a.fingerprint, JSON.stringify(a)); }
  async unaccept(fingerprint: string): Promise<void> { this.#db.prepare('DELETE FROM acceptance WHERE fingerprint = ?').run(fingerprint); }
  async acceptances(): Promise<Acceptance[]> { return (this.#db.prepare('SELECT body FROM acceptance ORDER BY fingerprint').all() as Row[]).map((r) => JSON.parse(String(r['body'])) as Acceptance); }

  async prune(keep: number): Promise<void> {
    this.#transaction(() => {
      const old = this.#db.prepare("SELECT seq FROM run WHERE status = 'abandoned' OR (status = 'complete' AND seq NOT IN (SELECT seq FROM run WHERE status = 'complete' ORDER BY seq DESC LIMIT ?))").all(keep) as Row[];
      for (const { seq } of old) {
        for (const t of ['node', 'edge', 'batch', 'result']) this.#db.prepare(`DELETE FROM ${t} WHERE run = ?`).run(seq);
        this.#db.prepare('DELETE FROM run WHERE seq = ?').run(seq);
      }
      if (old.length > 0) this.#db.exec('DELETE FROM content WHERE hash NOT IN (SELECT hash FROM node UNION SELECT hash FROM edge)');
    });
  }

  #running(runId: string): number {
    const row = this.#db.prepare('SELECT r.seq, r.status, r.fence IS NULL OR r.fence = l.fence AS mine FROM run r LEFT JOIN lease l ON l.name = r.lease WHERE r.id = ?').get(runId) as Row | undefined;
    if (row?.['status'] !== 'running') throw new UserError(`run ${runId} is not running in this store (${row ? String(row['status']) : 'unknown'}): another scan may have begun there`);
    if (row['mine'] !== 1) throw new UserError(`run ${runId} lost the right to write: another process has it now`);
    return Number(row['seq']);
  }

  #complete(runId?: string): { seq: number; run: Run } | undefined {
    const row = (runId === undefined
      ? this.#db.prepare("SELECT seq, body FROM run WHERE status = 'complete' ORDER BY seq DESC LIMIT 1").get()
      : this.#db.prepare("SELECT seq, body FROM run WHERE status = 'complete' AND id = ?").get(runId)) as Row | undefined;
    return row ? { seq: Number(row['seq']), run: JSON.parse(String(row['body'])) as Run } : undefined;
  }

  #transaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (e) {
      // A full disk has rolled it back already; what counts is the first error.
      try { this.#db.exec('ROLLBACK'); } catch { /* nothing was open */ }
      throw e;
    }
  }
}
