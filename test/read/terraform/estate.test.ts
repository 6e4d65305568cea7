import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hole } from '../../../schema/index.ts';
import { readRoot } from '../../../collectors/read/terraform/reader.ts';
import { lineOf, resourceAt } from './helpers.ts';

const result = readRoot('', { base: join(import.meta.dirname, 'fixtures/estate'), variables: {}, varFiles: [], env: { TF_VAR_region: 'eu-central-1', TF_VAR_project: 'loses-to-tfvars' }, workspace: 'prod' });
const at = (address: string) => resourceAt(result, address);
const ref = (address: string, attribute: string): string => hole({ kind: 'ref', address, attribute });

describe('names, variables and repetition', () => {
  it('lists every instance, in the order of the code, children last', () => {
    expect(result.resources.map((r) => r.address)).toEqual([
      'aws_s3_bucket.data["clean"]', 'aws_s3_bucket.data["raw"]', 'aws_iam_policy.all', 'aws_iam_policy.file', 'aws_iam_policy.template',
      'aws_iam_role_policy_attachment.all[0]', 'aws_iam_role_policy_attachment.all[1]', 'aws_ssm_parameter.gone',
      'data.aws_caller_identity.current', 'data.aws_caller_identity.audit', 'data.aws_region.current', 'data.aws_partition.audit',
      ...['a', 'b'].flatMap((k) => ['aws_iam_role.this', 'aws_iam_role_policy.access', 'aws_sqs_queue.this', 'aws_cloudwatch_log_group.audit', 'data.aws_iam_policy_document.trust', 'data.aws_iam_policy_document.base', 'data.aws_iam_policy_document.access'].map((n) => `module.worker["${k}"].${n}`)),
      'terraform.backend.s3',
    ]);
  });
  it('auto.tfvars over tfvars over the environment over defaults', () => {
    expect(at('aws_s3_bucket.data["raw"]').properties).toEqual({ bucket: 'acme-eu-central-1-raw' });
  });
  it('optional attributes take their defaults, texts become numbers and bools', () => {
    expect(at('module.worker["b"].aws_sqs_queue.this').properties).toEqual({ name: 'acme-eu-central-1-b' });
  });
});

describe('references', () => {
  it('a written argument is its text, anything else a hole of the instance', () => {
    const p = at('aws_iam_role_policy_attachment.all[1]').properties;
    expect(p).toEqual({ role: 'acme-eu-central-1-b-role', policy_arn: ref('aws_iam_policy.all', 'arn') });
    expect(at('module.worker["a"].aws_iam_role_policy.access').properties['role']).toBe(ref('module.worker["a"].aws_iam_role.this', 'id'));
  });
  it('the link stays, through modules, locals and depends_on', () => {
    expect(at('aws_iam_role_policy_attachment.all[1]').references).toEqual(['aws_iam_policy.all', 'aws_s3_bucket.data', 'module.worker["b"].aws_iam_role.this']);
    expect(at('module.worker["a"].aws_iam_role_policy.access').references).toEqual(expect.arrayContaining(['module.worker["a"].aws_iam_role.this', 'module.worker["a"].data.aws_iam_policy_document.access', 'aws_s3_bucket.data["raw"]', 'aws_s3_bucket.data["clean"]']));
    expect(at('aws_iam_policy.all').references).toEqual(expect.arrayContaining(['module.worker["a"].aws_sqs_queue.this', 'module.worker["b"].aws_sqs_queue.this', 'data.aws_caller_identity.current']));
  });
});

describe('providers', () => {
  it('region, account and default tags of the configuration that applies', () => {
    expect(at('aws_iam_policy.all').provider).toEqual({ scope: '', account: '111122223333', region: 'eu-central-1', defaultTags: { Team: 'platform', Env: 'prod' } });
    expect(at('module.worker["a"].aws_sqs_queue.this').provider.scope).toBe('');
    expect(at('module.worker["a"].aws_cloudwatch_log_group.audit').provider).toEqual({ scope: 'audit', account: '444455556666', region: 'cn-north-1' });
    expect(at('data.aws_caller_identity.audit').provider.scope).toBe('audit');
  });
});

describe('policy documents and where they are written', () => {
  it('jsonencode, element by element', () => {
    const r = at('aws_iam_policy.all');
    expect(r.documents.get('/policy')).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'sqs:*', Resource: ref('module.worker["a"].aws_sqs_queue.this', 'arn') },
        { Effect: 'Allow', Action: 'sqs:*', Resource: ref('module.worker["b"].aws_sqs_queue.this', 'arn') },
        { Sid: 'Literal', Effect: 'Deny', Action: ['iam:*', 'sts:AssumeRole'], Resource: 'arn:aws:iam::111122223333:role/*' },
      ],
    });
    expect(['', '/name', '/policy', '/policy/Statement/0', '/policy/Statement/1/Action', '/policy/Statement/2', '/policy/Statement/2/Action/1', '/policy/Statement/2/Resource'].map((p) => lineOf(r, p))).toEqual(['main.tf:54', 'main.tf:55', 'main.tf:56', 'main.tf:59', 'main.tf:61', 'main.tf:65', 'main.tf:68', 'main.tf:69']);
    expect(r.sources.get('/policy/Statement/2/Action/1')).toMatchObject({ startColumn: 32, endLine: 68, address: 'aws_iam_policy.all', property: 'policy/Statement/2/Action/1' });
    expect(r.sources.get('')).toMatchObject({ startLine: 54, endLine: 74, startColumn: 1 });
  });
  it('a file', () => {
    const r = at('aws_iam_policy.file');
    expect(['/policy/Statement/0', '/policy/Statement/0/Action/1', '/policy/Statement/0/Resource'].map((p) => lineOf(r, p))).toEqual(['policies/read.json:4', 'policies/read.json:8', 'policies/read.json:10']);
    expect(lineOf(r, '/policy')).toBe('main.tf:78');
  });
  it('a template file with loops', () => {
    const r = at('aws_iam_policy.template');
    expect(r.documents.get('/policy')).toEqual({ Version: '2012-10-17', Statement: ['s3:PutObject', 's3:DeleteObject'].map((Action) => ({ Effect: 'Allow', Action, Resource: 'arn:aws:s3:::acme-eu-central-1-raw/*' })) });
    expect(['/policy/Statement/0', '/policy/Statement/1', '/policy/Statement/1/Action', '/policy/Statement/1/Resource'].map((p) => lineOf(r, p))).toEqual([5, 5, 7, 8].map((n) => `policies/write.json.tftpl:${n}`));
  });
  it('aws_iam_policy_document with sources, dynamic statements and variables', () => {
    const r = at('module.worker["a"].aws_iam_role_policy.access');
    expect(r.documents.get('/policy')).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Sid: 'Read', Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: ['clean', 'raw'].map((k) => `${ref(`aws_s3_bucket.data["${k}"]`, 'arn')}/*`) },
        { Sid: 'Guard', Effect: 'Deny', NotAction: ['s3:*', 'sqs:*'], Resource: '*' },
        { Sid: 'Extra', Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: 'arn:aws:logs:*:*:*' },
      ],
    });
    expect(['/policy', '/policy/Statement/0', '/policy/Statement/0/Action/1', '/policy/Statement/1', '/policy/Statement/2', '/policy/Statement/2/Action'].map((p) => lineOf(r, p))).toEqual([...[70, 48, 50, 38, 53].map((n) => `modules/worker/main.tf:${n}`), 'variables.tf:22']);
    expect(r.sources.get('/policy/Statement/0')).toMatchObject({ startLine: 48, endLine: 52, moduleChain: [{ name: 'worker["a"]', file: 'main.tf', startLine: 41 }] });
    expect(at('module.worker["a"].aws_iam_role.this').documents.get('/assume_role_policy')).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'aws:SourceAccount': '${aws:PrincipalAccount}' } } }],
    });
  });
});

describe('what is not there', () => {
  it('a missing module is named once, with its place; what it would give is unknown', () => {
    expect(result.problems.map((p) => [p.code, p.subject, p.source?.file, p.source?.startLine])).toEqual([
      ['missing-variable', 'var.nowhere', 'variables.tf', 27],
      ['missing-module', 'module.gone', 'main.tf', 97],
    ]);
    expect(at('aws_ssm_parameter.gone').properties).toEqual({ name: `/gone/${hole({ kind: 'unknown', key: 'module.gone.name' })}`, type: 'String', value: hole({ kind: 'unknown', key: 'module.gone.list[0].id' }) });
    expect(result.status).toBe('partial');
    expect(result.missing).toEqual(['scp', 'rcp', 'live-state']);
  });
  it('the state bucket is a resource', () => {
    expect(at('terraform.backend.s3')).toMatchObject({ type: 'terraform_backend', properties: { backend: 's3', bucket: 'acme-state', key: 'estate/terraform.tfstate', dynamodb_table: 'acme-locks' } });
    expect(lineOf(at('terraform.backend.s3'), '/bucket')).toBe('main.tf:3');
  });
});
