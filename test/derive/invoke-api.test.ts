import { describe, expect, it } from 'vitest';
import { derive } from '../../queries/derive/index.ts';
import { collectText, snapshotOf } from '../helpers/scan.ts';

/** A function whose settings name an API, and whose role may call what `resource` says. */
const source = (resource: string, authorization = 'AWS_IAM', address = 'https://${aws_api_gateway_rest_api.house.id}.execute-api.eu-west-1.amazonaws.com/dev/') => `
provider "aws" {
  region = "eu-west-1"
}
resource "aws_api_gateway_rest_api" "house" {
  name = "house"
}
resource "aws_api_gateway_rest_api" "other" {
  name = "other"
}
resource "aws_api_gateway_resource" "rooms" {
  rest_api_id = aws_api_gateway_rest_api.house.id
  parent_id   = aws_api_gateway_rest_api.house.root_resource_id
  path_part   = "rooms"
}
resource "aws_api_gateway_method" "list" {
  rest_api_id   = aws_api_gateway_rest_api.house.id
  resource_id   = aws_api_gateway_resource.rooms.id
  http_method   = "GET"
  authorization = "${authorization}"
}
resource "aws_api_gateway_stage" "dev" {
  rest_api_id   = aws_api_gateway_rest_api.house.id
  deployment_id = "d1"
  stage_name    = "dev"
}
resource "aws_iam_role" "fn" {
  name               = "fn"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "fn" {
  role   = aws_iam_role.fn.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "execute-api:Invoke", Resource = "${resource}" }] })
}
resource "aws_lambda_function" "fn" {
  function_name = "fn"
  role          = aws_iam_role.fn.arn
  environment {
    variables = { BASE_URL = "${address}" }
  }
}`;

const routes = async (text: string): Promise<[string, string][]> => {
  const { snapshot: s } = derive(snapshotOf(await collectText({ 'main.tf': text })));
  return s.edges.filter((e) => e.kind === 'ROUTES_TO' && e.verdict !== 'unknown').map((e) => [s.node(e.from)!.name, s.node(e.to)!.name]);
};
const on = (below: string, api = 'house') => `\${aws_api_gateway_rest_api.${api}.execution_arn}/${below}`;

describe('a function that is configured with an API it may call', () => {
  it.each([['dev/*/*'], ['*'], ['dev/GET/rooms']])('goes on to the routes that %s covers', async (below) => expect(await routes(source(on(below)))).toEqual([['fn', 'GET /rooms']]));
  it.each([
    ['another stage', source(on('prod/*/*'))],
    ['another method', source(on('dev/POST/rooms'))],
    ['another API', source(on('*', 'other'))],
    ['a route that is not signed', source(on('*'), 'NONE')],
    ['an address that it is not configured with', source(on('*'), 'AWS_IAM', 'https://example.com/')],
  ])('does not for %s', async (_, text) => expect(await routes(text)).toEqual([]));
});
