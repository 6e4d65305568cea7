import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import { ruleFiles } from '../../queries/rules/index.ts';
import { testRules, type CaseOutcome } from '../../queries/rules/run.ts';
import { Rule } from '../../schema/index.ts';
import { scanCase } from '../../server/service/scan-case.ts';
import { startNeo4j, TURN, type Neo4jServer } from '../helpers/neo4j/start.ts';

let server: Neo4jServer | undefined;
beforeAll(async () => { server = await startNeo4j(); }, TURN);
afterAll(async () => { await server?.stop(); });

async function outcomes(where: string): Promise<CaseOutcome[]> {
  const store = await openStore(where, { password: server?.password });
  let runs = 0;
  try {
    return await testRules(ruleFiles.map((f) => Rule.parse(f.rule)), (files, _, before) => scanCase(store, files, [], { env: {}, now: () => new Date('2026-06-01T00:00:00Z'), newId: () => `rules-${++runs}`, progress: () => undefined, version: 't' }, before));
  } finally {
    await store.close();
  }
}

test('every rule fires on its hit and is silent on each miss, on both stores alike', async () => {
  const embedded = await outcomes(':memory:');
  // Those whose source no reader yields say so; test/rules names them.
  expect(embedded.filter((o) => !o.ok && o.says !== 'not evaluated, needs github')).toEqual([]);
  if (!server) return;
  expect(await outcomes(server.uri)).toEqual(embedded);
}, 600_000);
