import { spawn } from 'node:child_process';
import neo4j from 'neo4j-driver';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { OwnServer } from '../helpers/neo4j/jars.ts';
import { ownNeo4j, TURN } from '../helpers/neo4j/start.ts';

/** `npm run torture` asks for more. */
const KILLS = Number(process.env['OVERREACH_KILLS'] ?? 3);
const SIZE = 300;
const writer = new URL('../helpers/ingest-child.ts', import.meta.url).pathname;
let server: OwnServer | undefined;
beforeAll(async () => { server = await ownNeo4j(); }, TURN);
afterAll(async () => { await server?.stop(); });

/** A writer whose server is killed as soon as it has said `until` and `afterMs` have gone by, and started again at once. What it said, and whether it ended well. */
async function ingest(id: string, until?: string, afterMs = 0): Promise<{ said: string; code: number | null }> {
  const p = spawn(process.execPath, ['--import', 'tsx', writer, server!.uri, id, String(SIZE)], { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  let restarted: Promise<void> | undefined;
  const ended = new Promise<number | null>((ok) => { p.once('exit', ok); });
  p.stdout.on('data', (d) => {
    said += String(d);
    if (until && !restarted && said.includes(until)) restarted = new Promise((ok) => setTimeout(ok, afterMs)).then(() => { server!.kill(); return server!.restart(); });
  });
  const code = await ended;
  await restarted;
  return { said, code };
}

test(`the last complete run is intact after Neo4j itself was killed ${KILLS} times during ingest`, async (ctx) => {
  if (!server) return ctx.skip();
  expect((await ingest('base')).said).toContain('complete\n');
  let last = 'base';
  const stages = ['begun', 'applied 1', 'applied 5', 'applied 9', 'completing'];
  for (let k = 0; k < KILLS; k++) {
    const id = `killed${k}`;
    const { said, code } = await ingest(id, stages[(k * 2 + 1) % stages.length], (k * 13) % 60);
    const store = await openStore(server.uri);
    const got = (await store.load())!;
    // The driver repeats what a server that came back did not acknowledge: a run may also have ended well.
    if (got.run.id === id) { expect(said).toContain('completing'); last = id; } else { expect([got.run.id, code]).toEqual([last, code === 0 ? 'an acknowledged run is lost' : code]); }
    expect(got.nodes).toHaveLength(10 * SIZE);
    expect(new Set(got.nodes.map((n) => n.props['run']))).toEqual(new Set([last]));
    await store.close();
  }
  expect((await ingest('after')).said).toContain('complete\n');
  const store = await openStore(server.uri);
  await store.prune(1);
  expect((await store.runs()).map((r) => r.id)).toEqual(['after']);
  expect((await store.load())!.nodes).toHaveLength(10 * SIZE);
  await store.close();
  const driver = neo4j.driver(server.uri);
  const { records } = await driver.executeQuery('MATCH (r:OverreachRun) WITH max(r.seq) AS last MATCH (n) WHERE n.run IS NOT NULL RETURN count(n) AS all, count(CASE WHEN n.run <> last THEN 1 END) AS orphans, count(CASE WHEN n:Overreach AND NOT n:Current THEN 1 END) AS unmarked');
  await driver.close();
  expect([records[0]!.get('orphans').toNumber(), records[0]!.get('unmarked').toNumber()]).toEqual([0, 0]);
  expect(records[0]!.get('all').toNumber()).toBeGreaterThan(0);
}, 600_000 + KILLS * 60_000);
