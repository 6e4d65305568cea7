# One Bedrock agent with one action group behind one function: what every team here uses.
variable "name" { type = string }
variable "instruction" { type = string }
variable "tools" {
  type        = map(string)
  description = "Tool name => description."
}
variable "statements" {
  type        = list(object({ actions = list(string), resources = list(string) }))
  description = "What the tool's function may do."
}
variable "invoke_source" {
  type        = string
  default     = null
  description = "Agents that may call the function; default: this agent only."
}
variable "tags" {
  type    = map(string)
  default = {}
}

data "aws_iam_policy_document" "tool" {
  dynamic "statement" {
    for_each = var.statements
    content {
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }
}

resource "aws_iam_role" "tool" {
  name = "${var.name}-tool"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "tool" {
  name   = "tool"
  role   = aws_iam_role.tool.id
  policy = data.aws_iam_policy_document.tool.json
}

resource "aws_lambda_function" "tool" {
  function_name = "${var.name}-tool"
  role          = aws_iam_role.tool.arn
  runtime       = "python3.12"
  handler       = "tool.handler"
  filename      = "tool.zip"
}

resource "aws_lambda_permission" "agent" {
  function_name = aws_lambda_function.tool.function_name
  action        = "lambda:InvokeFunction"
  principal     = "bedrock.amazonaws.com"
  source_arn    = var.invoke_source != null ? var.invoke_source : aws_bedrockagent_agent.this.agent_arn
}

resource "aws_iam_role" "agent" {
  name = "${var.name}-agent"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "bedrock.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "agent" {
  name = "model"
  role = aws_iam_role.agent.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "bedrock:InvokeModel", Resource = "arn:aws:bedrock:*::foundation-model/*" }]
  })
}

resource "aws_bedrockagent_agent" "this" {
  agent_name              = var.name
  agent_resource_role_arn = aws_iam_role.agent.arn
  foundation_model        = "anthropic.claude-sonnet-4-20250514-v1:0"
  instruction             = var.instruction
  tags                    = var.tags
}

resource "aws_bedrockagent_agent_action_group" "tools" {
  action_group_name = "${var.name}-tools"
  agent_id          = aws_bedrockagent_agent.this.agent_id
  agent_version     = "DRAFT"

  action_group_executor {
    lambda = aws_lambda_function.tool.arn
  }

  function_schema {
    member_functions {
      dynamic "functions" {
        for_each = var.tools
        content {
          name        = functions.key
          description = functions.value
        }
      }
    }
  }
}

resource "aws_bedrockagent_agent_alias" "live" {
  agent_alias_name = "live"
  agent_id         = aws_bedrockagent_agent.this.agent_id
}

output "alias_arn" { value = aws_bedrockagent_agent_alias.live.agent_alias_arn }
output "agent_id" { value = aws_bedrockagent_agent.this.agent_id }
output "tool_role" { value = aws_iam_role.tool.arn }
