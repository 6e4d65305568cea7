import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { createService } from '../../server/service/service.ts';
import { commandLine } from '../helpers/cli.ts';
import { allow, finance, purpose } from '../review/finance.ts';

const FILES = { 'main.tf': finance(`${allow('GetItem PutItem DeleteItem', 'billing')}, ${allow('GetItem', 'salaries')}`), 'overreach.yaml': purpose('effect: read, resources: { name: billing }') };
const c = commandLine();
let running: Running;
let store: GraphStore;
beforeAll(async () => {
  mkdirSync(join(c.cwd, 'code'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(c.cwd, 'code', name), text);
  await c.run('scan', 'code');
  store = await openStore(join(c.cwd, '.overreach', 'graph.db'));
  running = await serve(createService(store, { env: {}, now: () => new Date(0), newId: () => 'x', progress: () => undefined, version: 't' }, () => undefined), { host: '127.0.0.1', port: 0, introspection: true });
}, 120_000);
afterAll(async () => { await running.close(); await store.close(); });

const ask = async (query: string): Promise<any> => {
  const a = (await (await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) })).json()) as { data?: any; errors?: { message: string }[] };
  expect(a.errors).toBeUndefined();
  return a.data;
};

describe('GraphQL', () => {
  test('accessReview: principal × asset × effect × statement, in pages that join', async () => {
    const first = (await ask('{ accessReview(agent: "finance", first: 2) { totalCount pageInfo { hasNextPage endCursor } nodes { status effect identity { name } asset { name } statements { text source { file startLine } } } } }')).accessReview;
    expect([first.totalCount, first.nodes.map((n: any) => `${n.status} ${n.effect} ${n.asset.name}`)]).toEqual([4, ['excess delete billing', 'excess write billing']]);
    expect(first.nodes[0].statements[0].source).toMatchObject({ file: 'main.tf' });
    const rest = (await ask(`{ accessReview(agent: "finance", after: "${first.pageInfo.endCursor}") { nodes { status effect asset { name } } pageInfo { hasNextPage } } }`)).accessReview;
    expect(rest.nodes.map((n: any) => `${n.status} ${n.effect} ${n.asset.name}`)).toEqual(['excess read salaries', 'matched read billing']);
    expect((await ask('{ accessReview(status: missing) { totalCount } }')).accessReview.totalCount).toBe(0);
    const clerk = (await ask('{ accessReview(principal: "clerk", effect: invoke) { nodes { status asset { kind } } } }')).accessReview.nodes;
    expect([...new Set(clerk.map((n: any) => n.status))]).toEqual(['undeclared']);
    expect(clerk.map((n: any) => n.asset.kind)).toContain('Endpoint');
  });
  test('intentReview: the numbers', async () => expect((await ask('{ intentReview { nodes { agent { name } from opr slack gap owner excess matched declaredAt { file startLine } } } }')).intentReview.nodes).toEqual([{ agent: { name: 'finance' }, from: 'purpose', opr: 0.89, slack: 0.89, gap: 0, owner: 'maria@acme.example', excess: 3, matched: 1, declaredAt: { file: 'overreach.yaml', startLine: 2 } }]));
  test('invokerGap: matrix, rows and export', async () => {
    const gap = (await ask('{ invokerGap(agent: "finance") { notes csv cells { nodes { invoker { name } count gained given cdg } } rows(first: 1) { totalCount nodes { effect asset { name } weight } } } }')).invokerGap;
    expect(gap).toMatchObject({ notes: [], cells: { nodes: [{ invoker: { name: 'clerk' }, count: 1, gained: 28, given: 28, cdg: 1 }] }, rows: { totalCount: 4, nodes: [{ effect: 'delete', asset: { name: 'billing' }, weight: 12 }] } });
    expect(gap.csv.split('\r\n')).toHaveLength(6);
  });
  test('owners: what nobody answers for', async () => {
    const { owners } = await ask('{ owners(kind: "Agent") { nodes { owner by node { name } source { file startLine } } } }');
    expect(owners.nodes).toEqual([{ owner: 'maria@acme.example', by: 'overreach.yaml', node: { name: 'finance' }, source: { file: 'overreach.yaml', startLine: 3 } }]);
    expect((await ask('{ owners(unresolved: true, kind: "DataStore") { totalCount } }')).owners.totalCount).toBe(2);
  });
});

describe('command line', () => {
  test('access-review, invoker-gap, owners and the draft', async () => {
    expect((await c.run('access-review', 'finance')).out).toMatch(/finance +purpose +\S+ +0\.89/);
    expect((await c.run('access-review', '--format', 'csv', '--status', 'matched')).out.split('\r\n')[1]).toMatch(/^matched,tool,read,billing/);
    expect((await c.run('access-review', 'finance', '--format', 'markdown')).out).toContain('| excess | tool | delete | billing |');
    expect((await c.run('access-review', 'nobody-here')).code).toBe(3);
    expect((await c.run('access-review', '--status', 'wrong')).code).toBe(3);
    expect(JSON.parse((await c.run('invoker-gap', '--format', 'json')).out).cells).toHaveLength(1);
    expect((await c.run('owners', '--unresolved', '--kind', 'DataStore')).out).toMatch(/DataStore +billing/);
    const draft = await c.run('intent', 'draft', 'finance', '--into', 'code/overreach.yaml');
    expect(draft.code).toBe(0);
    expect((await c.run('scan', 'code', '--format', 'json')).code).toBe(0);
  });
  test('rules say what they wait for', async () => {
    const { out } = await c.run('rules');
    expect(out).toMatch(/AGT-046 .*not evaluated, needs github/);
    expect(out).toMatch(/AGT-057 .*not evaluated, needs history/);
    expect(out).toMatch(/AGT-007 .*plan +evaluated, \d+ match/);
  });
  test('a scan shows a policy pack only', async () => {
    const rules = JSON.parse((await c.run('scan', 'code', '--rules-pack', 'plan', '--format', 'json')).out).posture.map((p: any) => p.rule) as string[];
    expect(rules).toContain('AGT-038');
    expect(rules).not.toContain('AGT-028');
    expect((await c.run('scan', 'code', '--rules-pack', 'other')).code).toBe(3);
  });
});
