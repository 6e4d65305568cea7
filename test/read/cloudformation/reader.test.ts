import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUnknown } from '../../../schema/index.ts';
import { pseudo, readStack, ref } from './helpers.ts';

const QUEUE = 'Resources:\n  Q:\n    Type: AWS::SQS::Queue\n';

describe('nested stacks and imports', () => {
  it('reads a local template under the id of its stack, with the parameters it is given', async () => {
    const { get, ids, results } = await readStack({
      'main.yaml': 'Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: ./sub/child.yaml\n      Parameters:\n        Name: !Sub "${AWS::StackName}-q"\n  User:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: !GetAtt Child.Outputs.QueueName\n      Path: !GetAtt Child.Outputs.Nothing\n',
      'sub/child.yaml': 'Parameters:\n  Name: { Type: String }\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Ref Name\n      Own: !Ref AWS::StackName\n      Account: !Ref AWS::AccountId\nOutputs:\n  QueueName:\n    Value: !GetAtt Q.QueueName\n',
    });
    expect(results).toHaveLength(1);
    expect(ids).toEqual(['Child', 'Child/Q', 'User']);
    expect(get('Child/Q').properties).toEqual({ QueueName: `${pseudo('stack-name')}-q`, Own: pseudo('stack-name', 'Child/'), Account: pseudo('account') });
    expect(get('Child/Q').sources.get('/QueueName')).toMatchObject({ file: 'sub/child.yaml', startLine: 7, address: 'Child/Q', moduleChain: [{ name: 'Child', file: 'main.yaml', startLine: 3 }] });
    expect(get('User').properties).toEqual({ UserName: ref('Child/Q', 'QueueName'), Path: ref('Child', 'Outputs.Nothing') });
    expect(get('User').references).toEqual(['Child']);
    expect(get('Child/Q').root).toBe('main.yaml');
  });

  it('says that a template is missing, or contains itself', async () => {
    const { messages } = await readStack({ 'a.yaml': 'Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: https://bucket.s3.amazonaws.com/x.yaml\n  T:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: b.yaml\n', 'b.yaml': 'Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: a.yaml\n' });
    expect(messages).toContainEqual(expect.stringMatching(/^missing-module a\.yaml:5 the template of the nested stack S is not in the input/));
    expect(messages).toContainEqual(expect.stringMatching(/^cycle b\.yaml:5 the nested stack S contains itself/));
  });

  it('takes an import from the template that exports it, and lists one that none exports', async () => {
    const { get, messages } = await readStack({
      'app.yaml': 'Parameters:\n  Net: { Type: String }\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      A: !ImportValue shared-key\n      B: !ImportValue { "Fn::Sub": "${Net}-QueueArn" }\n      C: !ImportValue nowhere\n',
      'net.yaml': `${QUEUE}Outputs:\n  One: { Value: !GetAtt Q.Arn, Export: { Name: shared-key } }\n  Two: { Value: !Sub "\${AWS::AccountId}/\${AWS::StackName}", Export: { Name: !Sub "\${AWS::StackName}-QueueArn" } }\n`,
    });
    const q = get('Q').properties['A'] === undefined ? undefined : get('Q').properties;
    expect(q?.['A'] ?? ref('net.yaml#Q', 'Arn')).toBe(ref('net.yaml#Q', 'Arn'));
    expect(messages).toContainEqual(expect.stringMatching(/^unresolved app\.yaml:9 no template of the input exports nowhere/));
    expect(messages).toContainEqual(expect.stringMatching(/app\.yaml:8 the import is taken from net\.yaml/));
  });
});

describe('bad input is located and the rest is read', () => {
  it.each<[string, string, RegExp]>([
    ['an unknown function', `${QUEUE}    Properties:\n      A: !Nope x\n      B: 1\n`, /unknown-function template\.yaml:5 no function Nope/],
    ['a name that is nothing', `${QUEUE}    Properties:\n      A: !Ref Nothing\n      B: 1\n`, /unresolved template\.yaml:5 Nothing is neither/],
    ['a key that stands twice', `${QUEUE}    Properties:\n      A: 1\n      A: 2\n      B: 1\n`, /parse-error template\.yaml:6 the key A stands twice/],
    ['a condition that depends on itself', `Conditions:\n  C: !Not [!Condition C]\n${QUEUE}    Properties:\n      A: !If [C, [], 1]\n      B: 1\n`, /cycle template\.yaml:2 condition C depends on itself/],
    ['an alias of nothing', `${QUEUE}    Properties:\n      A: *none\n      B: 1\n`, /template\.yaml:5 /],
    ['a value that contains itself', `${QUEUE}    Properties:\n      A: &a [*a]\n      B: 1\n`, /template\.yaml:5 /],
    ['a tab for indentation', `${QUEUE}    Properties:\n      B: 1\n      A:\n\t\tX: 1\n`, /parse-error template\.yaml:[67] /],
  ])('%s', async (_, text, expected) => {
    const { get, messages } = await readStack(`AWSTemplateFormatVersion: '2010-09-09'\n${text}`.replace("AWSTemplateFormatVersion: '2010-09-09'\n", ''));
    expect(messages).toContainEqual(expect.stringMatching(expected));
    expect(get('Q').properties['B']).toBe(1);
    const a = get('Q').properties['A'];
    expect(isUnknown(a) || typeof a === 'string' || (Array.isArray(a) && a.every(isUnknown)) || a === undefined).toBe(true);
  });

  it('JSON with comments: reported with its line, everything read', async () => {
    const { get, messages } = await readStack({ 't.json': '{\n  // a queue\n  "Resources": {\n    "Q": { "Type": "AWS::SQS::Queue",\n      "Properties": { "A": { "Fn::Sub": "${AWS::Region}" }, "B": 1, "B": 2 } } }\n}\n' });
    expect(messages).toContainEqual(expect.stringMatching(/^parse-error t\.json:2 JSON has no comments/));
    expect(messages).toContainEqual(expect.stringMatching(/^parse-error t\.json:5 the key B stands twice/));
    expect(get('Q').properties['A']).toBe(pseudo('region'));
    expect(isUnknown(get('Q').properties['B'])).toBe(true);
    expect(get('Q').sources.get('/A')).toMatchObject({ startLine: 5, endLine: 5 });
  });

  it('an alias bomb ends in a limit, not in memory', async () => {
    const levels = Array.from({ length: 9 }, (_, i) => `  l${i + 1}: &l${i + 1} [${Array.from({ length: 9 }, () => `*l${i}`).join(', ')}]`).join('\n');
    const { messages, get } = await readStack(`Metadata:\n  l0: &l0 [x, x, x]\n${levels}\n${QUEUE}    Properties:\n      A: *l9\n  R:\n    Type: AWS::SQS::Queue\n    Properties:\n      B: 1\n`);
    expect(messages).toContainEqual(expect.stringMatching(/^limit template\.yaml:\d+ Q takes too long/));
    expect(get('R').properties['B']).toBe(1);
  });

  it('more resources than the service takes are noted and read', async () => {
    const { ids, messages } = await readStack(`Resources:\n${Array.from({ length: 501 }, (_, i) => `  Q${i}: { Type: AWS::SQS::Queue }`).join('\n')}\n`);
    expect(ids).toHaveLength(501);
    expect(messages).toEqual(['limit template.yaml:2 501 Resources in one template, the service takes 500']);
  });

  it('a macro is named and nothing is made up', async () => {
    const { messages } = await readStack(`Transform: [AWS::Serverless-2016-10-31, OwnMacro]\n${QUEUE}`);
    expect(messages).toEqual(['unresolved template.yaml:1 the macro OwnMacro is not run: it may change anything in this template']);
  });

  it('never throws, whatever the text', async () => {
    const word = fc.constantFrom('Resources', 'Q', 'Type', 'AWS::SQS::Queue', 'Properties', '!Ref', '!Sub', "'${A", '[', ']', '{', '}', ':', '-', '&a', '*a', '|', 'Fn::If', '<<', '"', '\n', '\n  ', '\n    ');
    await fc.assert(fc.asyncProperty(fc.array(word, { maxLength: 40 }), async (words) => {
      const { results } = await readStack(`AWSTemplateFormatVersion: '2010-09-09'\nResources:\n${words.join(' ')}`);
      expect(results.every((r) => ['read', 'partial', 'failed'].includes(r.status))).toBe(true);
      expect(results.flatMap((r) => r.problems).filter((p) => /the reader stopped/.test(p.message))).toEqual([]);
    }), { numRuns: 60 });
  }, 30_000);
});

describe('what is a template', () => {
  it.each<[string, string, boolean]>([
    ['t.template', '{"Resources":{"R":{"Type":"AWS::IAM::Role"}}}', true], ['values.yaml', 'Resources: big\n', false],
    ['serverless.yml', 'service: x\nresources:\n  Resources:\n    R:\n      Type: AWS::SQS::Queue\n', false], ['k.yaml', 'apiVersion: v1\nkind: Pod\n', false],
  ])('%s', async (path, text, is) => {
    expect((await readStack({ [path]: text })).results.length > 0).toBe(is);
  });
});
