import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AnalysisResult } from '../../schema/index.ts';
import { ACME_ADMIN, ACME_TECHNIQUE } from '../helpers/acme.ts';
import { commandLine } from '../helpers/cli.ts';

const folder = (files: Record<string, string>): string => {
  const dir = mkdtempSync(join(tmpdir(), 'overreach-own-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
};

const ESTATE = folder({
  'main.tf': `
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}
resource "aws_iam_user" "u" { name = "u" }
resource "aws_iam_user_policy" "u" {
  name   = "p"
  user   = aws_iam_user.u.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["iam:PassRole", "acme:LaunchThing"], Resource = "*" }] })
}
${ACME_ADMIN}resource "aws_dynamodb_table" "manifests" {
  name     = "bills-of-lading"
  hash_key = "id"
}
`,
});

async function scan(rules?: string): Promise<AnalysisResult> {
  const r = await commandLine().run('scan', ESTATE, '--format', 'json', ...(rules ? ['--rules', rules] : []));
  expect(r.log).not.toContain('error:');
  return JSON.parse(r.out) as AnalysisResult;
}
const becomes = (r: AnalysisResult): boolean => r.principals.find((p) => p.identity.name === 'u')!.canBecomeAdmin.value;

test('an own technique fires where its permissions and its role are, and nowhere without it', async () => {
  expect(becomes(await scan())).toBe(false);
  const with_ = await scan(folder({ 't.yaml': ACME_TECHNIQUE }));
  expect(becomes(with_)).toBe(true);
  expect(with_.principals.find((p) => p.identity.name === 'u')!.canBecomeAdmin.steps.map((s) => s.technique)).toEqual(['x-acme-launch']);
  expect(becomes(await scan(folder({ 't.yaml': ACME_TECHNIQUE.replace('acme:LaunchThing', 'acme:OtherThing') })))).toBe(false);
});

test('own words decide sensitivity', async () => {
  const worst = (r: AnalysisResult): string | undefined => r.principals.find((p) => p.identity.name === 'boss')!.worstAsset?.sensitivity;
  expect(worst(await scan(folder({ 'words.yaml': 'words: { restricted: [lading, bill] }' })))).toBe('restricted');
});

test('everything that is wrong in a folder is said at once, with the file', async () => {
  const dir = folder({ 'a.yaml': 'id: X\n  bad: [', 'b.yaml': ACME_TECHNIQUE.replace('gives: { identity: role }', 'gives: 3'), 'c.yaml': 'words: { secretish: [x] }', 'd.yaml': ACME_TECHNIQUE.replace('x-acme-launch', 'lambda-001') });
  const r = await commandLine().run('scan', ESTATE, '--rules', dir);
  expect(r.code).toBe(3);
  for (const file of ['a.yaml:', 'b.yaml:', 'c.yaml:', 'd.yaml: the id lambda-001']) expect(r.log).toContain(file);
});
