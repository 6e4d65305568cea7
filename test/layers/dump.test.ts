import { describe, expect, test } from 'vitest';
import { ACCOUNT as A, scanned, type Scanned } from './scan.ts';

type Json = Record<string, unknown>;
const doc = (...Statement: Json[]): Json => ({ Version: '2012-10-17', Statement });
const role = (name: string, inline: Json | undefined, more: Json = {}): Json => ({ Path: '/', RoleName: name, RoleId: `AROA${name.toUpperCase()}XYZ`, Arn: `arn:aws:iam::${A}:role/${name}`, AssumeRolePolicyDocument: doc({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }), RolePolicyList: inline ? [{ PolicyName: 'p', PolicyDocument: inline }] : [], AttachedManagedPolicies: [], InstanceProfileList: [], ...more });
const S3 = doc({ Effect: 'Allow', Action: 's3:*', Resource: '*' });
const BUCKET = 'arn:aws:s3:::acme-data';

/** A dump whose parts stand in files of their own: identities, the list of buckets, and the policy of one. */
const read = (policy: Json, roles: Json[], list = true): Promise<Scanned> => scanned({
  'iam.json': JSON.stringify({ UserDetailList: [], GroupDetailList: [], Policies: [], RoleDetailList: roles }, null, 1),
  ...(list ? { 's3/list-buckets.json': JSON.stringify({ Buckets: [{ Name: 'acme-data', CreationDate: '2025-01-01T00:00:00Z' }] }, null, 1) } : {}),
  's3/get-bucket-policy.json': JSON.stringify({ Policy: JSON.stringify(policy) }),
});
const objects = (more: Json): Json => ({ Action: 's3:GetObject', Resource: `${BUCKET}/*`, ...more });

describe('a bucket policy that an answer of its own tells', () => {
  const denies = doc({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [BUCKET, `${BUCKET}/*`], Condition: { StringNotLike: { 'aws:userId': ['AROAKEEPERXYZ:*', A] } } });
  test('stands on the bucket that another one lists', async () => {
    const s = await read(denies, [role('keeper', S3), role('other', S3)]);
    expect(s.snapshot.nodes.filter((n) => n.type === 'aws.s3.bucket')).toHaveLength(1);
    expect(s.effects('keeper', 'acme-data')).toEqual(['delete', 'list', 'permission', 'read', 'write']);
    expect(s.ask('other', 's3:GetObject', 'acme-data')).toMatchObject({ outcome: 'denied', blockedBy: 'explicit-deny in resource' });
    expect(s.effects('other', 'acme-data')).toEqual([]);
  });
  test('and tells of the bucket where nothing lists it', async () => {
    const s = await read(doc(objects({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${A}:role/keeper` } })), [role('keeper', undefined)], false);
    expect(s.ask('keeper', 's3:GetObject', 'acme-data').outcome).toBe('allowed');
  });

  test('names who is there by unique id, and nobody who is gone', async () => {
    const s = await read(doc(objects({ Effect: 'Allow', Principal: { AWS: 'AROAKEEPERXYZ' } }), { Effect: 'Deny', Principal: { AWS: 'AROAGONEGONE' }, Action: 's3:*', Resource: '*' }), [role('keeper', undefined), role('other', undefined)]);
    expect([s.effects('keeper', 'acme-data'), s.effects('other', 'acme-data')]).toEqual([['read'], []]);
  });
  test('leaves to the account what it gives to the account, and lets in by pattern whom a condition names', async () => {
    const s = await read(doc(objects({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${A}:root` } }), { Effect: 'Allow', Principal: '*', Action: 's3:ListBucket', Resource: BUCKET, Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${A}:role/k*` } } }), [role('keeper', undefined), role('other', undefined)]);
    expect([s.effects('keeper', 'acme-data'), s.effects('other', 'acme-data')]).toEqual([['list'], []]);
  });
  test('denies all but what two exceptions name', async () => {
    const s = await read(doc({ Effect: 'Deny', Principal: '*', NotAction: 's3:ListBucket', NotResource: `${BUCKET}/public/*` }), [role('keeper', S3)]);
    const on = (key: string): string => s.ask('keeper', 's3:GetObject', 'acme-data', { resource: `${BUCKET}/${key}` }).outcome;
    expect([on('public/x'), on('private/x'), s.ask('keeper', 's3:ListBucket', 'acme-data').outcome]).toEqual(['allowed', 'denied', 'allowed']);
  });
  test('reaches past a boundary for a session that it names, not for the role', async () => {
    const bounded = { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/AmazonEC2FullAccess' } };
    const s = await read(doc(objects({ Effect: 'Allow', Principal: { AWS: `arn:aws:sts::${A}:assumed-role/keeper/job` } }), objects({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${A}:role/other` } })), [role('keeper', undefined, bounded), role('other', undefined, bounded)]);
    expect(s.ask('keeper', 's3:GetObject', 'acme-data')).toMatchObject({ outcome: 'conditional', requires: ['sts:RoleSessionName StringEquals job'] });
    expect(s.ask('other', 's3:GetObject', 'acme-data')).toMatchObject({ outcome: 'denied', blockedBy: 'boundary' });
  });
  test('two buckets of one name in two files are one; a policy of another bucket is none of its', async () => {
    const s = await read(doc({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::acme-data-2/*' }), [role('keeper', S3)]);
    expect(s.effects('keeper', 'acme-data')).toContain('read');
    expect(s.effects('keeper', 'acme-data-2')).not.toContain('read');
  });
});

test('service-linked roles are bound by no control policy', async () => {
  const linked = role('AWSServiceRoleForX', S3, { Path: '/aws-service-role/x.amazonaws.com/', Arn: `arn:aws:iam::${A}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX` });
  const s = await scanned({
    'iam.json': JSON.stringify({ UserDetailList: [], GroupDetailList: [], Policies: [], RoleDetailList: [role('plain', S3), linked] }), 's3.json': JSON.stringify({ Buckets: [{ Name: 'acme-data', CreationDate: '2025-01-01T00:00:00Z' }] }),
    'org.json': JSON.stringify({ Policies: [{ Id: 'p-1', Name: 'no-s3', Type: 'SERVICE_CONTROL_POLICY', Content: JSON.stringify(doc({ Effect: 'Deny', Action: 's3:*', Resource: '*' })), Targets: [{ TargetId: A }] }] }),
  });
  expect([s.effects('plain', 'acme-data').length, s.effects('AWSServiceRoleForX', 'acme-data').length]).toEqual([0, 5]);
});

test('a key policy that names its key stands on the key that is listed', async () => {
  const key = `arn:aws:kms:us-east-1:${A}:key/aaaaaaaa-1111-2222-3333-444444444444`;
  const s = await scanned({
    'iam.json': JSON.stringify({ UserDetailList: [], GroupDetailList: [], Policies: [], RoleDetailList: [role('named', undefined), role('admin', doc({ Effect: 'Allow', Action: '*', Resource: '*' }))] }), 'list-keys.json': JSON.stringify({ Keys: [{ KeyId: key.split('/')[1], KeyArn: key }] }),
    'get-key-policy.json': JSON.stringify({ Policy: JSON.stringify(doc({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${A}:role/named` }, Action: 'kms:*', Resource: key })), PolicyName: 'default' }),
  });
  const keys = s.snapshot.nodes.filter((n) => n.type === 'aws.kms.key');
  expect(keys).toHaveLength(1);
  expect(['named', 'admin'].map((who) => s.ask(who, 'kms:Decrypt', keys[0]!.name).outcome)).toEqual(['allowed', 'denied']);
});
