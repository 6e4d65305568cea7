variable "prefix" { type = string }
variable "account_id" { type = string }
variable "tickets" { type = object({ name = string, arn = string }) }
variable "devices" { type = object({ name = string, arn = string }) }
variable "user_pool" { type = object({ id = string, issuer = string, client = string }) }

# Scenario 4: every employee may ask; the tool acts with the rights of the service, not of who asks.
resource "aws_iam_role" "helpdesk" {
  name = "${var.prefix}-helpdesk-runtime"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "bedrock-agentcore.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "helpdesk" {
  name = "gateway"
  role = aws_iam_role.helpdesk.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "bedrock-agentcore:InvokeGateway", Resource = aws_bedrockagentcore_gateway.helpdesk.gateway_arn },
      { Effect = "Allow", Action = "bedrock:InvokeModel", Resource = "*" },
    ]
  })
}

resource "aws_bedrockagentcore_agent_runtime" "helpdesk" {
  agent_runtime_name = "harbourline_helpdesk"
  role_arn           = aws_iam_role.helpdesk.arn

  agent_runtime_artifact {
    container_configuration {
      container_uri = "${var.account_id}.dkr.ecr.eu-west-1.amazonaws.com/${var.prefix}-helpdesk:latest"
    }
  }

  network_configuration {
    network_mode = "PUBLIC"
  }

  authorizer_configuration {
    custom_jwt_authorizer {
      discovery_url   = "${var.user_pool.issuer}/.well-known/openid-configuration"
      allowed_clients = [var.user_pool.client]
    }
  }

  environment_variables = {
    GATEWAY_URL = aws_bedrockagentcore_gateway.helpdesk.gateway_url
  }
}

resource "aws_iam_role" "gateway" {
  name = "${var.prefix}-helpdesk-gateway"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "bedrock-agentcore.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "gateway" {
  name = "tools"
  role = aws_iam_role.gateway.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = aws_lambda_function.accounts.arn }]
  })
}

resource "aws_bedrockagentcore_gateway" "helpdesk" {
  name            = "${var.prefix}-helpdesk"
  role_arn        = aws_iam_role.gateway.arn
  protocol_type   = "MCP"
  authorizer_type = "AWS_IAM"
}

resource "aws_bedrockagentcore_gateway_target" "accounts" {
  name               = "accounts"
  gateway_identifier = aws_bedrockagentcore_gateway.helpdesk.gateway_id

  credential_provider_configuration {
    gateway_iam_role {}
  }

  target_configuration {
    mcp {
      lambda {
        lambda_arn = aws_lambda_function.accounts.arn
        tool_schema {
          inline_payload {
            name        = "reset_account"
            description = "Resets or removes the account of a device"
            input_schema {
              type = "object"
            }
          }
        }
      }
    }
  }
}

resource "aws_iam_role" "accounts" {
  name = "${var.prefix}-helpdesk-accounts"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "accounts" {
  name = "devices"
  role = aws_iam_role.accounts.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], Resource = var.devices.arn },
      { Effect = "Allow", Action = ["dynamodb:GetItem", "dynamodb:PutItem"], Resource = var.tickets.arn },
    ]
  })
}

resource "aws_lambda_function" "accounts" {
  function_name = "${var.prefix}-helpdesk-accounts"
  role          = aws_iam_role.accounts.arn
  runtime       = "python3.12"
  handler       = "accounts.handler"
  filename      = "accounts.zip"
}
