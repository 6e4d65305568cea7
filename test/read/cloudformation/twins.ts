/** One small estate in both languages: an agent with an action group, an API in front of it, and the roles behind. */
export const TERRAFORM = `
provider "aws" {}

data "aws_caller_identity" "me" {}
data "aws_region" "here" {}

resource "aws_iam_role" "agent" {
  name = "desk-agent"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "bedrock.amazonaws.com" }, Action = "sts:AssumeRole", Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.me.account_id } } }]
  })
}

resource "aws_iam_role_policy" "agent" {
  name = "invoke"
  role = aws_iam_role.agent.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "bedrock:InvokeModel", Resource = "*" }]
  })
}

resource "aws_iam_role" "tool" {
  name = "desk-tool"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  managed_policy_arns = ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]
}

resource "aws_iam_role_policy" "tool" {
  name = "data"
  role = aws_iam_role.tool.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["dynamodb:GetItem", "dynamodb:DeleteItem"], Resource = aws_dynamodb_table.customers.arn },
      { Effect = "Allow", Action = ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], Resource = "*" },
    ]
  })
}

resource "aws_dynamodb_table" "customers" {
  name         = "customers-pii"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_lambda_function" "tool" {
  function_name = "desk-tool"
  role          = aws_iam_role.tool.arn
  runtime       = "python3.12"
  handler       = "a.b"
  s3_bucket     = "code-bucket"
  s3_key        = "tool.zip"
  environment {
    variables = { TABLE = "customers-pii" }
  }
}

resource "aws_lambda_permission" "agent" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.tool.function_name
  principal     = "bedrock.amazonaws.com"
  source_arn    = aws_bedrockagent_agent.desk.agent_arn
}

resource "aws_bedrockagent_agent" "desk" {
  agent_name              = "desk"
  agent_resource_role_arn = aws_iam_role.agent.arn
  foundation_model        = "anthropic.claude-3-haiku"
  instruction             = "Help customers with their orders and nothing else at all."
}

resource "aws_bedrockagent_agent_action_group" "orders" {
  action_group_name = "orders"
  agent_id          = aws_bedrockagent_agent.desk.agent_id
  agent_version     = "DRAFT"
  action_group_executor {
    lambda = aws_lambda_function.tool.arn
  }
  function_schema {
    member_functions {
      functions {
        name        = "delete_customer"
        description = "deletes a customer"
      }
    }
  }
}

resource "aws_iam_role" "front" {
  name = "desk-front"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  inline_policy {
    name   = "call"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "bedrock:InvokeAgent", Resource = "*" }] })
  }
}

resource "aws_lambda_function" "front" {
  function_name = "desk-front"
  role          = aws_iam_role.front.arn
  runtime       = "python3.12"
  handler       = "a.b"
  s3_bucket     = "code-bucket"
  s3_key        = "front.zip"
  environment {
    variables = { AGENT_ID = aws_bedrockagent_agent.desk.agent_id }
  }
}

resource "aws_apigatewayv2_api" "front" {
  name          = "desk"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "front" {
  api_id             = aws_apigatewayv2_api.front.id
  integration_type   = "AWS_PROXY"
  integration_uri    = aws_lambda_function.front.arn
}

resource "aws_apigatewayv2_route" "front" {
  api_id    = aws_apigatewayv2_api.front.id
  route_key = "POST /ask"
  target    = "integrations/\${aws_apigatewayv2_integration.front.id}"
}

resource "aws_lambda_permission" "front" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.front.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "\${aws_apigatewayv2_api.front.execution_arn}/*/*/ask"
}
`;

export const CLOUDFORMATION = `AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Name: { Type: String, Default: desk }
Resources:
  AgentRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub '\${Name}-agent'
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: { Service: bedrock.amazonaws.com }
            Action: sts:AssumeRole
            Condition: { StringEquals: { aws:SourceAccount: !Ref AWS::AccountId } }
  AgentPolicy:
    Type: AWS::IAM::RolePolicy
    Properties:
      PolicyName: invoke
      RoleName: !Ref AgentRole
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - { Effect: Allow, Action: bedrock:InvokeModel, Resource: '*' }
  ToolRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Join ['-', [!Ref Name, tool]]
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']
  ToolPolicy:
    Type: AWS::IAM::RolePolicy
    Properties:
      PolicyName: data
      RoleName: !Ref ToolRole
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - { Effect: Allow, Action: ['dynamodb:GetItem', 'dynamodb:DeleteItem'], Resource: !GetAtt Customers.Arn }
          - { Effect: Allow, Action: ['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'], Resource: '*' }
  Customers:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: customers-pii
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
  Tool:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: !Sub '\${Name}-tool'
      Role: !GetAtt ToolRole.Arn
      Runtime: python3.12
      Handler: a.b
      Code: { S3Bucket: code-bucket, S3Key: tool.zip }
      Environment: { Variables: { TABLE: customers-pii } }
  ToolPermission:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Tool
      Principal: bedrock.amazonaws.com
      SourceArn: !GetAtt Desk.AgentArn
  Desk:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentName: !Ref Name
      AgentResourceRoleArn: !GetAtt AgentRole.Arn
      FoundationModel: anthropic.claude-3-haiku
      Instruction: Help customers with their orders and nothing else at all.
      ActionGroups:
        - ActionGroupName: orders
          ActionGroupExecutor: { Lambda: !GetAtt Tool.Arn }
          FunctionSchema:
            Functions:
              - Name: delete_customer
                Description: deletes a customer
  FrontRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub '\${Name}-front'
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }
      Policies:
        - PolicyName: call
          PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: bedrock:InvokeAgent, Resource: '*' }] }
  Front:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: !Sub '\${Name}-front'
      Role: !GetAtt FrontRole.Arn
      Runtime: python3.12
      Handler: a.b
      Code: { S3Bucket: code-bucket, S3Key: front.zip }
      Environment: { Variables: { AGENT_ID: !GetAtt Desk.AgentId } }
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: { Name: !Ref Name, ProtocolType: HTTP }
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: { ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Front.Arn }
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: { ApiId: !Ref Api, RouteKey: POST /ask, Target: !Sub 'integrations/\${Integration}' }
  FrontPermission:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Front
      Principal: apigateway.amazonaws.com
      SourceArn: !Sub 'arn:aws:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${Api}/*/*/ask'
`;
