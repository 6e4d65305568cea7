import { expect, test } from 'vitest';
import { ORDERS } from './orders.ts';
import { swap, tried, type Tried } from './tried.ts';

const narrowed = /instead of .*: without write$/;
const withActions = (actions: string, more = ''): string => `${swap(ORDERS, ['actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]', `actions   = ${actions}`])}${more}`;
const patched = (t: Tried): Record<string, string> | string => t.patch(t.saying(narrowed)[0]!.fix);
const LOCALS = '\nlocals {\n  # what it may do\n  read  = ["dynamodb:GetItem"]\n  write = ["dynamodb:PutItem"] # orders\n  desk  = { actions = ["dynamodb:GetItem", "dynamodb:PutItem"] }\n}\n';

test('an action goes from the list that a function joins, or from the map that holds it, wherever that is written', async () => {
  for (const [actions, from, to] of [
    ['concat(local.read, local.write)', 'write = ["dynamodb:PutItem"] #', 'write = [] #'],
    ['concat(["dynamodb:GetItem"], ["dynamodb:PutItem"])', '["dynamodb:GetItem"], ["dynamodb:PutItem"]', '["dynamodb:GetItem"], []'],
    ['local.desk.actions', 'desk  = { actions = ["dynamodb:GetItem", "dynamodb:PutItem"] }', 'desk  = { actions = ["dynamodb:GetItem"] }'],
    ['distinct(flatten([local.read, local.write]))', 'write = ["dynamodb:PutItem"] #', 'write = [] #'],
  ] as const) {
    const text = withActions(actions, LOCALS);
    const t = await tried({ 'main.tf': text });
    expect(patched(t), actions).toEqual({ 'main.tf': swap(text, [from, to]) });
    expect(await t.reread(t.saying(narrowed)[0]!.fix)).toEqual(t.proof(t.saying(narrowed)[0]!));
  }
});

test('near miss: a list that is computed, or made of parts of words, is left alone', async () => {
  for (const actions of ['[for a in ["Get", "Put"] : "dynamodb:${a}Item"]', 'split(",", "dynamodb:GetItem,dynamodb:PutItem")']) expect(patched(await tried({ 'main.tf': withActions(actions, LOCALS) })), actions).toMatch(/not written out in one place|several/);
});

test('of a module that is called for each of several, only the list of the one that is meant changes', async () => {
  const [head, tail] = [ORDERS.slice(0, ORDERS.indexOf('data "aws_iam_policy_document" "tool"')), ORDERS.slice(ORDERS.indexOf('resource "aws_dynamodb_table" "orders"'))];
  const calls = `module "rights" {
  source   = "./rights"
  for_each = local.desks
  role     = each.value.role
  actions  = concat(["logs:PutLogEvents"], each.value.actions)
}

locals {
  desks = {
    other = { role = "other", actions = ["dynamodb:GetItem", "dynamodb:PutItem"] }
    tool  = { role = aws_iam_role.tool.id, actions = ["dynamodb:GetItem", "dynamodb:PutItem"] }
  }
}

`;
  const rights = 'variable "role" {}\nvariable "actions" { type = list(string) }\n\nresource "aws_iam_role_policy" "this" {\n  name   = "tool"\n  role   = var.role\n  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = var.actions, Resource = "*" }] })\n}\n';
  const t = await tried({ 'main.tf': head + calls + tail, 'rights/main.tf': rights });
  expect(patched(t)).toEqual({ 'main.tf': head + swap(calls, ['aws_iam_role.tool.id, actions = ["dynamodb:GetItem", "dynamodb:PutItem"]', 'aws_iam_role.tool.id, actions = ["dynamodb:GetItem"]']) + tail });
});

test('a dynamic statement takes its actions from what it goes through', async () => {
  const rules = '\nlocals {\n  rules = {\n    orders = { actions = ["dynamodb:GetItem", "dynamodb:PutItem"] }\n    logs   = { actions = ["logs:PutLogEvents"] }\n  }\n}\n';
  const text = swap(ORDERS, ['  statement {\n    actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]\n    resources = ["*"]\n  }', '  dynamic "statement" {\n    for_each = local.rules\n\n    content {\n      actions   = statement.value.actions\n      resources = ["*"]\n    }\n  }']) + rules;
  expect(patched(await tried({ 'main.tf': text }))).toEqual({ 'main.tf': swap(text, ['["dynamodb:GetItem", "dynamodb:PutItem"] }\n', '["dynamodb:GetItem"] }\n']) });
});
