import { expect, test } from 'vitest';
import { ORDERS as CHAT } from './orders.ts';
import { swap, tried, type Tried } from './tried.ts';

/** A tool that only reads. */
const ORDERS = swap(CHAT, ['["dynamodb:GetItem", "dynamodb:PutItem"]', '["dynamodb:GetItem"]']);

const BUCKET = `
resource "aws_s3_bucket" "docs" {
  bucket = "customer-docs"
}

resource "aws_s3_bucket_acl" "docs" {
  bucket = aws_s3_bucket.docs.id
  acl    = "public-read-write" # the old page reads it
}
`;
const code = (text: string): Promise<Tried> => tried({ 'main.tf': text });
const says = /make the access control list of customer-docs private/;

test('public-acl: the list becomes private and what it gave is gone; near miss: private, ignored by a block, or switched off', async () => {
  const t = await code(ORDERS + BUCKET);
  const [c] = t.saying(says);
  expect(t.patch(c!.fix)).toEqual({ 'main.tf': swap(ORDERS + BUCKET, ['acl    = "public-read-write" #', 'acl    = "private" #']) });
  const proof = t.proof(c!);
  expect(proof.closes.length).toBeGreaterThan(0);
  expect(await t.reread(c!.fix)).toEqual(proof);
  expect(t.saying(/everybody in access control list/)).toEqual([]);
  const blocked = `${BUCKET}\nresource "aws_s3_bucket_public_access_block" "docs" {\n  bucket             = aws_s3_bucket.docs.id\n  ignore_public_acls = true\n}\n`;
  const off = `${BUCKET}\nresource "aws_s3_bucket_ownership_controls" "docs" {\n  bucket = aws_s3_bucket.docs.id\n\n  rule {\n    object_ownership = "BucketOwnerEnforced"\n  }\n}\n`;
  for (const miss of [swap(BUCKET, ['public-read-write', 'private']), blocked, off]) expect((await code(ORDERS + miss)).saying(says)).toEqual([]);
});

test('public-acl: grants that are written one by one, and a list from a variable, are left to the owner', async () => {
  const grants = swap(BUCKET, ['  acl    = "public-read-write" # the old page reads it\n', `
  access_control_policy {
    owner {
      id = "0123"
    }

    grant {
      permission = "WRITE"

      grantee {
        type = "Group"
        uri  = "http://acs.amazonaws.com/groups/global/AllUsers"
      }
    }
  }
`]);
  const t = await code(ORDERS + grants);
  expect(t.patch(t.saying(says)[0]!.fix)).toMatch(/grant by grant/);
  const variable = await code(`${ORDERS + swap(BUCKET, ['"public-read-write"', 'var.acl'])}\nvariable "acl" {\n  default = "public-read-write"\n}\n`);
  expect(variable.patch(variable.saying(says)[0]!.fix)).toMatch(/not written as a plain value/);
});

test('public-acl: a template says it in its own words', async () => {
  const template = 'Resources:\n  Docs:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: customer-docs\n      AccessControl: PublicReadWrite # for now\n';
  const t = await tried({ 'main.tf': ORDERS, 'template.yaml': template });
  const [c] = t.saying(says);
  expect(t.patch(c!.fix)).toEqual({ 'template.yaml': swap(template, ['PublicReadWrite', 'Private']) });
  expect(await t.reread(c!.fix)).toEqual(t.proof(c!));
});


/** What feeds an agent may be written by everybody; its tool deletes. */
const FED = `${BUCKET}
resource "aws_bedrockagent_knowledge_base" "docs" {
  name     = "docs"
  role_arn = aws_iam_role.fn.arn
  knowledge_base_configuration { type = "VECTOR" }
}

resource "aws_bedrockagent_data_source" "docs" {
  name              = "docs"
  knowledge_base_id = aws_bedrockagent_knowledge_base.docs.id
  data_source_configuration {
    type = "S3"
    s3_configuration { bucket_arn = aws_s3_bucket.docs.arn }
  }
}

resource "aws_bedrockagent_agent" "helper" {
  agent_name              = "helper"
  agent_resource_role_arn = aws_iam_role.fn.arn
  foundation_model        = "anthropic.claude-3-5-sonnet-20241022-v2:0"
}

resource "aws_bedrockagent_agent_knowledge_base_association" "docs" {
  agent_id             = aws_bedrockagent_agent.helper.agent_id
  knowledge_base_id    = aws_bedrockagent_knowledge_base.docs.id
  knowledge_base_state = "ENABLED"
}

resource "aws_bedrockagent_agent_action_group" "notes" {
  agent_id          = aws_bedrockagent_agent.helper.agent_id
  agent_version     = "DRAFT"
  action_group_name = "notes"
  action_group_executor { lambda = aws_lambda_function.notes.arn }
  function_schema {
    member_functions {
      functions { name = "delete_note" }
    }
  }
}

resource "aws_lambda_function" "notes" {
  function_name = "notes"
  role          = aws_iam_role.fn.arn
}

resource "aws_lambda_permission" "notes" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.notes.function_name
  principal     = "bedrock.amazonaws.com"
}

resource "aws_iam_role" "fn" {
  name               = "fn"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_iam_role_policy" "fn" {
  role   = aws_iam_role.fn.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = ["dynamodb:DeleteItem"], Resource = aws_dynamodb_table.notes.arn }] })
}

resource "aws_dynamodb_table" "notes" {
  name     = "customer-notes"
  hash_key = "id"
}

resource "aws_iam_user" "temp" {
  name = "temp"
}

resource "aws_iam_user_policy" "temp" {
  user   = aws_iam_user.temp.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "ec2:DescribeInstances", Resource = "*" }] })
}
`;

test('hardening: where a weaker start is left, the public list is said all the same; near miss: a private one', async () => {
  const t = await code(FED);
  const list = t.hardening().find((f) => says.test(f.text))!;
  expect(list.weakens.length).toBeGreaterThan(0);
  expect(await t.reread(list)).toMatchObject({ weakens: expect.arrayContaining(list.weakens), opens: [] });
  expect((await code(swap(FED, ['public-read-write', 'private']))).hardening().some((f) => says.test(f.text))).toBe(false);
});
