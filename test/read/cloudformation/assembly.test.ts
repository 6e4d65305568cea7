import { describe, expect, it } from 'vitest';
import { readStack, ref } from './helpers.ts';

const manifest = (metadata: object, more: object = {}): string => JSON.stringify({
  version: '39.0.0',
  artifacts: {
    App: { type: 'aws:cloudformation:stack', environment: 'aws://111122223333/eu-west-1', properties: { templateFile: 'App.template.json', parameters: { Stage: 'prod' } }, metadata, ...more },
    Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
  },
}, null, 1);
const template = (resources: object): string => JSON.stringify({ Parameters: { Stage: { Type: 'String' } }, Resources: resources }, null, 1);
const queue = (path: string, more: object = {}): object => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Stage' }, Own: { Ref: 'AWS::AccountId' } }, Metadata: { 'aws:cdk:path': path }, ...more });

describe('cloud assembly', () => {
  it('reads the stacks of the manifest, in their account, with the line of the user\'s code and of the template', async () => {
    const frames = ['at new Queue2 (/srv/dev/app/node_modules/aws-cdk-lib/aws-sqs/lib/queue.js:1:2)', 'at new AppStack (/srv/dev/app/lib/app-stack.ts:12:5)', 'at Object.<anonymous> (/srv/dev/app/bin/app.ts:3:1)'];
    const { get, results } = await readStack({
      'cdk.json': '{"app":"npx ts-node bin/app.ts"}', 'lib/app-stack.ts': '', 'bin/app.ts': '',
      'cdk.out/manifest.json': manifest({ '/App/Q/Resource': [{ type: 'aws:cdk:logicalId', data: 'Q', trace: frames }] }),
      'cdk.out/App.template.json': template({ Q: queue('App/Q/Resource'), R: queue('App/R/Resource') }),
    });
    expect(results).toMatchObject([{ input: 'cdk.out/App.template.json', status: 'read', account: '111122223333' }]);
    expect(get('Q')).toMatchObject({ provider: { account: '111122223333', region: 'eu-west-1' }, properties: { QueueName: 'prod', Own: '111122223333' } });
    expect(get('Q').sources.get('/QueueName')).toMatchObject({ file: 'lib/app-stack.ts', startLine: 12, address: 'Q', property: 'QueueName', certainty: 'block', moduleChain: [{ name: 'App/Q/Resource', file: 'cdk.out/App.template.json', startLine: 11 }] });
    expect(get('R').sources.get('/QueueName')).toMatchObject({ file: 'cdk.out/App.template.json', address: 'R' });
  });

  it('takes traces from the file beside the manifest, per property too', async () => {
    const { get } = await readStack({
      'stack.py': '', 'cdk.out/manifest.json': manifest({}, { additionalMetadataFile: 'App.metadata.json' }),
      'cdk.out/App.metadata.json': JSON.stringify({ '/App/Q': [{ type: 'aws:cdk:creationStack', data: ['  File "/srv/app/stack.py", line 7, in __init__'] }, { type: 'aws:cdk:propertyAssignment', data: { propertyName: 'Own', stackTrace: ['  File "/srv/app/stack.py", line 9, in __init__'] } }] }),
      'cdk.out/App.template.json': template({ Q: queue('App/Q') }),
    });
    expect(get('Q').sources.get('')).toMatchObject({ file: 'stack.py', startLine: 7 });
    expect(get('Q').sources.get('/Own')).toMatchObject({ file: 'stack.py', startLine: 9 });
  });

  it('follows nested stacks by their asset and exports between stacks', async () => {
    const two = JSON.parse(manifest({})) as { artifacts: { [k: string]: object } };
    two.artifacts['Other'] = { type: 'aws:cloudformation:stack', environment: 'aws://unknown-account/unknown-region', properties: { templateFile: 'Other.template.json' } };
    const { get, ids } = await readStack({
      'cdk.out/manifest.json': JSON.stringify(two),
      'cdk.out/App.template.json': JSON.stringify({ Resources: { N: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: { 'Fn::Sub': 'https://s3/${AWS::AccountId}/x.json' } }, Metadata: { 'aws:cdk:path': 'App/N', 'aws:asset:path': 'AppN.nested.template.json' } } }, Outputs: { E: { Value: { 'Fn::GetAtt': ['N', 'Outputs.Arn'] }, Export: { Name: 'App:ExportsOutput' } } } }),
      'cdk.out/AppN.nested.template.json': JSON.stringify({ Resources: { Q: { Type: 'AWS::SQS::Queue' } }, Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Q', 'Arn'] } } } }),
      'cdk.out/Other.template.json': JSON.stringify({ Resources: { U: { Type: 'AWS::SNS::Subscription', Properties: { Endpoint: { 'Fn::ImportValue': 'App:ExportsOutput' } } } } }),
    });
    expect(ids).toEqual(['N', 'N/Q', 'U']);
    expect(get('U').properties['Endpoint']).toBe(ref('cdk.out/App.template.json#N/Q', 'Arn'));
  });

  it('a manifest that cannot be read, or names what is not there, is a located problem', async () => {
    const broken = await readStack({ 'cdk.out/manifest.json': '{"artifacts": {"A": {"type": "aws:cloudformation:stack"' });
    expect(broken.results).toMatchObject([{ status: 'failed', problems: [{ code: 'parse-error', source: { file: 'cdk.out/manifest.json' } }] }]);
    const missing = await readStack({ 'cdk.out/manifest.json': manifest({}) });
    expect(missing.messages).toEqual(['parse-error cdk.out/manifest.json:1 the template of stack App is not in the assembly']);
  });
});
