/** A bucket that everybody may write. */
export const BUCKET = `
resource "aws_s3_bucket" "docs" {
  bucket = "customer-docs"
}

resource "aws_s3_bucket_acl" "docs" {
  bucket = aws_s3_bucket.docs.id
  acl    = "public-read-write" # the old page reads it
}
`;

/** What feeds an agent may be written by everybody; its tool deletes. */
export const FED = `${BUCKET}
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
