import { describe, expect, it } from 'vitest';
import { hasHole, hole } from '../../schema/index.ts';
import { mapInputs } from '../../collectors/resources/map.ts';
import { cfn, graphOf, ref, tf } from './build.ts';

const trust = (principal: string) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: principal }, Action: 'sts:AssumeRole' }] });
const allow = (action: string, resource: string) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 's', Effect: 'Allow', Action: action, Resource: resource }] });

describe('roles and their policies', () => {
  it('joins attachments, inline policies, trust and boundary on the role', () => {
    const g = graphOf([
      tf('aws_iam_role.r', { name: 'worker', assume_role_policy: trust('lambda.amazonaws.com'), permissions_boundary: ref('aws_iam_policy.b', 'arn') }),
      tf('aws_iam_policy.b', { name: 'limit', policy: allow('s3:*', '*') }),
      tf('aws_iam_policy.p', { name: 'read', policy: allow('s3:GetObject', '*') }),
      tf('aws_iam_role_policy_attachment.a', { role: ref('aws_iam_role.r', 'name'), policy_arn: ref('aws_iam_policy.p', 'arn') }),
      tf('aws_iam_role_policy_attachment.m', { role: 'worker', policy_arn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' }),
      tf('aws_iam_role_policy.i', { name: 'inline', role: ref('aws_iam_role.r', 'id'), policy: allow('sqs:SendMessage', '*') }),
    ], '111122223333');
    expect(g.edges('HAS_POLICY')).toEqual(['HAS_POLICY worker > AmazonS3ReadOnlyAccess', 'HAS_POLICY worker > inline', 'HAS_POLICY worker > limit', 'HAS_POLICY worker > read', 'HAS_POLICY worker > trust policy of worker']);
    expect(g.node('Identity', 'worker').id).toBe('ovr:identity:aws:arn:aws:iam::111122223333:role/worker');
    expect(g.node('Identity', 'worker').props['trustedServices']).toEqual(['lambda.amazonaws.com']);
    expect(g.edge('HAS_POLICY', 'worker', 'read').evidence[0]!.source!.address).toBe('aws_iam_role_policy_attachment.a');
    expect(g.edge('HAS_POLICY', 'worker', 'limit').props['as']).toBe('boundary');
    expect((g.node('Policy', 'AmazonS3ReadOnlyAccess').props['statements'] as unknown[]).length).toBeGreaterThan(0);
  });

  it('keeps what the input does not know symbolic, and never joins by equal unknown names', () => {
    const name = hole({ kind: 'unknown', key: 'var.name' });
    const g = graphOf([
      tf('aws_iam_role.a', { name, assume_role_policy: trust('ec2.amazonaws.com') }),
      tf('aws_iam_role.b', { name, assume_role_policy: trust('ec2.amazonaws.com') }),
      tf('aws_iam_role_policy_attachment.x', { role: name, policy_arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }),
    ]);
    expect(g.edges('HAS_POLICY')).toEqual(['HAS_POLICY aws_iam_role.a > trust policy of aws_iam_role.a', 'HAS_POLICY aws_iam_role.b > trust policy of aws_iam_role.b']);
    expect(g.mapped.problems.map((p) => p.message).join()).toContain('aws_iam_role_policy_attachment.x is left out');
    expect(hasHole(g.node('Identity', 'aws_iam_role.a').props['arn'] as string)).toBe(true);
    expect(g.node('Identity', 'aws_iam_role.a').id).toBe('ovr:identity:aws:iac:local@.#aws_iam_role.a');
  });

  it('reads the account from ARNs that name declared resources, unless they disagree', () => {
    const resources = (second: string) => [
      tf('aws_iam_role.a', { name: 'a', assume_role_policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS: ['arn:aws:iam::111122223333:role/b', second] }, Action: 'sts:AssumeRole' }] }) }),
      tf('aws_iam_role.b', { name: 'b', assume_role_policy: trust('ec2.amazonaws.com') }),
    ];
    expect(graphOf(resources('arn:aws:iam::999999999999:role/elsewhere')).node('Identity', 'a').props['arn']).toBe('arn:aws:iam::111122223333:role/a');
    expect(hasHole(graphOf(resources('arn:aws:iam::999999999999:role/a')).node('Identity', 'a').props['arn'] as string)).toBe(true);
  });

  it('counts keys and logins where the source can know them, and leaves them open where not', () => {
    const g = graphOf([
      tf('aws_iam_user.u', { name: 'u' }), tf('aws_iam_user.v', { name: 'v' }),
      tf('aws_iam_access_key.k', { user: ref('aws_iam_user.u', 'name') }), tf('aws_iam_user_login_profile.l', { user: 'u' }),
      tf('aws_iam_group.g', { name: 'g' }), tf('aws_iam_user_group_membership.m', { user: 'u', groups: [ref('aws_iam_group.g', 'name')] }),
      tf('aws_iam_group_membership.n', { name: 'x', users: ['v'], group: 'g' }),
      cfn('AWS::IAM::User', 'Dumped', { UserName: 'd' }, { mode: 'live' }),
    ], '111122223333');
    expect(g.node('Identity', 'u').props).toMatchObject({ accessKeys: 1, loginProfile: true });
    expect(g.node('Identity', 'v').props).toMatchObject({ accessKeys: 0, loginProfile: false });
    expect(g.node('Identity', 'd').props).not.toHaveProperty('accessKeys');
    expect(g.edges('MEMBER_OF', 'AUTHENTICATES_AS')).toEqual(['AUTHENTICATES_AS aws_iam_access_key.k > u', 'MEMBER_OF u > g', 'MEMBER_OF v > g']);
  });

  it('finds the provider\'s policy that a data source looks up', () => {
    const g = graphOf([
      tf('aws_iam_role.r', { name: 'r' }), tf('data.aws_iam_policy.n', { name: 'AdministratorAccess' }), tf('data.aws_iam_policy.a', { arn: 'arn:aws:iam::aws:policy/job-function/Billing' }),
      tf('aws_iam_role_policy_attachment.x', { role: 'r', policy_arn: ref('data.aws_iam_policy.n', 'arn') }), tf('aws_iam_role_policy_attachment.y', { role: 'r', policy_arn: ref('data.aws_iam_policy.a', 'arn') }),
      tf('data.aws_iam_role.same', { name: 'r' }), tf('data.aws_iam_role.other', { name: 'elsewhere' }),
      tf('aws_iam_role_policy.i', { name: 'i', role: ref('data.aws_iam_role.other', 'name'), policy: allow('s3:*', '*') }),
    ], '111122223333');
    expect(g.edges('HAS_POLICY')).toEqual(['HAS_POLICY elsewhere > i', 'HAS_POLICY r > AdministratorAccess', 'HAS_POLICY r > Billing']);
    expect(g.node('Policy', 'AdministratorAccess').props['managedBy']).toBe('provider');
    expect(g.node('Identity', 'elsewhere').completeness).toBe('none');
  });

  it('says so when an attached policy is not in the input', () => {
    const g = graphOf([tf('aws_iam_role.r', { name: 'r' }), tf('aws_iam_role_policy_attachment.x', { role: 'r', policy_arn: 'arn:aws:iam::111122223333:policy/elsewhere' })], '111122223333');
    expect(g.node('Policy', 'elsewhere')).toMatchObject({ completeness: 'none', props: { parse: 'failed' } });
    expect(g.mapped.problems.map((p) => p.message).join()).toContain('it is not in the input');
  });

  it('gives the same graph for the same input in another order', () => {
    const all = [
      tf('aws_iam_role.r', { name: 'r', assume_role_policy: trust('lambda.amazonaws.com') }),
      tf('aws_iam_instance_profile.p', { name: 'p', role: ref('aws_iam_role.r', 'name') }),
      tf('aws_iam_role_policy.i', { name: 'i', role: 'r', policy: allow('s3:*', ref('aws_iam_role.r', 'arn')) }),
    ];
    const run = (rs: typeof all) => { const { nodes, edges } = mapInputs([{ source: 'terraform', input: '', resources: rs }], { scope: 'local', hashKey: 'k' }); return JSON.stringify({ nodes, edges }); };
    expect(run([...all].reverse())).toBe(run(all));
  });
});
