import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '../paths/random.ts';

/** What a tool of a team may do to the team's stores, as statements people write: by name, by prefix, by star. */
const WRITES: readonly (readonly string[])[] = [
  ['dynamodb:PutItem', 'dynamodb:UpdateItem'], ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DescribeTable'], ['dynamodb:*'], ['dynamodb:GetItem', 'dynamodb:DeleteItem'], ['dynamodb:Query', 'dynamodb:BatchWriteItem', 'dynamodb:DeleteTable'],
];
const BUCKET: readonly (readonly string[])[] = [['s3:GetObject', 's3:PutObject'], ['s3:*'], ['s3:GetObject', 's3:DeleteObject', 's3:ListBucket']];

/**
 * An estate of many teams as Terraform, one root for each account: every team has a chat page, an agent with a few tools, and stores of its own.
 * Some doors ask nobody, some tools share a role, some statements reach the stores of the whole account, and a few roles lead on to others.
 */
export function teamsEstate(accounts: number, teams: number, seed = 11): Record<string, string> {
  const r = new Random(seed);
  const files: Record<string, string> = {};
  for (let a = 0; a < accounts; a++) {
    const account = String(100000000000 + a * 7919);
    files[`account${a}/main.tf`] = provider(account) + Array.from({ length: teams }, (_, t) => team(`a${a}t${t}`, account, r)).join('\n');
  }
  return files;
}

/** The example estate of the repository. */
export const EXAMPLE = fileURLToPath(new URL('../../examples/estate', import.meta.url));

/** The example estate once for each account, all names with it: every kind of agent, server, pipeline and administrator that it has. */
export function exampleCopies(copies: number, folder = EXAMPLE): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((f) => f.isFile()).map((f) => join(f.parentPath, f.name));
  const out: Record<string, string> = {};
  for (let i = 10; i < 10 + copies; i++) for (const file of files) {
    out[`copy${i}/${relative(folder, file)}`] = readFileSync(file, 'utf8').replaceAll('111122223333', `1111222233${i}`).replaceAll('harbourline', `harbour${i}line`);
  }
  return out;
}

const provider = (account: string): string => `provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["${account}"]
}
`;

const role = (label: string, service: string): string => `
resource "aws_iam_role" "${label}" {
  name = "${label}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "${service}" }, Action = "sts:AssumeRole" }]
  })
}
`;

const statement = (actions: readonly string[], resource: string): string => `{ Effect = "Allow", Action = [${actions.map((x) => `"${x}"`).join(', ')}], Resource = ${resource} }`;
const policy = (label: string, of: string, statements: readonly string[]): string => `
resource "aws_iam_role_policy" "${label}" {
  name = "${label}"
  role = aws_iam_role.${of}.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
${statements.map((s) => `      ${s},`).join('\n')}
    ]
  })
}
`;
const lambda = (label: string, as: string, environment = ''): string => `
resource "aws_lambda_function" "${label}" {
  function_name = "${label}"
  role          = aws_iam_role.${as}.arn
  handler       = "index.handler"
  runtime       = "nodejs20.x"
  filename      = "code.zip"
${environment}}
`;

function team(n: string, account: string, r: Random): string {
  const tables = Array.from({ length: 2 }, (_, i) => `${n}_table${i}`);
  const level = (): string => (r.chance(0.6) ? '"restricted"' : '"confidential"');
  const stores = tables.map((t) => `
resource "aws_dynamodb_table" "${t}" {
  name         = "${t}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  tags         = { data-classification = ${level()} }
  attribute {
    name = "id"
    type = "S"
  }
}
`).join('') + `
resource "aws_s3_bucket" "${n}_files" {
  bucket = "${n.replaceAll('_', '-')}-files"
  tags   = { data-classification = ${level()} }
}
`;
  const shared = r.chance(0.3);
  const tools = [0, 1, 2].map((i) => {
    const label = `${n}_tool${i}`;
    const as = shared && i === 1 ? `${n}_tool0` : label;
    const onTable = r.chance(0.08) ? `"arn:aws:dynamodb:eu-west-1:${account}:table/*"` : `aws_dynamodb_table.${tables[i % 2]!}.arn`;
    const statements = i === 2 ? [statement(BUCKET[r.below(BUCKET.length)]!, `"\${aws_s3_bucket.${n}_files.arn}/*"`)] : [statement(WRITES[r.below(WRITES.length)]!, onTable), statement(['logs:CreateLogStream', 'logs:PutLogEvents'], '"*"')];
    if (r.chance(0.15)) statements.push(statement(['sqs:SendMessage', 'sqs:PurgeQueue'], '"*"'));
    return (as === label ? role(label, 'lambda.amazonaws.com') : '') + policy(label, as, statements) + lambda(label, as) + `
resource "aws_bedrockagent_agent_action_group" "${label}" {
  agent_id          = aws_bedrockagent_agent.${n}.agent_id
  agent_version     = "DRAFT"
  action_group_name = "${label}"
  action_group_executor {
    lambda = aws_lambda_function.${label}.arn
  }
  function_schema {
    member_functions {
      functions {
        name        = "work_on_${label}"
        description = "Works on what the user names."
      }
    }
  }
}
`;
  });
  return stores + role(`${n}_chat`, 'lambda.amazonaws.com') + policy(`${n}_chat`, `${n}_chat`, [statement(['bedrock:InvokeAgent'], `aws_bedrockagent_agent_alias.${n}.agent_alias_arn`)])
    + lambda(`${n}_chat`, `${n}_chat`, `  environment {
    variables = { AGENT_ID = aws_bedrockagent_agent.${n}.agent_id, ALIAS_ID = aws_bedrockagent_agent_alias.${n}.agent_alias_id }
  }
`) + `
resource "aws_lambda_function_url" "${n}_chat" {
  function_name      = aws_lambda_function.${n}_chat.function_name
  authorization_type = "${r.chance(0.5) ? 'NONE' : 'AWS_IAM'}"
}
` + role(`${n}_agent`, 'bedrock.amazonaws.com') + `
resource "aws_bedrockagent_agent" "${n}" {
  agent_name              = "${n}"
  agent_resource_role_arn = aws_iam_role.${n}_agent.arn
  foundation_model        = "anthropic.claude-3-5-sonnet-20240620-v1:0"
  instruction             = "Help customers with questions about their orders and change them when they ask for it."
}

resource "aws_bedrockagent_agent_alias" "${n}" {
  agent_id         = aws_bedrockagent_agent.${n}.agent_id
  agent_alias_name = "live"
}
` + tools.join('');
}
