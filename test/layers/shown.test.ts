import { describe, expect, test } from 'vitest';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { inquire } from '../../queries/review/inquiry.ts';
import { collectText } from '../helpers/scan.ts';

/** Whether a user with one permission comes to act as the user `other`, by what it is shown. */
async function becomesOther(action: string, holder: string): Promise<boolean> {
  const batch = await collectText({ 'main.tf': `provider "aws" {
  region = "us-east-1"
}
resource "aws_iam_user" "u" {
  name = "u"
}
resource "aws_iam_user_policy" "u" {
  user   = aws_iam_user.u.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "${action}", Resource = "*" }] })
}
resource "aws_iam_user" "other" {
  name = "other"
}
resource "aws_iam_access_key" "other" {
  user = aws_iam_user.other.name
}
${holder}` }, { account: '111122223333' });
  const snapshot = new GraphSnapshot(batch.nodes, batch.edges);
  const id = (name: string): string => snapshot.nodes.find((n) => n.name === name && n.kind === 'Identity')!.id;
  return inquire(snapshot).paths(id('u'), id('other'), 1).paths.length > 0;
}

const SECRET = 'aws_iam_access_key.other.secret';
const HOLDERS: Record<string, { shows: string; hides: string; code: string }> = {
  'variables of an Elastic Beanstalk environment': { shows: 'elasticbeanstalk:DescribeConfigurationSettings', hides: 'elasticbeanstalk:DescribeApplications', code: `resource "aws_elastic_beanstalk_environment" "e" {\n  name = "e"\n  application = "app"\n  setting {\n    namespace = "aws:elasticbeanstalk:application:environment"\n    name = "SECRET_KEY"\n    value = ${SECRET}\n  }\n}\n` },
  'variables of a task definition': { shows: 'ecs:DescribeTaskDefinition', hides: 'ecs:DescribeClusters', code: `resource "aws_ecs_task_definition" "d" {\n  family = "d"\n  container_definitions = jsonencode([{ name = "web", image = "nginx:latest", environment = [{ name = "SECRET_KEY", value = ${SECRET} }] }])\n}\n` },
  'start-up script of a launch template': { shows: 'ec2:DescribeLaunchTemplateVersions', hides: 'ec2:DescribeVpcs', code: `resource "aws_launch_template" "t" {\n  name = "t"\n  user_data = "export AWS_SECRET_ACCESS_KEY=\${${SECRET}}"\n}\n` },
  'variables of a batch job': { shows: 'batch:DescribeJobDefinitions', hides: 'batch:DescribeJobQueues', code: `resource "aws_batch_job_definition" "j" {\n  name = "j"\n  type = "container"\n  container_properties = jsonencode({ image = "busybox", environment = [{ name = "SECRET_KEY", value = ${SECRET} }] })\n}\n` },
  'an item of a table': { shows: 'dynamodb:GetItem', hides: 'dynamodb:DescribeTable', code: `resource "aws_dynamodb_table" "t" {\n  name = "t"\n  hash_key = "id"\n  billing_mode = "PAY_PER_REQUEST"\n  attribute {\n    name = "id"\n    type = "S"\n  }\n}\nresource "aws_dynamodb_table_item" "i" {\n  table_name = aws_dynamodb_table.t.name\n  hash_key = "id"\n  item = jsonencode({ id = { S = "1" }, secret_key = { S = ${SECRET} } })\n}\n` },
  'settings of a function': { shows: 'lambda:GetFunction', hides: 'lambda:ListTags', code: `resource "aws_lambda_function" "f" {\n  function_name = "f"\n  role = "arn:aws:iam::111122223333:role/x"\n  runtime = "python3.12"\n  handler = "a.b"\n  filename = "a.zip"\n  environment {\n    variables = { SECRET_KEY = ${SECRET} }\n  }\n}\n` },
  'a parameter': { shows: 'ssm:GetParameter', hides: 'ssm:DescribeParameters', code: `resource "aws_ssm_parameter" "p" {\n  name = "/app/secret_key"\n  type = "SecureString"\n  value = ${SECRET}\n}\n` },
};

describe('an access key that things show', () => {
  test.each(Object.entries(HOLDERS))('%s', async (_name, { shows, hides, code }) => {
    expect(await becomesOther(shows, code)).toBe(true);
    expect(await becomesOther(hides, code)).toBe(false);
    expect(await becomesOther(shows, code.replace(SECRET, '"nothing"'))).toBe(false);
  });
});
