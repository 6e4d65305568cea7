import { describe, expect, it } from 'vitest';
import { isUnknown, showHoles, type Value } from '../../../schema/index.ts';
import { open, pseudo, readStack, ref, valueOf } from './helpers.ts';

const PARAMETERS = `Parameters:
  Env: { Type: String, Default: prod }
  Open: { Type: String }
  Size: { Type: Number, Default: 3 }
  Zones: { Type: CommaDelimitedList, Default: 'a, b,c' }
  Key: { Type: String, NoEcho: true, Default: hunter22 }
  Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /images/latest }
  Subnets: { Type: 'List<AWS::EC2::Subnet::Id>' }
Mappings:
  Regions:
    us-east-1: { Ami: ami-1, Same: x }
    eu-west-1: { Ami: ami-2, Same: x }
  Sizes:
    prod: { Instance: large, List: [1, 2] }
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsOpen: !Equals [!Ref Open, 'yes']
  Neither: !Not [!Condition IsProd]
  Both: !And [!Condition IsProd, !Equals [!Ref 'AWS::Region', here]]
  Any: !Or [!Condition IsProd, !Condition IsOpen]
  Unsure: !And [!Condition IsProd, !Condition IsOpen]`;

/** Expression → value, as the documentation of each function says. */
const TABLE: readonly (readonly [string, Value])[] = [
  ['!Ref Env', 'prod'],
  ['{ Ref: Size }', 3],
  ['!Ref Zones', ['a', 'b', 'c']],
  ['!Ref Open', open('Open')],
  ['!Ref Key', open('Key')],
  ['!Ref Image', open('Image')],
  ['!Ref AWS::AccountId', pseudo('account')],
  ['!Ref AWS::Region', pseudo('region')],
  ['!Ref AWS::StackName', pseudo('stack-name')],
  ['!Ref Other', ref('Other')],
  ['!GetAtt Other.Arn', ref('Other', 'Arn')],
  ['{ "Fn::GetAtt": [Other, Arn] }', ref('Other', 'Arn')],
  ["!Sub 'arn:${AWS::Partition}:x:${Env}:${Other.Arn}'", `arn:${pseudo('partition')}:x:prod:${ref('Other', 'Arn')}`],
  ["!Sub ['${A}-${Env}-${!Literal}', { A: !Ref Size }]", '3-prod-${Literal}'],
  ["!Join ['-', [a, !Ref Env, !Ref Other]]", `a-prod-${ref('Other')}`],
  ["!Join [',', !Ref Zones]", 'a,b,c'],
  ["!Join ['', [a, !Ref AWS::NoValue, b]]", 'ab'],
  ["!Select [1, !Ref Zones]", 'b'],
  ["!Select ['0', [x, y]]", 'x'],
  ["!Split ['|', 'a|b|c']", ['a', 'b', 'c']],
  ["!Select [1, !Split ['/', !Sub '${AWS::Region}/x']]", 'x'],
  ['!If [IsProd, yes, no]', 'yes'],
  ['!If [Neither, yes, no]', 'no'],
  ['!If [Both, yes, no]', 'no'],
  ['!If [Any, yes, no]', 'yes'],
  ['!If [IsOpen, same, same]', 'same'],
  ['!FindInMap [Sizes, !Ref Env, Instance]', 'large'],
  ['!FindInMap [Sizes, prod, List]', [1, 2]],
  ['!FindInMap [Regions, !Ref AWS::Region, Same]', 'x'],
  ['!FindInMap [Sizes, dev, Instance, { DefaultValue: small }]', 'small'],
  ['!Base64 hello', 'aGVsbG8='],
  ["!Cidr ['192.168.0.0/24', 6, 5]", ['192.168.0.0/27', '192.168.0.32/27', '192.168.0.64/27', '192.168.0.96/27', '192.168.0.128/27', '192.168.0.160/27']],
  ["!Select [1, !Cidr ['10.0.0.0/16', 2]]", '10.0.1.0/24'],
  ["!Cidr ['2001:db8::/56', 2, 64]", ['2001:db8::/64', '2001:db8:0:1::/64']],
  ['{ "Fn::Length": [a, b] }', 2],
  ['{ "Fn::Length": !Ref Zones }', 3],
  ['{ "Fn::ToJsonString": { A: !Ref Env, B: [!Ref Other] } }', `{"A":"prod","B":["${ref('Other')}"]}`],
  ["'{{resolve:ssm:/a/b:1}}'", ref('{{resolve}}AWS::SSM::Parameter:/a/b', 'Value')],
  ["!Sub '{{resolve:secretsmanager:${Env}/db:SecretString:password}}'", ref('{{resolve}}AWS::SecretsManager::Secret:prod/db', 'SecretString')],
  ["!Sub '{{resolve:secretsmanager:${Other}:SecretString}}'", ref('Other', 'SecretString')],
];

describe('intrinsic functions', () => {
  it.each(TABLE)('%s', async (expression, value) => {
    expect(await valueOf(expression, PARAMETERS)).toEqual(value);
  });

  it.each([
    ['!If [Unsure, yes, no]', 'If(Unsure, yes, no)'], ['!FindInMap [Regions, !Ref AWS::Region, Ami]', 'FindInMap(Regions, Ref(AWS::Region), Ami)'],
    ["!Select [0, !Split ['-', !Ref Open]]", "Select(0, Split(-, Ref(Open)))"], ['!Select [0, !GetAZs ""]', 'Select(0, GetAZs())'], ["!Join [',', !Ref Subnets]", 'Join(,, Ref(Subnets))'],
  ])('%s is one text that nothing decides', async (expression, shown) => {
    expect(await valueOf(expression, PARAMETERS)).toBe(open(shown));
    expect(showHoles(open(shown))).toBe(`⟨${shown}⟩`);
  });

  it.each(['!GetAZs ""', '!Ref Subnets', '!If [Unsure, [a], [b]]', '!Frobnicate x', '{ "Fn::Transform": { Name: Own } }', "!Cidr [!Ref Open, 1]"])('%s is unknown', async (expression) => {
    expect(isUnknown(await valueOf(expression, PARAMETERS))).toBe(true);
  });

  it('takes away what NoValue stands for, in lists too, and keeps the lines of what stays', async () => {
    const { get } = await readStack(`Conditions:\n  No: !Equals [a, b]\nResources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      Path: !If [No, /x/, !Ref AWS::NoValue]\n      ManagedPolicyArns:\n        - !If [No, a, !Ref AWS::NoValue]\n        - b\n`);
    expect(get('R').properties).toEqual({ ManagedPolicyArns: ['b'] });
    expect(get('R').sources.get('/ManagedPolicyArns/0')).toMatchObject({ startLine: 10, address: 'R', property: 'ManagedPolicyArns/0' });
    expect(get('R').sources.has('/Path')).toBe(false);
  });

  it('gives the parts of a document in a text their own lines', async () => {
    const { get } = await readStack(`Resources:\n  R:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument: !Sub |\n        {\n          "Statement": [\n            { "Effect": "Allow", "Action": "s3:*",\n              "Resource": "arn:aws:s3:::\${AWS::StackName}" }\n          ]\n        }\n`);
    expect(get('R').sources.get('/PolicyDocument')).toMatchObject({ startLine: 5 });
    expect(get('R').sources.get('/PolicyDocument/Statement/0')).toMatchObject({ startLine: 8, endLine: 9 });
    expect(get('R').sources.get('/PolicyDocument/Statement/0/Resource')).toMatchObject({ startLine: 9, endLine: 9 });
  });

  it('removes a resource whose condition is false and keeps one whose condition is open', async () => {
    const { ids, get, messages } = await readStack(`${PARAMETERS}\nResources:\n  Gone: { Type: AWS::SQS::Queue, Condition: Neither }\n  Maybe:\n    Type: AWS::SQS::Queue\n    Condition: Unsure\n    DeletionPolicy: Retain\n`);
    expect(ids).toEqual(['Maybe']);
    expect(isUnknown(get('Maybe').properties['Condition'])).toBe(true);
    expect(get('Maybe').properties['DeletionPolicy']).toBe('Retain');
    expect(messages).toContainEqual(expect.stringContaining('whether Maybe is made is not decided: condition Unsure'));
  });

  it('unrolls loops over resources, properties and lists of parameters', async () => {
    const { get, ids } = await readStack(`Transform: AWS::LanguageExtensions
Parameters:
  Names: { Type: CommaDelimitedList, Default: 'one,two' }
Resources:
  Fn::ForEach::Queues:
    - Name
    - !Ref Names
    - Queue\${Name}:
        Type: AWS::SQS::Queue
        Properties:
          QueueName: !Sub 'q-\${Name}'
          Fn::ForEach::Tags:
            - Tag
            - [A, B]
            - Tag\${Tag}: !Ref Tag
`);
    expect(ids).toEqual(['Queueone', 'Queuetwo']);
    expect(get('Queueone').properties).toEqual({ QueueName: 'q-one', TagA: 'A', TagB: 'B' });
    expect(get('Queuetwo').sources.get('')).toMatchObject({ startLine: 8 });
  });
});

describe('values from outside', () => {
  const template = 'Parameters:\n  A: { Type: String }\n  B: { Type: String, Default: own }\n  L: { Type: CommaDelimitedList, Default: "" }\nResources:\n  R:\n    Type: X::Y::Z\n    Properties: { A: !Ref A, B: !Ref B, L: !Ref L }\n';
  it('the command line wins over the parameter file, that over the default', async () => {
    const files = { 'template.yaml': template.replace('X::Y::Z', 'AWS::SQS::Queue'), 'p.parameters.json': '[{"ParameterKey":"A","ParameterValue":"file"},{"ParameterKey":"B","ParameterValue":"file"}]' };
    expect((await readStack(files, { varFiles: ['p.parameters.json'], variables: { B: 'line', L: '["x","y"]' } })).get('R').properties).toEqual({ A: 'file', B: 'line', L: ['x', 'y'] });
    expect((await readStack({ ...files, 'p.parameters.json': '{"Parameters":{"A":"map"}}' }, { varFiles: ['p.parameters.json'] })).get('R').properties).toEqual({ A: 'map', B: 'own', L: [] });
  });

  it('says which parameter has no value', async () => {
    const { messages } = await readStack(template.replace('X::Y::Z', 'AWS::SQS::Queue'));
    expect(messages).toEqual(['missing-variable template.yaml:2 parameter A has no value: what depends on it is unknown']);
  });
});
