import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { FixPlan } from '../../schema/index.ts';
import { remedies } from '../../server/service/remedies.ts';
import { ACME_ADMIN, ACME_TECHNIQUE } from '../helpers/acme.ts';
import { commandLine } from '../helpers/cli.ts';
import { CHAT } from '../review/chat.ts';

const READS = CHAT.replace('"dynamodb:PutItem", "dynamodb:UpdateItem"', '"dynamodb:GetItem"');
const PUBLIC = READS.replace('hash_key     = "id"', 'hash_key     = "id"\n  tags         = { data-classification = "public" }');

test('fixes of a run count the levels that were decided in its store', async () => {
  const c = commandLine();
  writeFileSync(join(c.cwd, 'main.tf'), PUBLIC);
  expect((await c.run('scan', '.')).code).toBe(0);
  const reads = async (): Promise<[number, number]> => {
    const { out } = await c.run('fixes', 'latest', '--format', 'json');
    const plan = JSON.parse(out) as FixPlan;
    return [plan.closedTogether.length, plan.remaining.length];
  };
  const before = await reads();
  const store = await openStore(join(c.cwd, '.overreach/graph.db'), {});
  const table = (await store.load())!.nodes.find((n) => n.kind === 'DataStore')!;
  await store.ledger.write({ override: { node: table.id, level: 'restricted', reason: 'real records', by: 'maria', at: '2026-06-01T10:00:00Z' } }, { id: 'e1', at: '2026-06-01T10:00:00Z', who: 'maria', what: 'setOverride', subject: table.id, before: null, after: null });
  await store.close();
  expect((await c.run('scan', '.')).code).toBe(0);
  const after = await reads();
  expect(after[0]).toBeGreaterThan(before[0]);
  expect(after[1]).toBe(0);
}, 120_000);

const ACME = CHAT.replace('["dynamodb:PutItem", "dynamodb:UpdateItem"], Resource = aws_dynamodb_table.customers.arn', '["iam:PassRole", "acme:LaunchThing"], Resource = "*"') + ACME_ADMIN;

test('fixes of code count the techniques of its rules folder', async () => {
  const c = commandLine();
  writeFileSync(join(c.cwd, 'main.tf'), ACME);
  const fixes = async (...more: string[]): Promise<FixPlan> => JSON.parse((await c.run('fixes', 'main.tf', '--format', 'json', ...more)).out) as FixPlan;
  mkdirSync(join(c.cwd, 'own'));
  writeFileSync(join(c.cwd, 'own/t.yaml'), ACME_TECHNIQUE);
  const [usual, own] = [await fixes(), await fixes('--rules', 'own')];
  expect(own.closedTogether.length).toBeGreaterThan(usual.closedTogether.length);
  expect(own.remaining).toEqual([]);
});

/** Everything that is found is closed, whatever is said of levels and words: findings and proofs are made in one way. */
const closesAll = (plan: FixPlan): void => { expect(plan.remaining).toEqual([]); expect(plan.closedTogether.length).toBeGreaterThan(0); };
const STORES = CHAT.replace('["dynamodb:PutItem", "dynamodb:UpdateItem"]', '["dynamodb:GetItem", "dynamodb:PutItem"]').replaceAll('customers', 'manifest') + CHAT.slice(CHAT.indexOf('resource "aws_dynamodb_table"')).replaceAll('customers', 'manifest_two');
const WORDS = { restricted: ['manifest'] };

test('a run whose levels or words are others now is answered anew before it is fixed', async () => {
  const c = commandLine();
  writeFileSync(join(c.cwd, 'main.tf'), STORES.replace('Resource = aws_dynamodb_table.manifest.arn', 'Resource = "*"'));
  mkdirSync(join(c.cwd, 'own'));
  writeFileSync(join(c.cwd, 'own/words.yaml'), JSON.stringify({ words: WORDS }));
  expect((await c.run('scan', '.')).code).toBe(0);
  const fixes = async (...more: string[]): Promise<FixPlan> => JSON.parse((await c.run('fixes', 'latest', '--format', 'json', ...more)).out) as FixPlan;
  closesAll(await fixes());
  closesAll(await fixes('--rules', 'own'));
  const place = join(c.cwd, '.overreach/graph.db');
  const store = await openStore(place, {});
  for (const table of (await store.load())!.nodes.filter((n) => n.kind === 'DataStore')) {
    await store.ledger.write({ override: { node: table.id, level: 'restricted', reason: 'real records', by: 'maria', at: '2026-06-01T10:00:00Z' } }, { id: `e-${table.id}`, at: '2026-06-01T10:00:00Z', who: 'maria', what: 'setOverride', subject: table.id, before: null, after: null });
  }
  await store.close();
  closesAll(await fixes());
  expect((await c.run('scan', '.', '--rules', 'own')).code).toBe(0);
  closesAll(await fixes());
}, 120_000);

test('code that a service reads counts what the service brings of its own', async () => {
  const c = commandLine();
  mkdirSync(join(c.cwd, 'code'));
  writeFileSync(join(c.cwd, 'code/main.tf'), STORES.replace('Resource = aws_dynamodb_table.manifest.arn', 'Resource = "*"'));
  const cli = { out: () => undefined, log: () => undefined, env: {}, cwd: c.cwd, now: () => new Date('2026-06-01T12:00:00Z'), newId: () => 'x', color: false, width: 80, version: '0.0.0-test' };
  closesAll((await remedies(cli, 'code', {}, 60, true, { extraRules: [], own: { techniques: [], words: WORDS } })).plan);
}, 120_000);
