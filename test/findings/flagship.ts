/** The worked example of the model (§4.4b) as Terraform, in parts that the near misses replace. */
export const parts = {
  provider: 'provider "aws" {\n  region = "eu-west-1"\n}\n',
  route: `
resource "aws_apigatewayv2_api" "chat" {
  name          = "chat"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "chat" {
  api_id                 = aws_apigatewayv2_api.chat.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.chat.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "chat" {
  api_id    = aws_apigatewayv2_api.chat.id
  route_key = "POST /chat"
  target    = "integrations/\${aws_apigatewayv2_integration.chat.id}"
}
`,
  chat: `
data "aws_iam_policy_document" "lambda" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "chat" {
  name               = "chat-role"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

resource "aws_iam_role_policy" "chat" {
  role = aws_iam_role.chat.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["bedrock:InvokeAgent"]
      Resource = [aws_bedrockagent_agent_alias.live.agent_alias_arn]
    }]
  })
}

resource "aws_lambda_function" "chat" {
  function_name = "chat-fn"
  role          = aws_iam_role.chat.arn
  handler       = "index.handler"
  runtime       = "nodejs20.x"
  filename      = "chat.zip"
  environment {
    variables = {
      AGENT_ID       = aws_bedrockagent_agent.support.agent_id
      AGENT_ALIAS_ID = aws_bedrockagent_agent_alias.live.agent_alias_id
    }
  }
}
`,
  agent: `
resource "aws_iam_role" "agent" {
  name = "agent-role"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "bedrock.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_bedrockagent_agent" "support" {
  agent_name              = "support"
  agent_resource_role_arn = aws_iam_role.agent.arn
  foundation_model        = "anthropic.claude-3-5-sonnet-20240620-v1:0"
  instruction             = "You help customers of the shop with their orders and their address."
}

resource "aws_bedrockagent_agent_alias" "live" {
  agent_id         = aws_bedrockagent_agent.support.agent_id
  agent_alias_name = "live"
}

resource "aws_bedrockagent_agent_action_group" "tools" {
  agent_id          = aws_bedrockagent_agent.support.agent_id
  agent_version     = "DRAFT"
  action_group_name = "customer-tools"
  action_group_executor {
    lambda = aws_lambda_function.tool.arn
  }
  function_schema {
    member_functions {
      functions {
        name        = "update_customer"
        description = "Changes the record of a customer."
      }
    }
  }
}
`,
  tool: `
resource "aws_iam_role" "tool" {
  name               = "tool-role"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

resource "aws_iam_role_policy" "tool" {
  role = aws_iam_role.tool.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["dynamodb:*"], Resource = "*" },
      { Effect = "Allow", Action = ["s3:PutObject"], Resource = "*" },
    ]
  })
}

resource "aws_lambda_function" "tool" {
  function_name = "tool-fn"
  role          = aws_iam_role.tool.arn
  handler       = "index.handler"
  runtime       = "nodejs20.x"
  filename      = "tool.zip"
}

resource "aws_lambda_permission" "tool" {
  statement_id  = "bedrock"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.tool.function_name
  principal     = "bedrock.amazonaws.com"
  source_arn    = aws_bedrockagent_agent.support.agent_arn
}
`,
  table: `
resource "aws_dynamodb_table" "customers" {
  name         = "customers"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "customer_id"
  attribute {
    name = "customer_id"
    type = "S"
  }
}
`,
};

export const flagship = (change: Partial<typeof parts> = {}): Record<string, string> => ({ 'main.tf': Object.values({ ...parts, ...change }).join('') });
