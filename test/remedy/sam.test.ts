import { expect, test } from 'vitest';
import { movedLine } from '../../server/patch/workspace.ts';
import { swap, tried, type Tried } from './tried.ts';

const SAM = `Transform: AWS::Serverless-2016-10-31
Resources:
  Chat:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: chat/
      Handler: i.h
      Runtime: python3.12
      FunctionUrlConfig: {AuthType: NONE}
      Environment: {Variables: {AGENT_ID: !GetAtt Agent.AgentId}}
      Policies:
        - Statement: {Effect: Allow, Action: bedrock:InvokeAgent, Resource: '*'}
  Agent:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentName: helper
      AgentResourceRoleArn: !GetAtt AgentRole.Arn
      FoundationModel: anthropic.claude-3-5-sonnet-20241022-v2:0
      ActionGroups:
        - ActionGroupName: orders
          ActionGroupExecutor: {Lambda: !GetAtt Tool.Arn}
          FunctionSchema: {Functions: [{Name: handle, Description: Handles an order}]}
  AgentRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: bedrock.amazonaws.com}, Action: sts:AssumeRole}]}
  Tool:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: tool/
      Handler: i.h
      Runtime: python3.12
      Policies:
        - AWSLambdaBasicExecutionRole
        # by the wizard
        - DynamoDBCrudPolicy:
            TableName: !Ref Customers
  ToolPermission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Tool, Action: lambda:InvokeFunction, Principal: bedrock.amazonaws.com}
  Customers:
    Type: AWS::Serverless::SimpleTable
`;
const sam = (text: string): Promise<Tried> => tried({ 'template.yaml': text });

test('a policy template becomes a statement of what is left, on what it was about', async () => {
  const t = await sam(SAM);
  const [c] = t.saying(/instead of dynamodb:.*: without (delete, )?write$/);
  const text = (t.patch(c!.fix) as Record<string, string>)['template.yaml']!;
  expect(text).toMatch(/ {8}# by the wizard\n {8}- Statement:\n {12}- Effect: Allow\n {14}Action:\n( {16}- dynamodb:\w+\n)+ {14}Resource:\n {16}- !Sub "arn:[^"]*:table\/\$\{Customers\}"\n/);
  expect(text).not.toContain('CrudPolicy');
  expect(await t.reread(c!.fix)).toEqual(t.proof(c!));
});

test('a managed policy by its name goes from the list of the function that its role is made for; near miss: one that is not of the list', async () => {
  const named = swap(SAM, ['        - AWSLambdaBasicExecutionRole\n', '        - AWSLambdaBasicExecutionRole\n        - AmazonDynamoDBFullAccess # for now\n'], ['        # by the wizard\n        - DynamoDBCrudPolicy:\n            TableName: !Ref Customers\n', '']);
  const t = await sam(named);
  const [c] = t.saying(/^detach AmazonDynamoDBFullAccess from ToolRole/);
  expect(t.patch(c!.fix)).toEqual({ 'template.yaml': swap(named, ['        - AmazonDynamoDBFullAccess # for now\n', '']) });
  expect(await t.reread(c!.fix)).toEqual(t.proof(c!));
  const other = await sam(swap(named, ['- AmazonDynamoDBFullAccess', '- !Sub "arn:aws:iam::aws:policy/${Which}"']));
  expect(other.saying(/^detach AmazonDynamoDBFullAccess/)).toEqual([]);
});

test('the last line of what was replaced is the last of what took its place', () => {
  const edits = [{ start: 2, end: 5, text: 'x\ny\nz\nw' }];
  expect([2, 3].map((n) => movedLine('a\nb\nc\nd\n', edits, n))).toEqual([2, 2]);
  expect(movedLine('a\nb\nc\nd\n', edits, 3, true)).toBe(5);
  expect(movedLine('a\nb\nc\nd\n', edits, 4, true)).toBe(6);
  // Two that read the same: the one that stays is where it was.
  expect(movedLine('- p\n  x\n- p\n  y\n', [{ start: 0, end: 8, text: '' }], 3)).toBe(1);
});
