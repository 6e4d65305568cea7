import { expect, test } from 'vitest';
import { swap, tried, type Tried } from './tried.ts';

/** Two runtimes and a gateway of AgentCore, whose role reads a table. */
const DESK = `resource "aws_iam_role" "desk" {
  name = "desk"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "bedrock-agentcore.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "desk" {
  role   = aws_iam_role.desk.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = ["dynamodb:GetItem", "dynamodb:PutItem"], Resource = "arn:aws:dynamodb:eu-west-1:111122223333:table/customer-orders" }] })
}

resource "aws_dynamodb_table" "orders" {
  name     = "customer-orders"
  hash_key = "id"
}

resource "aws_cognito_user_pool" "people" {
  name = "people"
}

resource "aws_cognito_user_pool_client" "web" {
  name         = "web"
  user_pool_id = aws_cognito_user_pool.people.id
}

resource "aws_bedrockagentcore_agent_runtime" "desk" {
  agent_runtime_name = "desk"
  role_arn           = aws_iam_role.desk.arn

  agent_runtime_artifact {
    container_configuration {
      container_uri = "ghcr.io/acme/desk@sha256:${'0'.repeat(64)}"
    }
  }

  authorizer_configuration {
    custom_jwt_authorizer {
      discovery_url   = "https://cognito-idp.eu-west-1.amazonaws.com/\${aws_cognito_user_pool.people.id}/.well-known/openid-configuration"
      allowed_clients = [aws_cognito_user_pool_client.web.id]
    }
  }

  network_configuration {
    network_mode = "PUBLIC"
  }
}
`;
const GOOGLE = swap(DESK, ['      discovery_url   = "https://cognito-idp.eu-west-1.amazonaws.com/${aws_cognito_user_pool.people.id}/.well-known/openid-configuration"\n      allowed_clients = [aws_cognito_user_pool_client.web.id]\n', '      discovery_url = "https://accounts.google.com/.well-known/openid-configuration"\n']);
const TOOLS = `Resources:
  Tools:
    Type: AWS::BedrockAgentCore::Gateway
    Properties:
      Name: tools
      RoleArn: !GetAtt Role.Arn
      ProtocolType: MCP
      AuthorizerType: NONE # for the demo
  Orders:
    Type: AWS::BedrockAgentCore::GatewayTarget
    Properties:
      Name: orders
      GatewayIdentifier: !Ref Tools
      TargetConfiguration:
        Mcp: { Lambda: { LambdaArn: !GetAtt Store.Arn, ToolSchema: { InlinePayload: [{ Name: put_order, Description: Stores an order, InputSchema: { Type: object } }] } } }
      CredentialProviderConfigurations: [{ CredentialProviderType: GATEWAY_IAM_ROLE }]
  Store:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt Role.Arn
      Code:
        S3Bucket: acme-code
        S3Key: store.zip
        S3ObjectVersion: 3sL4kqtJlcpXroDTDmJ
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: [lambda.amazonaws.com, bedrock-agentcore.amazonaws.com] }, Action: sts:AssumeRole }] }
      Policies: [{ PolicyName: store, PolicyDocument: { Statement: [{ Effect: Allow, Action: [dynamodb:PutItem, lambda:InvokeFunction], Resource: "*" }] } }]
  Table:
    Type: AWS::DynamoDB::Table
    Properties: { TableName: customer-orders }
`;
const code = (text: string): Promise<Tried> => tried({ 'main.tf': text });
const text = (t: Tried, fix: Parameters<Tried['patch']>[0], path = 'main.tf'): string => { const p = t.patch(fix); return typeof p === 'string' ? `! ${p}` : p[path]!; };

test('a gateway without an authorizer asks for a signature; near miss: one that does', async () => {
  const t = await tried({ 'template.yaml': TOOLS });
  const [c] = t.saying(/AuthorizerType of gateway .* to AWS_IAM/);
  expect(text(t, c!.fix, 'template.yaml')).toBe(swap(TOOLS, ['AuthorizerType: NONE #', 'AuthorizerType: AWS_IAM #']));
  expect(t.proof(c!).closes.length).toBeGreaterThan(0);
  expect(await t.reread(c!.fix)).toEqual(t.proof(c!));
  expect((await tried({ 'template.yaml': swap(TOOLS, ['AuthorizerType: NONE', 'AuthorizerType: AWS_IAM']) })).saying(/AuthorizerType/)).toEqual([]);
});

test('a runtime whose tokens anyone gets takes signatures instead, which needs no issuer; near miss: users are invited, or clients are listed', async () => {
  for (const [estate, says] of [[DESK, /whoever signs up gets$/], [GOOGLE, /anyone can get$/]] as const) {
    const t = await code(estate);
    const [c] = t.saying(says);
    expect(text(t, c!.fix)).toBe(estate.replace(/ {2}authorizer_configuration \{[^]*?\n {2}\}\n\n/, ''));
    expect(t.proof(c!).closes.length).toBeGreaterThan(0);
    expect(await t.reread(c!.fix)).toEqual(t.proof(c!));
  }
  const invited = swap(DESK, ['  name = "people"\n}', '  name = "people"\n\n  admin_create_user_config {\n    allow_admin_create_user_only = true\n  }\n}']);
  const listed = swap(GOOGLE, ['openid-configuration"\n', 'openid-configuration"\n      allowed_clients = ["my-own-client"]\n']);
  for (const miss of [invited, listed]) expect((await code(miss)).saying(/sign their requests/)).toEqual([]);
});

test('hardening: a pool invites its users, an authorizer asks for its audience by a variable; near miss: they do', async () => {
  const pool = await code(DESK);
  const invite = pool.hardening().find((f) => /only administrators create users/.test(f.text))!;
  expect(invite.weakens.length).toBeGreaterThan(0);
  const after = text(pool, invite);
  expect(after).toBe(swap(DESK, ['  name = "people"\n', '  name = "people"\n\n  admin_create_user_config {\n    allow_admin_create_user_only = true\n  }\n']));
  expect(await pool.reread(invite)).toMatchObject({ weakens: expect.arrayContaining(invite.weakens), opens: [] });
  expect((await code(after)).hardening().some((f) => f.what === 'Endpoint.authDetail')).toBe(false);
  const google = await code(GOOGLE);
  const audience = google.hardening().find((f) => /tokens of your own application/.test(f.text))!;
  const asks = text(google, audience);
  expect(asks).toContain('      discovery_url    = "https://accounts.google.com/.well-known/openid-configuration"\n      allowed_audience = [var.desk_audience]\n');
  expect(asks).toMatch(/\nvariable "desk_audience" \{\n {2}description = ".*"\n {2}type {8}= string\n\}\n$/);
  expect(await google.reread(audience)).toMatchObject({ weakens: expect.arrayContaining(audience.weakens), opens: [] });
  expect((await code(asks)).hardening().some((f) => f.what === 'Endpoint.authDetail')).toBe(false);
});

test('pin-image: the digest and the object version are asked for; near miss: they are there, or the module has callers', async () => {
  const closed = DESK.replace(/ {2}authorizer_configuration \{[^]*?\n {2}\}\n\n/, '').replace(/@sha256:0+/, ':1.4');
  const t = await code(closed);
  const [c] = t.saying(/one build of ghcr\.io\/acme\/desk:1\.4, by its digest/);
  const after = text(t, c!.fix);
  expect(after).toContain('      container_uri = "ghcr.io/acme/desk@${var.desk_image_digest}"\n');
  expect(after).toContain('variable "desk_image_digest" {\n');
  expect(t.proof(c!).closes.length).toBeGreaterThan(0);
  expect(await t.reread(c!.fix)).toEqual(t.proof(c!));
  expect((await code(after)).saying(/one build/)).toEqual([]);
  const zip = swap(TOOLS, ['        S3ObjectVersion: 3sL4kqtJlcpXroDTDmJ\n', ''], ['AuthorizerType: NONE', 'AuthorizerType: AWS_IAM']);
  const template = await tried({ 'template.yaml': zip });
  const [archive] = template.saying(/one build of store\.zip, by the version of its object/);
  expect(text(template, archive!.fix, 'template.yaml')).toBe(`Parameters:\n  StoreObjectVersion:\n    Type: String\n    Description: "Version of store.zip that was reviewed"\n\n${swap(zip, ['        S3Key: store.zip\n', '        S3Key: store.zip\n        S3ObjectVersion: !Ref StoreObjectVersion\n'])}`);
  expect(await template.reread(archive!.fix)).toEqual(template.proof(archive!));
  const called = await tried({ 'main.tf': 'module "desk" {\n  source = "./desk"\n}\n', 'desk/main.tf': closed });
  expect(text(called, called.saying(/one build of ghcr/)[0]!.fix)).toMatch(/^! it takes a value that only its owner knows/);
});
