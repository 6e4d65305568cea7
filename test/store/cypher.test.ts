import { readFileSync } from 'node:fs';
import neo4j, { type Driver } from 'neo4j-driver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { openStore } from '../../graph/store/open.ts';
import { derive } from '../../queries/derive/index.ts';
import type { AnalysisResult } from '../../schema/index.ts';
import { commandLine, EXAMPLE } from '../helpers/cli.ts';
import { NEO4J_VERSIONS, startNeo4j, TURN, type Neo4jServer } from '../helpers/neo4j/start.ts';

const page = readFileSync(new URL('../../docs/cypher.md', import.meta.url), 'utf8');
const queries = [...page.matchAll(/^## (\d+)\. (.+)\n\n```cypher\n([^`]+)```/gm)].map((m) => [`${m[1]}. ${m[2]}`, m[3]!] as const);
/** The example estate has nothing of these; the query must still be valid. */
const MAY_BE_EMPTY = /^(14|16|18|20)\. /;

test('the page holds its queries numbered in order, twenty and more', () => {
  expect(queries.map(([t]) => Number.parseInt(t, 10))).toEqual(Array.from({ length: queries.length }, (_, i) => i + 1));
  expect(queries.length).toBeGreaterThanOrEqual(20);
});

describe.each(NEO4J_VERSIONS)('Neo4j %s', (version) => {
  let server: Neo4jServer | undefined;
  let driver: Driver;
  let result: AnalysisResult;
  beforeAll(async () => {
    server = await startNeo4j(version);
    if (!server) return;
    driver = neo4j.driver(server.uri, server.password ? neo4j.auth.basic('neo4j', server.password) : undefined);
    const c = commandLine(server.password ? { NEO4J_PASSWORD: server.password } : {});
    // A second run shows that the first leaves nothing behind; once is enough.
    for (let i = 0; i < (version === NEO4J_VERSIONS[0] ? 2 : 1); i++) {
      const ran = await c.run('scan', EXAMPLE, '--store', server.uri, '--format', 'json');
      if (ran.code !== 0) throw new Error(ran.log);
      result = JSON.parse(ran.out) as AnalysisResult;
    }
  }, TURN);
  afterAll(async () => { await driver?.close(); await server?.stop(); });
  const rows = async (query: string): Promise<Record<string, unknown>[]> => (await driver.executeQuery(query)).records.map((r) => r.toObject());

  for (const [title, query] of queries) test(title, async (ctx) => {
    if (!server) return ctx.skip();
    const { records, summary } = await driver.executeQuery(query);
    if (!MAY_BE_EMPTY.test(title)) expect(records.length).toBeGreaterThan(0);
    // A label, relationship or property that nothing has is a warning of the server.
    const unknown = summary.gqlStatusObjects.filter((s) => /^01N5[012]$/.test(s.gqlStatus));
    if (!MAY_BE_EMPTY.test(title)) expect(unknown.map((s) => s.statusDescription)).toEqual([]);
  });

  test('what is published is what was found, of the last run only', async (ctx) => {
    if (!server) return ctx.skip();
    const found = await rows('MATCH (f:OverreachFinding:Current) OPTIONAL MATCH (f)-[h:HOP]->() WITH f, count(h) AS linked RETURN f.fingerprint AS fingerprint, f.severity AS severity, toFloat(f.hops) AS hops, toFloat(linked) AS linked ORDER BY fingerprint');
    expect(found.map((r) => [r['fingerprint'], r['severity'], r['hops']])).toEqual(result.findings.map((f) => [f.fingerprint, f.severity, f.path.hops.length]).sort(([a], [b]) => (a! < b! ? -1 : 1)));
    // Every hop stands at a node, be it one of the graph or one that only the analysis made.
    expect(found.filter((r) => r['hops'] !== r['linked'])).toEqual([]);
  });

  test('derived edges and nodes are there to be asked, and are never read back', async (ctx) => {
    if (!server) return ctx.skip();
    const store = await openStore(server.uri, server.password ? { password: server.password } : {});
    const stored = (await store.load())!;
    const fresh = await openStore(':memory:');
    await fresh.beginRun({ ...stored.run, status: 'running' });
    await fresh.applyBatch(stored.run.id, { source: 'x', scope: 's', covers: 'c', complete: true, nodes: stored.nodes, edges: stored.edges, coverage: [] });
    await fresh.completeRun(stored.run.id, 't', 'h');
    const estate = derive(new GraphSnapshot(stored.nodes, stored.edges), { now: '2026-06-01T12:00:00Z' });
    const [nodes, edges] = [new Set(stored.nodes.map((n) => n.id)), new Set(stored.edges.map((e) => e.id))];
    const derived = estate.snapshot.edges.filter((e) => !edges.has(e.id));
    expect(derived.length).toBeGreaterThan(20);
    const [said] = await rows("MATCH (:Current)-[e]->(:Current) WHERE e.derived AND NOT type(e) IN ['CAN', 'CAN_READ', 'CAN_WRITE', 'CAN_QUERY', 'GET_SECRET', 'STS_ASSUMEROLE_ALLOW'] RETURN collect(e.id) AS ids");
    expect((said!['ids'] as string[]).sort()).toEqual(derived.map((e) => e.id).sort());
    const [made] = await rows('MATCH (n:OverreachDerived:Current) RETURN collect(n.id) AS ids');
    expect((made!['ids'] as string[]).sort()).toEqual(estate.snapshot.nodes.filter((n) => !nodes.has(n.id)).map((n) => n.id).sort());
    const pairs = new Set(estate.snapshot.ofKind('Identity').flatMap((i) => estate.access.grantsOf(i.id).flatMap((g) => g.assets.map((a) => `${i.id} ${a}`))));
    const [can] = await rows('MATCH (i:Identity:Current)-[e:CAN {derived: true}]->(n:Current) RETURN collect(i.id + " " + n.id) AS pairs');
    expect((can!['pairs'] as string[]).sort()).toEqual([...pairs].sort());
    expect(JSON.stringify([stored.nodes, stored.edges])).toBe(JSON.stringify([(await fresh.load())!.nodes, (await fresh.load())!.edges]));
    await Promise.all([store.close(), fresh.close()]);
  });

  test('pruned runs leave nothing of what was published for them', async (ctx) => {
    if (!server) return ctx.skip();
    const store = await openStore(server.uri, server.password ? { password: server.password } : {});
    await store.prune(1);
    await store.close();
    for (const label of ['OverreachFinding', 'OverreachDerived', 'Overreach']) {
      const [left] = await rows(`MATCH (f:${label}) RETURN toFloat(count(f)) AS all, toFloat(count(CASE WHEN f:Current THEN 1 END)) AS current`);
      expect([label, left!['all']]).toEqual([label, left!['current']]);
      expect(left!['all']).toBeGreaterThan(0);
    }
  });
});
