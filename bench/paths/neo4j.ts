import type { GeneratedGraph } from './generate.ts';
import { spread } from './generate.ts';
import type { Measured } from './measure.ts';

export interface Neo4jMeasured { version: string; loadMs: number; sampled: number; msPerAgent: number; equal: boolean }

const NODE = 'OverreachBench';
const TARGET = 'OverreachBenchTarget';
const BATCH = 20_000;

/**
 * The same question in Neo4j, in its best Cypher (planned as a pruning breadth-first search), for a sample of agents. Only nodes of the
 * benchmark's own label are written, and they are removed again. NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD.
 */
export async function measureNeo4j(uri: string, g: GeneratedGraph, reference: Measured, agents: number, sample = 10): Promise<Neo4jMeasured> {
  const { default: neo4j } = await import('neo4j-driver');
  const driver = neo4j.driver(uri, neo4j.auth.basic(process.env['NEO4J_USER'] ?? 'neo4j', process.env['NEO4J_PASSWORD'] ?? ''), { disableLosslessIntegers: true });
  const session = driver.session();
  const clear = async (): Promise<void> => { await session.run(`MATCH (n:${NODE}) CALL { WITH n DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS`); };
  try {
    const { agent: version } = await driver.getServerInfo();
    await clear();
    await session.run(`CREATE INDEX overreach_bench IF NOT EXISTS FOR (n:${NODE}) ON (n.i)`);
    await session.run('CALL db.awaitIndexes()');
    const t0 = performance.now();
    for (let i = 0; i < g.n; i += BATCH) await session.run(`UNWIND range($a, $b) AS i CREATE (:${NODE} {i: i})`, { a: neo4j.int(i), b: neo4j.int(Math.min(g.n, i + BATCH) - 1) });
    await session.run(`UNWIND $ids AS i MATCH (n:${NODE} {i: i}) SET n:${TARGET}`, { ids: [...g.sensitive].map((x) => neo4j.int(x)) });
    for (let i = 0; i < g.from.length; i += BATCH) {
      const rows = Array.from({ length: Math.min(BATCH, g.from.length - i) }, (_, k) => [neo4j.int(g.from[i + k]!), neo4j.int(g.to[i + k]!)]);
      await session.run(`UNWIND $rows AS r MATCH (a:${NODE} {i: r[0]}), (b:${NODE} {i: r[1]}) CREATE (a)-[:OVERREACH_BENCH]->(b)`, { rows });
    }
    const loadMs = performance.now() - t0;
    const all = spread(g.agents, agents);
    const picked = spread(Int32Array.from(all.keys()), sample);
    const ask = async (v: number): Promise<number> => {
      const found = await session.run(`MATCH (a:${NODE} {i: $i}) MATCH (a)-[:OVERREACH_BENCH*1..]->(s:${TARGET}) WITH DISTINCT s RETURN count(s) AS n`, { i: neo4j.int(v) });
      return Number(found.records[0]!.get('n'));
    };
    await ask(all[picked[0]!]!); // plan and page cache
    let equal = true;
    const t1 = performance.now();
    for (const i of picked) if ((await ask(all[i]!)) !== reference.digest[i]![0]) equal = false;
    return { version: version ?? 'unknown', loadMs, sampled: picked.length, msPerAgent: (performance.now() - t1) / picked.length, equal };
  } finally {
    await clear().catch(() => undefined);
    await session.run('DROP INDEX overreach_bench IF EXISTS').catch(() => undefined);
    await session.close();
    await driver.close();
  }
}
