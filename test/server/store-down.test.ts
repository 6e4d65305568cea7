import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { createService } from '../../server/service/service.ts';
import { finding, storeFindings } from '../helpers/findings.ts';
import type { OwnServer } from '../helpers/neo4j/jars.ts';
import { ownNeo4j, TURN } from '../helpers/neo4j/start.ts';

let server: OwnServer | undefined;
let store: GraphStore;
let running: Running;
beforeAll(async () => {
  server = await ownNeo4j();
  if (!server) return;
  store = await openStore(server.uri);
  await storeFindings(store, 'run', [finding(1)]);
  running = await serve(createService(store, { env: {}, now: () => new Date(), newId: randomUUID, progress: () => undefined, version: 't' }, () => undefined), { host: '127.0.0.1', port: 0, introspection: true });
}, TURN);
afterAll(async () => { await running?.close(); await store?.close(); await server?.stop(); });

const ask = async (query: string): Promise<any> => (await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) })).json();
const ready = async (): Promise<number> => (await fetch(running.url.replace('/graphql', '/readyz'))).status;

test('Neo4j goes away and comes back: alive, not ready, a typed error; then as before', async (ctx) => {
  if (!server) return ctx.skip();
  expect([await ready(), (await ask('{ findings { totalCount } }')).data.findings.totalCount]).toEqual([200, 1]);
  server.kill();
  expect(await ready()).toBe(503);
  expect((await fetch(running.url.replace('/graphql', '/healthz'))).status).toBe(200);
  const answer = await ask('{ findings { totalCount } }');
  expect(answer.errors[0]).toMatchObject({ message: 'the store does not answer: try again later', extensions: { code: 'STORE_UNAVAILABLE' } });
  expect(JSON.stringify(answer)).not.toMatch(/bolt:|127\.0\.0\.1|at .*\.ts/);
  await server.restart();
  expect([await ready(), (await ask('{ findings { totalCount } }')).data.findings.totalCount]).toEqual([200, 1]);
}, 300_000);
