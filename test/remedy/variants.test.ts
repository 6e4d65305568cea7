import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { fixPlan } from '../../queries/remedy/plan.ts';
import { provenPatch } from '../../server/patch/proven.ts';
import { sideOf } from '../../server/service/sides.ts';
import { ORDERS } from './orders.ts';
import { swap } from './tried.ts';

const hasTerraform = (() => { try { execFileSync('terraform', ['version'], { stdio: 'ignore' }); return true; } catch { console.log('terraform is not on PATH: the formatter is not asked'); return false; } })();
const isCanonical = (folder: string): boolean => { try { execFileSync('terraform', ['fmt', '-check', '-recursive', folder], { stdio: 'pipe' }); return true; } catch { return false; } };

const DOCUMENT = /data "aws_iam_policy_document" "tool" \{[^]*?\n\}\n\n/;
const POLICY = 'policy = data.aws_iam_policy_document.tool.json';
const JSON_POLICY = '{\n  "Version": "2012-10-17",\n  "Statement": [\n    { "Sid": "Look", "Effect": "Allow", "Action": ["dynamodb:DescribeTable"], "Resource": "*" },\n    {\n      "Effect": "Allow",\n      "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],\n      "Resource": "*"\n    }\n  ]\n}\n';
const without = ORDERS.replace(DOCUMENT, '');

/** The same estate with its policy written in another place or manner. */
const VARIANTS: Record<string, Record<string, string>> = {
  'a document block': { 'main.tf': ORDERS },
  'jsonencode with comments': { 'main.tf': swap(without, [`  ${POLICY}`, '  policy = jsonencode({\n    Version = "2012-10-17"\n    Statement = [\n      # orders\n      { Effect = "Allow", Action = ["dynamodb:GetItem", "dynamodb:PutItem"], Resource = "*" }, // all of them\n      { Effect = "Allow", Action = "dynamodb:DescribeTable", Resource = "*" },\n    ]\n  })']).replace('  name   = "tool"\n  role   = aws_iam_role.tool.id\n', '  name = "tool"\n  role = aws_iam_role.tool.id\n') },
  'a heredoc': { 'main.tf': swap(without, [POLICY, `policy = <<EOF\n${JSON_POLICY}EOF`]) },
  'a file': { 'main.tf': swap(without, [POLICY, 'policy = file("${path.module}/policies/tool.json")']), 'policies/tool.json': JSON_POLICY },
  'a template file': { 'main.tf': swap(without, [POLICY, 'policy = templatefile("${path.module}/tool.json.tpl", { table = aws_dynamodb_table.orders.arn })']), 'tool.json.tpl': JSON_POLICY.replace('"dynamodb:PutItem"],\n      "Resource": "*"', '"dynamodb:PutItem"],\n      "Resource": "${table}"') },
  'a list in locals': { 'main.tf': swap(ORDERS, ['actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]', 'actions   = local.tool_actions']) + '\nlocals {\n  tool_actions = ["dynamodb:GetItem", "dynamodb:PutItem"]\n}\n' },
  'crooked columns, Windows lines': { 'main.tf': swap(ORDERS, ['  api_id    = aws_apigatewayv2_api.chat.id\n  route_key', '  api_id = aws_apigatewayv2_api.chat.id\n  route_key']).replaceAll('\n', '\r\n') },
};

test.each(Object.entries(VARIANTS))('%s: the patch applies, what it promises is gone, nothing else appeared, columns stay', async (name, files) => {
  const folder = mkdtempSync(join(tmpdir(), 'overreach-variant-'));
  for (const [path, text] of Object.entries(files)) { mkdirSync(dirname(join(folder, path)), { recursive: true }); writeFileSync(join(folder, path), text); }
  const cli = { out: () => undefined, log: () => undefined, env: {}, cwd: folder, now: () => new Date('2026-06-01'), newId: () => 'r', color: false, width: 100, version: '0' };
  const canonical = hasTerraform && isCanonical(folder);
  if (hasTerraform) expect(canonical).toBe(!name.startsWith('crooked'));
  const side = await sideOf(cli, folder, { scope: 'test' });
  const plan = fixPlan(side.graph!, side.result.findings);
  const { diff, patched } = await provenPatch(cli, side, plan);
  expect([...patched.values()].filter((p) => !p.startsWith('patched'))).toEqual([]);
  writeFileSync(join(folder, '..', `${folder.split('/').at(-1)}.diff`), diff);
  execFileSync('git', ['init', '-q'], { cwd: folder });
  for (const args of [['apply', '--check'], ['apply']]) execFileSync('git', [...args, join(folder, '..', `${folder.split('/').at(-1)}.diff`)], { cwd: folder, stdio: 'pipe' });
  const after = await sideOf(cli, folder, { scope: 'test' });
  const before = new Set(side.result.findings.map((f) => f.fingerprint));
  const now = new Set(after.result.findings.map((f) => f.fingerprint));
  for (const f of plan.closedTogether) expect(now.has(f)).toBe(false);
  expect(now.size).toBeLessThan(before.size);
  expect([...now].filter((f) => !before.has(f))).toEqual([]);
  expect(plan.closedTogether.length).toBeGreaterThan(1);
  if (canonical) expect(isCanonical(folder)).toBe(true);
  const text = readFileSync(join(folder, 'main.tf'), 'utf8');
  if (name.includes('Windows')) expect(/[^\r]\n/.test(text)).toBe(false);
  if (name.startsWith('crooked')) expect(text).toContain('  api_id = aws_apigatewayv2_api.chat.id\r\n');
}, 60_000);
