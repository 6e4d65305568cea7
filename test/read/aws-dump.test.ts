import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isUnknown } from '../../schema/index.ts';
import { readFiles } from '../helpers/read.ts';

const ACCOUNT = '123456789012';
const allow = (action: string) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }, { Effect: 'Deny', Action: 'iam:*', Resource: '*' }] });
const role = (name: string, more: object = {}) => ({
  Path: '/', RoleName: name, RoleId: `AROA${name}`, Arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, CreateDate: '2025-01-01T00:00:00Z',
  AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] },
  InstanceProfileList: [], RolePolicyList: [{ PolicyName: 'p', PolicyDocument: allow('s3:*') }], AttachedManagedPolicies: [{ PolicyName: 'Admin', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }], Tags: [], ...more,
});
const dump = (more: object = {}) => ({ UserDetailList: [], GroupDetailList: [], RoleDetailList: [role('a')], Policies: [], ...more });
const details = (text: string) => readFiles({ 'd.json': text }, 'aws-dump');
const one = async (value: unknown) => (await details(JSON.stringify(value, null, 1)))[0]!;

describe('get-account-authorization-details', () => {
  it('gives roles, policies and statements with their lines', async () => {
    const text = JSON.stringify(dump(), null, 1);
    const [result] = await details(text);
    const r = result!.resources[0]!;
    expect(r).toMatchObject({ type: 'AWS::IAM::Role', mode: 'live', state: 'live', properties: { RoleName: 'a', ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'], Policies: [{ PolicyName: 'p' }] }, provider: { account: ACCOUNT } });
    expect(result).toMatchObject({ status: 'read', account: ACCOUNT });
    expect(result!.missing).toEqual(expect.arrayContaining(['access-keys', 'login-profiles', 'mfa', 'oidc-providers', 'resource-policies', 'scp', 'rcp']));
    const lines = text.split('\n');
    const second = r.sources.get('/Policies/0/PolicyDocument/Statement/1')!;
    expect(second.jsonPointer).toBe('/RoleDetailList/0/RolePolicyList/0/PolicyDocument/Statement/1');
    expect(lines.slice(second.startLine! - 1, second.startLine! + 1).join('')).toContain('"Deny"');
    expect(lines[r.sources.get('/AssumeRolePolicyDocument')!.startLine! - 1]).toContain('AssumeRolePolicyDocument');
  });

  it('reads documents as objects, as JSON text and URL-encoded alike', async () => {
    const doc = allow('s3:*');
    const forms = [doc, JSON.stringify(doc), encodeURIComponent(JSON.stringify(doc))];
    const result = await one(dump({ RoleDetailList: forms.map((f, i) => role(`r${i}`, { RolePolicyList: [{ PolicyName: 'p', PolicyDocument: f }] })) }));
    for (const r of result.resources) expect(r.properties.Policies).toEqual([{ PolicyName: 'p', PolicyDocument: doc }]);
  });

  it('keeps the versions of a managed policy that are not the default', async () => {
    const result = await one(dump({ RoleDetailList: [], Policies: [{ PolicyName: 'm', Arn: `arn:aws:iam::${ACCOUNT}:policy/m`, DefaultVersionId: 'v2', PolicyVersionList: [{ VersionId: 'v2', IsDefaultVersion: true, Document: allow('s3:GetObject') }, { VersionId: 'v1', IsDefaultVersion: false, Document: allow('*') }] }] }));
    expect(result.resources[0]!.properties).toMatchObject({ ManagedPolicyName: 'm', PolicyDocument: allow('s3:GetObject'), OtherVersions: [{ VersionId: 'v1', PolicyDocument: allow('*') }] });
  });

  it('lists an instance profile once, with its roles', async () => {
    const profile = { InstanceProfileName: 'ip', Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/ip`, Path: '/', Roles: [{ RoleName: 'a' }] };
    const result = await one(dump({ RoleDetailList: [role('a', { InstanceProfileList: [profile] }), role('b', { InstanceProfileList: [profile] })] }));
    expect(result.resources.filter((r) => r.type === 'AWS::IAM::InstanceProfile').map((r) => r.properties)).toEqual([expect.objectContaining({ InstanceProfileName: 'ip', Roles: ['a'] })]);
  });

  it('reads pages that follow each other in one file, and a list of pages', async () => {
    const a = JSON.stringify(dump({ IsTruncated: true, Marker: 'x' }));
    const b = JSON.stringify(dump({ RoleDetailList: [role('b')], IsTruncated: false }));
    for (const text of [`${a}\n${b}`, `[${a},${b}]`]) {
      const [result] = await details(text);
      expect(result!.resources.map((r) => r.properties.RoleName)).toEqual(['a', 'b']);
      expect(result!.status).toBe('read');
    }
  });

  it('a last page that is not the last narrows coverage, with its line', async () => {
    const result = await one(dump({ IsTruncated: true, Marker: 'x' }));
    expect(result.status).toBe('partial');
    expect(result.problems).toEqual([expect.objectContaining({ code: 'not-read', source: expect.objectContaining({ file: 'd.json', startLine: expect.any(Number) }) })]);
  });

  it('a file cut in the middle keeps the whole records before the cut', async () => {
    const text = JSON.stringify(dump({ RoleDetailList: [role('a'), role('b')] }), null, 1);
    const [result] = await details(text.slice(0, text.indexOf('AROAb')));
    expect(result!.resources.map((r) => r.properties.RoleName)).toEqual(['a']);
    expect(result!.status).toBe('partial');
    expect(result!.problems[0]).toMatchObject({ code: 'parse-error', message: expect.stringContaining('cut off'), source: { file: 'd.json', startLine: expect.any(Number), startColumn: expect.any(Number) } });
  });

  it('a list that stands twice is read twice and said', async () => {
    const text = `{"RoleDetailList":[${JSON.stringify(role('a'))}],"RoleDetailList":[${JSON.stringify(role('b'))}]}`;
    const [result] = await details(text);
    expect(result!.resources.map((r) => r.properties.RoleName)).toEqual(['a', 'b']);
    expect(result!).toMatchObject({ status: 'partial', problems: [{ message: expect.stringContaining('more than once') }] });
  });

  it('a policy that is no policy is unknown, never empty', async () => {
    const bad = ['{"Version": oops', '%7B%22broken', 7, null];
    const result = await one(dump({ RoleDetailList: bad.map((d, i) => role(`r${i}`, { RolePolicyList: [{ PolicyName: 'p', PolicyDocument: d }] })) }));
    expect(result.status).toBe('partial');
    expect(result.problems).toHaveLength(4);
    for (const r of result.resources) expect(isUnknown((r.properties.Policies as { PolicyDocument: unknown }[])[0]!.PolicyDocument)).toBe(true);
    for (const p of result.problems) expect(p).toMatchObject({ code: 'invalid-policy', source: { startLine: expect.any(Number) } });
  });

  it.each([
    ['an object', (doc: string) => doc],
    ['text', (doc: string) => JSON.stringify(doc)],
    ['URL-encoded text', (doc: string) => JSON.stringify(encodeURIComponent(doc))],
  ])('a document with a repeated key, written as %s, is not read, with its line', async (_says, written) => {
    const document = (action: string) => `{"Statement":[{"Effect":"Allow","Action":"${action}","Resource":"*"}]}`;
    const twice = '{"Statement":[{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}]}';
    const text = JSON.stringify(dump({ RoleDetailList: [role('a', { RolePolicyList: [{ PolicyName: 'p', PolicyDocument: '@1' }, { PolicyName: 'q', PolicyDocument: '@2' }] }), role('b')] }), null, 1).replace('"@1"', written(twice)).replace('"@2"', written(document('s3:*')));
    const [result] = await details(text);
    expect(result!.status).toBe('partial');
    expect(result!.problems).toEqual([expect.objectContaining({ code: 'invalid-policy', message: expect.stringContaining('the key "Effect" twice'), subject: `arn:aws:iam::${ACCOUNT}:role/a` })]);
    expect(text.split('\n')[result!.problems[0]!.source!.startLine! - 1]).toContain('{');
    const [p, q] = result!.resources[0]!.properties.Policies as { PolicyDocument: unknown }[];
    expect([isUnknown(p!.PolicyDocument), isUnknown(q!.PolicyDocument)]).toEqual([true, false]);
    expect(result!.resources.map((r) => r.properties.RoleName)).toEqual(['a', 'b']);
  });

  it('a repeated key outside of policies is said', async () => {
    const [result] = await details(JSON.stringify(dump(), null, 1).replace('"Path": "/",', '"Path": "/",\n"Path": "/x/",'));
    expect(result!.problems).toEqual([expect.objectContaining({ code: 'unresolved', message: expect.stringContaining('"Path" stands twice') })]);
    expect(result!.resources[0]!.properties.Path).toBe('/x/');
  });

  it('the same record again is read once, another one under its ARN is said', async () => {
    const again = await one(dump({ RoleDetailList: [role('a'), role('a')] }));
    expect(again.resources).toHaveLength(1);
    expect(again.problems).toEqual([]);
    const other = await one(dump({ RoleDetailList: [role('a'), role('a', { Path: '/x/' })] }));
    expect(other.resources).toHaveLength(2);
    expect(other.problems).toEqual([expect.objectContaining({ message: expect.stringContaining('a second time') })]);
  });

  it('an entry that is no object does not stop the others', async () => {
    const result = await one(dump({ RoleDetailList: [7, role('a')] }));
    expect(result.resources.map((r) => r.properties.RoleName)).toEqual(['a']);
    expect(result.problems[0]).toMatchObject({ code: 'parse-error' });
  });

  it('streams: 60 MB stay within 200 MB of memory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'overreach-dump-'));
    try {
      const file = join(folder, 'big.json');
      const out = createWriteStream(file);
      out.write('{"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[');
      const pad = Array.from({ length: 4 }, (_, i) => ({ PolicyName: `p${i}`, PolicyDocument: allow('s3:GetObject') }));
      for (let i = 0; i < 26_000; i++) if (!out.write((i ? ',\n' : '\n') + JSON.stringify(role(`role${i}`, { RolePolicyList: pad }), null, 2))) await once(out, 'drain');
      out.end('],"Policies":[],"IsTruncated":false}');
      await once(out, 'finish');
      expect((await stat(file)).size).toBeGreaterThan(55e6);
      const script = fileURLToPath(new URL('../helpers/read-dump.ts', import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, file]);
      const seen = JSON.parse(stdout) as { roles: number; statements: number; peakMb: number };
      expect(seen.roles).toBe(26_000);
      expect(seen.statements).toBe(260 * 9);
      expect(seen.peakMb).toBeLessThan(200);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
