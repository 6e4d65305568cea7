/** Chat API without authorizer → function → Bedrock agent → tool function with a broad role (model 4.4b). Lines matter to the test. */
export const flagship = `provider "aws" {
  region = "eu-central-1"
}
data "aws_caller_identity" "me" {}
resource "aws_apigatewayv2_api" "chat" {
  name          = "chat"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_route" "chat" {
  api_id    = aws_apigatewayv2_api.chat.id
  route_key = "POST /chat"
  target    = "integrations/\${aws_apigatewayv2_integration.chat.id}"
}
resource "aws_apigatewayv2_integration" "chat" {
  api_id           = aws_apigatewayv2_api.chat.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.chat.invoke_arn
}
resource "aws_lambda_function" "chat" {
  function_name = "chat-fn"
  role          = aws_iam_role.chat.arn
  filename      = "chat.zip"
  environment {
    variables = {
      AGENT_ID       = aws_bedrockagent_agent.support.agent_id
      AGENT_ALIAS_ID = aws_bedrockagent_agent_alias.live.agent_alias_id
    }
  }
}
resource "aws_iam_role" "chat" {
  name               = "chat-role"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "chat" {
  role = aws_iam_role.chat.id
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "bedrock:InvokeAgent", Resource = aws_bedrockagent_agent_alias.live.agent_alias_arn }]
  })
}
resource "aws_bedrockagent_agent" "support" {
  agent_name              = "support"
  agent_resource_role_arn = aws_iam_role.agent.arn
  foundation_model        = "anthropic.claude-3-5-sonnet-20240620-v1:0"
  instruction             = "You help customers of the shop with their orders and accounts."
  guardrail_configuration {
    guardrail_identifier = aws_bedrock_guardrail.shop.guardrail_id
    guardrail_version    = "1"
  }
  memory_configuration {
    enabled_memory_types = ["SESSION_SUMMARY"]
    storage_days         = 30
  }
}
resource "aws_bedrockagent_agent_alias" "live" {
  agent_alias_name = "live"
  agent_id         = aws_bedrockagent_agent.support.agent_id
}
resource "aws_iam_role" "agent" {
  name               = "agent-role"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "bedrock.amazonaws.com" } }] })
}
resource "aws_bedrockagent_agent_action_group" "customers" {
  agent_id          = aws_bedrockagent_agent.support.agent_id
  agent_version     = "DRAFT"
  action_group_name = "customers"
  action_group_executor {
    lambda = aws_lambda_function.tool.arn
  }
  function_schema {
    member_functions {
      functions {
        name        = "update"
        description = "Update a customer"
      }
      functions {
        name        = "find"
        description = "Find a customer"
      }
    }
  }
}
resource "aws_lambda_function" "tool" {
  function_name = "tool-fn"
  role          = aws_iam_role.tool.arn
  filename      = "tool.zip"
}
resource "aws_lambda_permission" "tool" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.tool.function_name
  principal     = "bedrock.amazonaws.com"
}
resource "aws_iam_role" "tool" {
  name               = "tool-role"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "tool" {
  role = aws_iam_role.tool.id
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = ["dynamodb:*", "s3:PutObject"], Resource = "*" }]
  })
}
resource "aws_dynamodb_table" "customers" {
  name     = "customers"
  hash_key = "id"
}
resource "aws_bedrockagent_agent_action_group" "orders" {
  agent_id          = aws_bedrockagent_agent.support.agent_id
  agent_version     = "DRAFT"
  action_group_name = "orders"
  action_group_executor {
    lambda = aws_lambda_function.tool.arn
  }
  api_schema {
    payload = jsonencode({
      openapi = "3.0.0"
      info    = { title = "orders", version = "1" }
      paths = {
        "/orders/{id}" = {
          get    = { operationId = "getOrder", description = "one order" }
          delete = { operationId = "deleteOrder", description = "delete it", "x-requireConfirmation" = "ENABLED" }
        }
        "/orders" = {
          post = { operationId = "placeOrder", description = "a new order" }
        }
      }
    })
  }
}
resource "aws_bedrockagent_agent_action_group" "client" {
  agent_id          = aws_bedrockagent_agent.support.agent_id
  agent_version     = "DRAFT"
  action_group_name = "client-side"
  action_group_executor {
    custom_control = "RETURN_CONTROL"
  }
  function_schema {
    member_functions {
      functions {
        name        = "open_page"
        description = "Open a page"
      }
    }
  }
}
resource "aws_bedrockagent_agent_action_group" "code" {
  agent_id                      = aws_bedrockagent_agent.support.agent_id
  agent_version                 = "DRAFT"
  action_group_name             = "code"
  parent_action_group_signature = "AMAZON.CodeInterpreter"
}
resource "aws_bedrockagent_agent_knowledge_base_association" "faq" {
  agent_id             = aws_bedrockagent_agent.support.agent_id
  description          = "answers"
  knowledge_base_id    = aws_bedrockagent_knowledge_base.faq.id
  knowledge_base_state = "ENABLED"
}
resource "aws_bedrockagent_knowledge_base" "faq" {
  name     = "faq"
  role_arn = aws_iam_role.agent.arn
  knowledge_base_configuration {
    type = "VECTOR"
    vector_knowledge_base_configuration {
      embedding_model_arn = "arn:aws:bedrock:eu-central-1::foundation-model/amazon.titan-embed-text-v2:0"
    }
  }
}
resource "aws_bedrockagent_data_source" "faq" {
  knowledge_base_id = aws_bedrockagent_knowledge_base.faq.id
  name              = "faq"
  data_source_configuration {
    type = "S3"
    s3_configuration {
      bucket_arn = aws_s3_bucket.faq.arn
    }
  }
}
resource "aws_s3_bucket" "faq" {
  bucket = "shop-faq"
}
resource "aws_bedrock_guardrail" "shop" {
  name                      = "shop"
  blocked_input_messaging   = "no"
  blocked_outputs_messaging = "no"
  content_policy_config {
    filters_config {
      type            = "PROMPT_ATTACK"
      input_strength  = "HIGH"
      output_strength = "NONE"
    }
  }
}
resource "aws_bedrockagent_agent" "returns" {
  agent_name              = "returns"
  agent_resource_role_arn = aws_iam_role.agent.arn
  foundation_model        = "anthropic.claude-3-5-sonnet-20240620-v1:0"
}
resource "aws_bedrockagent_agent_alias" "returns" {
  agent_alias_name = "live"
  agent_id         = aws_bedrockagent_agent.returns.agent_id
}
resource "aws_bedrockagent_agent_collaborator" "returns" {
  agent_id                   = aws_bedrockagent_agent.support.agent_id
  collaborator_name          = "returns"
  collaboration_instruction  = "ask about returns"
  relay_conversation_history = "TO_COLLABORATOR"
  agent_descriptor {
    alias_arn = aws_bedrockagent_agent_alias.returns.agent_alias_arn
  }
}
`;

/** Line of the first line that contains a text, as `main.tf:n`. */
export const lineOf = (text: string, source = flagship, nth = 1): string => {
  const lines = source.split('\n');
  let seen = 0;
  const i = lines.findIndex((l) => l.includes(text) && ++seen === nth);
  if (i < 0) throw new Error(`no line with ${text}`);
  return `main.tf:${i + 1}`;
};
