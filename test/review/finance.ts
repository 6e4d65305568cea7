import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { inquire, type Reviews } from '../../queries/review/inquiry.ts';
import type { Batch } from '../../schema/index.ts';
import { collectText } from '../helpers/scan.ts';

const role = (id: string, service: string): string => `resource "aws_iam_role" "${id}" {
  name = "${id}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "${service}" }, Action = "sts:AssumeRole" }] })
}
`;
const table = (name: string, level: string): string => `resource "aws_dynamodb_table" "${name}" {
  name         = "${name}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  tags         = { data-classification = "${level}" }
  attribute {
    name = "id"
    type = "S"
  }
}
`;

/** An agent with one tool whose role may do what the statements say; two tables; a user who may talk to it. */
export const finance = (statements: string, user = ''): string => `provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}
${role('agent', 'bedrock.amazonaws.com')}${role('tool', 'lambda.amazonaws.com')}${table('billing', 'confidential')}${table('salaries', 'restricted')}
resource "aws_bedrockagent_agent" "finance" {
  agent_name              = "finance"
  agent_resource_role_arn = aws_iam_role.agent.arn
  foundation_model        = "anthropic.claude-3-5-sonnet-20240620-v1:0"
  instruction             = "Answer questions about invoices and correct them when they are wrong."
}
resource "aws_bedrockagent_agent_alias" "live" {
  agent_id         = aws_bedrockagent_agent.finance.agent_id
  agent_alias_name = "live"
}
resource "aws_lambda_function" "tool" {
  function_name = "finance-tool"
  role          = aws_iam_role.tool.arn
  handler       = "index.handler"
  runtime       = "nodejs20.x"
  filename      = "tool.zip"
}
resource "aws_bedrockagent_agent_action_group" "tools" {
  agent_id          = aws_bedrockagent_agent.finance.agent_id
  agent_version     = "DRAFT"
  action_group_name = "tools"
  action_group_executor {
    lambda = aws_lambda_function.tool.arn
  }
  function_schema {
    member_functions {
      functions {
        name = "get_invoice"
      }
    }
  }
}
resource "aws_iam_role_policy" "tool" {
  name   = "data"
  role   = aws_iam_role.tool.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [${statements}] })
}
resource "aws_iam_user" "clerk" {
  name = "clerk"
}
resource "aws_iam_user_policy" "clerk" {
  name   = "work"
  user   = aws_iam_user.clerk.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "bedrock:InvokeAgent", Resource = aws_bedrockagent_agent_alias.live.agent_alias_arn }${user}] })
}
`;
export const allow = (actions: string, on: string): string => `{ Effect = "Allow", Action = [${actions.split(' ').map((a) => `"dynamodb:${a}"`).join(', ')}], Resource = aws_dynamodb_table.${on}.arn }`;
export const purpose = (...entries: string[]): string => `agents:\n  - match: { kind: Agent, name: finance }\n    owner: maria@acme.example\n    purpose:\n      allow:\n${entries.map((e) => `        - { ${e} }\n`).join('')}`;

export async function reviews(files: Record<string, string>): Promise<{ batch: Batch; reviews: Reviews; id: (name: string, kind?: string) => string }> {
  const batch = await collectText(files);
  const q = inquire(new GraphSnapshot(batch.nodes, batch.edges));
  return { batch, reviews: q.reviews!, id: (name, kind = 'Agent') => q.find(name, [kind])[0]!.id };
}
