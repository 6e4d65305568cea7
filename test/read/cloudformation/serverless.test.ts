import { describe, expect, it } from 'vitest';
import { snapshotOf, collectText } from '../../helpers/scan.ts';
import { pseudo, readStack, ref } from './helpers.ts';

const SAM = 'Transform: AWS::Serverless-2016-10-31\n';
const FUNCTION = '  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.12\n      Handler: a.b\n      CodeUri: src/\n';

describe('SAM', () => {
  it('gives a function the role it would have: trust, logs, what it is granted', async () => {
    const { get, ids } = await readStack(`${SAM}Globals:
  Function:
    Timeout: 5
    Environment: { Variables: { A: all, B: all } }
Resources:
  T:
    Type: AWS::Serverless::SimpleTable
${FUNCTION}      Environment: { Variables: { B: own } }
      Policies:
        - AmazonS3ReadOnlyAccess
        - AWSLambdaENIManagementAccess
        - !Ref Own
        - DynamoDBReadPolicy:
            TableName: !Ref T
        - Statement:
            - { Effect: Allow, Action: 's3:*', Resource: '*' }
  Own:
    Type: AWS::IAM::ManagedPolicy
    Properties: { PolicyDocument: { Statement: [] } }
`);
    expect(ids).toEqual(['T', 'F', 'Own', 'FRole']);
    expect(get('F')).toMatchObject({ type: 'AWS::Lambda::Function', properties: { Timeout: 5, Role: ref('FRole', 'Arn'), Environment: { Variables: { A: 'all', B: 'own' } } } });
    expect(get('T')).toMatchObject({ type: 'AWS::DynamoDB::Table', properties: { KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] } });
    const managed = (path: string): string => `arn:${pseudo('partition')}:iam::aws:policy/${path}`;
    const role = get('FRole');
    expect(role.type).toBe('AWS::IAM::Role');
    expect(role.properties['ManagedPolicyArns']).toEqual([managed('service-role/AWSLambdaBasicExecutionRole'), managed('AmazonS3ReadOnlyAccess'), managed('service-role/AWSLambdaENIManagementAccess'), ref('Own')]);
    const policies = role.properties['Policies'] as { PolicyName: string; PolicyDocument: { Statement: { Action: string[]; Resource: unknown }[] } }[];
    expect(policies.map((p) => p.PolicyName)).toEqual(['FRolePolicy3', 'FRolePolicy4']);
    expect(policies[0]!.PolicyDocument.Statement[0]!.Action).toContain('dynamodb:GetItem');
    expect(JSON.stringify(policies[0]!.PolicyDocument)).toContain(`table/${ref('T')}`);
    expect(role.sources.get('/Policies/0')).toMatchObject({ startLine: 20, endLine: 21 });
    expect(role.sources.get('/Policies/1/PolicyDocument/Statement/0')).toMatchObject({ startLine: 23 });
  });

  it('a function with a role of its own gets none', async () => {
    const { ids } = await readStack(`${SAM}Resources:\n${FUNCTION}      Role: arn:aws:iam::111122223333:role/x\n`);
    expect(ids).toEqual(['F']);
  });

  it('makes what events need: routes of an implicit API, rules, sources, permissions', async () => {
    const { get, ids } = await readStack(`${SAM}Resources:\n${FUNCTION}      Events:
        Get: { Type: Api, Properties: { Path: /items, Method: get } }
        Web: { Type: HttpApi, Properties: { Path: /web, Method: post } }
        Nightly: { Type: Schedule, Properties: { Schedule: rate(1 day) } }
        Rule: { Type: EventBridgeRule, Properties: { Pattern: { source: [own] } } }
        Work: { Type: SQS, Properties: { Queue: !GetAtt Q.Arn, BatchSize: 1 } }
        Put: { Type: S3, Properties: { Bucket: !Ref B, Events: 's3:ObjectCreated:*' } }
        News: { Type: SNS, Properties: { Topic: !Ref N } }
      FunctionUrlConfig: { AuthType: NONE }
  Q: { Type: AWS::SQS::Queue }
  B: { Type: AWS::S3::Bucket }
  N: { Type: AWS::SNS::Topic }
`);
    expect(ids).toEqual(expect.arrayContaining([
      'ServerlessRestApi', 'ServerlessRestApiProdStage', 'ServerlessHttpApi', 'ServerlessHttpApiApiGatewayDefaultStage', 'FGetPermissionProd', 'FWebPermission', 'FNightly', 'FNightlyPermission', 'FRule', 'FRulePermission',
      'FWork', 'FPutPermission', 'FNews', 'FNewsPermission', 'FUrl', 'FUrlPublicPermissions', 'FRole',
    ]));
    expect(get('FWork')).toMatchObject({ type: 'AWS::Lambda::EventSourceMapping', properties: { BatchSize: 1, EventSourceArn: ref('Q', 'Arn'), FunctionName: ref('F') } });
    expect(JSON.stringify(get('FRole').properties['ManagedPolicyArns'])).toContain('AWSLambdaSQSQueueExecutionRole');
    expect(get('B').properties['NotificationConfiguration']).toEqual({ LambdaConfigurations: [{ Event: 's3:ObjectCreated:*', Function: ref('F', 'Arn') }] });
    const body = get('ServerlessRestApi').properties['Body'] as { paths: { [p: string]: { [m: string]: { [k: string]: unknown } } } };
    expect(Object.keys(body.paths)).toEqual(['/items']);
    expect(JSON.stringify(body.paths['/items']!['get'])).toContain('/invocations');
    expect(get('ServerlessRestApi').sources.get('/Body/paths/~1items/get')).toMatchObject({ startLine: 10 });
    expect(get('FUrlPublicPermissions').properties).toMatchObject({ Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: 'NONE' });
  });

  it('says who is let in: the API, the route, and nobody else', async () => {
    const batch = await collectText({ 'template.yaml': `${SAM}Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      Auth:
        DefaultAuthorizer: AWS_IAM
        Authorizers:
          Pool: { UserPoolArn: !GetAtt P.Arn }
  P: { Type: AWS::Cognito::UserPool }
${FUNCTION}      Events:
        A: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /signed, Method: get } }
        B: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /open, Method: get, Auth: { Authorizer: NONE } } }
        C: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /pool, Method: get, Auth: { Authorizer: Pool } } }
  Out:
    Type: AWS::SSM::Parameter
    Properties: { Type: String, Value: !Ref Api.Stage }
` });
    const auth = Object.fromEntries(snapshotOf(batch).ofKind('Endpoint').map((e) => [e.props['path'], e.props['auth']]));
    expect(auth).toEqual({ '/signed': 'aws-iam', '/open': 'none', '/pool': 'jwt' });
  });

  it('turns connectors into the policies they stand for', async () => {
    const { get, ids } = await readStack(`${SAM}Resources:\n${FUNCTION}    Connectors:
      Read:
        Properties:
          Destination: { Id: T }
          Permissions: [Read]
  T: { Type: AWS::Serverless::SimpleTable }
  N: { Type: AWS::SNS::Topic }
  Notify:
    Type: AWS::Serverless::Connector
    Properties:
      Source: { Id: N }
      Destination: { Id: F }
      Permissions: [Write]
`);
    expect(ids).not.toContain('Notify');
    expect(get('FReadPolicy')).toMatchObject({ type: 'AWS::IAM::ManagedPolicy', properties: { Roles: [ref('FRole')] } });
    expect(JSON.stringify(get('FReadPolicy').properties)).toContain('dynamodb:GetItem');
    expect(JSON.stringify(get('FReadPolicy').properties)).not.toContain('dynamodb:PutItem');
    expect(get('NotifyWriteLambdaPermission').properties).toMatchObject({ Action: 'lambda:InvokeFunction', Principal: 'sns.amazonaws.com', SourceArn: ref('N'), FunctionName: ref('F', 'Arn') });
  });

  it('a workflow has its definition, role and schedule; an application is a nested stack', async () => {
    const { get, ids } = await readStack({
      'template.yaml': `${SAM}Resources:
  M:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: flow.asl.json
      DefinitionSubstitutions: { Fn: !GetAtt F.Arn }
      Policies: [{ LambdaInvokePolicy: { FunctionName: !Ref F } }]
      Events:
        Daily: { Type: Schedule, Properties: { Schedule: rate(1 day) } }
  App:
    Type: AWS::Serverless::Application
    Properties:
      Location: app/template.yaml
${FUNCTION}`,
      'flow.asl.json': '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"${Fn}","End":true}}}',
      'app/template.yaml': `${SAM}Resources:\n${FUNCTION}`,
    });
    expect(ids).toEqual(expect.arrayContaining(['M', 'MRole', 'MDaily', 'MDailyRole', 'App', 'App/F', 'App/FRole']));
    expect(get('M').properties['Definition']).toMatchObject({ StartAt: 'A', States: { A: { Resource: '${Fn}' } } });
    expect(get('M').properties['RoleArn']).toBe(ref('MRole', 'Arn'));
    expect(get('App/F').properties['Role']).toBe(ref('App/FRole', 'Arn'));
  });
});
