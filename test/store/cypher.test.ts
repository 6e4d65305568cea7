import { readFileSync } from 'node:fs';
import neo4j, { type Driver } from 'neo4j-driver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { AnalysisResult } from '../../schema/index.ts';
import { commandLine, EXAMPLE } from '../helpers/cli.ts';
import { startNeo4j, type Neo4jServer } from '../helpers/neo4j/start.ts';

const page = readFileSync(new URL('../../docs/cypher.md', import.meta.url), 'utf8');
const queries = [...page.matchAll(/^## (\d+)\. (.+)\n\n```cypher\n([^`]+)```/gm)].map((m) => [`${m[1]}. ${m[2]}`, m[3]!] as const);
/** The example estate has nothing of these; the query must still be valid. */
const MAY_BE_EMPTY = /^(14|16|18|20)\. /;

let server: Neo4jServer | undefined;
let driver: Driver;
let result: AnalysisResult;
beforeAll(async () => {
  server = await startNeo4j();
  process.stderr.write('\nONLY ONE NEO4J VERSION WAS TRIED HERE: 2026.x needs Java 21 or newer.\n\n');
  if (!server) return;
  driver = neo4j.driver(server.uri, server.password ? neo4j.auth.basic('neo4j', server.password) : undefined);
  const c = commandLine(server.password ? { NEO4J_PASSWORD: server.password } : {});
  for (let i = 0; i < 2; i++) {
    const ran = await c.run('scan', EXAMPLE, '--store', server.uri, '--format', 'json');
    if (ran.code !== 0) throw new Error(ran.log);
    result = JSON.parse(ran.out) as AnalysisResult;
  }
}, 300_000);
afterAll(async () => { await driver?.close(); await server?.stop(); });

test('the page holds twenty queries, numbered in order', () => { expect(queries.map(([t]) => Number.parseInt(t, 10))).toEqual(Array.from({ length: 20 }, (_, i) => i + 1)); });

describe('each query answers on the example estate', () => {
  for (const [title, query] of queries) test(title, async (ctx) => {
    if (!server) return ctx.skip();
    const { records, summary } = await driver.executeQuery(query);
    if (!MAY_BE_EMPTY.test(title)) expect(records.length).toBeGreaterThan(0);
    // A label, relationship or property that nothing has is a warning of the server.
    const unknown = summary.gqlStatusObjects.filter((s) => /^01N5[012]$/.test(s.gqlStatus));
    if (!MAY_BE_EMPTY.test(title)) expect(unknown.map((s) => s.statusDescription)).toEqual([]);
  });
});

test('what is published is what was found, of the last run only', async (ctx) => {
  if (!server) return ctx.skip();
  const { records } = await driver.executeQuery('MATCH (f:OverreachFinding:Current) OPTIONAL MATCH (f)-[h:HOP]->() WITH f, count(h) AS hops RETURN f.fingerprint AS fingerprint, f.severity AS severity, f.hops AS hops, hops AS linked ORDER BY fingerprint');
  expect(records.map((r) => [r.get('fingerprint'), r.get('severity'), r.get('hops').toNumber()])).toEqual(result.findings.map((f) => [f.fingerprint, f.severity, f.path.hops.length]).sort(([a], [b]) => (a! < b! ? -1 : 1)));
  expect(records.some((r) => r.get('linked').toNumber() > 0)).toBe(true);
  const store = await openStore(server.uri, server.password ? { password: server.password } : {});
  await store.prune(1);
  await store.close();
  const left = await driver.executeQuery('MATCH (f:OverreachFinding) RETURN count(f) AS all, count(CASE WHEN f:Current THEN 1 END) AS current');
  expect([left.records[0]!.get('all').toNumber(), left.records[0]!.get('current').toNumber()]).toEqual([result.findings.length, result.findings.length]);
});
