import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { managedPolicy } from '../../knowledge/managed-policies/index.ts';
import { DOCUMENT_COUNT, DOCUMENTS } from '../../knowledge/managed-policies/documents.gen.ts';
import { parsePolicyDocument } from '../../knowledge/policy-document/parse.ts';
import { hole, unknown, type Value } from '../../schema/index.ts';

const one = (statement: Value, version: Value = '2012-10-17') => parsePolicyDocument({ Version: version, Statement: statement });

describe('policy grammar', () => {
  it('takes single statements, single values, numbers and booleans', () => {
    const { statements, parse } = one({ Sid: 'A', Effect: 'Allow', Action: 's3:*', Resource: '*', Principal: { AWS: 123456789 }, Condition: { Bool: { 'aws:x': true }, NumericLessThan: { k: [1, 2] } } });
    expect(parse).toBe('ok');
    expect(statements).toEqual([{ sid: 'A', effect: 'Allow', actions: ['s3:*'], resources: ['*'], principals: { AWS: ['000123456789'] }, conditions: { Bool: { 'aws:x': ['true'] }, NumericLessThan: { k: ['1', '2'] } } }]);
  });
  it('gives each statement its source', () => {
    const { statements } = parsePolicyDocument({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }, { Effect: 'Allow', Action: '*', Resource: '*' }] }, (p) => ({ '/Statement/0': 4, '/Statement/1': 7 })[p]);
    expect(statements.map((s) => s.source)).toEqual([4, 7]);
  });
  it.each<[string, Value, string]>([
    ['duplicate key', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}]}', 'duplicate key "Effect" at line 1, column 56'],
    ['broken text', '{"Statement": [', 'not valid JSON'], ['no statement', { Version: '2012-10-17' }, 'no Statement'], ['unknown', unknown('module is missing'), 'module is missing'],
    ['one hole', hole({ kind: 'unknown', key: 'var.policy' }), 'var.policy'], ['a list', [], 'not an object'],
  ])('%s: failed, with a message', (_, document, message) => {
    const r = parsePolicyDocument(document);
    expect(r.parse).toBe('failed');
    expect(r.problems.join()).toContain(message);
    expect(r.statements).toEqual([]);
  });
  it('a policy over its quota is not read', () => {
    const big = { Version: '2012-10-17', Statement: Array.from({ length: 200 }, (_, i) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::bucket-${i}/*` })) };
    expect(parsePolicyDocument(big, undefined, 6_144)).toMatchObject({ parse: 'failed', statements: [] });
    expect(parsePolicyDocument(big).parse).toBe('ok');
  });
  it.each<[string, Value, string[]]>([
    ['invalid effect stands for both', { Effect: 'allow', Action: '*', Resource: '*' }, ['Allow', 'Deny']], ['unknown statement stands for both', unknown('dynamic'), ['Allow', 'Deny']], ['unknown element', { Effect: 'Allow', Action: '*', Resource: '*', Condtion: {} }, ['Allow']],
    ['no action', { Effect: 'Allow', Resource: '*' }, ['Allow']],
  ])('%s', (_, statement, effects) => {
    const r = one([statement]);
    expect(r.parse).toBe('partial');
    expect(r.statements.map((s) => s.effect)).toEqual(effects);
    expect(r.statements.every((s) => s.unresolved && s.unresolved.length > 0)).toBe(true);
  });
  it('keeps an unknown list element as a hole beside the known ones', () => {
    const { statements } = one({ Effect: 'Allow', Action: '*', Resource: ['arn:aws:s3:::a', unknown('var.b')] });
    expect(statements[0]!.resources![0]).toBe('arn:aws:s3:::a');
    expect(statements[0]!.resources![1]).toContain('\uE000');
    expect(statements[0]!.unresolved).toEqual(['Resource']);
  });
  it('a hole in the place of a JSON value is unknown, inside a string it stays', () => {
    const text = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":["${hole({ kind: 'ref', address: 'aws_s3_bucket.b', attribute: 'arn' })}/*", ${hole({ kind: 'unknown', key: 'var.list' })}]}}`;
    const { statements, parse } = parsePolicyDocument(text);
    expect(parse).toBe('partial');
    expect(statements[0]!.resources![0]).toBe(`${hole({ kind: 'ref', address: 'aws_s3_bucket.b', attribute: 'arn' })}/*`);
  });
  it('percent-encoded text is decoded', () => {
    expect(parsePolicyDocument(encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: [] }))).parse).toBe('ok');
  });
  it('never throws, and what is not ok says why', () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string(), fc.jsonValue()), (v) => {
      const r = parsePolicyDocument(v as Value);
      expect(r.parse === 'ok' ? [] : r.problems).toHaveLength(r.parse === 'ok' ? 0 : r.problems.length);
      if (r.parse !== 'ok') expect(r.problems.length).toBeGreaterThan(0);
      if (r.parse === 'failed') expect(r.statements).toEqual([]);
    }), { numRuns: 500 });
  });
});

describe('policies of AWS', () => {
  it('are found by ARN with any path and parse without a problem', () => {
    expect(DOCUMENTS.length).toBeLessThan(1_200_000);
    expect(DOCUMENT_COUNT).toBeGreaterThan(1_000);
    for (const name of ['AdministratorAccess', 'service-role/AWSLambdaBasicExecutionRole', 'job-function/ViewOnlyAccess', 'AWSLambda_FullAccess', 'BedrockAgentCoreFullAccess', 'ReadOnlyAccess']) {
      const doc = managedPolicy(`arn:aws:iam::aws:policy/${name}`);
      expect(doc, name).toBeDefined();
      expect(parsePolicyDocument(doc!)).toMatchObject({ parse: 'ok', problems: [] });
    }
    expect(managedPolicy('arn:aws:iam::111122223333:policy/AdministratorAccess')).toBeUndefined();
    expect(managedPolicy('arn:aws:iam::aws:policy/NoSuchPolicy')).toBeUndefined();
  });
});
