import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import Database from 'libsql';
import { afterAll, expect, test } from 'vitest';
import { MIGRATIONS } from '../../graph/store/embedded/migrations.ts';
import { openStore } from '../../graph/store/open.ts';
import { commandLine, type Ran } from '../helpers/cli.ts';
import { finding, storeFindings } from '../helpers/findings.ts';

const dir = mkdtempSync(join(tmpdir(), 'overreach-maintenance-'));
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });
const { run } = commandLine();
setFlagsFromString('--expose-gc');
/** libsql leaves a file only when its last statement is collected; a process of its own would simply have ended. */
const collected = async (): Promise<void> => { for (let i = 0; i < 3; i++) { (runInNewContext('gc') as () => void)(); await new Promise((ok) => setTimeout(ok, 20)); } };
const store = (file: string, ...argv: string[]): Promise<Ran> => run('store', ...argv, '--store', join(dir, file));
const filled = async (file: string, id: string): Promise<void> => {
  const s = await openStore(join(dir, file));
  await storeFindings(s, id, [finding(1)]);
  await s.close();
};
const runsOf = async (file: string): Promise<string[]> => { const s = await openStore(join(dir, file)); try { return (await s.runs()).map((r) => r.id); } finally { await s.close(); } };

test('a store of the first version opens, is migrated and keeps what it holds', async () => {
  const file = join(dir, 'old.db');
  const db = new Database(file);
  db.exec(MIGRATIONS[0]!);
  db.exec('PRAGMA user_version = 1');
  db.prepare("INSERT INTO run (id, status, body) VALUES ('r', 'complete', ?)").run(JSON.stringify({ id: 'r', startedAt: 't', status: 'complete', scope: 's', inputs: [], version: '0' }));
  db.prepare("INSERT INTO acceptance VALUES ('f', ?)").run(JSON.stringify({ fingerprint: 'f', owner: 'o', reason: 'r', at: 't' }));
  db.close();
  expect((await store('old.db', 'check')).out).toContain(`ok: schema 1 (this version writes ${MIGRATIONS.length};`);
  expect((await store('old.db', 'migrate')).out).toContain(`from schema 1 to ${MIGRATIONS.length}`);
  expect((await store('old.db', 'migrate')).out).toMatch(/nothing to do/);
  const s = await openStore(file);
  expect([(await s.runs()).map((r) => r.id), (await s.acceptances()).map((a) => a.owner), await s.ledger.audit(5)]).toEqual([['r'], ['o'], []]);
  await s.close();
});

test('a newer store is refused by every way in', async () => {
  await filled('newer.db', 'r');
  const db = new Database(join(dir, 'newer.db'));
  db.exec('PRAGMA user_version = 99');
  db.close();
  expect(await store('newer.db', 'check')).toMatchObject({ code: 4, out: expect.stringMatching(/newer version/) });
  expect((await store('newer.db', 'migrate')).log).toMatch(/newer version/);
  await expect(openStore(join(dir, 'newer.db'))).rejects.toThrow(/newer version/);
});

test('backup of a store in use, and restore; neither overwrites what is there', async () => {
  await filled('a.db', 'one');
  const open = await openStore(join(dir, 'a.db'));
  expect(await store('a.db', 'backup', join(dir, 'a.bak'))).toMatchObject({ code: 0 });
  expect((await store('a.db', 'backup', join(dir, 'a.bak'))).log).toMatch(/overwrites nothing/);
  await storeFindings(open, 'two', []);
  expect(await store('a.db', 'restore', join(dir, 'a.bak'))).toMatchObject({ code: 4, log: expect.stringMatching(/in use/) });
  expect((await open.runs()).map((r) => r.id)).toEqual(['two', 'one']);
  await open.close();
  await collected();
  expect(await store('a.db', 'restore', join(dir, 'a.bak'))).toMatchObject({ code: 0, out: expect.stringMatching(/kept as/) });
  expect(await runsOf('a.db')).toEqual(['one']);
  expect(await runsOf('a.db.before-restore')).toEqual(['two', 'one']);
  expect(await store('fresh.db', 'restore', join(dir, 'a.bak'))).toMatchObject({ code: 0 });
  expect(await runsOf('fresh.db')).toEqual(['one']);
  expect(existsSync(join(dir, 'a.db.restoring'))).toBe(false);
});

test('what is broken is said, and never restored or backed up', async () => {
  await filled('b.db', 'one');
  await collected();
  const db = new Database(join(dir, 'b.db'));
  db.exec("PRAGMA journal_mode = DELETE; INSERT INTO node VALUES (1, 'n', 'k', 't', 'n', '[]', 'no such body')");
  db.close();
  expect(await store('b.db', 'check')).toMatchObject({ code: 4, out: 'problem: 1 nodes have no body\n' });
  expect(await store('b.db', 'backup', join(dir, 'b.bak'))).toMatchObject({ code: 4 });
  expect(existsSync(join(dir, 'b.bak'))).toBe(false);
  copyFileSync(join(dir, 'a.bak'), join(dir, 'cut.bak'));
  truncateSync(join(dir, 'cut.bak'), readFileSync(join(dir, 'cut.bak')).length >> 1);
  const before = readFileSync(join(dir, 'fresh.db'));
  expect((await store('fresh.db', 'restore', join(dir, 'cut.bak'))).code).toBe(4);
  writeFileSync(join(dir, 'text.bak'), 'this is no database, but long enough to be looked at as one');
  expect((await store('fresh.db', 'restore', join(dir, 'text.bak'))).code).toBe(4);
  expect(readFileSync(join(dir, 'fresh.db')).equals(before)).toBe(true);
  expect((await store('fresh.db', 'frobnicate')).log).toMatch(/one of check/);
  expect((await run('store', 'backup', 'x', '--store', 'bolt://127.0.0.1:1')).log).toMatch(/neo4j-admin/);
});
