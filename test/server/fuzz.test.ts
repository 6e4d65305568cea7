import { join } from 'node:path';
import * as fc from 'fast-check';
import { buildClientSchema, getIntrospectionQuery, type GraphQLSchema, type IntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { createService } from '../../server/service/service.ts';
import { commandLine, EXAMPLE } from '../helpers/cli.ts';
import { operation, spoilt } from '../helpers/random-query.ts';

/** More for a long hunt. */
const RUNS = Number(process.env['OVERREACH_FUZZ'] ?? 250);
const LEAK = /node_modules|\.(ts|mjs|js):\d+|\bat [\w.<>]+ \(|TypeError|RangeError|SQLITE|ENOENT|Cannot read prop|overreach-cli-|"stacktrace"/;
let running: Running;
let store: GraphStore;
let schema: GraphQLSchema;
let known: string[];
const log: string[] = [];
const rejections: unknown[] = [];
const noted = (e: unknown): void => { rejections.push(e); };

beforeAll(async () => {
  process.on('unhandledRejection', noted);
  const c = commandLine();
  await c.run('scan', EXAMPLE);
  const where = join(c.cwd, '.overreach', 'graph.db');
  store = await openStore(where);
  let ids = 0;
  running = await serve(createService(store, { env: {}, now: () => new Date(), newId: () => `id-${++ids}`, progress: () => undefined, version: 't' }, (l) => { log.push(l); }), { host: '127.0.0.1', port: 0, introspection: true, perMinute: 1_000_000 });
  schema = buildClientSchema((await send(getIntrospectionQuery())).json.data as IntrospectionQuery);
  const { findings, agents } = (await send('{ findings(first: 3) { nodes { fingerprint subject { id name } asset { id name } path { hops { node { definedAt { file } } } } } pageInfo { endCursor } } agents { nodes { agent { name } } } }')).json.data;
  known = [...new Set<string>([...findings.nodes.flatMap((f: any) => [f.fingerprint, f.subject.id, f.subject.name, f.asset.id, f.asset.name, ...f.path.hops.flatMap((h: any) => h.node.definedAt?.file ?? [])]), findings.pageInfo.endCursor, ...agents.nodes.map((a: any) => a.agent.name), 'run-1', 'write', 'read', 'AGT-007', 'harbourline-*'])];
}, 180_000);
afterAll(async () => { await running.close(); await store.close(); process.off('unhandledRejection', noted); });

async function send(query: string): Promise<{ status: number; text: string; json: any }> {
  const r = await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
  const text = await r.text();
  return { status: r.status, text, json: JSON.parse(text) };
}

/** What holds for every answer, whatever was asked. */
async function sound(query: string): Promise<{ status: number; json: any }> {
  const a = await send(query);
  expect([query, a.status < 500]).toEqual([query, true]);
  for (const e of a.json.errors ?? []) expect([query, e.extensions?.code, e.message]).toEqual([query, expect.stringMatching(/^(?!INTERNAL)[A-Z_]+$/), expect.not.stringMatching(LEAK)]);
  expect(JSON.stringify(a.json.errors ?? [])).not.toMatch(LEAK);
  return a;
}

// Work in other processes has tests of its own; here it would only cost time.
const SKIP = new Set(['ingest', 'analyze', 'plan']);

test(`${RUNS} random operations that the schema allows: each is answered or refused with a typed error`, async () => {
  const tally = { data: 0, all: 0 };
  await fc.assert(fc.asyncProperty(fc.noShrink(operation(schema, known, SKIP)), async (query) => {
    const a = await sound(query);
    // Valid by construction: nothing may be wrong with its form.
    expect([query, (a.json.errors ?? []).map((e: any) => e.extensions.code).filter((c: string) => c === 'GRAPHQL_PARSE_FAILED')]).toEqual([query, []]);
    tally.all++;
    if (a.json.data && Object.values(a.json.data).some((v) => v !== null)) tally.data++;
  }), { numRuns: RUNS, endOnFailure: true });
  // Enough of them were not refused: the fuzzer asks real questions.
  expect(tally.data / tally.all).toBeGreaterThan(0.2);
  expect([rejections, log.filter((l) => /internal error/.test(l))]).toEqual([[], []]);
}, 60_000 + RUNS * 1_000);

test('the same with something wrong in it, and plain noise', async () => {
  await fc.assert(fc.asyncProperty(fc.noShrink(fc.oneof(operation(schema, known, SKIP).chain(spoilt), fc.string({ unit: 'binary', maxLength: 200 }))), async (query) => { await sound(query); }), { numRuns: RUNS, endOnFailure: true });
  for (const body of ['', '{', '[]', 'null', '7', '{"query":7}', '{"query":null,"variables":[]}', '{"query":"{rules{id}}","variables":"x"}', '{"query":"{rules{id}}","operationName":{}}', '[{"query":"{rules{id}}"}]', '{"query":"query($a:Int){rules{id}}","variables":{"a":{}}}', `{"query":"{rules{id}}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}`]) {
    const r = await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const text = await r.text();
    expect([body, r.status < 500, LEAK.test(text)]).toEqual([body, true, false]);
  }
  expect((await send('{ missingLayers }')).json.errors).toBeUndefined();
  expect([rejections, log.filter((l) => /internal error/.test(l))]).toEqual([[], []]);
}, 60_000 + RUNS * 1_000);
