import { expect, test } from 'vitest';
import { ORDERS } from './orders.ts';
import { swap, tried } from './tried.ts';

/** The tool, its permission and its policy as JSON; all else stays as it is. */
const OF_TOOL = `{
  "resource": {
    "aws_lambda_permission": {
      "tool": {
        "action": "lambda:InvokeFunction",
        "function_name": "\${aws_lambda_function.tool.function_name}",
        "principal": "bedrock.amazonaws.com"
      }
    }
  },
  "data": {
    "aws_iam_policy_document": {
      "tool": {
        "statement": [
          { "actions": ["dynamodb:GetItem", "dynamodb:PutItem"], "resources": ["\${aws_dynamodb_table.orders.arn}"] },
          { "actions": ["ses:SendEmail"], "resources": ["*"] }
        ]
      }
    }
  }
}
`;
const HCL = ORDERS.replace(/data "aws_iam_policy_document" "tool" \{[^]*?\n\}\n\n?/, '').replace(/resource "aws_lambda_permission" "tool" \{[^]*?\n\}\n\n?/, '');
const files = { 'main.tf': HCL, 'tool.tf.json': OF_TOOL };

test('Terraform as JSON: statements, conditions and properties are changed in its own words', async () => {
  const t = await tried(files);
  expect(HCL).not.toBe(ORDERS);
  const [send] = t.saying(/remove the statement that allows ses:SendEmail/);
  expect(t.patch(send!.fix)).toEqual({ 'tool.tf.json': swap(OF_TOOL, [',\n          { "actions": ["ses:SendEmail"], "resources": ["*"] }', '']) });
  const [keys] = t.saying(/dynamodb:LeadingKeys/);
  expect(JSON.parse((t.patch(keys!.fix) as Record<string, string>)['tool.tf.json']!).data.aws_iam_policy_document.tool.statement[0].condition).toEqual([
    { test: 'ForAllValues:StringEquals', variable: 'dynamodb:LeadingKeys', values: ['$${aws:PrincipalTag/caller}'] }, { test: 'Null', variable: 'aws:PrincipalTag/caller', values: ['false'] },
  ]);
  expect(await t.reread(keys!.fix)).toEqual(t.proof(keys!));
  const admits = t.hardening().find((f) => f.property === 'SourceArn')!;
  expect(t.patch(admits)).toEqual({ 'tool.tf.json': swap(OF_TOOL, ['"principal": "bedrock.amazonaws.com"\n', '"principal": "bedrock.amazonaws.com",\n        "source_arn": "${aws_bedrockagent_agent.orders.agent_arn}"\n']) });
});

test('a policy file that Terraform reads has no names for what stands elsewhere', async () => {
  const text = swap(ORDERS.replace(/data "aws_iam_policy_document" "tool" \{[^]*?\n\}\n\n?/, ''), ['policy = data.aws_iam_policy_document.tool.json', 'policy = file("${path.module}/tool.json")']);
  const t = await tried({ 'main.tf': text, 'tool.json': '{ "Statement": [{ "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem"], "Resource": "*" }] }\n' });
  const arn = 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders';
  expect(t.patch(t.saying(/on orders instead of \*/)[0]!.fix)).toEqual({ 'tool.json': `{ "Statement": [{ "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem"], "Resource": ["${arn}", "${arn}/index/*"] }] }\n` });
  const anywhere = await tried({ 'main.tf': swap(text, ['  allowed_account_ids = ["111122223333"]\n', '']), 'tool.json': '{ "Statement": [{ "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem"], "Resource": "*" }] }\n' });
  expect(anywhere.patch(anywhere.saying(/on orders instead of \*/)[0]!.fix)).toMatch(/cannot be named where it stands/);
  expect(t.patch(t.saying(/: without write$/)[0]!.fix)).toEqual({ 'tool.json': '{ "Statement": [{ "Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": "*" }] }\n' });
});
