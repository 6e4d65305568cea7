import fc from 'fast-check';
import { expect, test } from 'vitest';
import { derive } from '../../queries/derive/index.ts';
import { World } from '../policy/world.ts';
import { ACCOUNT, Account, allow, arn, doc, ROOT, trust } from './account.ts';

const ROLES = ['app-one', 'app-two', 'app-two/blue', 'ops'];

/** Statements about roles and users: by name, by the beginning of a name, by what they leave out; some with conditions, some denying. */
const statements = (actions: readonly string[]) => fc.record({
  Effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Allow' as const, 'Deny' as const), Action: fc.constantFrom(...actions),
  list: fc.constantFrom<[string, string | string[]]>(['Resource', '*'], ['Resource', '*'], ['Resource', '*'], ['Resource', arn('role', 'app-*')], ['Resource', [arn('role', 'ops'), arn('user', 'app-*')]], ['Resource', arn('role', 'app-two/*')], ['Resource', arn('role', 'app-t?o')], ['Resource', 'arn:aws:iam::*:role/app-*'],
    ['Resource', arn('role', '${aws:username}-*')], ['NotResource', arn('role', 'app-*')], ['NotResource', [arn('role', 'ops'), arn('user', 'ops')]]),
  Condition: fc.constantFrom<Record<string, Record<string, string>> | undefined>(undefined, undefined, undefined, undefined, undefined, undefined, { StringEquals: { 'aws:PrincipalTag/team': 'a' } }, { StringLike: { 'aws:ResourceTag/team': 'a' } }),
}).map(({ list: [key, value], Condition, ...s }) => ({ ...s, [key]: value, ...(Condition ? { Condition } : {}) }));

function control(account: Account, type: string, document: string): void {
  account.add('aws_organizations_policy', type, { name: type, type, content: document, id: `p-${type.toLowerCase()}` });
  account.add('aws_organizations_policy_attachment', type, { policy_id: `p-${type.toLowerCase()}`, target_id: ACCOUNT });
}

test('who may assume a role is what each pair, decided by itself, says: whatever principals and roles share', () => {
  const some = fc.array(statements(['sts:AssumeRole', 'sts:*', '*']), { minLength: 1, maxLength: 2 });
  const limit = fc.option(fc.array(statements(['sts:AssumeRole', '*']), { maxLength: 2 }).map((list) => [allow('*'), ...list]));
  const trusts = fc.constantFrom(trust({ AWS: ROOT }), trust({ AWS: ROOT }), trust({ AWS: ROOT }), trust({ AWS: ROOT }), trust({ AWS: ROOT }, 'sts:*'), trust({ AWS: arn('user', 'app') }), doc({ Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'sts:AssumeRole', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }));
  const seen = { yes: 0, no: 0, limited: 0 };
  fc.assert(fc.property(some, some, limit, limit, limit, fc.array(trusts, { minLength: ROLES.length, maxLength: ROLES.length }), (app, other, boundary, scp, rcp, trusted) => {
    const account = new Account().user('app', { inline: doc(...app), ...(boundary ? { boundary: arn('policy', 'b') } : {}) }).user('other', { inline: doc(...other) });
    if (boundary) account.add('aws_iam_policy', 'b', { name: 'b', path: '/', arn: arn('policy', 'b'), policy: doc(...boundary) });
    if (scp) control(account, 'SERVICE_CONTROL_POLICY', doc(...scp));
    if (rcp) control(account, 'RESOURCE_CONTROL_POLICY', doc(...rcp.map((s) => ({ ...s, Principal: '*' as never }))));
    ROLES.forEach((path, i) => account.role(path.split('/').at(-1)!, trusted[i]!, path.includes('/') ? { path: `/${path.split('/')[0]}/` } : {}));
    const { snapshot, access } = derive(account.snapshot());
    const identities = snapshot.ofKind('Identity');
    seen.limited += snapshot.edges.some((e) => e.kind === 'HAS_POLICY' && e.props['as'] === 'rcp') ? 1 : 0;
    for (const principal of identities.filter((n) => n.props['identityType'] === 'user')) for (const role of identities.filter((n) => n.props['identityType'] === 'role')) {
      const { outcome } = access.decide({ principal, action: 'sts:AssumeRole', resource: String(role.props['arn']), target: role, position: 'direct' });
      const edge = snapshot.out(principal.id, 'CAN_ASSUME').find((e) => e.to === role.id);
      seen[edge ? 'yes' : 'no']++;
      expect([principal.name, role.name, edge?.verdict]).toEqual([principal.name, role.name, outcome === 'denied' ? undefined : outcome === 'allowed' ? 'proven' : outcome]);
    }
  }), { numRuns: 300 });
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
});

test('a role of which one trust policy was not read is open for everybody who may assume roles', () => {
  const w = new World();
  const any = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] };
  const root = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ROOT } }] };
  const users = ['u', 'v'].map((name) => w.user(name, any));
  const roles = ['a', 'b', 'c'].map((name) => { const r = w.role(name); w.attach(r, 'trust', root); return r; });
  w.attach(roles[1]!, 'trust', 'not json');
  const { snapshot } = derive(w.snapshot());
  const verdicts = users.map((u) => roles.map((r) => snapshot.out(u.id, 'CAN_ASSUME').find((e) => e.to === r.id)?.verdict));
  expect(verdicts).toEqual([['proven', 'unknown', 'proven'], ['proven', 'unknown', 'proven']]);
});
