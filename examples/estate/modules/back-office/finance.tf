variable "prefix" { type = string }
variable "stores" { type = map(object({ name = string, arn = string })) }

# Scenario 1: meant to read invoices; over the years its role grew (see the purpose in overreach.yaml).
module "finance" {
  source      = "../bedrock-agent"
  name        = "${var.prefix}-finance"
  instruction = "You answer questions of the finance team about invoices."
  tools       = { look_up_invoice = "Looks an invoice up" }
  statements = [
    { actions = ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"], resources = [var.stores.billing.arn] },
    { actions = ["dynamodb:GetItem", "dynamodb:PutItem"], resources = [var.stores.hr.arn] },
  ]
  tags = { owner = "finance-platform" }
}

# Its gateway holds a consent for every file of the company, to read one folder of invoices.
resource "aws_bedrockagentcore_oauth2_credential_provider" "accounting" {
  name                       = "${var.prefix}-accounting"
  credential_provider_vendor = "MicrosoftOauth2"
  oauth2_provider_config {
    microsoft_oauth2_provider_config {
      client_id     = "f1f1f1f1-0000-4000-8000-000000000000"
      client_secret = var.accounting_secret
    }
  }
}

resource "aws_iam_role" "finance_gateway" {
  name = "${var.prefix}-finance-gateway"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "bedrock-agentcore.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_bedrockagentcore_gateway" "finance" {
  name            = "${var.prefix}-finance"
  role_arn        = aws_iam_role.finance_gateway.arn
  protocol_type   = "MCP"
  authorizer_type = "AWS_IAM"
}

resource "aws_bedrockagentcore_gateway_target" "invoices" {
  name               = "invoices"
  gateway_identifier = aws_bedrockagentcore_gateway.finance.gateway_id

  credential_provider_configuration {
    oauth {
      provider_arn = aws_bedrockagentcore_oauth2_credential_provider.accounting.credential_provider_arn
      scopes       = ["Files.ReadWrite.All"]
    }
  }

  target_configuration {
    mcp {
      mcp_server {
        endpoint = "https://invoices.harbourline.example/mcp"
      }
    }
  }
}

variable "accounting_secret" {
  type      = string
  sensitive = true
  default   = null
}

# Looks the same and is not: reads billing and nothing more, as declared.
module "invoice_reader" {
  source      = "../bedrock-agent"
  name        = "${var.prefix}-invoice-reader"
  instruction = "You answer questions about invoices."
  tools       = { look_up_invoice = "Looks an invoice up" }
  statements  = [{ actions = ["dynamodb:GetItem", "dynamodb:Query"], resources = [var.stores.billing.arn] }]
  tags        = { owner = "elin.dahl@harbourline.example" }
}
