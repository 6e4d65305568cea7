import { describe, expect, test } from 'vitest';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { derive } from '../../queries/derive/index.ts';
import { collectText } from '../helpers/scan.ts';

const S3 = (resource = '*'): string => `jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "${resource}" }] })`;
const role = (principal: string, actions: string): string => `
resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}
resource "aws_s3_bucket" "home" {
  bucket = "acme-home"
}
resource "aws_secretsmanager_secret" "key" {
  name = "acme-key"
}
resource "aws_iam_role" "r" {
  name = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", ${principal} }] })
}
resource "aws_iam_role_policy" "r" {
  role   = aws_iam_role.r.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ${actions}, Resource = "*" }] })
}
`;
const WIDE = '["s3:GetObject", "secretsmanager:GetSecretValue"]';
const by = (service: string): string => `Action = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], Principal = { Service = "${service}" }`;

/** What whoever obtains the role of this name, or a session of it, may do: by verdict of the way, the assets and effects. */
async function obtains(text: string): Promise<{ who: string; to: 'role' | 'session'; verdict: string; effects: string[] }[]> {
  const batch = await collectText({ 'main.tf': `provider "aws" {\n  region = "us-east-1"\n}\n${text}` }, { account: '111122223333' });
  const { snapshot: s, access } = derive(new GraphSnapshot(batch.nodes, batch.edges));
  return s.edges.filter((e) => e.kind === 'CAN_ASSUME' && (s.node(e.to)!.name === 'r' || s.node(e.to)!.props['sessionOf'] !== undefined)).map((e) => ({
    who: s.node(e.from)!.name, to: s.node(e.to)!.props['sessionOf'] === undefined ? 'role' as const : 'session' as const, verdict: e.verdict,
    effects: access.grantsOf(e.to).filter((g) => g.verdict === 'proven').flatMap((g) => g.assets.map((a) => `${g.effect} ${s.node(a)!.name}`)).sort(),
  }));
}
const ALL = ['credential acme-key', 'read acme-data', 'read acme-home'];
const READS = ['read acme-data', 'read acme-home'];

describe('a session policy leaves of a role what both name', () => {
  const pod = (more: string, r = role(by('pods.eks.amazonaws.com'), WIDE)): string => `resource "aws_eks_pod_identity_association" "a" {\n  cluster_name = "c"\n  namespace = "web"\n  service_account = "api"\n  role_arn = aws_iam_role.r.arn\n  ${more}\n}\n${r}`;
  test('EKS pod identity', async () => {
    expect(await obtains(pod(''))).toEqual([{ who: 'web/api', to: 'role', verdict: 'proven', effects: ALL }]);
    expect(await obtains(pod(`policy = ${S3()}`))).toEqual([{ who: 'web/api', to: 'session', verdict: 'proven', effects: READS }]);
    expect(await obtains(pod(`policy = ${S3('arn:aws:s3:::acme-home/*')}`))).toEqual([{ who: 'web/api', to: 'session', verdict: 'proven', effects: ['read acme-home'] }]);
    expect(await obtains(pod(`policy = ${S3()}`, role(by('eks.amazonaws.com'), WIDE)))).toEqual([]);
  });

  test('it never gives what the role does not have', async () => {
    expect(await obtains(pod(`policy = ${S3()}`, role(by('pods.eks.amazonaws.com'), '["secretsmanager:GetSecretValue"]')))).toEqual([{ who: 'web/api', to: 'session', verdict: 'proven', effects: [] }]);
  });

  test('where it leaves a technique, the role is kept in sight', async () => {
    const text = (left: string): string => pod(`policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "${left}", Resource = "*" }] })`, role(by('pods.eks.amazonaws.com'), '["iam:PutRolePolicy", "s3:GetObject"]'));
    expect((await obtains(text('iam:*'))).map((x) => [x.to, x.verdict]).sort()).toEqual([['role', 'conditional'], ['session', 'proven']]);
    expect((await obtains(text('iam:Get*'))).map((x) => [x.to, x.verdict])).toEqual([['session', 'proven']]);
  });

  test('Roles Anywhere', async () => {
    const anywhere = (more: string): string => `resource "aws_rolesanywhere_trust_anchor" "a" {\n  name = "ca"\n  enabled = true\n  source {\n    source_type = "CERTIFICATE_BUNDLE"\n    source_data {\n      x509_certificate_data = "x"\n    }\n  }\n}\nresource "aws_rolesanywhere_profile" "p" {\n  name = "servers"\n  enabled = true\n  role_arns = [aws_iam_role.r.arn]\n  ${more}\n}\n${role(by('rolesanywhere.amazonaws.com'), WIDE)}`;
    expect(await obtains(anywhere(''))).toEqual([{ who: 'ca', to: 'role', verdict: 'proven', effects: ALL }]);
    expect(await obtains(anywhere(`session_policy = ${S3()}`))).toEqual([{ who: 'ca', to: 'session', verdict: 'proven', effects: READS }]);
    expect(await obtains(anywhere('managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]'))).toEqual([{ who: 'ca', to: 'session', verdict: 'proven', effects: READS }]);
  });

  test('guests of an identity pool have what the service leaves to them, except in the classic flow', async () => {
    const web = 'Action = "sts:AssumeRoleWithWebIdentity", Principal = { Federated = "cognito-identity.amazonaws.com" }, Condition = { StringEquals = { "cognito-identity.amazonaws.com:aud" = aws_cognito_identity_pool.p.id }, "ForAnyValue:StringLike" = { "cognito-identity.amazonaws.com:amr" = "BRANCH" } }';
    const pool = (branch: string, more = ''): string => `resource "aws_cognito_identity_pool" "p" {\n  identity_pool_name = "p"\n  allow_unauthenticated_identities = true\n  ${more}\n}\nresource "aws_cognito_identity_pool_roles_attachment" "p" {\n  identity_pool_id = aws_cognito_identity_pool.p.id\n  roles = {\n    "${branch}" = aws_iam_role.r.arn\n  }\n}\n${role(web.replace('BRANCH', branch), WIDE)}`;
    expect(await obtains(pool('unauthenticated'))).toEqual([{ who: 'anyone, through p', to: 'session', verdict: 'proven', effects: READS }]);
    expect(await obtains(pool('unauthenticated', 'allow_classic_flow = true'))).toEqual([{ who: 'anyone, through p', to: 'role', verdict: 'proven', effects: ALL }]);
    expect(await obtains(pool('unauthenticated', 'allow_classic_flow = false'))).toMatchObject([{ to: 'session' }]);
    expect(await obtains(pool('authenticated'))).toMatchObject([{ to: 'role', effects: ALL }]);
  });

  test('users of a transfer server', async () => {
    const user = (more: string, service = 'transfer.amazonaws.com'): string => `resource "aws_transfer_user" "u" {\n  server_id = "s-1234567890abcdef0"\n  user_name = "partner"\n  role = aws_iam_role.r.arn\n  ${more}\n}\n${role(by(service), WIDE)}`;
    expect(await obtains(user(''))).toEqual([{ who: 'partner', to: 'session', verdict: 'proven', effects: READS }]);
    expect(await obtains(user(`policy = ${S3('arn:aws:s3:::acme-home/*')}`))).toEqual([{ who: 'partner', to: 'session', verdict: 'proven', effects: ['read acme-home'] }]);
    expect(await obtains(user('', 'ec2.amazonaws.com'))).toEqual([]);
  });

  test('people of an EMR studio', async () => {
    const studio = (policy: string): string => `resource "aws_emr_studio" "s" {\n  name = "lab"\n  auth_mode = "SSO"\n  user_role = aws_iam_role.r.arn\n  service_role = aws_iam_role.r.arn\n  default_s3_location = "s3://acme-data/x"\n  engine_security_group_id = "sg-1"\n  workspace_security_group_id = "sg-2"\n  subnet_ids = ["subnet-1"]\n  vpc_id = "vpc-1"\n}\nresource "aws_iam_policy" "narrow" {\n  name = "narrow"\n  policy = ${S3('arn:aws:s3:::acme-home/*')}\n}\nresource "aws_emr_studio_session_mapping" "m" {\n  studio_id = aws_emr_studio.s.id\n  identity_type = "USER"\n  identity_name = "ann"\n  session_policy_arn = ${policy}\n}\n${role(by('elasticmapreduce.amazonaws.com'), WIDE)}`;
    expect(await obtains(studio('aws_iam_policy.narrow.arn'))).toEqual([{ who: 'ann', to: 'session', verdict: 'proven', effects: ['read acme-home'] }]);
    expect(await obtains(studio('"arn:aws:iam::aws:policy/AdministratorAccess"'))).toContainEqual({ who: 'ann', to: 'session', verdict: 'proven', effects: ALL });
  });
});
