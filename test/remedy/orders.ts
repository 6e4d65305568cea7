/** A chat page in front of an agent whose tool changes orders: what the kinds of fixes are tried on. */
export const ORDERS = `provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_apigatewayv2_api" "chat" {
  name          = "chat"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "chat" {
  api_id                 = aws_apigatewayv2_api.chat.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.front.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "chat" {
  api_id    = aws_apigatewayv2_api.chat.id
  route_key = "POST /chat" # the page posts here
  target    = "integrations/\${aws_apigatewayv2_integration.chat.id}"
}

resource "aws_apigatewayv2_stage" "chat" {
  api_id      = aws_apigatewayv2_api.chat.id
  name        = "$default"
  auto_deploy = true
}

resource "aws_lambda_function" "front" {
  function_name = "front"
  role          = aws_iam_role.front.arn
  handler       = "i.h"
  runtime       = "python3.12"
  filename      = "f.zip"

  environment {
    variables = {
      AGENT_ID = aws_bedrockagent_agent.orders.agent_id
    }
  }
}

resource "aws_iam_role" "front" {
  name = "front"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "front" {
  name = "front"
  role = aws_iam_role.front.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "bedrock:InvokeAgent", Resource = "*" },
    ]
  })
}

resource "aws_bedrockagent_agent" "orders" {
  agent_name              = "helper"
  agent_resource_role_arn = aws_iam_role.agent.arn
  foundation_model        = "anthropic.claude-3-haiku-20240307-v1:0"
  instruction             = "You help customers with their orders and their deliveries."
}

resource "aws_bedrockagent_agent_action_group" "tools" {
  agent_id          = aws_bedrockagent_agent.orders.agent_id
  agent_version     = "DRAFT"
  action_group_name = "orders"

  action_group_executor {
    lambda = aws_lambda_function.tool.arn
  }

  function_schema {
    member_functions {
      functions {
        name        = "handle_order"
        description = "Does what the customer asks for"
      }
    }
  }
}

resource "aws_iam_role" "agent" {
  name = "agent"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "bedrock.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_lambda_function" "tool" {
  function_name = "tool"
  role          = aws_iam_role.tool.arn
  handler       = "i.h"
  runtime       = "python3.12"
  filename      = "f.zip"

  environment {
    variables = {
      TABLE = aws_dynamodb_table.orders.name
    }
  }
}

resource "aws_lambda_permission" "tool" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.tool.function_name
  principal     = "bedrock.amazonaws.com"
}

resource "aws_iam_role" "tool" {
  name = "tool"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

data "aws_iam_policy_document" "tool" {
  statement {
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "tool" {
  name   = "tool"
  role   = aws_iam_role.tool.id
  policy = data.aws_iam_policy_document.tool.json
}

resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "customer"

  tags = {
    DataClassification = "confidential"
  }
}

resource "aws_dynamodb_table" "payroll" {
  name         = "payroll"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "person"

  tags = {
    DataClassification = "restricted"
  }
}
`;
