import { describe, expect, it } from 'vitest';
import { accessLevel, actionInfo, effectOf, effectsOf, expandActions, resourcePatterns, shapeOf } from '../../knowledge/actions/index.ts';
import { TABLE } from '../../knowledge/actions/table.gen.ts';
import { generate } from '../../scripts/generate/actions.ts';

describe('effect classes', () => {
  it.each<[string, string | undefined]>([
    ['bedrock:InvokeAgent', 'invoke'], ['bedrock:InvokeInlineAgent', 'invoke'], ['secretsmanager:GetSecretValue', 'credential'], ['ssm:GetParameter', 'credential'], ['bedrock-agentcore:GetResourceOauth2Token', 'credential'],
    ['bedrock-agentcore:RetrieveMemoryRecords', 'read'], ['bedrock-agentcore:ListEvents', 'read'], ['bedrock-agentcore:ConnectBrowserAutomationStream', 'execute'], ['kms:Decrypt', undefined], ['iam:PassRole', 'permission'],
    ['lambda:UpdateFunctionCode', 'permission'], ['codebuild:UpdateProject', 'permission'], ['cloudformation:ExecuteChangeSet', 'permission'], ['bedrock-agentcore:InvokeAgentRuntimeCommand', 'execute'], ['ecs:ExecuteCommand', 'execute'],
    ['ssm:SendCommand', 'execute'], ['codepipeline:PutApprovalResult', 'permission'], ['logs:PutLogEvents', undefined], ['cloudwatch:PutMetricData', undefined], ['ec2:TerminateInstances', 'delete'], ['dynamodb:DeleteItem', 'delete'],
    ['s3:GetObject', 'read'], ['s3:PutObject', 'write'], ['s3:ListBucket', 'list'], ['S3:getobject', 'read'], ['ses:SendEmail', 'send'], ['bedrock:InvokeModel', 'spend'], ['s3:PutBucketPolicy', 'permission'], ['nosuch:Action', undefined],
  ])('%s is %s', (action, effect) => expect(effectOf(action)).toBe(effect));

  it('a SQL call reads and writes', () => expect(effectsOf('rds-data:ExecuteStatement')).toEqual(['read', 'write']));
  it('reading or changing settings is not touching content', () => {
    for (const a of ['dynamodb:DescribeTable', 's3:PutBucketTagging', 's3:GetBucketLocation', 'lambda:CreateFunction', 'lambda:PutFunctionConcurrency']) expect(actionInfo(a)!.settingsOnly, a).toBe(true);
    for (const a of ['dynamodb:Scan', 's3:PutObject', 'lambda:UpdateFunctionCode']) expect(actionInfo(a)!.settingsOnly, a).toBe(false);
    for (const a of ['iam:PassRole', 'kms:Decrypt', 'sts:AssumeRole']) expect(actionInfo(a)!.enabler, a).toBe(true);
  });
  it('keeps the label of the vendor beside them', () => expect(accessLevel('bedrock:InvokeAgent')).toBe('Read'));
});

describe('the published list', () => {
  it('is small, and expands patterns', () => {
    expect(TABLE.length).toBeLessThan(1_200_000);
    expect(expandActions('s3:Get?bject')).toEqual(['s3:GetObject']);
    expect(expandActions('*').length).toBeGreaterThan(15_000);
    expect(expandActions('future:Thing')).toEqual(['future:Thing']);
    expect(expandActions('nosuch:*')).toEqual([]);
  });
  it('knows which things an action works on', () => {
    expect(resourcePatterns('iam:PassRole')).toEqual(['arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}']);
    expect(shapeOf('arn:aws:s3:::data')!.form).toBe('arn:${}:s3:::${}');
    expect(shapeOf('arn:aws:s3:::data/a/b')!.form).toBe('arn:${}:s3:::${}/${}');
    expect(shapeOf('arn:aws:iam::1:role/path/x')!.form).toBe('arn:${}:iam::${}:role/${}');
    expect(shapeOf('arn:aws:ec2:r:1:instance/i-1')!.actions.some((a) => a.name === 'ssm:SendCommand')).toBe(true);
  });
  it('is what the generator makes', async () => {
    const made = await generate();
    expect(Object.values(made)[0]).toContain(TABLE);
  });
});
