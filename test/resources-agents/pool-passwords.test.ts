import { describe, expect, it } from 'vitest';
import { signIns } from '../../bench/accuracy/adapters/signins.ts';
import { derive } from '../../queries/derive/index.ts';
import { showSource } from '../../schema/index.ts';
import { collectText, snapshotOf } from '../helpers/scan.ts';

const PASSWORD = 'Correct-Horse-9!';

/** A runtime that accepts tokens of pool `a`, and two pools with a user of the same name. */
const estate = (more: string, flows = '"ALLOW_USER_PASSWORD_AUTH"') => `
variable "password" {
  type = string
}
resource "aws_cognito_user_pool" "a" {
  name = "a"
}
resource "aws_cognito_user_pool" "b" {
  name = "b"
}
resource "aws_cognito_user_pool_client" "a" {
  name                = "app"
  user_pool_id        = aws_cognito_user_pool.a.id
  explicit_auth_flows = [${flows}]
}
resource "aws_cognito_user" "a" {
  user_pool_id = aws_cognito_user_pool.a.id
  username     = "tester"
}
resource "aws_cognito_user" "b" {
  user_pool_id = aws_cognito_user_pool.b.id
  username     = "tester"
}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "bedrock-agentcore.amazonaws.com" } }] })
}
resource "aws_bedrockagentcore_agent_runtime" "r" {
  agent_runtime_name = "r"
  role_arn           = aws_iam_role.r.arn
  agent_runtime_artifact {
    container_configuration {
      container_uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/x:latest"
    }
  }
  authorizer_configuration {
    custom_jwt_authorizer {
      discovery_url   = "https://cognito-idp.us-east-1.amazonaws.com/\${aws_cognito_user_pool.a.id}/.well-known/openid-configuration"
      allowed_clients = [aws_cognito_user_pool_client.a.id]
    }
  }
  network_configuration {
    network_mode = "PUBLIC"
  }
}
${more}`;

const command = (password: string, pool = 'a', type = 'null_resource', environment = '', triggers = '') => `resource "${type}" "set" {
  provisioner "local-exec" {
    command = <<-EOT
      aws cognito-idp admin-set-user-password \\
        --user-pool-id \${aws_cognito_user_pool.${pool}.id} --username tester \\
        --password ${password} --permanent
    EOT
    ${environment}
  }
  ${triggers}
}`;
const user = (attribute: string, pool = 'a') => `resource "aws_cognito_user" "own" {
  user_pool_id = aws_cognito_user_pool.${pool}.id
  username     = "own"
  ${attribute}
}`;

async function read(text: string) {
  const batch = await collectText({ 'main.tf': text });
  expect(JSON.stringify(batch)).not.toContain(PASSWORD);
  const d = derive(snapshotOf(batch));
  const held = d.snapshot.ofKind('Credential').filter((c) => c.props['credType'] === 'password');
  const found = signIns({ run: { id: '', inputKind: '', input: [], dir: '' }, batch, estate: d });
  return { s: d.snapshot, held, found, opens: held.flatMap((c) => d.snapshot.out(c.id, 'AUTHENTICATES_AS').map((e) => [d.snapshot.node(e.to)!.kind, d.snapshot.node(e.to)!.sources[0]!.address, e.verdict, ...e.requires])) };
}
const RUNTIME = 'aws_bedrockagentcore_agent_runtime.r';

describe('a password of a pool user in a command', () => {
  it.each([['quoted', `'${PASSWORD}'`], ['in double quotes', `"${PASSWORD}"`], ['bare', PASSWORD]])('%s: opens the endpoint that accepts the pool', async (_, password) => {
    const text = estate(command(password));
    const { held, opens, found, s } = await read(text);
    expect(held).toMatchObject([{ props: { exposedLiteral: true, hash: expect.stringMatching(/^[0-9a-f]{32}$/) } }]);
    expect(opens).toEqual(expect.arrayContaining([['Identity', 'aws_cognito_user.a', 'proven'], ['Endpoint', RUNTIME, 'proven']]));
    expect(found.map((f) => [f.target!.address, ...f.via!.map((v) => v.address)])).toEqual([[RUNTIME, 'null_resource.set', 'aws_cognito_user.a', 'aws_cognito_user_pool.a']]);
    expect(showSource(s.in(held[0]!.id, 'HOLDS')[0]!.evidence[0]!.source)).toBe(`main.tf:${text.slice(0, text.indexOf('command =')).split('\n').length}`);
  });
  it('is read in the other resource that only runs commands', async () => expect((await read(estate(command(`'${PASSWORD}'`, 'a', 'terraform_data')))).found).toHaveLength(1));
  it('is found in the environment that the command reads', async () => expect((await read(estate(command('"$PW"', 'a', 'null_resource', `environment = { PW = "${PASSWORD}" }`)))).found).toHaveLength(1));
  it('is found in the trigger that the command reads', async () => {
    const text = command("'${self.triggers.password}'", 'a', 'null_resource', '', `triggers = { password = "${PASSWORD}", note = "other" }`);
    expect((await read(estate(text))).found).toHaveLength(1);
  });
  it('of another pool opens nothing here, and is not the password of the namesake', async () => {
    const { opens, found } = await read(estate(command(`'${PASSWORD}'`, 'b')));
    expect(opens).toEqual([['Identity', 'aws_cognito_user.b', 'proven']]);
    expect(found).toEqual([]);
  });
  it.each([['a variable of Terraform', "'${var.password}'"], ['a variable of the shell', '"$PASSWORD"']])('is none where it is %s', async (_, password) => expect((await read(estate(command(password)))).held).toEqual([]));
  it('is of no use at clients that only take administrators or refresh', async () => expect((await read(estate(command(`'${PASSWORD}'`), '"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"'))).found).toEqual([]));
  it('is no matter of commands that do something else', async () => expect((await read(estate(command(`'${PASSWORD}'`).replace('admin-set-user-password', 'list-users')))).held).toEqual([]));
});

describe('a password at the user', () => {
  it('opens the endpoint', async () => expect((await read(estate(user(`password = "${PASSWORD}"`)))).opens).toContainEqual(['Endpoint', RUNTIME, 'proven']));
  it('opens it until it is changed, if it is the first one', async () => expect((await read(estate(user(`temporary_password = "${PASSWORD}"`)))).opens).toContainEqual(['Endpoint', RUNTIME, 'conditional', 'the user has not changed the first password']));
  it('is none where it is a variable', async () => expect((await read(estate(user('password = var.password')))).opens).toEqual([]));
  it('of another pool opens nothing', async () => expect((await read(estate(user(`password = "${PASSWORD}"`, 'b')))).found).toEqual([]));
});

describe('a password that a template hands to code of its own', () => {
  const template = (password: string, pool = 'Pool') => `
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Secret: { Type: String, NoEcho: true }
Resources:
  Pool: { Type: "AWS::Cognito::UserPool" }
  Other: { Type: "AWS::Cognito::UserPool" }
  Client:
    Type: AWS::Cognito::UserPoolClient
    Properties: { UserPoolId: !Ref Pool, ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH] }
  User:
    Type: AWS::Cognito::UserPoolUser
    Properties: { UserPoolId: !Ref Pool, Username: tester }
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: { Name: api, ProtocolType: HTTP }
  Tokens:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties: { ApiId: !Ref Api, AuthorizerType: JWT, Name: t, JwtConfiguration: { Issuer: !Sub "https://cognito-idp.us-east-1.amazonaws.com/\${Pool}", Audience: [!Ref Client] } }
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: { ApiId: !Ref Api, RouteKey: GET /x, AuthorizationType: JWT, AuthorizerId: !Ref Tokens }
  Setter:
    Type: Custom::SetPassword
    Properties: { ServiceToken: "arn:aws:lambda:us-east-1:123456789012:function:set", UserPoolId: !Ref ${pool}, Username: tester, Password: ${password} }
`;
  const opens = async (text: string) => {
    const { snapshot: s } = derive(snapshotOf(await collectText({ 'template.yaml': text })));
    return s.edges.filter((e) => e.kind === 'AUTHENTICATES_AS').map((e) => s.node(e.to)!.sources[0]!.address).sort();
  };
  it('opens the routes that accept the pool', async () => expect(await opens(template(PASSWORD))).toEqual(['Route', 'User']));
  it('is none where it is a parameter', async () => expect(await opens(template('!Ref Secret'))).toEqual([]));
  it('for another pool is nobody here', async () => expect(await opens(template(PASSWORD, 'Other'))).toEqual([]));
});
