variable "prefix" { type = string }
variable "customers" { type = object({ name = string, arn = string }) }
variable "tracking" { type = object({ name = string, arn = string }) }
variable "website_bucket" { type = object({ name = string, arn = string }) }

# Scenario 8: anyone on the internet talks to an agent whose tool may do everything to every table.
module "agent" {
  source        = "../bedrock-agent"
  name          = "${var.prefix}-shipment-chat"
  instruction   = "You help visitors of harbourline.example to find their shipments and to change their contact details."
  tools         = { find_shipment = "Finds a shipment", update_contact = "Updates the contact details of a customer" }
  statements    = [{ actions = ["dynamodb:*"], resources = ["*"] }]
  invoke_source = "arn:aws:bedrock:eu-west-1:111122223333:agent/*"
}

resource "aws_iam_role" "front" {
  name = "${var.prefix}-chat-front"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "front" {
  name = "talk-to-agent"
  role = aws_iam_role.front.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "bedrock:InvokeAgent"
      Resource = module.agent.alias_arn
    }]
  })
}

resource "aws_lambda_function" "front" {
  function_name = "${var.prefix}-chat-front"
  role          = aws_iam_role.front.arn
  runtime       = "nodejs20.x"
  handler       = "index.handler"
  filename      = "front.zip"

  environment {
    variables = {
      AGENT_ALIAS_ARN = module.agent.alias_arn
    }
  }
}

resource "aws_lambda_function_url" "front" {
  function_name      = aws_lambda_function.front.function_name
  authorization_type = "NONE"
}
