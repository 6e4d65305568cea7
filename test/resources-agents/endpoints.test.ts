import { describe, expect, it } from 'vitest';
import { scan } from './graph.ts';

const fn = `resource "aws_iam_role" "fn" {
  name               = "fn-role"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_lambda_function" "fn" {
  function_name = "fn"
  role          = aws_iam_role.fn.arn
}
`;
const rest = (method: string, integration: string, api = '') => `${fn}
resource "aws_api_gateway_rest_api" "r" {
  name = "r"
  ${api}
}
resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.r.id
  parent_id   = aws_api_gateway_rest_api.r.root_resource_id
  path_part   = "orders"
}
resource "aws_api_gateway_resource" "one" {
  rest_api_id = aws_api_gateway_rest_api.r.id
  parent_id   = aws_api_gateway_resource.orders.id
  path_part   = "{id}"
}
resource "aws_api_gateway_method" "m" {
  rest_api_id = aws_api_gateway_rest_api.r.id
  resource_id = aws_api_gateway_resource.one.id
  http_method = "PUT"
  ${method}
}
resource "aws_api_gateway_integration" "i" {
  rest_api_id = aws_api_gateway_rest_api.r.id
  resource_id = aws_api_gateway_resource.one.id
  http_method = aws_api_gateway_method.m.http_method
  ${integration}
}
`;
const proxy = 'type = "AWS_PROXY"\n  integration_http_method = "POST"\n  uri = aws_lambda_function.fn.invoke_arn';

describe('API Gateway, REST', () => {
  it('joins method, path and integration, and reads authorization', async () => {
    const g = await scan(rest('authorization = "NONE"', proxy));
    const e = g.one('aws.apigateway.method');
    expect(e).toMatchObject({ name: 'PUT /orders/{id}', props: { auth: 'none', networkScope: 'public', method: 'PUT', path: '/orders/{id}' } });
    expect(g.targets('ROUTES_TO', e)).toEqual(['fn']);
    expect(g.unmapped()).toEqual({});
  });

  it('tells apart keys, signatures, pools and private APIs', async () => {
    const props = async (method: string, api = '') => (await scan(rest(method, proxy, api))).one('aws.apigateway.method').props;
    expect(await props('authorization = "NONE"\n  api_key_required = true')).toMatchObject({ auth: 'api-key' });
    expect(await props('authorization = "AWS_IAM"')).toMatchObject({ auth: 'aws-iam' });
    expect(await props('authorization = "CUSTOM"')).toMatchObject({ auth: 'unknown' });
    expect(await props('authorization = "NONE"', 'endpoint_configuration {\n    types = ["PRIVATE"]\n  }')).toMatchObject({ networkScope: 'private' });
  });

  it('carries the resource policy of the API on each endpoint', async () => {
    const g = await scan(rest('authorization = "NONE"', proxy, 'policy = jsonencode({ Statement = [{ Effect = "Deny", Principal = "*", Action = "execute-api:Invoke", Resource = "*" }] })'));
    const [edge] = g.edges('HAS_POLICY', g.one('aws.apigateway.method'));
    expect(edge!.props['as']).toBe('resource');
    expect(g.node(edge!.to).props['statements']).toMatchObject([{ effect: 'Deny' }]);
  });

  it('a direct call to a service acts as its role and does not reply', async () => {
    const g = await scan(rest('authorization = "NONE"', 'type = "AWS"\n  integration_http_method = "POST"\n  uri = "arn:aws:apigateway:eu-west-1:sqs:path/111122223333/jobs"\n  credentials = aws_iam_role.fn.arn')
      + 'resource "aws_sqs_queue" "jobs" {\n  name = "jobs"\n}\n');
    const e = g.one('aws.apigateway.method');
    expect(g.edges('ROUTES_TO', e).map((x) => [g.node(x.to).name, x.props['relaysReply']])).toEqual([['jobs', false]]);
    expect(g.edges('RUNS_AS', e).map((x) => [g.node(x.to).name, x.props['for']])).toEqual([['fn-role', 'service']]);
  });

  it('reads methods and their security from an OpenAPI body', async () => {
    const g = await scan(`${fn}
resource "aws_api_gateway_rest_api" "r" {
  name = "r"
  body = jsonencode({
    openapi = "3.0.1"
    components = { securitySchemes = { sig = { type = "apiKey", name = "Authorization", in = "header", "x-amazon-apigateway-authtype" = "awsSigv4" }, key = { type = "apiKey", name = "x-api-key", in = "header" } } }
    paths = {
      "/open"   = { get = { "x-amazon-apigateway-integration" = { type = "AWS_PROXY", uri = aws_lambda_function.fn.invoke_arn } } }
      "/signed" = { post = { security = [{ sig = [] }] } }
      "/keyed"  = { post = { security = [{ key = [] }] } }
    }
  })
}
`);
    expect(Object.fromEntries(g.all('aws.apigateway.method').map((e) => [e.name, e.props['auth']]))).toEqual({ 'GET /open': 'none', 'POST /signed': 'aws-iam', 'POST /keyed': 'api-key' });
    expect(g.targets('ROUTES_TO', g.one('aws.apigateway.method', 'GET /open'))).toEqual(['fn']);
    expect(g.placeOf(g.one('aws.apigateway.method', 'POST /signed'))).toMatch(/main\.tf:1\d/);
  });
});

describe('API Gateway, HTTP', () => {
  it('quick create makes an open default route', async () => {
    const g = await scan(`${fn}
resource "aws_apigatewayv2_api" "q" {
  name          = "q"
  protocol_type = "HTTP"
  target        = aws_lambda_function.fn.arn
}
`);
    expect(g.one('aws.apigatewayv2.route')).toMatchObject({ name: '$default of q', props: { auth: 'none' } });
    expect(g.targets('ROUTES_TO', g.one('aws.apigatewayv2.route'))).toEqual(['fn']);
  });

  it('a JWT authorizer of a public issuer without audience is open to anyone, with an audience not', async () => {
    const detail = async (audience: string) => (await scan(`resource "aws_apigatewayv2_api" "x" {
  name = "x"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_authorizer" "x" {
  api_id          = aws_apigatewayv2_api.x.id
  name            = "x"
  authorizer_type = "JWT"
  jwt_configuration {
    issuer   = "https://accounts.google.com"
    ${audience}
  }
}
resource "aws_apigatewayv2_route" "x" {
  api_id             = aws_apigatewayv2_api.x.id
  route_key          = "GET /"
  authorization_type = "JWT"
  authorizer_id      = aws_apigatewayv2_authorizer.x.id
}
`)).one('aws.apigatewayv2.route').props;
    expect(await detail('')).toMatchObject({ auth: 'jwt', authDetail: { open: true, issuer: 'https://accounts.google.com' } });
    expect(await detail('audience = ["me"]')).toMatchObject({ auth: 'jwt', authDetail: { open: false, audiences: ['me'] } });
  });
});

const balancer = (lb: string, action: string, cidr = '0.0.0.0/0') => `${fn}
resource "aws_security_group" "lb" {
  name = "lb"
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["${cidr}"]
  }
}
resource "aws_lb" "lb" {
  name            = "lb"
  security_groups = [aws_security_group.lb.id]
  ${lb}
}
resource "aws_lb_target_group" "t" {
  name        = "t"
  target_type = "lambda"
}
resource "aws_lb_target_group_attachment" "t" {
  target_group_arn = aws_lb_target_group.t.arn
  target_id        = aws_lambda_function.fn.arn
}
resource "aws_lb_listener" "l" {
  load_balancer_arn = aws_lb.lb.arn
  port              = 443
  protocol          = "HTTPS"
  ${action}
}
`;
const forward = 'default_action {\n    type             = "forward"\n    target_group_arn = aws_lb_target_group.t.arn\n  }';

describe('load balancers', () => {
  it('a listener of an internet-facing balancer leads to its targets, behind its security group', async () => {
    const g = await scan(balancer('', forward));
    const l = g.one('aws.elasticloadbalancingv2.listener');
    expect(l).toMatchObject({ name: 'lb:443', props: { auth: 'none', networkScope: 'public' } });
    expect(g.targets('ROUTES_TO', l)).toEqual(['fn']);
    const group = g.one('aws.ec2.securitygroup');
    expect(g.edges('ATTACHED_TO', l, group)).toHaveLength(1);
    expect(group.props['ingress']).toMatchObject([{ fromPort: 443, toPort: 443, protocol: 'tcp', cidrs: ['0.0.0.0/0'] }]);
    expect(group.props['egress']).toEqual([]);
  });

  it('an internal one is private; a rule may skip the sign-in of the listener', async () => {
    expect((await scan(balancer('internal = true', forward))).one('aws.elasticloadbalancingv2.listener').props['networkScope']).toBe('private');
    const signIn = 'default_action {\n    type = "authenticate-oidc"\n    authenticate_oidc {\n      issuer = "https://idp.example"\n      client_id = "c"\n      client_secret = var.secret\n      authorization_endpoint = "https://idp.example/a"\n      token_endpoint = "https://idp.example/t"\n      user_info_endpoint = "https://idp.example/u"\n    }\n  }\n  ' + forward;
    const g = await scan(balancer('', signIn) + `variable "secret" {}
resource "aws_lb_listener_rule" "hook" {
  listener_arn = aws_lb_listener.l.arn
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.t.arn
  }
  condition {
    path_pattern {
      values = ["/hook/*"]
    }
  }
}
`);
    expect(g.one('aws.elasticloadbalancingv2.listener').props).toMatchObject({ auth: 'session', authDetail: { issuer: 'https://idp.example' } });
    expect(g.one('aws.elasticloadbalancingv2.listenerrule').props).toMatchObject({ auth: 'none', path: '/hook/*' });
    expect(g.targets('ROUTES_TO', g.one('aws.elasticloadbalancingv2.listenerrule'))).toEqual(['fn']);
  });
});

describe('AppSync, CloudFront and Cognito', () => {
  it('the weakest way into a GraphQL API counts', async () => {
    const api = (more: string) => `resource "aws_appsync_graphql_api" "a" {\n  name = "a"\n  authentication_type = "AWS_IAM"\n  ${more}\n}\n`;
    const props = async (more: string) => (await scan(api(more))).one('aws.appsync.graphqlapi').props;
    expect(await props('')).toMatchObject({ auth: 'aws-iam', networkScope: 'public' });
    expect(await props('additional_authentication_provider {\n    authentication_type = "API_KEY"\n  }')).toMatchObject({ auth: 'api-key', authModes: ['api-key', 'aws-iam'] });
    expect(await props('visibility = "PRIVATE"')).toMatchObject({ networkScope: 'private' });
  });

  it('a distribution leads to the API behind its origin', async () => {
    const g = await scan(`${rest('authorization = "AWS_IAM"', proxy)}
resource "aws_cloudfront_distribution" "d" {
  enabled = true
  origin {
    domain_name = "\${aws_api_gateway_rest_api.r.id}.execute-api.eu-west-1.amazonaws.com"
    origin_id   = "api"
  }
}
`);
    expect(g.targets('ROUTES_TO', g.one('aws.cloudfront.distribution'))).toEqual(['PUT /orders/{id}']);
  });

  it('anyone obtains the unauthenticated identity of an open pool, nobody that of a closed one', async () => {
    const pool = (open: string) => scan(`resource "aws_cognito_identity_pool" "p" {\n  identity_pool_name = "p"\n  allow_unauthenticated_identities = ${open}\n}\n`);
    expect((await pool('true')).one('aws.cognito.unauthenticated').props['obtainableBy']).toEqual(['E0', 'E1']);
    expect((await pool('false')).all('aws.cognito.unauthenticated')).toEqual([]);
    expect((await pool('var.x')).one('aws.cognito.unauthenticated').props['obtainableBy']).toBeUndefined();
  });
});
