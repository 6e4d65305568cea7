import { describe, expect, test } from 'vitest';
import { patternTokens, resourceMatch, textTokens } from '../../queries/policy/index.ts';
import { hole } from '../../schema/index.ts';
import { collectText } from '../helpers/scan.ts';
import { derive } from '../../queries/derive/index.ts';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';

const name = (address: string): string => hole({ kind: 'ref', address, attribute: 'name' });
const fn = (text: string): string => `arn:aws:lambda:eu-west-1:111122223333:function:${text}`;
const match = (pattern: string, text: string): number => resourceMatch(patternTokens(pattern, () => undefined)!, textTokens(text));

describe('names that the provider makes up', () => {
  const [a, b] = [name('app.yml#A'), name('app.yml#B')];
  test.each([
    ['are themselves', fn(a), fn(a), 2],
    ['are no others', fn(a), fn(b), 0],
    ['do not begin with another', fn(`${a}*`), fn(b), 0],
    ['nor with a version', fn(`${a}:*`), fn(`${b}:live`), 0],
    ['begin with themselves', fn(`${a}*`), fn(a), 2],
    ['near miss: behind a prefix that somebody chose', fn(`app-${a}*`), fn(`app-${b}`), 1],
    ['near miss: a parameter may be anything', fn(`${hole({ kind: 'unknown', key: 'Name' })}*`), fn(b), 1],
    ['near miss: what a module gives has a name of its own', fn(`${name('module.a')}*`), fn(name('module.b')), 1],
    ['near miss: so has what is looked up', fn(`${name('data.aws_lambda_function.a')}*`), fn(name('data.aws_lambda_function.b')), 1],
  ])('%s', (_says, pattern, text, expected) => expect(match(pattern, text)).toBe(expected));
});

test('who may call one function of a template may not call another', async () => {
  const code = (n: string): string => `  ${n}:\n    Type: AWS::Lambda::Function\n    Properties: { Handler: i.h, Runtime: nodejs20.x, Role: !GetAtt Role.Arn, Code: { ZipFile: x } }\n`;
  const { nodes, edges } = await collectText({ 'template.yml': `Resources:\n${code('First')}${code('Second')}  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }] }\n      Policies:\n        - PolicyName: call\n          PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: lambda:InvokeFunction, Resource: !Sub "\${First.Arn}*" }] }\n` });
  const { snapshot, access } = derive(new GraphSnapshot(nodes, edges));
  const role = snapshot.ofKind('Identity').find((n) => n.name === 'Role' || n.sources.some((s) => s.address?.endsWith('Role')))!;
  const reached = new Map(access.grantsOf(role.id).flatMap((g) => g.assets.map((id) => [snapshot.node(id)!.sources[0]?.address ?? id, g.verdict] as const)));
  expect([...reached.keys()].some((k) => k.includes('First'))).toBe(true);
  expect([...reached.keys()].some((k) => k.includes('Second'))).toBe(false);
});
