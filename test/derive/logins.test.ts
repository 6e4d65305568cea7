import { describe, expect, test } from 'vitest';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { inquire } from '../../queries/review/inquiry.ts';
import { collectText } from '../helpers/scan.ts';

/** Transitions of the best way from a user to a thing, both by name; undefined when there is none. */
async function way(text: string, from: string, to: string): Promise<string[] | undefined> {
  const batch = await collectText({ 'main.tf': `provider "aws" {\n  region = "us-east-1"\n}\n${text}` }, { account: '111122223333' });
  const snapshot = new GraphSnapshot(batch.nodes, batch.edges);
  const ask = inquire(snapshot);
  const id = (name: string, kinds: string[]): string => snapshot.nodes.find((n) => n.name === name && kinds.includes(n.kind))!.id;
  const [path] = ask.paths(id(from, ['Identity']), id(to, ['DataStore', 'Secret', 'Identity', 'Compute']), 1).paths;
  return path?.hops.map((h) => h.transition);
}

const user = (statements: string): string => `
resource "aws_iam_user" "u" {
  name = "u"
}
resource "aws_iam_user_policy" "u" {
  user   = aws_iam_user.u.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [${statements}] })
}
`;
const allow = (action: string, resource = '*'): string => `{ Effect = "Allow", Action = ["${action}"], Resource = "${resource}" }`;
const machine = (more: string): string => `
resource "aws_iam_role" "machine" {
  name = "machine"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "machine" {
  role   = aws_iam_role.machine.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "dynamodb:GetItem", Resource = aws_dynamodb_table.t.arn }] })
}
resource "aws_iam_instance_profile" "machine" {
  name = "machine"
  role = aws_iam_role.machine.name
}
resource "aws_dynamodb_table" "t" {
  name         = "customers"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "id"
    type = "S"
  }
}
resource "aws_instance" "m" {
  ami                  = "ami-00000000000000001"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.machine.name
  tags                 = { Name = "m" }
  ${more}
}
`;

describe('what is found logs in', () => {
  const KEYS = 'resource "aws_s3_bucket" "keys" {\n  bucket = "team-keys-bucket"\n}\nresource "aws_s3_object" "key" {\n  bucket = aws_s3_bucket.keys.id\n  key    = "NAME"\n  source = "NAME"\n}\n';
  const keys = (name: string): string => KEYS.replaceAll('NAME', name);

  test('a private key in a bucket, the machine of that pair, its role', async () => {
    const found = await way(user(allow('s3:GetObject', 'arn:aws:s3:::team-keys-bucket/*')) + keys('ops-private-key.pem') + machine('key_name = "ops"'), 'u', 'customers');
    expect(found).toContain('from-effect/login');
    expect(found).toContain('from-execution/credential');
  });
  test('a public key, or a machine without a pair: nothing', async () => {
    const reader = user(allow('s3:GetObject', 'arn:aws:s3:::team-keys-bucket/*'));
    expect(await way(reader + keys('ops-key.pub') + machine('key_name = "ops"'), 'u', 'customers')).toBeUndefined();
    expect(await way(reader + keys('ops-private-key.pem') + machine(''), 'u', 'customers')).toBeUndefined();
  });

  const script = (line: string): string => `user_data = <<-EOF\n#!/bin/bash\n${line}\nEOF`;
  test('a password of the machine in its start-up script, for whoever reads the script', async () => {
    const withPassword = machine(script('echo "ec2-user:Tr0ub4dor-and-3" | chpasswd'));
    expect(await way(user(allow('ec2:DescribeInstanceAttribute')) + withPassword, 'u', 'customers')).toContain('from-effect/login');
    expect(await way(user(allow('ec2:DescribeTags')) + withPassword, 'u', 'customers')).toBeUndefined();
    expect(await way(user(allow('ec2:DescribeInstanceAttribute')) + machine(script('yum update -y')), 'u', 'customers')).toBeUndefined();
  });

  const database = (password: string): string => `resource "aws_db_instance" "d" {\n  identifier = "orders-db"\n  engine = "postgres"\n  instance_class = "db.t3.micro"\n  username = "admin1"\n  password = "S3cure-enough-pw"\n}\nresource "aws_lambda_function" "f" {\n  function_name = "f"\n  role = "arn:aws:iam::111122223333:role/x"\n  runtime = "python3.12"\n  handler = "a.b"\n  filename = "a.zip"\n  environment {\n    variables = { DB_PASSWORD = "${password}" }\n  }\n}\n`;
  test('the password of a database in the settings of a function', async () => {
    expect(await way(user(allow('lambda:GetFunctionConfiguration')) + database('S3cure-enough-pw'), 'u', 'orders-db')).toContain('from-effect/login');
    expect(await way(user(allow('lambda:GetFunctionConfiguration')) + database('another-Passw0rd'), 'u', 'orders-db')).toBeUndefined();
  });

  const secret = (value: string): string => `resource "aws_iam_user" "other" {\n  name = "other"\n}\nresource "aws_iam_access_key" "other" {\n  user = aws_iam_user.other.name\n}\nresource "aws_secretsmanager_secret" "s" {\n  name = "deploy"\n}\nresource "aws_secretsmanager_secret_version" "s" {\n  secret_id = aws_secretsmanager_secret.s.id\n  secret_string = jsonencode({ key = ${value} })\n}\n`;
  test('an access key in a secret', async () => {
    expect(await way(user(allow('secretsmanager:GetSecretValue')) + secret('aws_iam_access_key.other.secret'), 'u', 'other')).toContain('from-effect/credential');
    expect(await way(user(allow('secretsmanager:GetSecretValue')) + secret('aws_iam_user.other.name'), 'u', 'other')).toBeUndefined();
  });
  test('variables of a build project, for whoever reads the project', async () => {
    const project = (action: string): string => `${user(allow(action))}resource "aws_iam_user" "other" {\n  name = "other"\n}\nresource "aws_iam_access_key" "other" {\n  user = aws_iam_user.other.name\n}\nresource "aws_codebuild_project" "p" {\n  name = "p"\n  service_role = "arn:aws:iam::111122223333:role/x"\n  artifacts {\n    type = "NO_ARTIFACTS"\n  }\n  source {\n    type = "NO_SOURCE"\n  }\n  environment {\n    compute_type = "BUILD_GENERAL1_SMALL"\n    image = "aws/codebuild/standard:7.0"\n    type = "LINUX_CONTAINER"\n    environment_variable {\n      name = "SECRET_KEY"\n      value = aws_iam_access_key.other.secret\n    }\n  }\n}\n`;
    expect(await way(project('codebuild:BatchGetProjects'), 'u', 'other')).toContain('from-effect/credential');
    expect(await way(project('codebuild:ListProjects'), 'u', 'other')).toBeUndefined();
  });
});

describe('a task on the cluster’s own machines', () => {
  const cluster = (launch: string, tokens: string): string => `${machine(`metadata_options {\n    http_tokens = "${tokens}"\n  }`).replace('"dynamodb:GetItem"', '["dynamodb:GetItem", "ecs:RegisterContainerInstance"]').replace('aws_dynamodb_table.t.arn', '"*"')}
resource "aws_ecs_cluster" "c" {
  name = "c"
}
resource "aws_ecs_task_definition" "d" {
  family = "d"
  container_definitions = jsonencode([{ name = "web", image = "nginx:latest" }])
}
resource "aws_ecs_service" "web" {
  name            = "web"
  cluster         = aws_ecs_cluster.c.id
  task_definition = aws_ecs_task_definition.d.arn
  launch_type     = "${launch}"
}
${user(allow('ecs:ExecuteCommand'))}`;
  const host = async (launch: string, tokens: string): Promise<boolean> => {
    const batch = await collectText({ 'main.tf': `provider "aws" {\n  region = "us-east-1"\n}\n${cluster(launch, tokens)}` }, { account: '111122223333' });
    const { derive } = await import('../../queries/derive/index.ts');
    return derive(new GraphSnapshot(batch.nodes, batch.edges)).snapshot.edges.some((e) => e.kind === 'RUNS_AS' && e.props['for'] === 'host' && e.verdict === 'conditional');
  };
  test('has the role of the machine within reach, unless it runs elsewhere or the machine asks for tokens', async () => {
    expect(await host('EC2', 'optional')).toBe(true);
    expect(await host('FARGATE', 'optional')).toBe(false);
    expect(await host('EC2', 'required')).toBe(false);
  });

  test('that owns its machine has the roles of its neighbours', async () => {
    const two = (mount: string, launch: string): string => `${user(allow('ecs:ListTasks'))}
resource "aws_iam_role" "task" {
  name = "task"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }] })
}
resource "aws_ecs_task_definition" "web" {
  family = "web"
  container_definitions = jsonencode([{ name = "web", image = "nginx:latest" }])
  volume {
    name      = "v"
    host_path = "${mount}"
  }
}
resource "aws_ecs_task_definition" "vault" {
  family = "vault"
  task_role_arn = aws_iam_role.task.arn
  container_definitions = jsonencode([{ name = "vault", image = "vault:latest" }])
}
resource "aws_ecs_service" "web" {
  name            = "web"
  task_definition = aws_ecs_task_definition.web.arn
  launch_type     = "EC2"
}
resource "aws_ecs_service" "vault" {
  name            = "vault"
  task_definition = aws_ecs_task_definition.vault.arn
  launch_type     = "${launch}"
}
`;
    const has = async (mount: string, launch: string): Promise<boolean> => {
      const batch = await collectText({ 'main.tf': `provider "aws" {\n  region = "us-east-1"\n}\n${two(mount, launch)}` }, { account: '111122223333' });
      const { derive } = await import('../../queries/derive/index.ts');
      const s = derive(new GraphSnapshot(batch.nodes, batch.edges)).snapshot;
      return s.edges.some((e) => e.kind === 'RUNS_AS' && e.props['for'] === 'host' && s.node(e.from)!.name === 'web' && s.node(e.to)!.name === 'task');
    };
    expect(await has('/var/run/docker.sock', 'EC2')).toBe(true);
    expect(await has('/srv/uploads', 'EC2')).toBe(false);
    expect(await has('/var/run/docker.sock', 'FARGATE')).toBe(false);
  });
});
