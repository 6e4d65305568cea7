import { expect, test } from 'vitest';
import { losingMore } from '../../server/patch/lost.ts';
import type { Graph } from '../../queries/remedy/edit.ts';
import { ORDERS } from './orders.ts';
import { swap, tried } from './tried.ts';

/** The policy of the tool in other words; its name is that of the role. */
const withPolicy = (policy: string, more = ''): string => ORDERS
  .replace(/data "aws_iam_policy_document" "tool" \{[^]*?\n\}\n\n?/, () => more)
  .replace('policy = data.aws_iam_policy_document.tool.json', () => `policy = ${policy}`);
const sends = /remove the statement that allows ses:SendEmail/;
const after = async (text: string): Promise<string> => { const t = await tried({ 'main.tf': text }); const p = t.patch(t.saying(sends)[0]!.fix); return typeof p === 'string' ? `! ${p}` : p['main.tf']!; };
const READ = '{ Effect = "Allow", Action = "dynamodb:GetItem", Resource = "*" }';
const SEND = '{ Effect = "Allow", Action = "ses:SendEmail", Resource = "*" }';

test('one list of several that a function joins loses its statement and stays; the policy stays', async () => {
  const joined = withPolicy(`jsonencode({ Statement = concat([${READ}], [${SEND}]) })`);
  expect(await after(joined)).toBe(swap(joined, [`[${SEND}]`, '[]']));
});

test('a comprehension that writes several statements is left alone, and so is the policy around it', async () => {
  const many = withPolicy('jsonencode({ Statement = [for a in ["ses:SendEmail", "dynamodb:GetItem"] : { Effect = "Allow", Action = a, Resource = "*" }] })');
  expect(await after(many)).toMatch(/^! /);
});

test('a static statement beside a dynamic one goes by itself, with the empty line before it', async () => {
  const body = 'data "aws_iam_policy_document" "tool" {\n  dynamic "statement" {\n    for_each = ["dynamodb:GetItem", "dynamodb:Query"]\n\n    content {\n      actions   = [statement.value]\n      resources = ["*"]\n    }\n  }\n';
  const mixed = withPolicy('data.aws_iam_policy_document.tool.json', `${body}\n  statement {\n    actions   = ["ses:SendEmail"]\n    resources = ["*"]\n  }\n}\n\n`);
  expect(await after(mixed)).toBe(swap(mixed, ['\n  statement {\n    actions   = ["ses:SendEmail"]\n    resources = ["*"]\n  }\n', '']));
});

test('the only statement of a document that another takes in does not take the policy along', async () => {
  const taken = withPolicy('data.aws_iam_policy_document.all.json', 'data "aws_iam_policy_document" "send" {\n  statement {\n    actions   = ["ses:SendEmail"]\n    resources = ["*"]\n  }\n}\n\ndata "aws_iam_policy_document" "all" {\n  source_policy_documents = [data.aws_iam_policy_document.send.json]\n\n  statement {\n    actions   = ["dynamodb:GetItem"]\n    resources = ["*"]\n  }\n}\n\n');
  expect(await after(taken)).toBe('! the statement is the only one of its policy');
});

test('holders that lose more than the changes say are named', () => {
  const graph = (...actions: string[][]): Graph => ({
    nodes: [{ id: 'role', kind: 'Identity', props: {} }, { id: 'policy', kind: 'Policy', props: { statements: actions.map((a) => ({ effect: 'Allow', actions: a, resources: ['*'] })) } }] as never,
    edges: [{ id: 'e', kind: 'HAS_POLICY', from: 'role', to: 'policy' }] as never,
  });
  expect(losingMore(graph(['a:Get'], ['b:Get']), graph(['a:Get'], ['b:Get'])).size).toBe(0);
  expect(losingMore(graph(['a:Get']), graph(['a:Get', 'b:Get'])).size).toBe(0);
  expect([...losingMore(graph(['a:Get'], ['b:Get']), graph(['b:Get']))]).toEqual(['role']);
  expect([...losingMore(graph(['a:Get'], ['a:Get']), graph(['a:Get']))]).toEqual(['role']);
});

test('of a block that makes several attachments only the one that is meant goes', async () => {
  const attach = (set: string): string => `${ORDERS}\nresource "aws_iam_role_policy_attachment" "more" {\n  for_each   = ${set}\n  role       = aws_iam_role.tool.name\n  policy_arn = each.value\n}\n\nresource "aws_dynamodb_table" "late" {\n  name       = "late"\n  depends_on = [aws_iam_role_policy_attachment.more]\n}\n`;
  const detach = async (text: string): Promise<unknown> => { const t = await tried({ 'main.tf': text }); return t.patch(t.saying(/^detach AmazonDynamoDBFullAccess/)[0]!.fix); };
  const listed = attach('toset(["arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess", "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"])');
  expect(await detach(listed)).toEqual({ 'main.tf': swap(listed, ['"arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess", ', '']) });
  expect(await detach(attach('{ a = "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess", b = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess" }'))).toBe('the block makes others as well');
});
