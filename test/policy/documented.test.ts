import { describe, expect, it } from 'vitest';
import { decideDocuments, type DocumentRequest } from '../../queries/policy/index.ts';
import type { Value } from '../../schema/index.ts';
import { ACCOUNT as A, doc } from './world.ts';

/** Cases of the IAM user guide and of the guides of services that are easily read wrongly; each with what they say. */

type Json = { [key: string]: Value };
const B = '444455556666';
const ROLE = `arn:aws:iam::${A}:role/app`;
const SESSION = `arn:aws:sts::${A}:assumed-role/app/run-1`;
const USER = `arn:aws:iam::${A}:user/ann`;
const ROOT = `arn:aws:iam::${A}:root`;
const PARTNER = `arn:aws:iam::${B}:role/partner`;
const FEDERATED = `arn:aws:sts::${A}:federated-user/joe`;
const LINKED = `arn:aws:iam::${A}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`;
const OBJECT = 'arn:aws:s3:::b/k';
const allow = (Action: Value = '*', Resource: Value = '*', more: Json = {}): Json => ({ Effect: 'Allow', Action, Resource, ...more });
const deny = (Action: Value = '*', Resource: Value = '*', more: Json = {}): Json => ({ Effect: 'Deny', Action, Resource, ...more });
const to = (principal: Value, more: Json = {}): Value => doc({ Effect: 'Allow', Principal: principal, Action: '*', Resource: '*', ...more } as never);
const not = (principal: Value): Value => doc({ Effect: 'Deny', Principal: principal, Action: '*', Resource: '*' } as never);
const one = (...statements: Json[]): Value[] => [doc(...(statements as never[]))];
const ALL = one(allow());
const EC2 = one(allow('ec2:*'));

type Asked = Partial<DocumentRequest['request']>;
type Row = [what: string, principal: string, layers: Omit<DocumentRequest, 'request'>, expected: string, request?: Asked];
const says = (rows: Row[]): void => it.each(rows)('%s', (_, principal, layers, expected, request = {}) => {
  expect(decideDocuments({ request: { principal, action: 's3:GetObject', resource: OBJECT, resourceAccount: A, context: {}, ...request }, ...layers }).decision).toBe(expected);
});
const [YES, NO, DENIED] = ['Allowed', 'ImplicitlyDenied', 'ExplicitlyDenied'];

describe('principals', () => says([
  ['no wildcard in the name of a principal', ROLE, { resourcePolicies: [to({ AWS: `arn:aws:iam::${A}:role/*` })] }, NO],
  ['nor in its account', ROLE, { resourcePolicies: [to({ AWS: 'arn:aws:iam::*:root' })], identityPolicies: [] }, NO],
  ['a group is no principal', USER, { resourcePolicies: [to({ AWS: `arn:aws:iam::${A}:group/ann` })] }, NO],
  ['the unique id of who is gone', USER, { resourcePolicies: [to({ AWS: 'AIDACKCEVSQ6C2EXAMPLE' })] }, NO],
  ['and a deny for it', ROLE, { identityPolicies: ALL, resourcePolicies: [not({ AWS: 'AROACKCEVSQ6C2EXAMPLE' })] }, YES],
  ['a deny for the role meets its session', SESSION, { identityPolicies: ALL, resourcePolicies: [not({ AWS: ROLE })] }, DENIED],
  ['one for another session does not', SESSION, { identityPolicies: ALL, resourcePolicies: [not({ AWS: `${SESSION}-2` })] }, YES],
  ['one for the account meets everybody there', SESSION, { identityPolicies: ALL, resourcePolicies: [not({ AWS: A })] }, DENIED],
  ['a federated user by its own name', FEDERATED, { resourcePolicies: [to({ AWS: FEDERATED })] }, YES],
  ['not by that of a user', FEDERATED, { resourcePolicies: [to({ AWS: `arn:aws:iam::${A}:user/joe` })] }, NO],
  ['within its session policy', FEDERATED, { identityPolicies: ALL, sessionPolicies: EC2 }, NO],
  ['root of another account needs the resource alone', `arn:aws:iam::${B}:root`, { resourcePolicies: [to({ AWS: `arn:aws:iam::${B}:root` })] }, YES],
  ['and has nothing without it', `arn:aws:iam::${B}:root`, {}, NO],
  ['a service that is excepted is spared', 'logging.s3.amazonaws.com', { resourcePolicies: one({ Effect: 'Deny', NotPrincipal: { Service: 'logging.s3.amazonaws.com' }, Action: '*', Resource: '*' }, { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }) }, YES],
  ['everyone, signed or not', 'anonymous', { resourcePolicies: [to({ AWS: '*' })] }, YES],
  ['nobody unsigned has an organisation', 'anonymous', { resourcePolicies: [to('*', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } })] }, NO],
]));

describe('boundaries, sessions and roles that nobody bounds', () => says([
  ['what names the session is not bounded', SESSION, { permissionBoundaries: EC2, sessionPolicies: EC2, resourcePolicies: [to({ AWS: SESSION })] }, YES],
  ['nor what names everyone whose role has an ARN', SESSION, { permissionBoundaries: EC2, resourcePolicies: [to('*', { Condition: { ArnEquals: { 'aws:PrincipalArn': ROLE } } })] }, YES, { context: { 'aws:PrincipalArn': ROLE } }],
  ['but denied by the boundary all the same', SESSION, { permissionBoundaries: one(allow(), deny('s3:*')), resourcePolicies: [to({ AWS: SESSION })] }, DENIED],
  ['what names the role is bounded by the session policy', SESSION, { sessionPolicies: EC2, resourcePolicies: [to({ AWS: ROLE })] }, NO],
  ['either of two session policies', SESSION, { identityPolicies: ALL, sessionPolicies: [...EC2, ...one(allow('s3:*'))] }, YES],
  ['across accounts both sides', `arn:aws:sts::${B}:assumed-role/partner/s`, { resourcePolicies: [to({ AWS: `arn:aws:sts::${B}:assumed-role/partner/s` })] }, NO],
  ['a trust that names a bounded role', ROLE, { permissionBoundaries: one(allow('s3:*')), resourcePolicies: [doc({ Effect: 'Allow', Principal: { AWS: ROLE }, Action: 'sts:AssumeRole' } as never)] }, NO, { action: 'sts:AssumeRole', resource: `arn:aws:iam::${A}:role/t` }],
  ['and a bounded user', USER, { permissionBoundaries: one(allow('s3:*')), resourcePolicies: [doc({ Effect: 'Allow', Principal: { AWS: USER }, Action: 'sts:AssumeRole' } as never)] }, YES, { action: 'sts:AssumeRole', resource: `arn:aws:iam::${A}:role/t` }],
  ['a service-linked role under a service control policy', LINKED, { identityPolicies: ALL, scps: [{ scope: 'r', policies: one(allow(), deny()) }] }, YES],
  ['its session', `arn:aws:sts::${A}:assumed-role/AWSServiceRoleForECS/x`, { identityPolicies: ALL, scps: [{ scope: 'r', policies: one(deny()) }] }, YES],
  ['under a resource control policy', LINKED, { identityPolicies: ALL, rcps: [{ scope: 'r', policies: [not('*')] }] }, YES],
  ['but not under a policy of the resource', LINKED, { identityPolicies: ALL, resourcePolicies: [not('*')] }, DENIED],
  ['a level without any allow', ROLE, { identityPolicies: ALL, scps: [{ scope: 'r', policies: ALL }, { scope: 'ou', policies: [] }] }, NO],
  ['a resource policy does not reach past a control policy', ROLE, { resourcePolicies: [to({ AWS: ROLE })], scps: [{ scope: 'r', policies: EC2 }] }, NO],
]));

const key = { action: 'kms:Decrypt', resource: `arn:aws:kms:eu-west-1:${A}:key/1` };
describe('keys and functions', () => says([
  ['a key policy without the account keeps its root out', ROOT, { resourcePolicies: [to({ AWS: ROLE })] }, NO, key],
  ['with the account IAM decides', USER, { identityPolicies: one(allow('kms:Decrypt', key.resource)), resourcePolicies: [to({ AWS: ROOT })] }, YES, key],
  ['across accounts the key alone is not enough', PARTNER, { resourcePolicies: [to({ AWS: PARTNER })] }, NO, key],
  ['both are', PARTNER, { identityPolicies: one(allow('kms:*')), resourcePolicies: [to({ AWS: `arn:aws:iam::${B}:root` })] }, YES, key],
  ['through one service only', USER, { identityPolicies: ALL, resourcePolicies: [to({ AWS: '*' }, { Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com', 'kms:CallerAccount': A } } })] }, NO, { ...key, context: { 'kms:CallerAccount': A } }],
  ['a boundary of the role that the key names', ROLE, { permissionBoundaries: one(allow('s3:*')), resourcePolicies: [to({ AWS: ROLE })] }, NO, key],
  ...([['arn:aws:s3:::b', YES], ['arn:aws:s3:::c', NO]] as const).map(([arn, expected]): Row => [`a function called for ${arn}`, 's3.amazonaws.com', { resourcePolicies: [to({ Service: 's3.amazonaws.com' }, { Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::b' }, StringEquals: { 'AWS:SourceAccount': A } } })] }, expected!, { action: 'lambda:InvokeFunction', resource: `arn:aws:lambda:us-east-1:${A}:function:f`, context: { 'aws:SourceArn': arn, 'aws:SourceAccount': A } }]),
]));

const ann = { context: { 'aws:username': 'k' } };
describe('patterns and variables', () => says([
  ['an exception of actions and one of resources: both must miss', ROLE, { identityPolicies: one(allow(), { Effect: 'Deny', NotAction: 'iam:*', NotResource: 'arn:aws:s3:::b/*' }) }, YES],
  ['both do', ROLE, { identityPolicies: one(allow(), { Effect: 'Deny', NotAction: 'iam:*', NotResource: 'arn:aws:s3:::c/*' }) }, DENIED],
  ['exceptions of actions without case', ROLE, { identityPolicies: one({ Effect: 'Allow', NotAction: ['s3:Put*', 'S3:GETobject'], Resource: '*' }) }, NO],
  ['a default for a variable', USER, { identityPolicies: one(allow('*', "arn:aws:s3:::b/${aws:PrincipalTag/team, 'k'}")) }, YES],
  ['that gives way to a value', USER, { identityPolicies: one(allow('*', "arn:aws:s3:::b/${aws:PrincipalTag/team, 'k'}")) }, NO, { context: { 'aws:PrincipalTag/team': 'z' } }],
  ['names of variables without case', USER, { identityPolicies: one(allow('*', 'arn:aws:s3:::b/${AWS:UserName}')) }, YES, ann],
  ['a star that is meant', USER, { identityPolicies: one(allow('*', 'arn:aws:s3:::b/${*}')) }, NO],
  ['no variables where numbers are compared', USER, { identityPolicies: one(allow('*', '*', { Condition: { NumericEquals: { 's3:max-keys': '${aws:x}' } } })) }, NO, { context: { 's3:max-keys': '5', 'aws:x': '5' } }],
  ['a bucket is not its objects', ROLE, { identityPolicies: one(allow('s3:GetObject', 'arn:aws:s3:::b')) }, NO],
  ['letters of resources count', ROLE, { identityPolicies: one(allow('s3:GetObject', 'arn:aws:s3:::B/*')) }, NO],
  ['what an ARN leaves out at its end', ROLE, { identityPolicies: one(allow('s3:GetObject', 'arn:aws:s3:*')) }, YES],
  ['any account', ROLE, { identityPolicies: one(allow('dynamodb:GetItem', 'arn:aws:dynamodb:*:*:table/t')) }, YES, { action: 'dynamodb:GetItem', resource: `arn:aws:dynamodb:eu-west-1:${A}:table/t` }],
  ['an operator that nobody knows, beside what decides without it', USER, { identityPolicies: one(allow('*', '*', { Condition: { StringMatches: { 'aws:x': 'y' } } }), allow('s3:*')) }, YES],
  ['a deny decides whatever is not known', USER, { identityPolicies: one(allow('*', '*', { Condition: { StringMatches: { 'aws:x': 'y' } } }), deny('s3:*')) }, DENIED],
]));
