import { describe, expect, test } from 'vitest';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { derive } from '../../queries/derive/index.ts';
import type { EdgeRecord } from '../../schema/index.ts';
import { collectText } from '../helpers/scan.ts';

/** Who may become a role of this name: start, verdict and what it asks for. */
async function into(text: string, role: string): Promise<(EdgeRecord & { who: string })[]> {
  const batch = await collectText({ 'main.tf': `provider "aws" {\n  region = "us-east-1"\n}\n${text}` }, { account: '111122223333' });
  const s = derive(new GraphSnapshot(batch.nodes, batch.edges)).snapshot;
  const is = (id: string): boolean => [s.node(id), s.node(String(s.node(id)!.props['sessionOf']))].some((n) => n?.name === role);
  return s.edges.filter((e) => e.kind === 'CAN_ASSUME' && is(e.to)).map((e) => ({ ...e, who: s.node(e.from)!.name }));
}
const role = (statement: string, name = 'r'): string => `
resource "aws_iam_role" "${name}" {
  name = "${name}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", ${statement} }] })
}
`;
const web = (federated: string, condition: string): string => `Action = "sts:AssumeRoleWithWebIdentity", Principal = { Federated = ${federated} }, Condition = { ${condition} }`;

describe('identity pools', () => {
  const pool = (branch: string, aud: string, open = true): string => `
resource "aws_cognito_identity_pool" "p" {
  identity_pool_name               = "p"
  allow_unauthenticated_identities = ${open}
}
resource "aws_cognito_identity_pool_roles_attachment" "p" {
  identity_pool_id = aws_cognito_identity_pool.p.id
  roles = {
    "unauthenticated" = aws_iam_role.r.arn
  }
}
${role(web('"cognito-identity.amazonaws.com"', `StringEquals = { "cognito-identity.amazonaws.com:aud" = ${aud} }, "ForAnyValue:StringLike" = { "cognito-identity.amazonaws.com:amr" = "${branch}" }`))}`;

  test('the role that a pool hands to anyone, when its trust agrees', async () => {
    const edges = await into(pool('unauthenticated', 'aws_cognito_identity_pool.p.id'), 'r');
    expect(edges.map((e) => [e.who, e.verdict])).toEqual([['anyone, through p', 'proven']]);
  });
  test.each([
    ['trust in the other branch', pool('authenticated', 'aws_cognito_identity_pool.p.id')],
    ['trust in another pool', pool('unauthenticated', '"us-east-1:00000000-0000-0000-0000-000000000000"')],
    ['a pool that lets nobody in unsigned', pool('unauthenticated', 'aws_cognito_identity_pool.p.id', false)],
  ])('not with %s', async (_name, text) => {
    expect((await into(text, 'r')).filter((e) => e.verdict !== 'unknown')).toEqual([]);
  });
});

describe('OIDC, with and without the provider in the input', () => {
  const GITHUB = '"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"';
  const trusted = role(web(GITHUB, 'StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }, StringLike = { "token.actions.githubusercontent.com:sub" = "repo:acme/app:*" }'));
  const provider = 'resource "aws_iam_openid_connect_provider" "g" {\n  url = "https://token.actions.githubusercontent.com"\n  client_id_list = ["sts.amazonaws.com"]\n  thumbprint_list = []\n}\n';
  test.each([['declared', provider + trusted], ['only named', trusted]])('%s: conditional on the subject, which is said', async (_name, text) => {
    const edges = await into(text, 'r');
    expect(edges).toHaveLength(1);
    expect(edges[0]!.verdict).toBe('conditional');
    expect(edges[0]!.requires.join()).toContain('token.actions.githubusercontent.com:sub StringLike repo:acme/app:*');
  });
  test('not by the call for SAML', async () => {
    expect(await into(provider + trusted.replace('AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML'), 'r')).toEqual([]);
  });
  test('service accounts of a cluster', async () => {
    const irsa = role(web('"arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/ABC"', 'StringEquals = { "oidc.eks.us-east-1.amazonaws.com/id/ABC:sub" = "system:serviceaccount:web:api" }'));
    expect((await into(irsa, 'r'))[0]!.requires.join()).toContain('system:serviceaccount:web:api');
  });
  test('SAML', async () => {
    const saml = (action: string): string => role(`Action = "sts:${action}", Principal = { Federated = "arn:aws:iam::111122223333:saml-provider/corp" }, Condition = { StringEquals = { "SAML:aud" = "https://signin.aws.amazon.com/saml" } }`);
    expect((await into(saml('AssumeRoleWithSAML'), 'r')).map((e) => e.verdict)).toEqual(['conditional']);
    expect(await into(saml('AssumeRole'), 'r')).toEqual([]);
  });
});

describe('pod identity', () => {
  const association = (service: string): string => `resource "aws_eks_pod_identity_association" "a" {\n  cluster_name = "c"\n  namespace = "web"\n  service_account = "api"\n  role_arn = aws_iam_role.r.arn\n}\n${role(`Action = ["sts:AssumeRole", "sts:TagSession"], Principal = { Service = "${service}" }`)}`;
  test('the service account obtains the role when it trusts the agent of the cluster', async () => {
    expect((await into(association('pods.eks.amazonaws.com'), 'r')).map((e) => [e.who, e.verdict])).toEqual([['web/api', 'proven']]);
    expect(await into(association('eks.amazonaws.com'), 'r')).toEqual([]);
  });
});

describe('Roles Anywhere', () => {
  const anywhere = (more: string, service = 'rolesanywhere.amazonaws.com', enabled = true): string => `
resource "aws_rolesanywhere_trust_anchor" "a" {
  name    = "corp-ca"
  enabled = ${enabled}
  source {
    source_type = "CERTIFICATE_BUNDLE"
    source_data {
      x509_certificate_data = "x"
    }
  }
}
resource "aws_rolesanywhere_profile" "p" {
  name      = "servers"
  enabled   = true
  role_arns = [aws_iam_role.r.arn]
  ${more}
}
${role(`Action = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], Principal = { Service = "${service}" }`)}`;
  test('holders of a certificate obtain the roles of the profile', async () => {
    expect((await into(anywhere(''), 'r')).map((e) => [e.who, e.verdict])).toEqual([['corp-ca', 'proven']]);
  });
  test('within its session policy', async () => {
    const edges = await into(anywhere('session_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })'), 'r');
    expect(edges.map((e) => [e.verdict, e.to.includes('session:')])).toEqual([['proven', true]]);
  });
  test('not when the role trusts another service, or the anchor is off', async () => {
    expect(await into(anywhere('', 'ec2.amazonaws.com'), 'r')).toEqual([]);
    expect(await into(anywhere('', 'rolesanywhere.amazonaws.com', false), 'r')).toEqual([]);
  });
});

describe('permission sets', () => {
  const assigned = (set: string): string => `
resource "aws_ssoadmin_permission_set" "admin" {
  name         = "admin"
  instance_arn = "arn:aws:sso:::instance/ssoins-1111111111111111"
}
resource "aws_ssoadmin_permission_set" "reader" {
  name         = "reader"
  instance_arn = "arn:aws:sso:::instance/ssoins-1111111111111111"
}
resource "aws_ssoadmin_account_assignment" "a" {
  instance_arn       = "arn:aws:sso:::instance/ssoins-1111111111111111"
  permission_set_arn = aws_ssoadmin_permission_set.${set}.arn
  principal_id       = "person-1"
  principal_type     = "USER"
  target_id          = "111122223333"
  target_type        = "AWS_ACCOUNT"
}
`;
  test('whoever is assigned one', async () => {
    expect((await into(assigned('admin'), 'admin')).map((e) => [e.who, e.verdict])).toEqual([['person-1', 'proven']]);
    expect(await into(assigned('reader'), 'admin')).toEqual([]);
  });
});
