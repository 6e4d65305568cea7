import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { FixGraph } from '../../queries/remedy/fix-kind.ts';
import { hardening as approval } from '../../queries/remedy/hardening/approval.ts';
import { swap, tried } from './tried.ts';

/** A CloudFormation template as people write it: short forms of functions, comments, a role with an inline and a managed policy. */
const TEMPLATE = `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Orders: # the table
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: orders
      Tags:
        - { Key: DataClassification, Value: restricted }

  ToolRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: tool
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Principal: { Service: lambda.amazonaws.com }
            Action: sts:AssumeRole
      Policies:
        - PolicyName: orders
          PolicyDocument:
            Statement:
              # reading is what it is for
              - Effect: Allow
                Action:
                  - dynamodb:GetItem
                  - dynamodb:PutItem # nobody knows why
                Resource: '*'

  Tool:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: tool
      Role: !GetAtt ToolRole.Arn
      Handler: i.h
      Runtime: python3.12
      Code: { ZipFile: pass }
      Environment:
        Variables:
          TABLE: !Ref Orders

  AgentRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: agent
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Principal:
              Service: bedrock.amazonaws.com
            Action: sts:AssumeRole

  Agent:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentName: helper
      AgentResourceRoleArn: !GetAtt AgentRole.Arn
      FoundationModel: anthropic.claude-3-haiku-20240307-v1:0
      Instruction: You help customers with their orders and their deliveries.
      ActionGroups:
        - ActionGroupName: orders
          ActionGroupExecutor: { Lambda: !GetAtt Tool.Arn }
          FunctionSchema:
            Functions:
              - Name: change_order
                Description: Changes an order

  Front:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: front
      Role: !GetAtt FrontRole.Arn
      Handler: i.h
      Runtime: python3.12
      Code: { ZipFile: pass }
      Environment: { Variables: { AGENT_ID: !Ref Agent } }

  FrontRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }]
      Policies:
        - PolicyName: ask
          PolicyDocument:
            Statement: [{ Effect: Allow, Action: bedrock:InvokeAgent, Resource: '*' }]

  Url:
    Type: AWS::Lambda::Url
    Properties:
      TargetFunctionArn: !Ref Front
      AuthType: NONE # for now
  UrlPermission:
    Type: AWS::Lambda::Permission
    Properties: { FunctionName: !Ref Front, Action: lambda:InvokeFunctionUrl, Principal: '*', FunctionUrlAuthType: NONE }
`;

const files = (text: string, path = 'template.yaml'): Record<string, string> => ({ [path]: text });

test('a template: statements, resources, doors, confirmations; only their lines change', async () => {
  const t = await tried(files(TEMPLATE));
  const patched = (c: { fix: Parameters<typeof t.patch>[0] }): string => { const p = t.patch(c.fix); return typeof p === 'string' ? `! ${p}` : p['template.yaml']!; };
  const [read] = t.saying(/allow dynamodb:GetItem instead of/);
  expect(patched(read!)).toBe(swap(TEMPLATE, ['                  - dynamodb:PutItem # nobody knows why\n', '']));
  const [named] = t.saying(/on orders instead of \*/);
  expect(patched(named!)).toBe(swap(TEMPLATE, ["                Resource: '*'\n", '                Resource: [!GetAtt Orders.Arn, !Sub "${Orders.Arn}/index/*"]\n']));
  const [door] = t.saying(/AWS_IAM/);
  expect(patched(door!)).toBe(swap(TEMPLATE, ['AuthType: NONE # for now', 'AuthType: AWS_IAM # for now']));
  for (const c of [read!, door!]) { expect(await t.reread(c.fix)).toEqual(t.proof(c)); expect(t.proof(c).closes.length).toBeGreaterThan(0); }
  const hard = t.hardening();
  const trust = hard.find((f) => f.what === 'CAN_ASSUME')!;
  expect(patched({ fix: trust })).toBe(swap(TEMPLATE, ['              Service: bedrock.amazonaws.com\n            Action: sts:AssumeRole\n', '              Service: bedrock.amazonaws.com\n            Action: sts:AssumeRole\n            Condition:\n              StringEquals:\n                aws:SourceAccount: !Ref AWS::AccountId\n']));
  const g = new FixGraph(t.graph, []);
  const asks = t.result.findings.flatMap((f) => f.path.hops.flatMap((h, index) => approval.at!(h, { reached: { fingerprint: f.fingerprint, effect: f.effect, path: f.path, rules: [] }, index, hops: f.path.hops }, g)));
  expect(patched(asks[0]!)).toBe(swap(TEMPLATE, ['                Description: Changes an order\n', '                Description: Changes an order\n                RequireConfirmation: ENABLED\n']));
}, 60_000);

test('the same template as JSON: it is valid JSON after each change, and reads back', async () => {
  const short = (v: unknown): unknown => v;
  const json = JSON.stringify(short(parse(TEMPLATE.replace(/!GetAtt (\w+)\.(\w+)/g, '{ "Fn::GetAtt": [$1, $2] }').replace(/!Ref (\w+)/g, '{ Ref: $1 }'))), null, 4) + '\n';
  const t = await tried(files(json, 'template.json'));
  let made = 0;
  for (const c of [...t.candidates.map((x) => x.fix), ...t.hardening()]) {
    const p = t.patch(c);
    if (typeof p === 'string') continue;
    made++;
    const [a, b] = [json.split('\n'), p['template.json']!.split('\n')];
    expect(() => JSON.parse(p['template.json']!), p['template.json']).not.toThrow();
    expect(Math.abs(a.length - b.length)).toBeLessThan(60);
  }
  expect(made).toBeGreaterThan(3);
  const [read] = t.saying(/allow dynamodb:GetItem instead of/);
  expect(await t.reread(read!.fix)).toEqual(t.proof(read!));
}, 60_000);
