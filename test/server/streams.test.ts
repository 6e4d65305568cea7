import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Client } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { OPERATIONS } from '../../server/auth/matrix.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { apiSchema } from '../../server/graphql/schema.ts';
import { createService, type Service } from '../../server/service/service.ts';
import { finding, storeFindings } from '../helpers/findings.ts';

const dir = mkdtempSync(join(tmpdir(), 'overreach-streams-'));
let store: GraphStore;
let service: Service;
let running: Running;
const tokens: Record<string, string> = {};
const lines: string[] = [];
const start = async (): Promise<void> => {
  service = createService(store, { env: process.env, now: () => new Date(), newId: randomUUID, progress: () => undefined, version: 't' }, (l) => { lines.push(l); }, { ingestRoot: dir, spool: dir, place: { where: join(dir, 'graph.db'), options: {} } });
  for (const role of ['viewer', 'operator'] as const) tokens[role] ??= (await service.decisions.createToken({ who: 'test' }, { role, label: role })).text;
  tokens['scoped'] ??= (await service.decisions.createToken({ who: 'test' }, { role: 'admin', label: 's', scopes: ['team:x'] })).text;
  running = await serve(service, { host: '127.0.0.1', port: 0, introspection: true });
};

beforeAll(async () => {
  mkdirSync(join(dir, 'code'));
  for (let i = 0; i < 40; i++) writeFileSync(join(dir, 'code', `m${i}.tf`), Array.from({ length: 20 }, (_, k) => `resource "aws_s3_bucket" "b${i}_${k}" {\n  bucket = "bucket-${i}-${k}"\n}\n`).join(''));
  store = await openStore(join(dir, 'graph.db'));
  await storeFindings(store, 'first', [finding(1)]);
  await start();
});
afterAll(async () => { await running.close(); await store.close(); rmSync(dir, { recursive: true, force: true }); });

const WATCH = 'subscription($id: ID!) { runProgress(runId: $id) { id status progress run finishedAt findings } }';
const headers = (as: string): Record<string, string> => ({ 'content-type': 'application/json', accept: 'text/event-stream', ...(tokens[as] ? { authorization: `Bearer ${tokens[as]}` } : {}) });
const post = (as: string, body: object, extra: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> => fetch(`${running.url}/stream`, { method: 'POST', headers: { ...headers(as), ...extra }, body: JSON.stringify(body), ...(signal ? { signal } : {}) });
const client = (as: string): Client => createClient({ url: `${running.url}/stream`, retryAttempts: 0, headers: { authorization: `Bearer ${tokens[as]!}` } });
const ingest = async (): Promise<string> => {
  const r = await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens['operator']!}` }, body: JSON.stringify({ query: 'mutation { ingest(input: {paths: ["code"]}) { id } }' }) });
  return ((await r.json()) as any).data.ingest.id as string;
};
/** Everything that a stream says until it ends. */
async function events(r: Response): Promise<string[]> {
  const text = await r.text();
  return text.split('\n\n').filter((e) => e.startsWith('event: next')).map((e) => e.slice(e.indexOf('data: ') + 6));
}

test('a job is told as it goes on, from where it is to its end, to a client of the protocol', async () => {
  const id = await ingest();
  const seen: any[] = [];
  for await (const r of client('viewer').iterate<{ runProgress: any }>({ query: WATCH, variables: { id } })) { expect(r.errors).toBeUndefined(); seen.push(r.data!.runProgress); }
  expect(seen.at(-1)).toMatchObject({ id, run: id, status: 'complete', findings: expect.any(Number), finishedAt: expect.any(String) });
  expect(seen.length).toBeGreaterThan(1);
  expect(new Set(seen.map((s) => JSON.stringify(s))).size).toBe(seen.length);
  // A job that ended is one event; polling tells the same; a run of which no job is known is told from the store.
  expect((await events(await post('viewer', { query: WATCH, variables: { id } }))).map((e) => JSON.parse(e).data.runProgress)).toEqual([seen.at(-1)]);
  expect((await events(await post('viewer', { query: WATCH, variables: { id: 'first' } }))).map((e) => JSON.parse(e).data.runProgress.status)).toEqual(['complete']);
}, 120_000);

describe('who may', () => {
  test('nobody without a good token, nobody limited to a scope', async () => {
    for (const as of ['none', 'wrong']) {
      tokens['wrong'] = `ovr_${'0'.repeat(12)}_${'A'.repeat(43)}`;
      expect((await post(as, { query: WATCH, variables: { id: 'first' } })).status).toBe(401);
    }
    expect((await events(await post('scoped', { query: WATCH, variables: { id: 'first' } }))).map((e) => JSON.parse(e).errors[0].extensions.code)).toEqual(['FORBIDDEN']);
  });
  test('every subscription has its row', () => {
    expect(Object.keys(apiSchema().getSubscriptionType()!.getFields()).map((f) => `Subscription.${f}`).sort()).toEqual(Object.keys(OPERATIONS).filter((o) => o.startsWith('Subscription.')).sort());
  });
});

test('anything but one small valid subscription gets a typed error and no stack', async () => {
  const code = async (body: object): Promise<string> => {
    const r = await post('viewer', body);
    const text = await r.text();
    expect(text).not.toMatch(/node_modules|\.ts:\d|stack/);
    return /"code":"([A-Z_]+)"/.exec(text)?.[1] ?? `${r.status}`;
  };
  expect(await code({ query: '{ findings { totalCount } }' })).toBe('BAD_REQUEST');
  expect(await code({ query: 'mutation { analyze { id } }' })).toBe('BAD_REQUEST');
  expect(await code({ query: 'subscription { nonsense }' })).toBe('GRAPHQL_VALIDATION_FAILED');
  expect(await code({ query: 'subscription {' })).toBe('GRAPHQL_PARSE_FAILED');
  expect(await code({ query: `subscription { runProgress(runId: "first") { ${'id '.repeat(600)} } }` })).toBe('GRAPHQL_PARSE_FAILED');
  expect(await code({ query: WATCH, variables: { id: 'never' } })).toBe('NOT_FOUND');
  expect((await post('viewer', { query: `${WATCH}${' '.repeat(70_000)}` })).status).toBe(413);
  expect((await post('viewer', { query: WATCH }, { accept: 'application/json' })).status).toBe(406);
  expect((await post('viewer', { query: WATCH }, { 'content-type': 'text/plain' })).status).toBe(406);
  for (const method of ['GET', 'PUT', 'DELETE']) expect((await fetch(`${running.url}/stream?query=${encodeURIComponent('subscription { runProgress(runId: "first") { id } }')}`, { method, headers: headers('viewer') })).status).toBe(405);
  expect(lines.filter((l) => l.includes('"level":"error"'))).toEqual([]);
});

/** A run that never ends, as one that another process loads. */
const endless = async (id: string): Promise<void> => { await store.beginRun({ id, startedAt: 't', status: 'running', scope: 's', inputs: [], version: '0' }); };

test('streams of one caller are counted, and one that is left makes room', async () => {
  await endless('endless');
  const open = Array.from({ length: 5 }, () => new AbortController());
  const body = { query: WATCH, variables: { id: 'endless' } };
  for (const c of open) expect((await post('viewer', body, {}, c.signal)).status).toBe(200);
  expect((await post('viewer', body)).status).toBe(429);
  const other = new AbortController();
  expect((await post('operator', body, {}, other.signal)).status).toBe(200);
  for (const c of [...open, other]) c.abort();
  for (let i = 0; ; i++) {
    const last = new AbortController();
    const { status } = await post('viewer', body, {}, last.signal);
    last.abort();
    if (status === 200) break;
    if (i > 100) throw new Error('no room was made');
    await new Promise((ok) => setTimeout(ok, 50));
  }
});

test('a quiet stream is kept alive; one whose token is revoked, or whose service stops, ends', async () => {
  const revoked = await service.decisions.createToken({ who: 'test' }, { role: 'viewer', label: 'r' });
  tokens['revoked'] = revoked.text;
  const streams = await Promise.all(['viewer', 'revoked'].map((as) => post(as, { query: WATCH, variables: { id: 'endless' } })));
  const reader = streams[0]!.body!.getReader();
  let text = '';
  while ((text.match(/^:$/gm) ?? []).length < 2) text += Buffer.from((await reader.read()).value!).toString();
  await service.decisions.revokeToken({ who: 'test' }, revoked.id);
  expect(await streams[1]!.text()).toContain('event: complete');
  const stopped = running.close();
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += Buffer.from(part.value).toString();
  expect(text).toContain('event: complete');
  await stopped;
  await start();
}, 60_000);
