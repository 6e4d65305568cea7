import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import Database from 'libsql';
import { UserError } from '../../../schema/index.ts';
import { MIGRATIONS } from './migrations.ts';

export interface Health { schema: number; known: number; runs: number; complete: number; problems: string[] }
const MAX_PROBLEMS = 50;

/** Looks at a store file without changing it: the database itself, and whether every row has what it points at. */
export function checkFile(file: string): Health {
  if (!existsSync(file)) throw new UserError(`there is no store at ${file}`);
  let db: Database.Database;
  try { db = new Database(file, { readonly: true }); } catch (e) { throw new UserError(`cannot open ${file}: ${(e as Error).message}`, 4); }
  const health: Health = { schema: 0, known: MIGRATIONS.length, runs: 0, complete: 0, problems: [] };
  const one = (sql: string): number => Number(Object.values(db.prepare(sql).get() as object)[0]);
  try {
    const broken = (db.prepare(`PRAGMA integrity_check(${MAX_PROBLEMS})`).all() as { integrity_check: string }[]).map((r) => r.integrity_check).filter((t) => t !== 'ok');
    health.problems.push(...broken);
    if (broken.length > 0) return health;
    health.schema = one('PRAGMA user_version');
    if (one("SELECT count(*) FROM sqlite_master WHERE name = 'run'") === 0) { health.problems.push('this is a database, but no store of overreach'); return health; }
    if (health.schema > health.known) { health.problems.push(`written by a newer version (schema ${health.schema}, this one knows ${health.known}): update overreach`); return health; }
    health.runs = one('SELECT count(*) FROM run');
    health.complete = one("SELECT count(*) FROM run WHERE status = 'complete'");
    for (const table of ['node', 'edge']) {
      const lost = one(`SELECT count(*) FROM ${table} t LEFT JOIN content c ON c.hash = t.hash WHERE c.hash IS NULL`);
      if (lost > 0) health.problems.push(`${lost} ${table}s have no body`);
      const stray = one(`SELECT count(*) FROM ${table} t LEFT JOIN run r ON r.seq = t.run WHERE r.seq IS NULL`);
      if (stray > 0) health.problems.push(`${stray} ${table}s belong to no run`);
    }
    const bad = one('SELECT count(*) FROM result WHERE NOT json_valid(body)');
    if (bad > 0) health.problems.push(`${bad} results are no JSON`);
  } catch (e) {
    health.problems.push((e as Error).message);
  } finally {
    db.close();
  }
  return health;
}

/** A consistent copy in one file, also while others read and write. It appears under its name only when it is whole. */
export function backupFile(file: string, to: string): void {
  if (existsSync(to)) throw new UserError(`${to} exists already: a backup overwrites nothing`);
  const health = checkFile(file);
  if (health.problems.length > 0) throw new UserError(`the store is not healthy, nothing was written:\n${health.problems.map((p) => `  ${p}`).join('\n')}`, 4);
  const part = `${to}.part`;
  rmSync(part, { force: true });
  const db = new Database(file);
  try {
    db.prepare('VACUUM INTO ?').run(part);
  } catch (e) {
    rmSync(part, { force: true });
    throw new UserError(`the backup failed: ${(e as Error).message}`, 4);
  } finally {
    db.close();
  }
  renameSync(part, to);
}

/** Puts a backup in the place of a store, after both were looked at. The store that was there stays beside it as `<file>.before-restore`. */
export function restoreFile(from: string, file: string): { kept?: string } {
  const health = checkFile(from);
  if (health.problems.length > 0) throw new UserError(`${from} cannot be restored:\n${health.problems.map((p) => `  ${p}`).join('\n')}`, 4);
  const part = `${file}.restoring`;
  copyFileSync(from, part);
  let kept: string | undefined;
  if (existsSync(file)) {
    try { release(file); } catch (e) { rmSync(part, { force: true }); throw e; }
    kept = `${file}.before-restore`;
    renameSync(file, kept);
  }
  for (const side of ['-wal', '-shm']) rmSync(file + side, { force: true });
  renameSync(part, file);
  return kept === undefined ? {} : { kept };
}

/** Leaving the write-ahead log works only when nobody else has the file open. */
function release(file: string): void {
  const db = new Database(file, { timeout: 500 });
  try {
    if ((db.prepare('PRAGMA journal_mode = DELETE').get() as { journal_mode: string }).journal_mode !== 'delete') throw new Error('locked');
  } catch (e) {
    if (/not a database|malformed/.test((e as Error).message)) return;
    throw new UserError(`${file} is in use: stop the service and every scan first`, 4);
  } finally {
    db.close();
  }
}
