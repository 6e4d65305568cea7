/** An estate of two accounts: one the caller's, the other named by a marker wherever a name can stand. */
const agent = (who: string, m: string, account: string, actions: string, resources: string[]): string => `
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["${account}"]
}
resource "aws_dynamodb_table" "${m}records" {
  name     = "${m}records"
  hash_key = "id"
  tags     = { owner = "${who}", data-classification = "restricted" }
  attribute {
    name = "id"
    type = "S"
  }
}
resource "aws_dynamodb_table" "${m}archive" {
  name     = "${m}archive"
  hash_key = "id"
  tags     = { owner = "${who}" }
  attribute {
    name = "id"
    type = "S"
  }
}
resource "aws_secretsmanager_secret" "${m}key" {
  name = "${m}key"
  tags = { owner = "${who}" }
}
resource "aws_iam_role" "${m}tool" {
  name               = "${m}tool"
  tags               = { owner = "${who}" }
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "${m}tool" {
  name   = "${m}tool-policy"
  role   = aws_iam_role.${m}tool.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ${actions}, Resource = ${JSON.stringify(resources)} }] })
}
resource "aws_iam_user" "${m}person" {
  name = "${m}person"
  tags = { owner = "${who}" }
}
resource "aws_iam_user_policy" "${m}person" {
  name   = "${m}person-policy"
  user   = aws_iam_user.${m}person.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["lambda:UpdateFunctionCode", "sts:AssumeRole", "bedrock:InvokeAgent"], Resource = "*" }] })
}
resource "aws_lambda_function" "${m}tool" {
  function_name = "${m}tool"
  role          = aws_iam_role.${m}tool.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "x.zip"
  tags          = { owner = "${who}" }
}
resource "aws_lambda_function_url" "${m}front" {
  function_name      = aws_lambda_function.${m}front.function_name
  authorization_type = "NONE"
}
resource "aws_iam_role" "${m}front" {
  name               = "${m}front"
  tags               = { owner = "${who}" }
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "${m}front" {
  name   = "${m}front-policy"
  role   = aws_iam_role.${m}front.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "bedrock:InvokeAgent", Resource = "*" }] })
}
resource "aws_lambda_function" "${m}front" {
  function_name = "${m}front"
  role          = aws_iam_role.${m}front.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "x.zip"
  tags          = { owner = "${who}" }
}
resource "aws_bedrockagent_agent" "${m}agent" {
  agent_name              = "${m}agent"
  agent_resource_role_arn = aws_iam_role.${m}model.arn
  foundation_model        = "anthropic.claude-3-haiku-20240307-v1:0"
  instruction             = "You answer questions of customers about their records."
  tags                    = { owner = "${who}" }
}
resource "aws_iam_role" "${m}model" {
  name               = "${m}model"
  tags               = { owner = "${who}" }
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "bedrock.amazonaws.com" } }] })
}
resource "aws_bedrockagent_agent_action_group" "${m}actions" {
  action_group_name = "${m}actions"
  agent_id          = aws_bedrockagent_agent.${m}agent.agent_id
  agent_version     = "DRAFT"
  action_group_executor {
    lambda = aws_lambda_function.${m}tool.arn
  }
  function_schema {
    member_functions {
      functions {
        name        = "${m}find"
        description = "finds a record"
      }
    }
  }
}
`;

export const MINE = '111111111111';
export const OTHERS = '222222222222';
const arn = (account: string, m: string): string => `arn:aws:dynamodb:eu-west-1:${account}:table/${m}`;

/** `mark`: stands in every name of the other account. `joined`: each account's tool may use the other's tables and roles. */
export function twoAccounts(mark: string, joined: boolean, withOthers = true): Record<string, string> {
  const [a, b] = ['own-', `${mark}-`];
  const mine = joined ? [`${arn(MINE, a)}*`, `${arn(OTHERS, b)}*`] : [`${arn(MINE, a)}*`];
  const other = joined ? [`${arn(MINE, a)}*`, `${arn(OTHERS, b)}*`] : [`${arn(OTHERS, b)}*`];
  const all = '["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:DeleteItem"]';
  const share = (m: string, from: string, account: string): string => `
resource "aws_dynamodb_resource_policy" "${m}share" {
  resource_arn = aws_dynamodb_table.${m}records.arn
  policy       = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "dynamodb:*", Resource = "*", Principal = { AWS = "arn:aws:iam::${account}:role/${from}tool" } }] })
}
resource "aws_iam_role" "${m}shared" {
  name               = "${m}shared"
  tags               = { owner = "${m}team" }
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::${account}:user/${from}person" } }] })
}
resource "aws_iam_role_policy_attachment" "${m}shared" {
  role       = aws_iam_role.${m}shared.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
`;
  return {
    'own/main.tf': agent('own-team', a, MINE, all, mine) + (joined ? share(a, b, OTHERS) : ''),
    ...(withOthers ? { [`${mark}/${mark}.tf`]: agent(`${mark}-team`, b, OTHERS, all, other) + (joined ? share(b, a, MINE) : '') } : {}),
  };
}
