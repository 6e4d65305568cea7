import { describe, expect, test } from 'vitest';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { inquire } from '../../queries/review/inquiry.ts';
import { compileAccess } from '../../queries/policy/index.ts';
import { collectText } from '../helpers/scan.ts';

const estate = (policy: string, subnet = 'aws_subnet.s.id'): string => `provider "aws" {
  region = "us-east-1"
}
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_vpc" "w" {
  cidr_block = "10.1.0.0/16"
}
resource "aws_subnet" "other" {
  vpc_id     = aws_vpc.w.id
  cidr_block = "10.1.1.0/24"
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id       = aws_vpc.v.id
  service_name = "com.amazonaws.us-east-1.s3"
  ${policy}
}
resource "aws_s3_bucket" "b" {
  bucket = "reports-of-acme"
}
resource "aws_iam_role" "tool" {
  name = "tool"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "tool" {
  role   = aws_iam_role.tool.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:PutObject", Resource = "*" }] })
}
resource "aws_lambda_function" "tool" {
  function_name = "tool"
  role          = aws_iam_role.tool.arn
  runtime       = "python3.12"
  handler       = "a.b"
  filename      = "a.zip"
  vpc_config {
    subnet_ids         = [${subnet}]
    security_group_ids = []
  }
}
resource "aws_iam_role" "agent" {
  name = "agent"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "bedrock.amazonaws.com" } }] })
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
        name = "save"
      }
    }
  }
}
`;
const only = (resource: string): string => `policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:*", Resource = ["${resource}", "${resource}/*"] }] })`;

async function snapshotOf(text: string): Promise<GraphSnapshot> {
  const batch = await collectText({ 'main.tf': text }, { account: '111122223333' });
  return new GraphSnapshot(batch.nodes, batch.edges);
}
/** Whether the agent, once steered, writes into the bucket. */
async function writes(text: string): Promise<boolean> {
  const s = await snapshotOf(text);
  const id = (name: string, kind: string): string => s.nodes.find((n) => n.name === name && n.kind === kind)!.id;
  return inquire(s).paths(id('a', 'Agent'), id('reports-of-acme', 'DataStore'), 1).paths.length > 0;
}

describe('endpoint of a VPC between a tool and a store', () => {
  test('lets through what its policy names, and everything where none is written', async () => {
    expect(await writes(estate(''))).toBe(true);
    expect(await writes(estate(only('arn:aws:s3:::reports-of-acme')))).toBe(true);
    expect(await writes(estate(only('arn:aws:s3:::another-bucket')))).toBe(false);
  });
  test('says nothing about code in another VPC', async () => {
    expect(await writes(estate(only('arn:aws:s3:::another-bucket'), 'aws_subnet.other.id'))).toBe(true);
  });
  test('a single decision names the layer, and knows the endpoint of the request', async () => {
    const s = await snapshotOf(estate(only('arn:aws:s3:::another-bucket')));
    const access = compileAccess(s);
    const of = (name: string, kind: string) => s.nodes.find((n) => n.name === name && n.kind === kind)!;
    const request = { principal: of('tool', 'Identity'), action: 's3:PutObject', resource: 'arn:aws:s3:::reports-of-acme/x', target: of('reports-of-acme', 'DataStore') };
    expect(access.decide(request).outcome).toBe('allowed');
    expect(access.decide({ ...request, from: of('tool', 'Compute').id })).toMatchObject({ outcome: 'denied', blockedBy: 'endpoint' });
  });
  test('aws:SourceVpce is decided for a request from code', async () => {
    const guarded = (endpoint: string): string => `${estate('')}resource "aws_s3_bucket_policy" "b" {\n  bucket = aws_s3_bucket.b.id\n  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:*", Resource = ["arn:aws:s3:::reports-of-acme/*"], Condition = { StringNotEquals = { "aws:SourceVpce" = ${endpoint} } } }] })\n}\n`;
    const ask = async (endpoint: string): Promise<string> => {
      const s = await snapshotOf(guarded(endpoint));
      const of = (name: string, kind: string) => s.nodes.find((n) => n.name === name && n.kind === kind)!;
      return compileAccess(s).decide({ principal: of('tool', 'Identity'), action: 's3:PutObject', resource: 'arn:aws:s3:::reports-of-acme/x', target: of('reports-of-acme', 'DataStore'), from: of('tool', 'Compute').id }).outcome;
    };
    expect(await ask('aws_vpc_endpoint.s3.id')).toBe('allowed');
    expect(await ask('"vpce-11111111111111111"')).not.toBe('allowed');
  });
});
