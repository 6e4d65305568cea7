import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { loadRuleFolders } from '../../server/service/rule-folder.ts';
import { createService } from '../../server/service/service.ts';
import { twoAccounts } from '../helpers/two-accounts.ts';

const dir = mkdtempSync(join(tmpdir(), 'overreach-overrides-'));
const STORE = 'ovr:datastore:aws:arn:aws:dynamodb:eu-west-1:111111111111:table/own-archive';
let store: GraphStore;
let running: Running;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  for (const [path, text] of Object.entries({ ...twoAccounts('x', false, false), 'rules/words.yaml': 'words:\n  restricted: [archive]\n', 'more/words.yaml': 'words:\n  public: [timetable]\n' })) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  const where = join(dir, 'graph.db');
  store = await openStore(where);
  const own = loadRuleFolders([join(dir, 'rules'), join(dir, 'more')]);
  const service = createService(store, { env: process.env, now: () => new Date(), newId: randomUUID, progress: () => undefined, version: 't' }, () => undefined, { ingestRoot: dir, spool: dir, place: { where, options: {} }, own: { extraRules: own.rules, own } });
  for (const role of ['viewer', 'operator', 'risk-owner', 'admin'] as const) tokens[role] = (await service.decisions.createToken({ who: 'test' }, { role, label: role })).text;
  running = await serve(service, { host: '127.0.0.1', port: 0, introspection: true });
});
afterAll(async () => { await running.close(); await store.close(); rmSync(dir, { recursive: true, force: true }); });

async function ask(as: string, query: string, variables: object = {}): Promise<any> {
  return (await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[as]!}` }, body: JSON.stringify({ query, variables }) })).json();
}
const code = (a: any): string | undefined => a.errors?.[0]?.extensions.code;
async function job(query: string): Promise<void> {
  const { id } = Object.values((await ask('operator', query)).data)[0] as { id: string };
  for (;;) {
    const { data } = await ask('operator', 'query($id: ID!) { job(id: $id) { status finishedAt problem { message } } }', { id });
    if (data.job.finishedAt) { expect([data.job.status, data.job.problem]).toEqual(['complete', null]); return; }
    await new Promise((ok) => setTimeout(ok, 100));
  }
}
const level = async (): Promise<string[]> => [...new Set((await ask('viewer', '{ findings(filterBy: {asset: "own-archive"}) { nodes { sensitivity } } }')).data.findings.nodes.map((n: any) => String(n.sensitivity)))] as string[];
const SET = 'mutation($node: ID!, $level: OverrideLevel, $integrity: OverrideIntegrity, $reason: String!, $expires: String, $key: String) { setOverride(node: $node, level: $level, integrity: $integrity, reason: $reason, expires: $expires, idempotencyKey: $key) { node level integrity reason expires by at } }';

test('own words count in what is loaded, a decision counts from the next analysis on, and taking it back undoes it', async () => {
  await job('mutation { ingest(input: {paths: ["own"]}) { id } }');
  expect(await level()).toEqual(['restricted']);
  const set = await ask('risk-owner', SET, { node: STORE, level: 'public', reason: 'copies of a public register', expires: '2999-12-31', key: 'k1' });
  expect(set.data.setOverride).toMatchObject({ node: STORE, level: 'public', integrity: null, reason: 'copies of a public register', expires: '2999-12-31', by: expect.stringMatching(/^token:[0-9a-f]{12} risk-owner$/) });
  // The same request again is the same answer; another under its key is refused.
  expect(await ask('risk-owner', SET, { node: STORE, level: 'public', reason: 'copies of a public register', expires: '2999-12-31', key: 'k1' })).toEqual(set);
  expect(code(await ask('risk-owner', SET, { node: STORE, level: 'internal', reason: 'x', expires: '2999-12-31', key: 'k1' }))).toBe('IDEMPOTENCY_CONFLICT');
  expect(await level()).toEqual(['restricted']);
  await job('mutation { analyze { id } }');
  expect(await level()).toEqual(['public']);
  await ask('risk-owner', SET, { node: STORE, level: 'confidential', reason: 'no: names are in it', expires: '2999-01-01' });
  expect((await ask('viewer', '{ overrides { node level reason } }')).data.overrides).toEqual([{ node: STORE, level: 'confidential', reason: 'no: names are in it' }]);
  expect((await ask('risk-owner', 'mutation($n: ID!) { removeOverride(node: $n) { level } }', { n: STORE })).data.removeOverride).toEqual({ level: 'confidential' });
  expect((await ask('viewer', '{ overrides { node } }')).data.overrides).toEqual([]);
  await job('mutation { analyze { id } }');
  expect(await level()).toEqual(['restricted']);
  const trail = (await ask('admin', '{ audit(first: 500) { who what subject before after } }')).data.audit.filter((e: any) => e.subject === STORE).map((e: any) => [e.what, e.before?.level ?? null, e.after?.level ?? null]);
  expect(trail).toEqual([['removeOverride', 'confidential', null], ['setOverride', 'public', 'confidential'], ['setOverride', null, 'public']]);
}, 180_000);

test('what cannot be decided is refused, and nothing is written', async () => {
  const good = { node: STORE, level: 'internal', reason: 'r', expires: '2999-01-01' };
  const before = (await ask('admin', '{ audit(first: 1) { seq } }')).data.audit;
  for (const [change, want] of [[{ node: 'ovr:datastore:aws:nowhere' }, 'NOT_FOUND'], [{ node: 'ovr:identity:aws:arn:aws:iam::111111111111:role/own-tool' }, 'BAD_INPUT'], [{ level: null }, 'BAD_INPUT'], [{ reason: ' ' }, 'BAD_INPUT'], [{ reason: 'x'.repeat(2_001) }, 'BAD_INPUT'], [{ expires: null }, 'BAD_INPUT'], [{ expires: '2999-02-30' }, 'BAD_INPUT'], [{ expires: 'soon' }, 'BAD_INPUT'], [{ expires: '2001-01-01' }, 'BAD_INPUT'], [{ level: 'secret' }, 'BAD_USER_INPUT']] as const) {
    expect([change, code(await ask('risk-owner', SET, { ...good, ...change }))]).toEqual([change, want]);
  }
  expect(code(await ask('risk-owner', 'mutation { removeOverride(node: "never") { node } }'))).toBe('NOT_FOUND');
  for (const role of ['viewer', 'operator']) expect(code(await ask(role, SET, good))).toBe('FORBIDDEN');
  expect((await ask('admin', '{ audit(first: 1) { seq } }')).data.audit).toEqual(before);
  expect((await ask('risk-owner', SET, { node: STORE, level: 'restricted', reason: 'raised: needs no end' })).data.setOverride.expires).toBeNull();
});

test('rule folders that cannot be used together end the start', () => {
  writeFileSync(join(dir, 'more', 'bad.yaml'), 'words:\n  purple: [x]\n');
  expect(() => loadRuleFolders([join(dir, 'rules'), join(dir, 'more')])).toThrow(/bad\.yaml/);
});
