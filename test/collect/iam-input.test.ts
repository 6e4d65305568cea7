import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collect } from '../../collectors/run.ts';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { derive } from '../../queries/derive/index.ts';
import { principalRows } from '../../queries/review/principals.ts';
import type { Batch, PrincipalRow } from '../../schema/index.ts';
import { collectText, withFiles } from '../helpers/scan.ts';

const A = '111122223333';
type Json = Record<string, unknown>;
const doc = (...Statement: Json[]): Json => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | string[], more: Json = {}): Json => ({ Effect: 'Allow', Action, Resource: '*', ...more });
const user = (name: string, inline: unknown, more: Json = {}, account = A): Json => ({ Path: '/', UserName: name, UserId: `AIDA${name}`, Arn: `arn:aws:iam::${account}:user/${name}`, CreateDate: '2025-01-01T00:00:00Z', UserPolicyList: inline === undefined ? [] : [{ PolicyName: 'p', PolicyDocument: inline }], GroupList: [], AttachedManagedPolicies: [], ...more });
const role = (name: string, trust: unknown, inline: unknown, account = A): Json => ({ Path: '/', RoleName: name, RoleId: `AROA${name}`, Arn: `arn:aws:iam::${account}:role/${name}`, CreateDate: '2025-01-01T00:00:00Z', AssumeRolePolicyDocument: trust, RolePolicyList: inline === undefined ? [] : [{ PolicyName: 'p', PolicyDocument: inline }], AttachedManagedPolicies: [], InstanceProfileList: [] });
const dump = (more: Json): string => JSON.stringify({ UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [], ...more }, null, 1);

const rowsOf = (batch: Batch): Map<string, PrincipalRow> => new Map(principalRows(derive(new GraphSnapshot(batch.nodes, batch.edges))).map((r) => [r.identity.name, r]));
const problems = (batch: Batch) => batch.coverage.flatMap((c) => c.problems);
const scan = async (files: Record<string, string>) => { const batch = await collectText(files); return { batch, rows: rowsOf(batch), problems: problems(batch) }; };

describe('policies that are not as they should be', () => {
  test('an action that no service publishes is kept as written and noted, with its place', async () => {
    const { batch, problems: p } = await scan({ 'a.json': dump({ UserDetailList: [user('u', doc(allow(['s3:GetObjekt', 's3:Get*', 'iam:*'])))] }) });
    const noted = p.filter((x) => x.code === 'unknown-action');
    expect(noted.map((x) => x.message)).toEqual([expect.stringContaining('s3:GetObjekt')]);
    expect(noted[0]!.source?.startLine).toBeGreaterThan(1);
    expect(batch.nodes.filter((n) => n.kind === 'Policy').flatMap((n) => n.props['statements'] as { actions?: string[] }[]).flatMap((s) => s.actions ?? [])).toContain('s3:GetObjekt');
  });

  const becomes = async (inline: unknown): Promise<PrincipalRow> => (await scan({ 'a.json': dump({ UserDetailList: [user('u', inline)] }) })).rows.get('u')!;
  test('a condition operator that nobody knows leaves the answer open, never yes and never no', async () => {
    expect((await becomes(doc(allow('iam:PutUserPolicy')))).canBecomeAdmin).toMatchObject({ value: true, verdict: 'proven' });
    expect((await becomes(doc(allow('iam:PutUserPolicy', { Condition: { StringSortOfLike: { 'aws:username': 'u' } } })))).canBecomeAdmin).toMatchObject({ value: true, verdict: 'unknown' });
    const denied = doc(allow('iam:PutUserPolicy'), { Effect: 'Deny', Action: 'iam:*', Resource: '*', Condition: { StringSortOfLike: { 'aws:username': 'u' } } });
    expect((await becomes(denied)).canBecomeAdmin).toMatchObject({ value: true, verdict: 'unknown' });
  });

  test.each([
    ['no JSON', '{"Version": "2012-10-17", "Statement": [', /not valid JSON/],
    ['a repeated key', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Action":"s3:*","Resource":"*"}]}', /Action.*(more than once|twice|again)|duplicate key/i],
    ['longer than the service takes', JSON.stringify(doc(...Array.from({ length: 60 }, (_, i) => allow(`s3:GetObject`, { Resource: `arn:aws:s3:::a-bucket-of-a-long-name-${i}/*` })))), /over the limit of 2048/],
  ])('%s: located, not read, and what depends on it is unknown', async (_name, text, message) => {
    const { rows, problems: p } = await scan({ 'a.json': dump({ UserDetailList: [user('u', encodeURIComponent(text))] }) });
    const said = p.find((x) => x.code === 'invalid-policy')!;
    expect(said.message).toMatch(message);
    expect(said.source).toMatchObject({ file: 'a.json' });
    expect(said.source?.startLine).toBeGreaterThan(1);
    expect(rows.get('u')!.isAdmin).toMatchObject({ value: false, verdict: 'unknown' });
  });
  test('just as long as the service takes is read', async () => {
    const fits = doc(...Array.from({ length: 15 }, (_, i) => allow(`s3:GetObject`, { Resource: `arn:aws:s3:::b${i}/*` })), allow('iam:PutUserPolicy'));
    expect((await becomes(fits)).canBecomeAdmin).toMatchObject({ value: true, verdict: 'proven' });
  });
});

describe('dumps', () => {
  test('cut in the middle: said where, what was read stands, what hangs on the rest is unknown', async () => {
    const attached = user('u', undefined, { AttachedManagedPolicies: [{ PolicyName: 'm', PolicyArn: `arn:aws:iam::${A}:policy/m` }], GroupList: [] });
    const grouped = user('g', undefined, { GroupList: ['admins'] });
    const whole = dump({ UserDetailList: [user('plain', doc(allow('s3:GetObject'))), attached, grouped], Policies: [{ PolicyName: 'm', Arn: `arn:aws:iam::${A}:policy/m`, DefaultVersionId: 'v1', PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document: doc(allow('s3:*')) }] }] });
    const cut = await scan({ 'a.json': whole.slice(0, whole.indexOf('"GroupDetailList"') + 22) });
    const entry = cut.batch.coverage.find((c) => c.input === 'a.json')!;
    expect(entry.status).toBe('partial');
    expect(entry.problems.some((p) => p.code === 'parse-error' && p.source?.file === 'a.json' && (p.source.startLine ?? 0) > 10)).toBe(true);
    expect(cut.batch.complete).toBe(false);
    expect(cut.rows.get('plain')!.isAdmin).toMatchObject({ value: false, verdict: 'proven' });
    expect(cut.rows.get('u')!.isAdmin).toMatchObject({ value: false, verdict: 'unknown' });
    expect(cut.rows.get('g')!.isAdmin).toMatchObject({ value: false, verdict: 'unknown' });
  });

  test('two of one account: of each principal the newest record counts, whole, and it is said', async () => {
    const older = dump({ UserDetailList: [user('u', doc(allow('*'))), user('gone', doc(allow('s3:GetObject')))] });
    const newer = dump({ UserDetailList: [user('u', doc(allow('s3:GetObject'))), user('fresh', undefined, { CreateDate: '2026-03-01T00:00:00Z' })] });
    for (const [first, second] of [['older', 'newer'], ['newer', 'older']] as const) {
      const text = { older, newer };
      const { rows, problems: p } = await scan({ 'a.json': text[first], 'b.json': text[second] });
      expect(rows.get('u')!.isAdmin.value).toBe(false);
      expect([...rows.keys()].sort()).toEqual(['fresh', 'gone', 'u']);
      const note = p.filter((x) => /newer/.test(x.message));
      expect(note).toHaveLength(1);
      expect(note[0]!.source?.file).toBe(first === 'older' ? 'a.json' : 'b.json');
    }
  });

  test('twenty as one organisation: trust across accounts, and control policies over all', async () => {
    const accounts = Array.from({ length: 20 }, (_, i) => String(100000000001 + i));
    const trust = (account: string) => doc({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' });
    const files = Object.fromEntries(accounts.map((account, i) => {
      const next = accounts[(i + 1) % 20]!;
      const previous = accounts[(i + 19) % 20]!;
      return [`${account}/iam.json`, dump({ UserDetailList: [user(`u${i}`, doc(allow('sts:AssumeRole', { Resource: `arn:aws:iam::${next}:role/hop` })), {}, account)], RoleDetailList: [role('hop', trust(previous), doc(allow('*')), account)] })];
    }));
    const policy = (Type: string, Content: Json, targets: string[]): string => JSON.stringify({ Policies: [{ Id: 'p-1', Arn: 'arn:aws:organizations::100000000001:policy/o-abcdefghij/p-1', Name: 'guard', Type, AwsManaged: false, Content: JSON.stringify(Content), Targets: targets.map((TargetId) => ({ TargetId, Type: 'ACCOUNT' })) }] }, null, 1);
    const run = async (organisation: string | undefined): Promise<Batch> => withFiles(files, async (folder) => {
      if (organisation) { await mkdir(join(folder, 'org')); await writeFile(join(folder, 'org', 'policies.json'), organisation); }
      return collect({ paths: [], accounts: [...accounts.map((a) => join(folder, a, 'iam.json')), ...(organisation ? [join(folder, 'org')] : [])], hashKey: 'test' });
    });
    const hops = (batch: Batch): string[] => derive(new GraphSnapshot(batch.nodes, batch.edges)).snapshot.edges.filter((e) => e.kind === 'CAN_ASSUME' && e.verdict === 'proven' && e.from.includes(':user/')).map((e) => e.from).sort();
    const free = await run(undefined);
    expect(free.coverage.filter((c) => c.status === 'read')).toHaveLength(20);
    expect(hops(free)).toHaveLength(20);
    const bounded = await run(policy('SERVICE_CONTROL_POLICY', doc({ Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' }, allow('*')), accounts.slice(0, 5)));
    expect(hops(bounded)).toHaveLength(15);
    const kept = await run(policy('RESOURCE_CONTROL_POLICY', doc({ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole', Resource: '*' }), accounts.slice(0, 3)));
    expect(hops(kept)).toHaveLength(17);
  });
});

describe('policies of an organisation in dumps', () => {
  const MANAGEMENT = '999988887777';
  const policy = (name: string, Content: Json, targets: string[]): string => JSON.stringify({ Policies: [{ Id: `p-${name}`, Arn: `arn:aws:organizations::${MANAGEMENT}:policy/o-abcdefghij/service_control_policy/p-${name}`, Name: name, Type: 'SERVICE_CONTROL_POLICY', AwsManaged: false, Content: JSON.stringify(Content), Targets: targets.map((TargetId) => ({ TargetId })) }] }, null, 1);
  const member = (account = A): Record<string, string> => ({ [`${account}.json`]: dump({ UserDetailList: [user(`u${account}`, doc(allow('*')), {}, account)] }) });
  const admin = async (files: Record<string, string>, account = A): Promise<boolean> => (await scan(files)).rows.get(`u${account}`)!.isAdmin.value;
  const NO_IAM = doc({ Effect: 'Deny', Action: '*', Resource: '*' });

  test('on the root they bind every account, but the one that manages the organisation', async () => {
    const files = { ...member(), ...member(MANAGEMENT), 'org/a.json': policy('guard', NO_IAM, ['r-ab12']) };
    expect([await admin(files), await admin(files, MANAGEMENT)]).toEqual([false, true]);
    expect(await admin({ ...member(), 'org/a.json': policy('guard', doc({ Effect: 'Deny', Action: 'ec2:RunInstances', Resource: '*', Condition: { StringEquals: { 'ec2:InstanceType': 'x' } } }), ['444455556666']) })).toBe(true);
  });
  test('several on the root are one level, whatever files they stand in', async () => {
    const level = (second: Json): Record<string, string> => ({ ...member(), 'org/a.json': policy('a', doc(allow('s3:*')), ['r-ab12']), 'org/b.json': policy('b', second, ['r-ab12']) });
    expect([await admin(level(doc(allow('*')))), await admin(level(doc(allow('ec2:*'))))]).toEqual([true, false]);
  });
  test('the management account that an answer names is not bound by what is attached to it', async () => {
    const files = { ...member(), 'org/a.json': policy('guard', NO_IAM, [A]) };
    expect(await admin(files)).toBe(false);
    expect(await admin({ ...files, 'org/o.json': JSON.stringify({ Organization: { Id: 'o-abcdefghij', Arn: `arn:aws:organizations::${A}:organization/o-abcdefghij`, MasterAccountId: A } }) })).toBe(true);
  });
  test('on a unit whose accounts nobody names: said, with its place, and what it denies is open', async () => {
    const { problems: p, rows } = await scan({ ...member(), 'org/a.json': policy('guard', NO_IAM, ['ou-ab12-cdef0123']) });
    expect(p.filter((x) => x.message.includes('ou-ab12-cdef0123')).map((x) => [x.code, x.source?.file])).toEqual([['unresolved', 'org/a.json']]);
    expect(rows.get(`u${A}`)!.isAdmin.verdict).toBe('unknown');
    expect((await scan({ ...member(), 'org/a.json': policy('guard', doc(allow('s3:*')), ['ou-ab12-cdef0123']) })).rows.get(`u${A}`)!.isAdmin).toMatchObject({ value: true, verdict: 'proven' });
  });

  test('accounts that an answer lists have the organisation that conditions ask for', async () => {
    const OTHER = '444455556666';
    const files = (listed: string[], asked = 'o-abcdefghij'): Record<string, string> => ({
      'a.json': dump({ UserDetailList: [user('u', doc(allow('sts:AssumeRole')))] }),
      'b.json': dump({ RoleDetailList: [role('shared', doc({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'aws:PrincipalOrgID': asked } } }), undefined, OTHER)] }),
      'accounts.json': JSON.stringify({ Accounts: listed.map((Id) => ({ Id, Arn: `arn:aws:organizations::${MANAGEMENT}:account/o-abcdefghij/${Id}`, Name: `account ${Id}`, Status: 'ACTIVE', JoinedMethod: 'CREATED' })) }, null, 1),
    });
    const verdicts = async (f: Record<string, string>): Promise<string[]> => {
      const batch = await collectText(f);
      return derive(new GraphSnapshot(batch.nodes, batch.edges)).snapshot.edges.filter((e) => e.kind === 'CAN_ASSUME' && e.from.endsWith(':user/u')).map((e) => e.verdict);
    };
    expect(await verdicts(files([A, OTHER]))).toEqual(['proven']);
    expect(await verdicts(files([A, OTHER], 'o-zzzzzzzzzz'))).toEqual([]);
    expect(await verdicts(files([OTHER]))).toEqual(['unknown']);
  });
});
