import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import neo4j, { type Driver } from 'neo4j-driver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { graphLines } from '../../graph/store/neo4j/lines.ts';
import { openStore } from '../../graph/store/open.ts';
import type { AnalysisResult } from '../../schema/index.ts';
import { commandLine } from '../helpers/cli.ts';
import { startNeo4j, TURN, type Neo4jServer } from '../helpers/neo4j/start.ts';

/** An account as Cartography writes it (schema of August 2026): an agent, its function, a role that may do much, a bucket, a table. */
const ACCOUNT = `
  CREATE (acc:AWSAccount {id: '111122223333', name: 'shop', lastupdated: 1})
  CREATE (agentRole:AWSRole:AWSPrincipal {id: 'arn:aws:iam::111122223333:role/agent', arn: 'arn:aws:iam::111122223333:role/agent', name: 'agent', path: '/', roleid: 'AROA1', lastupdated: 1, createdate_dt: datetime('2026-01-02T03:04:05Z')})
  CREATE (fnRole:AWSRole:AWSPrincipal {id: 'arn:aws:iam::111122223333:role/orders', arn: 'arn:aws:iam::111122223333:role/orders', name: 'orders', path: '/', roleid: 'AROA2', lastupdated: 1})
  CREATE (admin:AWSRole:AWSPrincipal {id: 'arn:aws:iam::111122223333:role/admin', arn: 'arn:aws:iam::111122223333:role/admin', name: 'admin', path: '/', roleid: 'AROA3', lastupdated: 1})
  CREATE (ann:AWSUser:AWSPrincipal {id: 'arn:aws:iam::111122223333:user/ann', arn: 'arn:aws:iam::111122223333:user/ann', name: 'ann', path: '/', userid: 'AIDA1', lastupdated: 1})
  CREATE (ops:AWSGroup:AWSPrincipal {id: 'arn:aws:iam::111122223333:group/ops', arn: 'arn:aws:iam::111122223333:group/ops', name: 'ops', path: '/', groupid: 'AGPA1', lastupdated: 1})
  CREATE (lambdaService:AWSServicePrincipal:AWSPrincipal {id: 'lambda.amazonaws.com', arn: 'lambda.amazonaws.com', lastupdated: 1})
  CREATE (bedrockService:AWSServicePrincipal:AWSPrincipal {id: 'bedrock.amazonaws.com', arn: 'bedrock.amazonaws.com', lastupdated: 1})
  CREATE (inline:AWSInlinePolicy:AWSPolicy {id: 'arn:aws:iam::111122223333:role/orders/inline_policy/data', name: 'data', type: 'inline', lastupdated: 1})
  CREATE (st1:AWSPolicyStatement {id: 's1', effect: 'Allow', action: ['dynamodb:GetItem', 'dynamodb:Scan'], resource: ['arn:aws:dynamodb:eu-west-1:111122223333:table/customers'], sid: 'Read', lastupdated: 1})
  CREATE (st2:AWSPolicyStatement {id: 's2', effect: 'Allow', action: ['s3:PutObject'], resource: ['arn:aws:s3:::shop-exports/*'], condition: '{"StringEquals": {"s3:x-amz-acl": "private"}}', lastupdated: 1})
  CREATE (managed:AWSManagedPolicy:AWSPolicy {id: 'arn:aws:iam::aws:policy/AdministratorAccess', arn: 'arn:aws:iam::aws:policy/AdministratorAccess', name: 'AdministratorAccess', type: 'managed', lastupdated: 1})
  CREATE (own:AWSManagedPolicy:AWSPolicy {id: 'arn:aws:iam::111122223333:policy/assume', arn: 'arn:aws:iam::111122223333:policy/assume', name: 'assume', type: 'managed', lastupdated: 1})
  CREATE (st3:AWSPolicyStatement {id: 's3', effect: 'Allow', action: ['sts:AssumeRole'], resource: ['arn:aws:iam::111122223333:role/admin'], lastupdated: 1})
  CREATE (fn:AWSLambda {id: 'arn:aws:lambda:eu-west-1:111122223333:function:orders', arn: 'arn:aws:lambda:eu-west-1:111122223333:function:orders', name: 'orders', runtime: 'python3.12', handler: 'main.handler', lastupdated: 1})
  CREATE (table:AWSDynamoDBTable:DynamoDBTable {id: 'arn:aws:dynamodb:eu-west-1:111122223333:table/customers', arn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/customers', name: 'customers', lastupdated: 1})
  CREATE (bucket:AWSS3Bucket:S3Bucket:ObjectStorage {id: 'shop-exports', name: 'shop-exports', arn: 'arn:aws:s3:::shop-exports', block_public_acls: true, ignore_public_acls: true, block_public_policy: false, restrict_public_buckets: false, lastupdated: 1})
  CREATE (bst:AWSS3PolicyStatement {id: 'bs1', bucket: 'shop-exports', effect: 'Allow', principal: '"*"', action: ['s3:GetObject'], resource: ['arn:aws:s3:::shop-exports/*'], sid: 'Public', lastupdated: 1})
  CREATE (agent:AWSBedrockAgent {id: 'arn:aws:bedrock:eu-west-1:111122223333:agent/AG1', arn: 'arn:aws:bedrock:eu-west-1:111122223333:agent/AG1', agent_id: 'AG1', agent_name: 'helper', instruction: 'Answer questions about orders.', foundation_model: 'anthropic.claude', agent_resource_role_arn: 'arn:aws:iam::111122223333:role/agent', lastupdated: 1})
  CREATE (vpc:AWSVpc {id: 'vpc-1', lastupdated: 1}), (other:GitHubRepository {id: 'r', lastupdated: 1})
  FOREACH (x IN [agentRole, fnRole, admin, ann, ops, inline, fn, table, bucket, agent, vpc] | CREATE (acc)-[:RESOURCE {lastupdated: 1}]->(x))
  CREATE (fnRole)-[:POLICY]->(inline), (inline)-[:STATEMENT]->(st1), (inline)-[:STATEMENT]->(st2), (admin)-[:POLICY]->(managed), (ops)-[:POLICY]->(own), (own)-[:STATEMENT]->(st3)
  CREATE (fnRole)-[:TRUSTS_AWS_PRINCIPAL]->(lambdaService), (agentRole)-[:TRUSTS_AWS_PRINCIPAL]->(bedrockService), (admin)-[:TRUSTS_AWS_PRINCIPAL]->(ann), (ann)-[:MEMBER_AWS_GROUP]->(ops)
  CREATE (fn)-[:STS_ASSUMEROLE_ALLOW]->(fnRole), (agent)-[:HAS_ROLE]->(agentRole), (agent)-[:INVOKES]->(fn), (bucket)-[:POLICY_STATEMENT]->(bst), (ann)-[:STS_ASSUMEROLE_ALLOW]->(admin)`;

let server: Neo4jServer | undefined;
let driver: Driver;
const lines: string[] = [];
const c = commandLine();
let result: AnalysisResult;
beforeAll(async () => {
  server = await startNeo4j();
  if (!server) return;
  driver = neo4j.driver(server.uri, server.password ? neo4j.auth.basic('neo4j', server.password) : undefined);
  await driver.executeQuery(ACCOUNT);
  const env: Record<string, string> = server.password ? { SOURCE_NEO4J_PASSWORD: server.password } : {};
  const ran = await Object.assign(c, commandLine(env)).run('import', server.uri, '--scope', 'shop', '--format', 'json');
  if (ran.code !== 0) throw new Error(ran.log);
  expect(ran.log).toMatch(/not taken: 1 of Cartography::AWSVpc/);
  result = JSON.parse(ran.out) as AnalysisResult;
  await graphLines(server.uri, server.password ? { password: server.password } : {}, 'AWS', (l) => { lines.push(l); });
}, TURN);
afterAll(async () => { await driver?.close(); await server?.stop(); });

describe('a Neo4j that Cartography filled', () => {
  test('becomes the graph that the account is', async (ctx) => {
    if (!server) return ctx.skip();
    const store = await openStore(join(c.cwd, '.overreach', 'graph.db'));
    const { nodes, edges } = (await store.load())!;
    await store.close();
    const name = new Map(nodes.map((n) => [n.id, n.name]));
    const has = (kind: string, from: string, to: string): boolean => edges.some((e) => e.kind === kind && name.get(e.from) === from && name.get(e.to) === to);
    for (const [kind, n] of [['Identity', 'agent'], ['Identity', 'admin'], ['Identity', 'ann'], ['Identity', 'ops'], ['Compute', 'orders'], ['DataStore', 'customers'], ['DataStore', 'shop-exports'], ['Agent', 'helper']]) expect([kind, n, nodes.some((x) => x.kind === kind && x.name === n)]).toEqual([kind, n, true]);
    for (const [kind, from, to] of [['MEMBER_OF', 'ann', 'ops'], ['RUNS_AS', 'orders', 'orders'], ['RUNS_AS', 'helper', 'agent']] as const) expect([kind, from, to, has(kind, from, to)]).toEqual([kind, from, to, true]);
    expect(nodes.every((n) => n.sources.every((s) => s.source === 'cartography' && s.startLine !== undefined) || n.sources.length === 0)).toBe(true);
    expect(nodes.find((n) => n.name === 'orders' && n.kind === 'Identity')).toMatchObject({ state: 'live', props: { arn: 'arn:aws:iam::111122223333:role/orders', trustedServices: ['lambda.amazonaws.com'] } });
  });

  test('is answered with what follows from it, and what it does not say stays open', async (ctx) => {
    if (!server) return ctx.skip();
    expect(result.principals.find((p) => p.identity.name === 'admin')?.isAdmin).toMatchObject({ value: true, verdict: 'proven' });
    // The trust policy may hold conditions that Cartography does not keep: never proven.
    expect(result.principals.find((p) => p.identity.name === 'ann')?.canBecomeAdmin).toMatchObject({ value: true, verdict: 'unknown' });
    expect(result.coverage.find((x) => x.source === 'cartography')).toMatchObject({ status: 'read', unmapped: { 'Cartography::AWSVpc': 1 }, missing: expect.arrayContaining(['trust-conditions', 'scp']) });
    expect(result.agents.find((a) => a.agent.name === 'helper')).toMatchObject({ tools: [expect.objectContaining({ identity: expect.objectContaining({ name: 'orders' }) })] });
  });

  test('as an exported file, through an ordinary scan and an upload, it is the same graph', async (ctx) => {
    if (!server) return ctx.skip();
    writeFileSync(join(c.cwd, 'cartography.jsonl'), lines.join('\n'));
    for (const [i, args] of [['import', 'cartography.jsonl', '--scope', 'shop'], ['scan', 'cartography.jsonl', '--scope', 'shop', '--all-rules']].entries()) {
      const ran = await c.run(...args, '--store', `file${i}.db`, '--format', 'json');
      expect(ran.code).toBe(0);
      const other = JSON.parse(ran.out) as AnalysisResult;
      expect(other.findings.map((f) => [f.fingerprint, f.verdict])).toEqual(result.findings.map((f) => [f.fingerprint, f.verdict]));
      expect(other.counts).toEqual(result.counts);
    }
  });

  test('is read, never written; and not the database of the store', async (ctx) => {
    if (!server) return ctx.skip();
    const { records } = await driver.executeQuery("MATCH (n) RETURN count(n) AS n, count(CASE WHEN any(l IN labels(n) WHERE l STARTS WITH 'Overreach') THEN 1 END) AS ours");
    expect([records[0]!.get('n').toNumber(), records[0]!.get('ours').toNumber()]).toEqual([lines.filter((l) => l.includes('"type":"node"')).length + 1, 0]);
    expect((await c.run('import', server.uri, '--store', server.uri)).log).toMatch(/same database/);
  });
});

test('a broken file: each bad line is located, the rest is taken', async () => {
  const d = commandLine();
  writeFileSync(join(d.cwd, 'graph.json'), ['{"type":"node","id":"1","labels":["AWSRole","AWSPrincipal"],"properties":{"arn":"arn:aws:iam::111122223333:role/r","name":"r"}}', '{"type":"node","id":', '7', '{"type":"relationship","id":"9","label":"POLICY","start":{"id":"1"},"end":{"id":"8"}}', ''].join('\n'));
  const ran = await d.run('import', 'graph.json', '--format', 'json');
  const read = (JSON.parse(ran.out) as AnalysisResult).coverage.find((x) => x.source === 'cartography')!;
  expect([read.status, read.resources]).toEqual(['partial', 1]);
  expect(read.problems.map((p) => [p.code, p.source?.startLine])).toEqual([['parse-error', 2], ['parse-error', 3], ['unresolved', 4]]);
});
