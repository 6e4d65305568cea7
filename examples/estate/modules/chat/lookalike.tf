# Looks the same and is not: the tool reads ship positions, which are public, and nothing else.
module "positions" {
  source      = "../bedrock-agent"
  name        = "${var.prefix}-vessel-positions"
  instruction = "You tell visitors where our ships are."
  tools       = { find_vessel = "Finds the position of a ship" }
  statements  = [{ actions = ["dynamodb:GetItem", "dynamodb:Query"], resources = [var.tracking.arn] }]
  tags        = { owner = "jonas.berg@harbourline.example" }
}

resource "aws_lambda_function" "positions" {
  function_name = "${var.prefix}-positions-front"
  role          = aws_iam_role.positions.arn
  runtime       = "nodejs20.x"
  handler       = "index.handler"
  filename      = "front.zip"

  environment {
    variables = { AGENT_ALIAS_ARN = module.positions.alias_arn }
  }
}

resource "aws_iam_role" "positions" {
  name = "${var.prefix}-positions-front"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  inline_policy {
    name = "talk-to-agent"
    policy = jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Action = "bedrock:InvokeAgent", Resource = module.positions.alias_arn }]
    })
  }
}

resource "aws_lambda_function_url" "positions" {
  function_name      = aws_lambda_function.positions.function_name
  authorization_type = "NONE"
}

# And one that can write, but only for callers with AWS credentials of ours.
resource "aws_lambda_function_url" "partner" {
  function_name      = aws_lambda_function.partner.function_name
  authorization_type = "AWS_IAM"
}

resource "aws_lambda_function" "partner" {
  function_name = "${var.prefix}-partner-front"
  role          = aws_iam_role.partner.arn
  runtime       = "nodejs20.x"
  handler       = "index.handler"
  filename      = "front.zip"
}

resource "aws_iam_role" "partner" {
  name = "${var.prefix}-partner-front"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "partner" {
  name = "customers"
  role = aws_iam_role.partner.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["dynamodb:PutItem", "dynamodb:GetItem"], Resource = var.customers.arn }]
  })
}
