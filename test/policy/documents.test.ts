import { describe, expect, it } from 'vitest';
import { decideDocuments, type DocumentRequest } from '../../queries/policy/index.ts';
import { ACCOUNT, allow, deny, doc } from './world.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
const USER = `arn:aws:iam::${ACCOUNT}:user/ann`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/app/run-1`;
const OTHER = 'arn:aws:iam::444455556666:role/partner';
const BUCKET = 'arn:aws:s3:::reports';
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234`;

const ask = (principal: string, action: string, resource: string, rest: Omit<DocumentRequest, 'request'>, context: Record<string, string | string[]> = {}): string =>
  decideDocuments({ request: { principal, action, resource, resourceAccount: ACCOUNT, context }, ...rest }).decision;
const s3 = (principal: string, rest: Omit<DocumentRequest, 'request'>, context?: Record<string, string | string[]>): string => ask(principal, 's3:GetObject', `${BUCKET}/a.csv`, rest, context);
const to = (principal: unknown, effect: 'Allow' | 'Deny' = 'Allow', rest: Record<string, unknown> = {}) => doc({ Effect: effect, Principal: principal, Action: 's3:GetObject', Resource: `${BUCKET}/*`, ...rest } as never);
const ALL = [doc(allow('*'))];
const NOTHING_ELSE = [doc(allow('ec2:*'))];

describe('one account', () => {
  it.each<[string, string, Omit<DocumentRequest, 'request'>, string]>([
    ['identity policy', ROLE, { identityPolicies: ALL }, 'Allowed'],
    ['nothing', ROLE, {}, 'ImplicitlyDenied'],
    ['explicit deny wins', ROLE, { identityPolicies: [doc(allow('*'), deny('s3:*'))] }, 'ExplicitlyDenied'],
    ['resource policy alone, user', USER, { resourcePolicies: [to({ AWS: USER })] }, 'Allowed'],
    ['resource policy alone, role', ROLE, { resourcePolicies: [to({ AWS: ROLE })] }, 'Allowed'],
    ['account principal leaves it to identity policies', ROLE, { resourcePolicies: [to({ AWS: ACCOUNT })] }, 'ImplicitlyDenied'],
    ['root of the account likewise', ROLE, { resourcePolicies: [to({ AWS: `arn:aws:iam::${ACCOUNT}:root` })] }, 'ImplicitlyDenied'],
    ['boundary limits identity policies', ROLE, { identityPolicies: ALL, permissionBoundaries: NOTHING_ELSE }, 'ImplicitlyDenied'],
    ['boundary does not limit a resource policy that names the user', USER, { permissionBoundaries: NOTHING_ELSE, resourcePolicies: [to({ AWS: USER })] }, 'Allowed'],
    ['boundary limits a resource policy that names the role', SESSION, { permissionBoundaries: NOTHING_ELSE, resourcePolicies: [to({ AWS: ROLE })] }, 'ImplicitlyDenied'],
    ['but not one that names the session', SESSION, { permissionBoundaries: NOTHING_ELSE, sessionPolicies: NOTHING_ELSE, resourcePolicies: [to({ AWS: SESSION })] }, 'Allowed'],
    ['session policy limits', SESSION, { identityPolicies: ALL, sessionPolicies: NOTHING_ELSE }, 'ImplicitlyDenied'],
    ['explicit deny in the boundary', ROLE, { identityPolicies: ALL, permissionBoundaries: [doc(allow('*'), deny('s3:*'))] }, 'ExplicitlyDenied'],
    ['scp level without allow', ROLE, { identityPolicies: ALL, scps: [{ scope: 'root', policies: ALL }, { scope: 'ou', policies: NOTHING_ELSE }] }, 'ImplicitlyDenied'],
    ['scp does not bind a service-linked role', `arn:aws:iam::${ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX`, { identityPolicies: ALL, scps: [{ scope: 'ou', policies: NOTHING_ELSE }] }, 'Allowed'],
    ['root user needs no policy', `arn:aws:iam::${ACCOUNT}:root`, {}, 'Allowed'],
    ['root user is bound by scps', `arn:aws:iam::${ACCOUNT}:root`, { scps: [{ scope: 'root', policies: NOTHING_ELSE }] }, 'ImplicitlyDenied'],
    ['endpoint policy', ROLE, { identityPolicies: ALL, endpointPolicies: [doc({ Effect: 'Allow', Principal: '*', Action: 's3:PutObject', Resource: '*' })] }, 'ImplicitlyDenied'],
    ['deny to everyone but one', ROLE, { identityPolicies: ALL, resourcePolicies: [doc({ Effect: 'Deny', NotPrincipal: { AWS: [ROLE, `arn:aws:iam::${ACCOUNT}:root`] }, Action: '*', Resource: '*' })] }, 'Allowed'],
    ['the one alone is spared as well', ROLE, { identityPolicies: ALL, resourcePolicies: [doc({ Effect: 'Deny', NotPrincipal: { AWS: ROLE }, Action: '*', Resource: '*' })] }, 'Allowed'],
    ['another one is not', ROLE, { identityPolicies: ALL, resourcePolicies: [doc({ Effect: 'Deny', NotPrincipal: { AWS: `${ROLE}-2` }, Action: '*', Resource: '*' })] }, 'ExplicitlyDenied'],
    ['an exception without value is void', ROLE, { identityPolicies: [doc({ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::${aws:PrincipalTag/team}/*' })] }, 'ImplicitlyDenied'],
    ['rcps only deny', ROLE, { identityPolicies: ALL, rcps: [{ scope: 'root', policies: [doc({ Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' })] }] }, 'Allowed'],
    ['an empty boundary is none', ROLE, { identityPolicies: ALL, permissionBoundaries: [] }, 'Allowed'],
    ['a session that is named is not every session', ROLE, { resourcePolicies: [doc({ Effect: 'Allow', Principal: { AWS: ROLE.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/') + '/s' }, Action: '*', Resource: '*' })] }, 'ImplicitlyDenied'],
    ['and never has a boundary', ROLE, { identityPolicies: ALL, permissionBoundaries: ALL, resourcePolicies: [doc({ Effect: 'Deny', NotPrincipal: { AWS: [ROLE, `arn:aws:iam::${ACCOUNT}:root`] }, Action: '*', Resource: '*' })] }, 'ExplicitlyDenied'],
    ['rcp deny', ROLE, { identityPolicies: ALL, rcps: [{ scope: 'root', policies: [doc({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }, { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' })] }] }, 'ExplicitlyDenied'],
  ])('%s', (_, principal, rest, expected) => expect(s3(principal, rest)).toBe(expected));
});

it('whoever signs may ask who signed', () => {
  const ask = (principal: string): string => decideDocuments({ request: { principal, action: 'sts:GetCallerIdentity', resource: '*' }, identityPolicies: [doc({ Effect: 'Deny', Action: '*', Resource: '*' })] }).decision;
  expect([ask(ROLE), ask('anonymous')]).toEqual(['Allowed', 'ExplicitlyDenied']);
});

describe('two accounts', () => {
  it.each<[string, Omit<DocumentRequest, 'request'>, string]>([
    ['both agree', { identityPolicies: ALL, resourcePolicies: [to({ AWS: OTHER })] }, 'Allowed'],
    ['account named', { identityPolicies: ALL, resourcePolicies: [to({ AWS: '444455556666' })] }, 'Allowed'],
    ['only the resource agrees', { resourcePolicies: [to({ AWS: OTHER })] }, 'ImplicitlyDenied'],
    ['only the identity agrees', { identityPolicies: ALL }, 'ImplicitlyDenied'],
    ['boundary of the caller', { identityPolicies: ALL, permissionBoundaries: NOTHING_ELSE, resourcePolicies: [to({ AWS: OTHER })] }, 'ImplicitlyDenied'],
    ['scp of the caller', { identityPolicies: ALL, scps: [{ scope: 'root', policies: NOTHING_ELSE }], resourcePolicies: [to('*')] }, 'ImplicitlyDenied'],
    ['another role is named', { identityPolicies: ALL, resourcePolicies: [to({ AWS: `${OTHER}-2` })] }, 'ImplicitlyDenied'],
  ])('%s', (_, rest, expected) => expect(s3(OTHER, rest)).toBe(expected));

  it('anonymous callers and services have only the resource policy', () => {
    expect(s3('anonymous', { resourcePolicies: [to('*')] })).toBe('Allowed');
    expect(s3('anonymous', { resourcePolicies: [to({ AWS: OTHER })] })).toBe('ImplicitlyDenied');
    expect(s3('logging.s3.amazonaws.com', { resourcePolicies: [to({ Service: 'logging.s3.amazonaws.com' })] })).toBe('Allowed');
    expect(s3('logging.s3.amazonaws.com', { resourcePolicies: [to({ Service: 'cloudtrail.amazonaws.com' })] })).toBe('ImplicitlyDenied');
  });
});

describe('keys and roles', () => {
  const key = (principal: unknown) => doc({ Effect: 'Allow', Principal: principal, Action: 'kms:*', Resource: '*' } as never);
  it.each<[string, Omit<DocumentRequest, 'request'>, string]>([
    ['key policy enables IAM', { identityPolicies: ALL, resourcePolicies: [key({ AWS: `arn:aws:iam::${ACCOUNT}:root` })] }, 'Allowed'],
    ['key policy does not', { identityPolicies: ALL, resourcePolicies: [key({ AWS: USER })] }, 'ImplicitlyDenied'],
    ['key policy names the role', { resourcePolicies: [key({ AWS: ROLE })] }, 'Allowed'],
    ['no key policy', { identityPolicies: ALL }, 'ImplicitlyDenied'],
  ])('%s', (_, rest, expected) => expect(ask(ROLE, 'kms:Decrypt', KEY, rest)).toBe(expected));

  const trust = (principal: unknown) => doc({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' } as never);
  const TARGET = `arn:aws:iam::${ACCOUNT}:role/target`;
  it.each<[string, Omit<DocumentRequest, 'request'>, string]>([
    ['trust names the caller', { resourcePolicies: [trust({ AWS: ROLE })] }, 'Allowed'],
    ['trust of the account needs permission', { resourcePolicies: [trust({ AWS: ACCOUNT })] }, 'ImplicitlyDenied'],
    ['trust of the account with permission', { identityPolicies: [doc(allow('sts:AssumeRole'))], resourcePolicies: [trust({ AWS: ACCOUNT })] }, 'Allowed'],
    ['permission without trust', { identityPolicies: ALL, resourcePolicies: [trust({ Service: 'ec2.amazonaws.com' })] }, 'ImplicitlyDenied'],
  ])('%s', (_, rest, expected) => expect(ask(ROLE, 'sts:AssumeRole', TARGET, rest)).toBe(expected));
});

describe('patterns', () => {
  it.each<[string, string, string, string]>([
    ['s3:Get*', `${BUCKET}/*`, `${BUCKET}/x/y`, 'Allowed'],
    ['S3:getobject', `${BUCKET}/?.csv`, `${BUCKET}/a.csv`, 'Allowed'],
    ['s3:GetObject', `${BUCKET}/?.csv`, `${BUCKET}/ab.csv`, 'ImplicitlyDenied'],
    ['s3:GetObject', 'arn:aws:s3', `${BUCKET}/a`, 'Allowed'],
    ['s3:GetObject', 'arn:*:reports/a', `${BUCKET}/a`, 'ImplicitlyDenied'],
    ['s3:GetObject', `arn:aws:s3:::Reports/*`, `${BUCKET}/a`, 'ImplicitlyDenied'],
    ['s3:GetObject', 'arn:aws:s3:::${aws:username}/*', 'arn:aws:s3:::ann/a', 'Allowed'],
    ['s3:GetObject', 'arn:aws:s3:::${aws:PrincipalTag/team, \'reports\'}/*', `${BUCKET}/a`, 'Allowed'],
    ['s3:GetObject', 'arn:aws:s3:::${aws:PrincipalTag/team}/*', `${BUCKET}/a`, 'ImplicitlyDenied'],
    ['s3:GetObject', 'arn:aws:s3:::a${*}b/*', 'arn:aws:s3:::a*b/x', 'Allowed'],
    ['s3:GetObject', 'arn:aws:s3:::a${*}b/*', 'arn:aws:s3:::axb/x', 'ImplicitlyDenied'],
  ])('%s on %s for %s', (action, pattern, resource, expected) => expect(ask(USER, 's3:GetObject', resource, { identityPolicies: [doc(allow(action, pattern))] }, { 'aws:username': 'ann' })).toBe(expected));

  it('a wildcard inside the value of a variable is only text', () => {
    expect(ask(USER, 's3:GetObject', `${BUCKET}/a`, { identityPolicies: [doc(allow('*', 'arn:aws:s3:::${aws:username}/*'))] }, { 'aws:username': '*' })).toBe('ImplicitlyDenied');
  });
  it('version 2008-10-17 has no variables', () => {
    const old = { Version: '2008-10-17', Statement: [allow('*', 'arn:aws:s3:::${aws:username}/*')] };
    expect(ask(USER, 's3:GetObject', 'arn:aws:s3:::ann/a', { identityPolicies: [old] }, { 'aws:username': 'ann' })).toBe('ImplicitlyDenied');
    expect(ask(USER, 's3:GetObject', 'arn:aws:s3:::${aws:username}/a', { identityPolicies: [old] }, { 'aws:username': 'ann' })).toBe('Allowed');
  });
  it('NotAction and NotResource', () => {
    expect(s3(ROLE, { identityPolicies: [doc({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' })] })).toBe('Allowed');
    expect(s3(ROLE, { identityPolicies: [doc({ Effect: 'Allow', NotAction: 's3:Get*', Resource: '*' })] })).toBe('ImplicitlyDenied');
    expect(s3(ROLE, { identityPolicies: [doc(allow('*'), { Effect: 'Deny', Action: 's3:*', NotResource: `${BUCKET}/*` })] })).toBe('Allowed');
  });
});

describe('what is easily read wrongly', () => {
  it('a statement without Principal in a resource policy lets nobody in for certain', () => {
    const open = doc({ Effect: 'Allow', Action: '*', Resource: '*' });
    expect(s3('anonymous', { resourcePolicies: [open] })).toBe('Unknown');
    expect(s3('anonymous', { resourcePolicies: [doc({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' })] })).toBe('Allowed');
  });

  it('the root user of the owner keeps the bucket policy, and nobody else does', () => {
    const locked = { resourcePolicies: [doc({ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' })] };
    const root = `arn:aws:iam::${ACCOUNT}:root`;
    expect(ask(root, 's3:DeleteBucketPolicy', BUCKET, locked)).toBe('Allowed');
    expect(ask(root, 's3:DeleteBucket', BUCKET, locked)).toBe('ExplicitlyDenied');
    expect(ask(USER, 's3:DeleteBucketPolicy', BUCKET, { ...locked, identityPolicies: ALL })).toBe('ExplicitlyDenied');
    expect(ask('arn:aws:iam::444455556666:root', 's3:DeleteBucketPolicy', BUCKET, locked)).toBe('ExplicitlyDenied');
    expect(ask(root, 's3:DeleteBucketPolicy', BUCKET, { ...locked, scps: [{ scope: 'root', policies: NOTHING_ELSE }] })).toBe('ImplicitlyDenied');
  });

  it('users of a provider with a plain name', () => {
    const trusts = (federated: string) => ({ resourcePolicies: [doc({ Effect: 'Allow', Principal: { Federated: federated }, Action: 'sts:AssumeRoleWithWebIdentity' })] });
    const target = `arn:aws:iam::${ACCOUNT}:role/web`;
    for (const provider of ['cognito-identity.amazonaws.com', 'accounts.google.com']) expect(ask(provider, 'sts:AssumeRoleWithWebIdentity', target, trusts(provider))).toBe('Allowed');
    expect(ask('accounts.google.com', 'sts:AssumeRoleWithWebIdentity', target, trusts('www.amazon.com'))).toBe('ImplicitlyDenied');
    expect(ask('anonymous', 'sts:AssumeRoleWithWebIdentity', target, trusts('accounts.google.com'))).toBe('ImplicitlyDenied');
  });

  it('Null has no form with a suffix or a set', () => {
    for (const operator of ['NullIfExists', 'ForAnyValue:Null']) expect(s3(USER, { identityPolicies: [doc({ ...(allow('*') as object), Condition: { [operator]: { 'aws:x': 'true' } } })] })).toBe('Unknown');
  });
});
