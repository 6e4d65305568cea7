import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { FixPlan } from '../../schema/index.ts';
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

const ACME = CHAT.replace('["dynamodb:PutItem", "dynamodb:UpdateItem"], Resource = aws_dynamodb_table.customers.arn', '["iam:PassRole", "acme:LaunchThing"], Resource = "*"') + `
resource "aws_iam_role" "admin" {
  name               = "boss"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "acme.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_role_policy_attachment" "admin" {
  role       = aws_iam_role.admin.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
`;
const TECHNIQUE = `
id: x-acme-launch
title: Launch a thing with a passed role
category: new-passrole
source: https://acme.example/docs, 2026-05
bind:
  role: { is: role, trusts: [acme.amazonaws.com] }
permissions:
  - { action: iam:PassRole, on: role, passedTo: [acme.amazonaws.com] }
  - { action: acme:LaunchThing, on: any }
gives: { identity: role }
nearMiss:
  - { without: iam:PassRole }
`;

test('fixes of code count the techniques of its rules folder', async () => {
  const c = commandLine();
  writeFileSync(join(c.cwd, 'main.tf'), ACME);
  const fixes = async (...more: string[]): Promise<FixPlan> => JSON.parse((await c.run('fixes', 'main.tf', '--format', 'json', ...more)).out) as FixPlan;
  mkdirSync(join(c.cwd, 'own'));
  writeFileSync(join(c.cwd, 'own/t.yaml'), TECHNIQUE);
  const [usual, own] = [await fixes(), await fixes('--rules', 'own')];
  expect(own.closedTogether.length).toBeGreaterThan(usual.closedTogether.length);
  expect(own.remaining).toEqual([]);
});
