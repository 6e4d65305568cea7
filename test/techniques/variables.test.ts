import { describe, expect, test } from 'vitest';
import { derive } from '../../queries/derive/index.ts';
import { Account, ACCOUNT, allow, arn, doc, trust } from './account.ts';

const functions = (name: string) => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
const fires = (resource: string, actor: 'user' | 'role' = 'user') => {
  const inline = doc(allow('iam:PassRole'), allow(['lambda:CreateFunction', 'lambda:InvokeFunction'], resource));
  const account = new Account().role('strong', trust({ Service: 'lambda.amazonaws.com' }));
  const { snapshot } = derive((actor === 'user' ? account.user('ann', { inline }) : account.role('ann', trust({ Service: 'ec2.amazonaws.com' }), { inline })).snapshot());
  return snapshot.edges.some((e) => e.kind === 'CAN_ESCALATE' && e.props['technique'] === 'lambda-001');
};

describe('a new thing that a variable names', () => {
  test('by the name of the user', () => expect(fires(functions('${aws:username}-*'))).toBe(true));
  test('near miss: a role has no user name', () => expect(fires(functions('${aws:username}-*'), 'role')).toBe(false));
  test('near miss: a tag that the user does not have', () => expect(fires(functions('${aws:PrincipalTag/team}-*'))).toBe(false));
  test('by what stands in for such a tag', () => expect(fires(functions("${aws:PrincipalTag/team, 'everybody'}-*"))).toBe(true));
});

test('on something: a user that its own name spells out', () => {
  const may = (resource: string) => {
    const { snapshot, access } = derive(new Account().user('ann', { inline: doc(allow('iam:CreateAccessKey', resource)) }).snapshot());
    return access.decide({ principal: snapshot.ofKind('Identity').find((n) => n.name === 'ann')!, action: 'iam:CreateAccessKey', resource: '*', position: 'direct' }).outcome;
  };
  expect(may(arn('user', '${aws:username}'))).toBe('allowed');
  expect(may(arn('group', '${aws:username}'))).toBe('denied');
});
