import { describe, expect, test } from 'vitest';
import { analyze } from '../../queries/analyze.ts';
import type { PrincipalRow } from '../../schema/index.ts';
import { collectText } from '../helpers/scan.ts';

async function row(text: string, name: string): Promise<PrincipalRow> {
  const batch = await collectText({ 'main.tf': `provider "aws" {\n  region = "us-east-1"\n}\n${text}` }, { account: '111122223333' });
  const run = { id: 'r', startedAt: '2026-01-01T00:00:00Z', status: 'complete' as const, scope: 'test', inputs: ['.'], version: '0' };
  return analyze({ run, nodes: batch.nodes, edges: batch.edges, coverage: batch.coverage }).principals.find((p) => p.identity.name === name)!;
}

const estate = (may: string, toolMay: string): string => `
resource "aws_iam_user" "caller" {
  name = "caller"
}
resource "aws_iam_user_policy" "caller" {
  user   = aws_iam_user.caller.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "${may}", Resource = "*" }] })
}
resource "aws_iam_role" "agent" {
  name = "agent"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "bedrock.amazonaws.com" } }] })
}
resource "aws_iam_role" "tool" {
  name = "tool"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "tool" {
  role   = aws_iam_role.tool.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "${toolMay}", Resource = "*" }] })
}
resource "aws_lambda_function" "tool" {
  function_name = "tool"
  role          = aws_iam_role.tool.arn
  runtime       = "python3.12"
  handler       = "a.b"
  filename      = "a.zip"
}
resource "aws_bedrockagent_agent" "a" {
  agent_name              = "a"
  foundation_model        = "anthropic.claude-3"
  agent_resource_role_arn = aws_iam_role.agent.arn
}
resource "aws_bedrockagent_agent_action_group" "g" {
  action_group_name = "g"
  agent_id          = aws_bedrockagent_agent.a.agent_id
  agent_version     = "DRAFT"
  action_group_executor {
    lambda = aws_lambda_function.tool.arn
  }
  function_schema {
    member_functions {
      functions {
        name = "run"
      }
    }
  }
}
`;

describe('admin by talking to an agent', () => {
  test('whoever may invoke the agent whose tool may give itself everything, and it is said', async () => {
    const { canBecomeAdmin } = await row(estate('bedrock:InvokeAgent', 'iam:PutRolePolicy'), 'caller');
    expect(canBecomeAdmin).toMatchObject({ value: true, verdict: 'conditional', throughAgent: true });
    expect(canBecomeAdmin.steps[0]!.from.name).toBe('caller');
    expect(canBecomeAdmin.steps.map((s) => s.to.kind)).toContain('Tool');
    for (const [i, s] of canBecomeAdmin.steps.slice(1).entries()) expect(s.from.id).toBe(canBecomeAdmin.steps[i]!.to.id);
  });
  test('not without the right to invoke, nor when the tool may only read', async () => {
    expect((await row(estate('bedrock:GetAgent', 'iam:PutRolePolicy'), 'caller')).canBecomeAdmin.value).toBe(false);
    expect((await row(estate('bedrock:InvokeAgent', 'iam:GetRole'), 'caller')).canBecomeAdmin.value).toBe(false);
  });
});
