import fc from 'fast-check';
import { expect, test } from 'vitest';
import { derive } from '../../queries/derive/index.ts';
import { Account, allow, arn, doc, trust } from './account.ts';

const TECHNIQUES = { 'lambda-001': 'lambda.amazonaws.com', 'cloudformation-001': 'cloudformation.amazonaws.com' };
const MAKES = ['lambda:CreateFunction', 'lambda:InvokeFunction', 'cloudformation:CreateStack'];
const ROLES = ['app-one', 'app-two', 'ops'];

test('who may be handed a role is what each request, decided by itself, says: whatever the techniques share', () => {
  const statement = fc.record({
    Effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Allow' as const, 'Deny' as const), Action: fc.constantFrom('iam:PassRole', 'iam:Pass*', 'iam:*'),
    Resource: fc.constantFrom('*', arn('role', 'app-*'), arn('role', 'ops'), arn('role', '${aws:username}-*'), 'arn:aws:iam::*:role/app-*', 'arn:*:iam::*:role/o*'),
    service: fc.constantFrom(undefined, undefined, ...Object.values(TECHNIQUES), '*'),
  }).map(({ service, ...s }) => ({ ...s, ...(service ? { Condition: { StringLike: { 'iam:PassedToService': service } } } : {}) }));
  const boundary = fc.option(fc.constantFrom(doc(allow('*')), doc(allow(MAKES), allow('iam:PassRole', arn('role', 'app-*'))), doc(allow(MAKES), allow('iam:PassRole', '*', { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }))));
  const seen = new Set<boolean>();
  fc.assert(fc.property(fc.array(statement, { minLength: 1, maxLength: 4 }), boundary, (statements, bound) => {
    const account = new Account().user('app', { inline: doc(allow(MAKES), ...statements), ...(bound ? { boundary: arn('policy', 'b') } : {}) });
    if (bound) account.add('aws_iam_policy', 'b', { name: 'b', path: '/', arn: arn('policy', 'b'), policy: bound });
    for (const r of ROLES) account.role(r, trust({ Service: Object.values(TECHNIQUES) }));
    const { snapshot, access } = derive(account.snapshot());
    const named = (name: string) => snapshot.ofKind('Identity').find((n) => n.name === name)!;
    const principal = named('app');
    for (const [id, service] of Object.entries(TECHNIQUES)) {
      for (const r of ROLES) {
        const target = named(r);
        const { outcome } = access.decide({ principal, action: 'iam:PassRole', resource: String(target.props['arn']), target, position: 'direct', context: { 'iam:PassedToService': [service] } });
        const edge = snapshot.out(principal.id, 'CAN_ESCALATE').find((e) => e.props['technique'] === id && e.to === target.id);
        seen.add(edge !== undefined);
        expect([statements, bound, id, r, edge?.verdict]).toEqual([statements, bound, id, r, principal.props['isAdmin'] === true || outcome === 'denied' ? undefined : outcome === 'allowed' ? 'proven' : outcome]);
      }
    }
  }), { numRuns: 150 });
  expect(seen.size).toBe(2);
});
