import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { RateLimit } from '../../server/auth/rate.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { createService, type Service } from '../../server/service/service.ts';
import { finding, storeFindings } from '../helpers/findings.ts';

let store: GraphStore;
let service: Service;
const running: Running[] = [];
const lines: string[] = [];
const start = async (o: Partial<Parameters<typeof serve>[1]> = {}): Promise<string> => { const r = await serve(service, { host: '127.0.0.1', port: 0, introspection: true, ...o }); running.push(r); return r.url; };
let url: string;
beforeAll(async () => {
  store = await openStore(':memory:');
  await storeFindings(store, 'run', [finding(1)]);
  service = createService(store, { env: {}, now: () => new Date(), newId: randomUUID, progress: () => undefined, version: 't' }, (l) => { lines.push(l); });
  url = await start();
});
afterAll(async () => { for (const r of running) await r.close(); await store.close(); });

const send = async (to: string, body: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string; headers: Headers }> => {
  const r = await fetch(to, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  const text = await r.text();
  expect(text).not.toMatch(/node_modules|\.ts:\d+|stacktrace|TypeError/);
  return { status: r.status, text, headers: r.headers };
};
const query = (q: string): string => JSON.stringify({ query: q });
const refused = async (body: string, status = 400): Promise<void> => {
  const r = await send(url, body);
  expect([body.slice(0, 60), r.status, r.text.includes('"data":{')]).toEqual([body.slice(0, 60), status, false]);
  expect((JSON.parse(r.text) as { errors: { extensions: { code: string } }[] }).errors[0]!.extensions.code).toMatch(/^[A-Z_]+$/);
};

test('aliases, depth, tokens, directives, cost: refused before anything runs', async () => {
  await refused(query(`{ ${Array.from({ length: 31 }, (_, i) => `a${i}: missingLayers`).join(' ')} }`));
  await refused(query(`{ ${Array.from({ length: 10_000 }, (_, i) => `a${i}: missingLayers`).join(' ')} }`));
  await refused(query(`{ ${'findings { nodes '.repeat(1)}${'{ path '.repeat(200)}${'}'.repeat(200)} } }`));
  await refused(query(`{ ${'missingLayers '.repeat(6_000)} }`));
  await refused(query(`{ missingLayers ${'@include(if: true) '.repeat(40)} }`));
  await refused(query(`{ __schema { types ${'{ fields { type { ofType '.repeat(20)}{ name } ${'} } }'.repeat(20)} } }`));
  await refused(query(`query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }`));
});

test('no batches, no GET mutations, no forms, no body that is not JSON', async () => {
  await refused(`[${Array.from({ length: 50 }, () => query('{ missingLayers }')).join(',')}]`);
  await refused('{"query":');
  await refused('"text"');
  await refused(JSON.stringify({ query: { a: 1 } }));
  await refused(JSON.stringify({ query: '{ missingLayers }', variables: 'x' }));
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) expect((await send(url, query('{ missingLayers }'), { 'content-type': type })).status).toBeGreaterThanOrEqual(400);
  const get = await fetch(`${url}?query=${encodeURIComponent('mutation { analyze { id } }')}`, { headers: { 'apollo-require-preflight': 'x' } });
  expect(get.status).toBeGreaterThanOrEqual(400);
  expect((await fetch(`${url}?query=${encodeURIComponent('{ missingLayers }')}`)).status).toBe(400);
});

test('bodies: just under 1 MB is read, above is refused, a compressed one counts unpacked', async () => {
  expect((await send(url, query(`{ missingLayers }${' '.repeat(990_000)}`))).status).toBe(200);
  await refused(query(`{ missingLayers }${' '.repeat(1_100_000)}`), 413);
  const { gzipSync } = await import('node:zlib');
  const bomb = gzipSync(Buffer.from(query(' '.repeat(50_000_000))));
  const status = await new Promise<number>((ok) => { const r = request(url, { method: 'POST', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', 'content-length': bomb.length } }, (x) => { x.resume(); ok(x.statusCode!); }); r.on('error', () => { ok(413); }); r.end(bomb); });
  expect(status).toBe(413);
});

test('introspection can be closed', async () => {
  const closed = await start({ introspection: false });
  expect((await send(closed, query('{ __schema { queryType { name } } }'))).text).not.toContain('"data":{');
  expect((await send(closed, query('{ missingLayers }'))).status).toBe(200);
});

test('rate per caller: a burst, then 429 with the time to wait; others are served', async () => {
  const tokens = await Promise.all(['a', 'b'].map((label) => service.decisions.createToken({ who: 't' }, { role: 'viewer', label })));
  let now = 0;
  const tight = await start({ perMinute: 5, failuresPerMinute: 30, clock: () => now });
  const as = (text: string): Promise<{ status: number; headers: Headers }> => send(tight, query('{ missingLayers }'), { authorization: `Bearer ${text}` });
  const codes = async (text: string, n: number): Promise<number[]> => { const out: number[] = []; for (let i = 0; i < n; i++) out.push((await as(text)).status); return out; };
  const [a, b] = [tokens[0]!.text, tokens[1]!.text];
  expect(await codes(a, 7)).toEqual([200, 200, 200, 200, 200, 429, 429]);
  expect((await as(a)).headers.get('retry-after')).toBe('12');
  expect((await as(b)).status).toBe(200);
  now += 11_999;
  expect(await codes(a, 1)).toEqual([429]);
  now += 1;
  expect(await codes(a, 2)).toEqual([200, 429]);
  // Who guesses tokens is told to wait after exactly as many.
  const guess = `ovr_${'0'.repeat(12)}_${'A'.repeat(43)}`;
  expect(await codes(guess, 31)).toEqual([...Array.from({ length: 30 }, () => 401), 429]);
  expect(await codes(b, 1)).toEqual([200]);
  for (const t of tokens) await service.decisions.revokeToken({ who: 't' }, t.id);
});

test('answers carry the headers that keep a browser from doing harm with them, refusals as well', async () => {
  const answers = [await send(url, query('{ missingLayers }')), await send(url, query('{ nonsense }')), await fetch(`${url.replace('/graphql', '/none')}`), await fetch(url, { headers: { accept: 'text/html' } })];
  for (const { headers } of answers) {
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect([headers.get('x-content-type-options'), headers.get('x-frame-options'), headers.get('referrer-policy'), headers.get('x-powered-by'), headers.get('access-control-allow-origin')]).toEqual(['nosniff', 'SAMEORIGIN', 'no-referrer', null, null]);
  }
  expect(answers[0]!.headers.get('cache-control')).toBe('no-store');
});

test('a bucket refills evenly and forgets', () => {
  let now = 0;
  const r = new RateLimit(60, () => now);
  for (let i = 0; i < 60; i++) expect(r.take('a')).toBe(0);
  expect(r.take('a')).toBe(1);
  now = 1_000;
  expect([r.take('a'), r.take('a')]).toEqual([0, 1]);
  now = 3_600_000;
  expect(Array.from({ length: 61 }, () => r.take('a')).filter((w) => w === 0)).toHaveLength(60);
});

test('the service is still there, and nothing of it was an incident', async () => {
  expect((await send(url, query('{ findings { totalCount } }'))).text).toBe('{"data":{"findings":{"totalCount":1}}}\n');
  expect(lines.filter((l) => l.includes('"level":"error"'))).toEqual([]);
});
