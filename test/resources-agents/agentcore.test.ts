import { describe, expect, it } from 'vitest';
import { scan } from './graph.ts';

const role = (name: string) => `resource "aws_iam_role" "${name}" {
  name               = "${name}"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "bedrock-agentcore.amazonaws.com" } }] })
}
`;
const runtime = (more = '', environment = '') => `${role('run')}
resource "aws_bedrockagentcore_agent_runtime" "a" {
  agent_runtime_name = "a"
  role_arn           = aws_iam_role.run.arn
  agent_runtime_artifact {
    container_configuration {
      container_uri = "\${aws_ecr_repository.a.repository_url}:latest"
    }
  }
  network_configuration {
    network_mode = "PUBLIC"
  }
  ${environment}
  ${more}
}
resource "aws_ecr_repository" "a" {
  name = "agents/a"
}
`;
const jwt = (client: string) => `authorizer_configuration {
    custom_jwt_authorizer {
      discovery_url   = "https://cognito-idp.eu-west-1.amazonaws.com/\${aws_cognito_user_pool.p.id}/.well-known/openid-configuration"
      allowed_clients = [aws_cognito_user_pool_client.c.id]
    }
  }
}
resource "aws_cognito_user_pool" "p" {
  name = "people"
}
resource "aws_cognito_user_pool_client" "c" {
  name         = "web"
  user_pool_id = aws_cognito_user_pool.p.id
  ${client}
`;

describe('AgentCore runtime', () => {
  it('is an agent in a microVM with a signed DEFAULT endpoint, built from an image of the repository', async () => {
    const g = await scan(runtime());
    const agent = g.one('aws.bedrockagentcore.runtime');
    expect(agent).toMatchObject({ kind: 'Agent', name: 'a', props: { platform: 'agentcore-runtime', networkMode: 'PUBLIC', protocol: 'HTTP' } });
    const compute = g.one('aws.bedrockagentcore.runtimecompute');
    expect(compute.props).toMatchObject({ computeType: 'microvm', egress: 'open' });
    expect(g.edges('IMPLEMENTED_BY', agent, compute)).toHaveLength(1);
    expect(g.edges('RUNS_AS', agent).map((e) => e.props['for'])).toEqual(['model']);
    expect(g.edges('RUNS_AS', compute).map((e) => [g.node(e.to).name, e.props['for']])).toEqual([['run', 'code']]);
    const image = g.node(g.edges('BUILT_FROM', compute)[0]!.to);
    expect(image.props).toMatchObject({ artifactType: 'image', pinned: false, mutable: true });
    expect(g.edges('CONTAINS', g.one('aws.ecr.repository'), image)).toHaveLength(1);
    const endpoint = g.one('aws.bedrockagentcore.runtimeendpoint');
    expect(endpoint.props).toMatchObject({ auth: 'aws-iam', networkScope: 'public' });
    expect(endpoint.props['arn']).toMatch(/runtime-endpoint\/DEFAULT$/);
    expect(g.targets('ROUTES_TO', endpoint)).toEqual(['a']);
  });

  it('takes tokens of a user pool: open where anyone can sign up and get one, not where only machines or administrators can', async () => {
    const detail = async (client: string, pool = '') => {
      const g = await scan(runtime(jwt(client)).replace('name = "people"', `name = "people"\n  ${pool}`));
      return { g, props: g.one('aws.bedrockagentcore.runtimeendpoint').props };
    };
    const open = await detail('generate_secret = false');
    expect(open.props).toMatchObject({ auth: 'jwt', authDetail: { selfSignup: true, authorizer: open.g.one('aws.cognito.userpool').id } });
    const machine = await detail('generate_secret = true\n  allowed_oauth_flows = ["client_credentials"]');
    expect(machine.props['authDetail']).toMatchObject({ selfSignup: false });
    const closed = await detail('generate_secret = false', 'admin_create_user_config {\n    allow_admin_create_user_only = true\n  }');
    expect(closed.props['authDetail']).toMatchObject({ selfSignup: false });
    const unsure = await detail('generate_secret = var.undecided');
    expect((unsure.props['authDetail'] as Record<string, unknown>)['selfSignup']).toBeUndefined();
  });

  it('with protocol MCP is a tool server', async () => {
    const g = await scan(runtime('protocol_configuration {\n    server_protocol = "MCP"\n  }'));
    const server = g.one('aws.bedrockagentcore.runtime');
    expect(server).toMatchObject({ kind: 'ToolServer', props: { protocol: 'MCP', serverType: 'mcp' } });
    expect(g.edges('PROVIDED_BY', g.one('aws.bedrockagentcore.runtimetools'), server)).toHaveLength(1);
    expect(g.all('Agent')).toEqual([]);
  });

  it('holds what its environment says, by reference and as a literal, and never the literal itself', async () => {
    const g = await scan(runtime('', `environment_variables = {
    SECRET_ARN = aws_secretsmanager_secret.s.arn
    API_TOKEN  = "hunter2-hunter2"
    LOG_LEVEL  = "debug"
    OTHER      = "\${var.undecided_token}"
  }`) + 'resource "aws_secretsmanager_secret" "s" {\n  name = "db"\n}\nvariable "undecided_token" {}\n');
    const compute = g.one('aws.bedrockagentcore.runtimecompute');
    expect(g.targets('HOLDS', compute)).toEqual(['API_TOKEN', 'db']);
    const token = g.one('literal.credential');
    expect(token.props).toMatchObject({ exposedLiteral: true, location: 'API_TOKEN' });
    expect(g.placeOf(token)).toMatch(/^main\.tf:\d+$/);
    expect(JSON.stringify(g.batch)).not.toContain('hunter2');
  });
});

const gateway = (target: string, more = '') => `${role('gw')}${role('fn')}
resource "aws_bedrockagentcore_gateway" "g" {
  name            = "g"
  role_arn        = aws_iam_role.gw.arn
  authorizer_type = "AWS_IAM"
  protocol_type   = "MCP"
  ${more}
}
resource "aws_lambda_function" "t" {
  function_name = "t"
  role          = aws_iam_role.fn.arn
}
resource "aws_bedrockagentcore_gateway_target" "t" {
  name               = "t"
  gateway_identifier = aws_bedrockagentcore_gateway.g.gateway_id
  ${target}
}
`;
const lambdaTarget = `credential_provider_configuration {
    gateway_iam_role {}
  }
  target_configuration {
    mcp {
      lambda {
        lambda_arn = aws_lambda_function.t.arn
        tool_schema {
          inline_payload {
            name        = "refund"
            description = "Pay back"
            input_schema {
              type = "object"
            }
          }
        }
      }
    }
  }`;

describe('AgentCore gateway', () => {
  it('only invokes: a Lambda target acts as the function’s role', async () => {
    const g = await scan(gateway(lambdaTarget));
    const server = g.one('aws.bedrockagentcore.gateway');
    expect(g.edges('RUNS_AS', server).map((e) => [g.node(e.to).name, e.props['for']])).toEqual([['gw', 'service']]);
    const tool = g.one('aws.bedrockagentcore.gatewaytool');
    expect(tool).toMatchObject({ name: 'refund', props: { contract: 'undeclared' } });
    expect(g.edges('RUNS_AS', tool).map((e) => [g.node(e.to).name, e.props['for']])).toEqual([['fn', 'tool']]);
    expect(g.targets('IMPLEMENTED_BY', tool)).toEqual(['t']);
    expect(g.targets('PROVIDED_BY', tool)).toEqual(['t']);
    expect(g.edges('PROVIDED_BY', g.one('aws.bedrockagentcore.gatewaytarget'), server)).toHaveLength(1);
    expect(g.one('aws.bedrockagentcore.gatewayendpoint').props['auth']).toBe('aws-iam');
  });

  it('an authorizer that lets everyone in is none, an undecided one unknown', async () => {
    const auth = async (type: string) => (await scan(gateway(lambdaTarget).replace('"AWS_IAM"', type))).one('aws.bedrockagentcore.gatewayendpoint').props['auth'];
    expect(await auth('"NONE"')).toBe('none');
    expect(await auth('"CUSTOM_JWT"')).toBe('jwt');
    expect(await auth('var.undecided')).toBe('unknown');
  });

  it('runs an interceptor before the target; it earns no credit as a gate', async () => {
    const g = await scan(gateway(lambdaTarget, `interceptor_configuration {
    interception_points = ["REQUEST"]
    interceptor {
      lambda {
        arn = aws_lambda_function.t.arn
      }
    }
  }`));
    const control = g.one('aws.bedrockagentcore.gatewayinterceptor');
    expect(control.props['mode']).toBe('detect');
    expect(g.targets('IMPLEMENTED_BY', control)).toEqual(['t']);
    expect(g.edges('GUARDED_BY', g.one('aws.bedrockagentcore.gateway'), control)).toHaveLength(1);
  });

  it('knows with whose authority a target is called', async () => {
    const oauth = (grant: string) => gateway(`credential_provider_configuration {
    oauth {
      provider_arn = aws_bedrockagentcore_oauth2_credential_provider.o.credential_provider_arn
      scopes       = ["read"]
      ${grant}
    }
  }
  target_configuration {
    mcp {
      mcp_server {
        endpoint = "https://mcp.vendor.example/mcp"
      }
    }
  }`) + `resource "aws_bedrockagentcore_oauth2_credential_provider" "o" {
  name                       = "vendor"
  credential_provider_vendor = "CustomOauth2"
  oauth2_provider_config {
    custom_oauth2_provider_config {
      client_id     = "me"
      client_secret = "sup3r-s3cret-value"
      oauth_discovery {
        discovery_url = "https://idp.vendor.example/.well-known/openid-configuration"
      }
    }
  }
}
`;
    const delegation = async (grant: string) => {
      const g = await scan(oauth(grant));
      const tool = g.one('aws.bedrockagentcore.gatewaytool');
      expect(g.one('aws.bedrockagentcore.gatewaytarget').props).toMatchObject({ serverType: 'mcp', url: 'https://mcp.vendor.example/mcp', listing: 'dynamic' });
      expect(g.one('aws.bedrockagentcore.oauth2credentialprovider').props).toMatchObject({ exposedLiteral: true, location: 'ClientSecret' });
      expect(JSON.stringify(g.batch)).not.toContain('sup3r');
      return g.edges('USES_CREDENTIAL', tool).map((e) => e.props['delegation']);
    };
    expect(await delegation('')).toEqual(['service']);
    expect(await delegation('grant_type = "TOKEN_EXCHANGE"')).toEqual(['user_obo']);
    expect(await delegation('grant_type = "AUTHORIZATION_CODE"')).toEqual(['user_obo']);
  });

  it('routes an OpenAPI target to the API it names, and its tools to the function behind the same operation', async () => {
    const g = await scan(gateway(`credential_provider_configuration {
    api_key {
      provider_arn = aws_bedrockagentcore_api_key_credential_provider.k.credential_provider_arn
    }
  }
  target_configuration {
    mcp {
      open_api_schema {
        inline_payload {
          payload = jsonencode({
            openapi = "3.0.1"
            servers = [{ url = "https://\${aws_apigatewayv2_api.x.id}.execute-api.eu-west-1.amazonaws.com/prod" }]
            paths   = { "/orders" = { get = { operationId = "listOrders" }, delete = { operationId = "dropOrders" } } }
          })
        }
      }
    }
  }`) + `resource "aws_bedrockagentcore_api_key_credential_provider" "k" {
  name    = "k"
  api_key = var.key
}
resource "aws_apigatewayv2_api" "x" {
  name          = "x"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_route" "x" {
  api_id             = aws_apigatewayv2_api.x.id
  route_key          = "GET /orders"
  authorization_type = "AWS_IAM"
  target             = "integrations/\${aws_apigatewayv2_integration.x.id}"
}
resource "aws_apigatewayv2_integration" "x" {
  api_id           = aws_apigatewayv2_api.x.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.t.invoke_arn
}
variable "key" {}
`);
    expect(g.targets('ROUTES_TO', g.one('aws.bedrockagentcore.gatewaytarget'))).toEqual(['GET /orders']);
    const list = g.one('aws.bedrockagentcore.gatewaytool', 'listOrders');
    expect(list.props).toMatchObject({ contract: 'declared', effects: ['list', 'read'] });
    expect(g.targets('RUNS_AS', list)).toEqual(['fn']);
    expect(g.edges('RUNS_AS', g.one('aws.bedrockagentcore.gatewaytool', 'dropOrders'))).toEqual([]);
    expect(g.one('aws.bedrockagentcore.apikeycredentialprovider').props['exposedLiteral']).toBe(false);
  });
});
