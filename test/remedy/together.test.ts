import { expect, test } from 'vitest';
import { fixPlan } from '../../queries/remedy/plan.ts';
import { openedOver } from '../../queries/remedy/opened.ts';
import { passOf, problemsOf, proofOf } from '../../queries/remedy/prove.ts';
import { together } from '../../queries/remedy/together.ts';
import { applyAll } from '../../queries/remedy/batch.ts';
import { FED } from './fed.ts';
import { ORDERS } from './orders.ts';
import { swap, tried } from './tried.ts';

const NOW = { now: '2026-11-01T00:00:00Z' };
const STATEMENT = (table: string): string => `  statement {\n    actions   = ["dynamodb:PutItem"]\n    resources = ["arn:aws:dynamodb:eu-west-1:111122223333:table/${table}"]\n  }\n`;
const more = (name: string): string => `\nresource "aws_dynamodb_table" "${name}" {\n  name     = "customer-${name}"\n  hash_key = "id"\n}\n`;
/** Two tables of one kind, each by a statement of its own: one finding. */
const TWO = ORDERS.replace(/data "aws_iam_policy_document" "tool" \{[^]*?\n\}\n/, () => `data "aws_iam_policy_document" "tool" {\n${STATEMENT('customer-letters')}${STATEMENT('customer-notes')}}\n`) + more('letters') + more('notes');

test('what two statements make possible is closed by both changes, each said to be one of two; the whole is proven', async () => {
  const { graph, result } = await tried({ 'main.tf': TWO });
  const single = fixPlan(graph, result.findings, NOW);
  const both = result.findings.find((f) => /write to 2 /.test(f.title))!;
  expect(single.remaining).toContain(both.fingerprint);
  const plan = together(graph, result.findings, single, NOW);
  expect(plan.remaining).not.toContain(both.fingerprint);
  const set = plan.fixes.filter((f) => /one of 2 changes/.test(f.effect ?? ''));
  expect(set.map((f) => f.closes)).toEqual([[both.fingerprint], [both.fingerprint]]);
  expect(set.map((f) => f.adds)).toEqual([[], [both.fingerprint]]);
  const proof = proofOf(problemsOf(graph, NOW), problemsOf(applyAll(graph, plan.fixes.map((f) => f.edit)), NOW));
  expect(proof.opens).toEqual([]);
  expect(proof.closes).toEqual(expect.arrayContaining(plan.closedTogether));
}, 60_000);

test('what one change closes is left as it is, and a budget that is spent stays so', async () => {
  const { graph, result } = await tried({ 'main.tf': swap(ORDERS, ['resources = ["*"]', 'resources = [aws_dynamodb_table.orders.arn]']) });
  const single = fixPlan(graph, result.findings, NOW);
  expect(single.remaining).toEqual([]);
  expect(together(graph, result.findings, single, NOW)).toBe(single);
  const two = await tried({ 'main.tf': TWO });
  const spent = fixPlan(two.graph, two.result.findings, { ...NOW, maxRuns: 3 });
  expect(together(two.graph, two.result.findings, spent, { ...NOW, maxRuns: spent.runs })).toBe(spent);
}, 60_000);

test('three statements that allow the same go one after another; a step that was not needed is left out', async () => {
  const same = (action: string): string => `  statement {\n    actions   = ["dynamodb:GetItem", "${action}"]\n    resources = ["arn:aws:dynamodb:eu-west-1:111122223333:table/orders"]\n  }\n`;
  const text = ORDERS.replace(/data "aws_iam_policy_document" "tool" \{[^]*?\n\}\n/, () => `data "aws_iam_policy_document" "tool" {\n${same('dynamodb:PutItem')}${same('dynamodb:UpdateItem')}${same('dynamodb:BatchWriteItem')}}\n`);
  const { graph, result } = await tried({ 'main.tf': text });
  const write = result.findings.find((f) => /can write to orders/.test(f.title))!;
  const single = fixPlan(graph, result.findings, NOW);
  expect(single.remaining).toContain(write.fingerprint);
  const plan = together(graph, result.findings, single, NOW);
  const set = plan.fixes.filter((f) => /: without (delete, )?write$/.test(f.text));
  expect(set).toHaveLength(3);
  expect(plan.remaining).not.toContain(write.fingerprint);
  const without = (i: number) => proofOf(problemsOf(graph, NOW), problemsOf(applyAll(graph, plan.fixes.filter((f) => f !== set[i]).map((f) => f.edit)), NOW));
  for (const i of [0, 1, 2]) expect(without(i).closes).not.toContain(write.fingerprint);
}, 60_000);

test('what an agent could do before, and is only asked now that nobody reaches it, is not opened; what it could not is', async () => {
  const narrow = swap(FED, ['"dynamodb:DeleteItem"', '"dynamodb:GetItem"']);
  const [before, after, more] = await Promise.all([FED, narrow, swap(narrow, ['"dynamodb:GetItem"', '"dynamodb:GetItem", "dynamodb:PutItem"'])].map(async (t) => passOf((await tried({ 'main.tf': t })).graph, NOW)));
  const opened = openedOver(before!);
  expect(proofOf(before!, after!).opens).not.toEqual([]);
  expect(opened(after!)).toEqual([]);
  expect(opened(more!).some((k) => /\|write\|.*notes/.test(k))).toBe(true);
}, 60_000);
