import { beforeAll, describe, expect, test } from 'vitest';
import type { AnalysisResult, Finding } from '../../schema/index.ts';
import { analyzeText } from '../helpers/analyze.ts';
import { flagship, parts } from './flagship.ts';

const of = (r: AnalysisResult, effect: string): Finding | undefined => r.findings.find((f) => f.effect === effect && f.subject.name === 'support' && f.startClass === 'E0');

describe('the worked example of the model', () => {
  let r: AnalysisResult;
  beforeAll(async () => { r = await analyzeText(flagship()); });

  test('three findings, with the facets of the table', () => {
    expect(r.findings.map((f) => [f.effect, f.subject.name, f.identity?.name, f.asset.name, f.startClass, f.rules])).toEqual([
      ['delete', 'support', 'tool-role', 'customers', 'E0', ['AGT-007', 'AGT-009', 'AGT-012', 'AGT-021']],
      ['read', 'support', 'tool-role', 'customers', 'E0', ['AGT-008', 'AGT-009', 'AGT-011']],
      ['write', 'support', 'tool-role', 'customers', 'E0', ['AGT-007', 'AGT-009', 'AGT-012', 'AGT-021']],
    ]);
  });

  test('critical, conditional, and what it depends on', () => {
    for (const f of r.findings) {
      expect([f.severity, f.verdict, f.requires]).toEqual(['critical', 'conditional', ['contract not declared', 'text forwarded']]);
      expect(f.score.why).toMatch(/anyone on the internet \(E0\) can instruct the agent; tool-role can .+ all of confidential customers; nobody has to approve/);
    }
  });

  test('posture on the agent', () => expect(r.posture.filter((p) => p.node.name === 'support').map((p) => p.rule).sort()).toEqual(['AGT-002', 'AGT-003', 'AGT-019', 'AGT-028']));

  test('hop by hop, each with its line', () => {
    const path = of(r, 'write')!.path;
    expect(path.hops.map((h) => `${h.fact}(${h.node.name})`)).toEqual(['PRESENCE(POST /chat)', 'PRESENCE(support alias live)', 'INFLUENCE(support)', 'TOOL(update_customer)', 'EFFECT(customers)', 'GOAL(customers)']);
    const source = flagship()['main.tf']!.split('\n');
    const said = path.hops.map((h) => h.evidence.flatMap((e) => (e.source?.startLine === undefined ? [] : source.slice(e.source.startLine - 1, (e.source.endLine ?? e.source.startLine)).join('\n'))));
    expect(said[0]!.join('\n')).toContain('resource "aws_apigatewayv2_route" "chat"');
    expect(said[1]!.join('\n')).toContain('bedrock:InvokeAgent');
    expect(said[2]!.join('\n')).toContain('agent_id         = aws_bedrockagent_agent.support.agent_id');
    expect(said[3]!.join('\n')).toContain('update_customer');
    expect(said[4]!.join('\n')).toContain('["dynamodb:*"]');
    expect(said[4]!.join('\n')).toContain('role          = aws_iam_role.tool.arn');
    expect(said[5]!.join('\n')).toContain('aws_dynamodb_table" "customers');
    expect(path.hops.every((h) => h.evidence.length > 0)).toBe(true);
  });

  test('equal input, equal answer', async () => {
    const again = await analyzeText(flagship());
    expect(JSON.stringify({ ...again, coverage: 0 })).toBe(JSON.stringify({ ...r, coverage: 0 }));
  });

  test('what would settle the open points is said', () => {
    expect(r.undecided.map((u) => u.what)).toEqual(expect.arrayContaining(['text forwarded', 'contract not declared']));
    expect(r.undecided.find((u) => u.what === 'text forwarded')!.findings).toBe(3);
  });

  test('inventory row of the agent', () => {
    expect(r.agents.map((a) => [a.agent.name, a.platform, a.tier, a.exposure.internet, a.exposure.classes[0], a.exposure.auth, a.tools.map((t) => [t.tool.name, t.identity?.name])])).toEqual([
      ['support', 'bedrock-agent', 1, true, 'E0', 'none', [['update_customer', 'tool-role']]],
    ]);
  });
});

test('a function that admits any agent carries the facet on the walks through it', async () => {
  const any = parts.tool.replace('source_arn    = aws_bedrockagent_agent.support.agent_arn', 'source_arn    = "arn:aws:bedrock:eu-west-1:111122223333:agent/*"');
  const r = await analyzeText(flagship({ tool: any }));
  expect(of(r, 'write')?.rules).toEqual(['AGT-007', 'AGT-009', 'AGT-012', 'AGT-021', 'AGT-027']);
  expect(of(r, 'read')?.rules).toEqual(['AGT-008', 'AGT-009', 'AGT-011', 'AGT-027']);
  expect(r.posture.some((p) => p.rule === 'AGT-027')).toBe(false);
});

describe('near misses', () => {
  test('a route that asks for SigV4', async () => {
    const r = await analyzeText(flagship({ route: parts.route.replace('route_key = "POST /chat"', 'route_key = "POST /chat"\n  authorization_type = "AWS_IAM"') }));
    expect(r.findings.filter((f) => f.startClass === 'E0')).toEqual([]);
    expect(r.findings.flatMap((f) => f.rules).filter((x) => ['AGT-007', 'AGT-008', 'AGT-009'].includes(x))).toEqual([]);
  });

  test('a tool role without write on the table', async () => {
    const r = await analyzeText(flagship({ tool: parts.tool.replace('["dynamodb:*"]', '["dynamodb:GetItem"]').replace('["s3:PutObject"]', '["s3:ListAllMyBuckets"]') }));
    expect(of(r, 'write')).toBeUndefined();
    expect(of(r, 'read')?.rules).toEqual(['AGT-008', 'AGT-009', 'AGT-011']);
  });

  test('an asynchronous worker: nothing comes back, so the read goes and the write stays', async () => {
    const queue = `
resource "aws_sqs_queue" "chat" {
  name = "chat"
}

resource "aws_iam_role" "api" {
  name = "api-role"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "api" {
  role = aws_iam_role.api.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [aws_sqs_queue.chat.arn] }]
  })
}

resource "aws_lambda_function" "api" {
  function_name = "api-fn"
  role          = aws_iam_role.api.arn
  handler       = "index.handler"
  runtime       = "nodejs20.x"
  filename      = "api.zip"
  environment {
    variables = { QUEUE_URL = aws_sqs_queue.chat.url }
  }
}

resource "aws_lambda_event_source_mapping" "chat" {
  event_source_arn = aws_sqs_queue.chat.arn
  function_name    = aws_lambda_function.chat.arn
}
`;
    const r = await analyzeText(flagship({ route: parts.route.replace('aws_lambda_function.chat.invoke_arn', 'aws_lambda_function.api.invoke_arn') + queue }));
    expect(of(r, 'write')?.rules).toContain('AGT-007');
    expect(of(r, 'read')).toBeUndefined();
  });
});
