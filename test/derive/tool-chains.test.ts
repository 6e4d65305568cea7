import { describe, expect, it } from 'vitest';
import { toolChains } from '../../bench/accuracy/adapters/chains.ts';
import { derive } from '../../queries/derive/index.ts';
import { collectText, snapshotOf } from '../helpers/scan.ts';

const role = (name: string, service: string, action: string, resource: string) => `
resource "aws_iam_role" "${name}" {
  name               = "${name}"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "${service}" } }] })
}
resource "aws_iam_role_policy" "${name}" {
  role   = aws_iam_role.${name}.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "${action}", Resource = ${resource} }] })
}`;
const source = (service: string, action = 'lambda:InvokeFunction') => `
resource "aws_dynamodb_table" "customers" {
  name     = "customer-profiles"
  hash_key = "email"
  attribute {
    name = "email"
    type = "S"
  }
}
resource "aws_lambda_function" "support" {
  function_name = "support"
  role          = aws_iam_role.support.arn
}
${role('support', 'lambda.amazonaws.com', 'dynamodb:GetItem', 'aws_dynamodb_table.customers.arn')}
${role('caller', service, action, 'aws_lambda_function.support.arn')}`;

const found = async (text: string) => {
  const batch = await collectText({ 'main.tf': text });
  return toolChains({ run: { id: '', inputKind: '', input: [], dir: '' }, batch, estate: derive(snapshotOf(batch)) }).map((f) => [f.source!.name, ...f.via!.map((v) => v.name), f.target!.name]);
};

describe('data behind the code of a tool', () => {
  it('is read by the role that the agent platform calls it with', async () => expect(await found(source('bedrock-agentcore.amazonaws.com'))).toEqual([['caller', 'support', 'support', 'customer-profiles']]));
  it('is not without the permission to invoke it', async () => expect(await found(source('bedrock-agentcore.amazonaws.com', 'lambda:GetFunction'))).toEqual([]));
  it('is not for a caller where the function serves no tool', async () => expect(await found(source('events.amazonaws.com'))).toEqual([]));
});
