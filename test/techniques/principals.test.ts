import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandActions, resourcePatterns } from '../../knowledge/actions/index.ts';
import { adminNow } from '../../queries/derive/admin.ts';
import { derive } from '../../queries/derive/index.ts';
import { principalRows } from '../../queries/review/principals.ts';
import type { PrincipalRow } from '../../schema/index.ts';
import { Account, ACCOUNT, allow, arn, deny, doc, ROOT, trust } from './account.ts';

function rows(a: Account): Map<string, PrincipalRow> {
  return new Map(principalRows(derive(a.snapshot())).map((r) => [r.identity.name, r]));
}
const techniques = (r: PrincipalRow | undefined): string[] => r?.canBecomeAdmin.steps.map((s) => s.technique) ?? [];

describe('admin as it stands', () => {
  test.each([
    ['everything on everything', doc(allow('*')), true],
    ['all of IAM', doc(allow('iam:*')), true],
    ['IAM and all but IAM, in two statements', doc(allow('iam:*'), { Effect: 'Allow', Action: 's3:*', Resource: '*' }), true],
    ['all of one service', doc(allow('s3:*')), false],
    ['all of IAM, denied again', doc(allow('iam:*'), deny('iam:*')), false],
    ['everything but role passing', doc(allow('*'), deny('iam:PassRole')), false],
    ['all of IAM on one user', doc(allow('iam:*', arn('user', 'somebody'))), false],
  ])('%s', (_name, inline, expected) => {
    expect(rows(new Account().user('actor', { inline })).get('actor')?.isAdmin.value).toBe(expected);
  });

  test('as every action of IAM, decided one by one, says', () => {
    const statement = fc.record({
      Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'), Action: fc.constantFrom('*', 'iam:*', 'IAM:*', 'iam:Attach*', 'iam:CreateUser', 's3:*', '*:Create*', 'i*:*'),
      Resource: fc.constantFrom('*', '*', '*', arn('role', '*'), 'arn:aws:s3:::b/*'), limited: fc.constantFrom(false, false, false, true),
    }).map(({ limited, ...x }) => (limited ? { ...x, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } } : x));
    const actions = expandActions('iam:*').filter((a) => !resourcePatterns(a).some((x) => x.includes(':iam::aws:')));
    fc.assert(fc.property(fc.array(statement, { minLength: 1, maxLength: 4 }), (statements) => {
      const { snapshot, access } = derive(new Account().user('actor', { inline: doc(...statements) }).snapshot());
      const principal = snapshot.ofKind('Identity').find((n) => n.name === 'actor')!;
      const every = actions.every((action) => ['allowed', 'conditional'].includes(access.decide({ principal, action, resource: '*', position: 'direct' }).outcome));
      expect([statements, adminNow(snapshot, access, principal).value]).toEqual([statements, every]);
    }), { numRuns: 60 });
  });

  test('a boundary takes admin away, a wide one does not', () => {
    const bounded = (boundary: string) => rows(new Account().add('aws_iam_policy', 'b', { name: 'b', path: '/', arn: arn('policy', 'b'), policy: boundary }).user('actor', { admin: true, boundary: arn('policy', 'b') })).get('actor')?.isAdmin.value;
    expect(bounded(doc(allow('ec2:*')))).toBe(false);
    expect(bounded(doc(allow('*')))).toBe(true);
  });

  test('a name is nothing', () => {
    expect(rows(new Account().user('AdministratorAccess', { inline: doc(allow('s3:GetObject')) })).get('AdministratorAccess')?.isAdmin.value).toBe(false);
  });

  test('a policy that was not read leaves the answer open', () => {
    const a = new Account().user('actor').add('aws_iam_user_policy_attachment', 'x', { user: 'actor', policy_arn: arn('policy', 'elsewhere') });
    expect(rows(a).get('actor')?.isAdmin).toMatchObject({ value: false, verdict: 'unknown' });
  });

  test('actions that are no text leave the answer open too', () => {
    const odd = (Action: unknown) => rows(new Account().user('actor', { inline: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }) })).get('actor')?.isAdmin;
    expect(odd({ all: '*' })).toMatchObject({ value: false, verdict: 'unknown' });
    expect(odd('s3:GetObject')).toMatchObject({ value: false, verdict: 'proven' });
  });
});

describe('becoming admin', () => {
  test('a chain is told step by step, the last one first to end at admin', () => {
    const a = new Account()
      .user('actor', { inline: doc(allow('sts:AssumeRole', arn('role', 'middle'))) })
      .role('middle', trust({ AWS: ROOT }), { inline: doc(allow(['lambda:CreateFunction', 'lambda:InvokeFunction']), allow('iam:PassRole', arn('role', 'strong'))) })
      .role('strong', trust({ Service: 'lambda.amazonaws.com' }), { admin: true });
    const actor = rows(a).get('actor')!;
    expect(techniques(actor)).toEqual(['sts-001', 'lambda-001']);
    expect(actor.canBecomeAdmin.steps.map((s) => [s.from.name, s.to.name])).toEqual([['actor', 'middle'], ['middle', 'strong']]);
    for (const s of actor.canBecomeAdmin.steps) expect(s.evidence.some((e) => e.source?.startLine !== undefined)).toBe(true);
  });

  test('raising oneself under a narrow boundary gives nothing', () => {
    const bounded = (boundary: string) => new Account().add('aws_iam_policy', 'b', { name: 'b', path: '/', arn: arn('policy', 'b'), policy: boundary }).user('actor', { inline: doc(allow('iam:PutUserPolicy')), boundary: arn('policy', 'b') });
    expect(rows(bounded(doc(allow(['iam:PutUserPolicy', 's3:*'])))).get('actor')?.canBecomeAdmin.value).toBe(false);
    expect(techniques(rows(bounded(doc(allow('*')))).get('actor'))).toEqual(['iam-007']);
  });

  test('trust that names the principal needs no permission, trust in the account does', () => {
    const by = (principal: string) => rows(new Account().user('actor').role('strong', trust({ AWS: principal }), { admin: true })).get('actor')?.canBecomeAdmin;
    expect(by(arn('user', 'actor'))).toMatchObject({ value: true, verdict: 'proven' });
    expect(by(ROOT)?.value).toBe(false);
  });

  test('another account that a role trusts is a start of its own', () => {
    const r = rows(new Account().role('strong', trust({ AWS: 'arn:aws:iam::999988887777:root' }), { admin: true }));
    expect(r.get('account 999988887777')?.canBecomeAdmin).toMatchObject({ value: true });
    expect([...r.keys()].some((n) => n.includes(ACCOUNT))).toBe(false);
  });

  test('a condition on a step is said', () => {
    const a = new Account().user('actor', { inline: doc(allow('iam:CreateAccessKey', arn('user', 'boss'), { Bool: { 'aws:MultiFactorAuthPresent': 'true' } })) }).user('boss', { admin: true });
    const actor = rows(a).get('actor')!;
    expect(actor.canBecomeAdmin).toMatchObject({ value: true, verdict: 'conditional' });
    expect(actor.canBecomeAdmin.steps[0]!.requires.join()).toContain('aws:MultiFactorAuthPresent');
  });

  test('a tag that decides, for whoever may put it there', () => {
    const tagged = (more: ReturnType<typeof allow>[], tags: Record<string, string> = {}) => rows(new Account()
      .user('actor', { inline: doc(allow('iam:CreateAccessKey', '*', { StringEquals: { 'aws:ResourceTag/developer': 'true' } }), ...more) })
      .add('aws_iam_user', 'boss', { name: 'boss', path: '/', tags }).add('aws_iam_user_policy_attachment', 'boss-admin', { user: 'boss', policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' })).get('actor')!.canBecomeAdmin.value;
    expect(tagged([], { developer: 'true' })).toBe(true);
    expect(tagged([])).toBe(false);
    expect(tagged([allow('iam:TagUser')])).toBe(true);
    expect(tagged([allow('iam:TagUser', arn('user', 'somebody'))])).toBe(false);
    expect(tagged([allow('iam:TagUser', '*', { StringEquals: { 'aws:RequestTag/developer': 'false' } })])).toBe(false);
  });

  test('the best verdict wins over the shorter way', () => {
    const a = new Account()
      .user('actor', { inline: doc(allow('iam:CreateAccessKey', arn('user', 'boss'), { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }), allow('sts:AssumeRole', arn('role', 'middle'))) })
      .user('boss', { admin: true })
      .role('middle', trust({ AWS: ROOT }), { inline: doc(allow('iam:CreateAccessKey', arn('user', 'boss'))) });
    expect(techniques(rows(a).get('actor'))).toEqual(['sts-001', 'iam-002']);
  });

  test('joining a privileged group, through a chain and directly', () => {
    const a = new Account().user('actor', { inline: doc(allow('iam:AddUserToGroup')) }).group('admins', { admin: true });
    expect(techniques(rows(a).get('actor'))).toEqual(['iam-013']);
  });
});
