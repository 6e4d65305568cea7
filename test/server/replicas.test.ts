import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import { startNeo4j, TURN, type Neo4jServer } from '../helpers/neo4j/start.ts';
import { serving, type Serving } from '../helpers/serving.ts';

const root = mkdtempSync(join(tmpdir(), 'overreach-replicas-'));
const replicas: Serving[] = [];
let left: [Serving, Serving];
let server: Neo4jServer | undefined;
let env: Record<string, string> = {};

/** Enough that loading takes seconds. */
function estate(name: string, files: number): void {
  mkdirSync(join(root, name));
  for (let i = 0; i < files; i++) writeFileSync(join(root, name, `m${i}.tf`), Array.from({ length: 20 }, (_, k) => `resource "aws_s3_bucket" "b${i}_${k}" {\n  bucket = "${name}-${i}-${k}"\n}\n`).join(''));
}
const replica = async (): Promise<Serving> => { const r = await serving(server!.uri, ['--ingest-root', root, '--spool', root, '--lease-seconds', '3'], env); replicas.push(r); return r; };

beforeAll(async () => {
  server = await startNeo4j();
  env = server?.password ? { NEO4J_PASSWORD: server.password } : {};
  estate('small', 1);
  estate('first', 250);
  estate('second', 2);
}, TURN);
afterAll(async () => { for (const r of replicas) await r.kill(); await server?.stop(); rmSync(root, { recursive: true, force: true }); });

interface Job { id: string; run: string; status: string; progress: string }
const ingest = async (r: Serving, path: string): Promise<Job> => (await r.ask('mutation($p: [String!]) { ingest(input: {paths: $p}) { id run status progress } }', { p: [path] })).data.ingest;
const job = async (r: Serving, id: string): Promise<Job> => (await r.ask(`{ job(id: "${id}") { id run status progress } }`)).data.job;
async function until(r: Serving, id: string, ready: (j: Job) => boolean): Promise<Job> {
  for (const end = Date.now() + 120_000; ;) {
    const j = await job(r, id);
    if (ready(j)) return j;
    if (Date.now() > end || j.status === 'failed') throw new Error(`${JSON.stringify(j)}\n${r.log().slice(-2_000)}`);
    await new Promise((ok) => setTimeout(ok, 40));
  }
}
const WRITES = /^(storing|analysing|publishing)/;
const buckets = async (r: Serving): Promise<number> => (await r.ask('{ dataStores(first: 1) { totalCount } }')).data.dataStores.totalCount;

test('of two replicas one writes at a time; when it is killed in the middle the other takes over, and what was complete is served all the while', async (ctx) => {
  if (!server) return ctx.skip();
  const [a, b] = await Promise.all([replica(), replica()]);
  await until(b!, (await ingest(b!, 'small')).id, (j) => j.status === 'complete');
  expect([await buckets(a!), await buckets(b!)]).toEqual([20, 20]);

  const first = await ingest(a!, 'first');
  await until(a!, first.id, (j) => WRITES.test(j.progress));
  const second = await ingest(b!, 'second');
  const waiting = await until(b!, second.id, (j) => j.progress.startsWith('waiting: another process') || WRITES.test(j.progress));
  expect([waiting.progress, (await job(a!, first.id)).status]).toEqual(['waiting: another process loads or analyses', 'running']);
  expect(await buckets(b!)).toBe(20);

  await a!.kill();
  const killed = performance.now();
  await until(b!, second.id, (j) => j.status === 'complete');
  // Not before the lease ran out, for nobody gave it back.
  expect(performance.now() - killed).toBeGreaterThan(500);
  const store = await openStore(server.uri, server.password ? { password: server.password } : {});
  const runs = await store.runs();
  expect(runs.map((r) => r.status).filter((s) => s === 'running')).toEqual([]);
  expect(runs[0]).toMatchObject({ id: second.run, status: 'complete' });
  expect(runs.find((r) => r.id === first.run)?.status ?? 'pruned').not.toBe('complete');
  await store.close();
  const again = await replica();
  left = [b!, again];
  const page = '{ findings(first: 50) { totalCount nodes { fingerprint title } } dataStores(first: 200) { totalCount nodes { id name } } posture(first: 50) { totalCount } }';
  expect(JSON.stringify(await again.ask(page))).toBe(JSON.stringify(await b!.ask(page)));
}, 400_000);

test('a run whose loader was killed before it was analysed is analysed by one of the others, the former answers meanwhile', async (ctx) => {
  if (!server) return ctx.skip();
  const [b, c] = left;
  const store = await openStore(server.uri, server.password ? { password: server.password } : {});
  const before = await buckets(c!);
  const stored = (await store.load())!;
  // As if the loader had died after its last batch: complete, without a result, its lease not given back.
  const lease = (await store.leases.claim('runs', 'a loader that died', 60_000))!;
  await store.beginRun({ ...stored.run, id: 'orphan', status: 'running' }, lease);
  await store.applyBatch('orphan', { source: 'scan', scope: stored.run.scope, covers: 'more', complete: true, coverage: [], edges: [], nodes: stored.nodes.filter((n) => n.kind === 'DataStore').slice(0, 1).map((n) => ({ ...n, id: `${n.id}-more`, name: 'one-more' })) });
  await store.completeRun('orphan', '2026-01-01T00:00:00Z', 'h');
  expect(await store.loadResult('orphan')).toBeUndefined();
  await new Promise((ok) => setTimeout(ok, 400));
  expect(await buckets(c!)).toBe(before);
  expect(await store.loadResult('orphan')).toBeUndefined();
  await store.leases.renew(lease, 1);
  for (const end = Date.now() + 60_000; Date.now() < end && (await buckets(c!)) === before;) await new Promise((ok) => setTimeout(ok, 200));
  expect([await buckets(c!), await buckets(b!)]).toEqual([before + 1, before + 1]);
  expect(await store.loadResult('orphan')).toBeDefined();
  await store.close();
}, 120_000);
