import { describe, expect, test } from 'vitest';
import { role, scanned, tf } from './scan.ts';

const ALLOW = (action: string): string => `{ Effect = "Allow", Action = "${action}", Resource = "*" }`;

describe('OpenSearch Serverless: IAM and a data access policy, both', () => {
  const collection = (principal: string, permission = 'aoss:ReadDocument'): Record<string, string> => tf(`
resource "aws_opensearchserverless_collection" "notes" {
  name = "notes"
}
resource "aws_opensearchserverless_access_policy" "notes" {
  name   = "notes"
  type   = "data"
  policy = jsonencode([{ Rules = [{ ResourceType = "index", Resource = ["index/notes/*"], Permission = ["${permission}"] }], Principal = [${principal}] }])
}
${role('reader', ALLOW('aoss:APIAccessAll'))}${role('other', ALLOW('s3:ListAllMyBuckets'))}`);

  test('whom the policy names reads, and does no more than it says', async () => {
    const s = await scanned(collection('aws_iam_role.reader.arn'));
    expect(s.ask('reader', 'aoss:APIAccessAll', 'notes').outcome).toBe('allowed');
    expect(s.effects('reader', 'notes')).toEqual(['read']);
  });
  test('another permission gives another effect', async () => {
    expect((await scanned(collection('aws_iam_role.reader.arn', 'aoss:WriteDocument'))).effects('reader', 'notes')).toEqual(['write']);
  });
  test('named elsewhere: IAM alone is not enough', async () => {
    const s = await scanned(collection('"arn:aws:iam::111122223333:role/somebody"'));
    expect(s.ask('reader', 'aoss:APIAccessAll', 'notes')).toMatchObject({ outcome: 'denied', blockedBy: 'data-access' });
    expect(s.effects('reader', 'notes')).toEqual([]);
  });
  test('named without the permission of IAM: not enough either', async () => {
    expect((await scanned(collection('aws_iam_role.other.arn'))).ask('other', 'aoss:APIAccessAll', 'notes').outcome).toBe('denied');
  });
  test('no data access policy in the input: not known', async () => {
    const files = collection('aws_iam_role.reader.arn');
    const s = await scanned({ 'main.tf': files['main.tf']!.replace(/resource "aws_opensearchserverless_access_policy"[\s\S]*?\n}\n/, '') });
    expect(s.ask('reader', 'aoss:APIAccessAll', 'notes').outcome).toBe('unknown');
  });
});

describe('Lake Formation', () => {
  const lake = (settings: string, permission = 'SELECT', principal = 'aws_iam_role.reader.arn'): Record<string, string> => tf(`
resource "aws_glue_catalog_database" "sales" {
  name = "sales"
}
${settings}
resource "aws_lakeformation_permissions" "reader" {
  principal   = ${principal}
  permissions = ["${permission}"]
  table {
    database_name = aws_glue_catalog_database.sales.name
    name          = "orders"
  }
}
${role('reader', ALLOW('glue:*'))}${role('keeper', ALLOW('glue:*'))}`);
  const ON = 'resource "aws_lakeformation_data_lake_settings" "s" {\n  admins = [aws_iam_role.keeper.arn]\n}';
  const OFF = 'resource "aws_lakeformation_data_lake_settings" "s" {\n  admins = [aws_iam_role.keeper.arn]\n  create_database_default_permissions {\n    permissions = ["ALL"]\n    principal = "IAM_ALLOWED_PRINCIPALS"\n  }\n}';

  test('switched on, a principal has what it was granted', async () => {
    const s = await scanned(lake(ON));
    expect(s.effects('reader', 'sales').filter((e) => e !== 'permission')).toEqual(['read']);
    expect(s.effects('keeper', 'sales')).toEqual(['delete', 'list', 'permission', 'read', 'write']);
  });
  test('switched on, without a grant IAM alone gives nothing', async () => {
    expect((await scanned(lake(ON, 'SELECT', '"arn:aws:iam::111122223333:role/somebody"'))).effects('reader', 'sales')).toEqual(['permission']);
  });
  test('left to IAM, nothing is asked for', async () => {
    expect((await scanned(lake(OFF, 'SELECT', '"arn:aws:iam::111122223333:role/somebody"'))).effects('reader', 'sales')).toEqual(['delete', 'list', 'permission', 'read', 'write']);
  });
  test('in CloudFormation', async () => {
    const template = (who: string): Record<string, string> => ({ 'template.yaml': `
Resources:
  Db: { Type: AWS::Glue::Database, Properties: { CatalogId: !Ref AWS::AccountId, DatabaseInput: { Name: sales }, DatabaseName: sales } }
  S: { Type: AWS::LakeFormation::DataLakeSettings, Properties: { Admins: [] } }
  P:
    Type: AWS::LakeFormation::PrincipalPermissions
    Properties: { Principal: { DataLakePrincipalIdentifier: !GetAtt ${who}.Arn }, Resource: { Database: { CatalogId: !Ref AWS::AccountId, Name: !Ref Db } }, Permissions: [DROP], PermissionsWithGrantOption: [] }
  reader:
    Type: AWS::IAM::Role
    Properties:
      RoleName: reader
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: 'sts:AssumeRole', Principal: { Service: lambda.amazonaws.com } }] }
      Policies: [{ PolicyName: p, PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: 'glue:*', Resource: '*' }] } }]
  other:
    Type: AWS::IAM::Role
    Properties: { RoleName: other, AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } }
` });
    expect((await scanned(template('reader'))).effects('reader', 'sales')).toEqual(['delete', 'permission']);
    expect((await scanned(template('other'))).effects('reader', 'sales')).toEqual(['permission']);
  });
});

describe('KMS grants', () => {
  const grant = (more = '', operation = 'Decrypt'): Record<string, string> => tf(`
resource "aws_kms_key" "k" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/keeper" }, Action = "kms:*", Resource = "*" }] })
  tags = { Name = "k" }
}
resource "aws_kms_alias" "k" {
  name = "alias/k"
  target_key_id = aws_kms_key.k.key_id
}
resource "aws_kms_grant" "one" {
  key_id            = aws_kms_key.k.key_id
  grantee_principal = aws_iam_role.reader.arn
  operations        = ["${operation}"]
  ${more}
}
resource "aws_kms_grant" "two" {
  key_id            = aws_kms_key.k.key_id
  grantee_principal = aws_iam_role.writer.arn
  operations        = ["Encrypt"]
}
${role('reader', ALLOW('s3:ListAllMyBuckets'))}${role('writer', ALLOW('kms:*'))}`);
  const ask = async (files: Record<string, string>, who: string, action: string) => {
    const s = await scanned(files);
    const key = s.snapshot.ofKind('Secret').find((n) => n.type === 'aws.kms.key')!;
    return s.ask(who, action, key.name);
  };

  test('a grant is enough by itself, for its operations', async () => {
    expect((await ask(grant(), 'reader', 'kms:Decrypt')).outcome).toBe('allowed');
    expect((await ask(grant('', 'DescribeKey'), 'reader', 'kms:Decrypt')).outcome).toBe('denied');
    expect((await ask(grant(), 'reader', 'kms:Encrypt')).outcome).toBe('denied');
  });
  test('several grants on one key stand beside each other', async () => {
    expect((await ask(grant(), 'writer', 'kms:Encrypt')).outcome).toBe('allowed');
    expect((await ask(grant(), 'writer', 'kms:Decrypt')).outcome).toBe('denied');
  });
  test('a constraint makes it conditional on the encryption context', async () => {
    const d = await ask(grant('constraints {\n    encryption_context_equals = { Department = "Finance" }\n  }'), 'reader', 'kms:Decrypt');
    expect(d.outcome).toBe('conditional');
    expect(d.requires.join()).toContain('kms:EncryptionContext:Department');
  });
  test('grants of an account dump', async () => {
    const arn = 'arn:aws:kms:us-east-1:111122223333:key/aaaaaaaa-1111-2222-3333-444444444444';
    const files = (operation: string): Record<string, string> => ({
      'list-grants.json': JSON.stringify({ Grants: [{ KeyId: arn, GrantId: 'g1', GranteePrincipal: 'arn:aws:iam::111122223333:role/reader', Operations: [operation] }] }, null, 1),
      'iam.json': JSON.stringify({ UserDetailList: [], GroupDetailList: [], Policies: [], RoleDetailList: [{ RoleName: 'reader', RoleId: 'AROA1', Path: '/', Arn: 'arn:aws:iam::111122223333:role/reader', AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] }, RolePolicyList: [], AttachedManagedPolicies: [], InstanceProfileList: [] }] }, null, 1),
    });
    expect((await ask(files('Decrypt'), 'reader', 'kms:Decrypt')).outcome).toBe('allowed');
    expect((await ask(files('Encrypt'), 'reader', 'kms:Decrypt')).outcome).not.toBe('allowed');
  });
});

describe('S3: lists and the public access block', () => {
  const bucket = (more: string): Record<string, string> => tf(`
resource "aws_s3_bucket" "b" {
  bucket = "open-data-b"
}
${more}${role('outsider', ALLOW('ec2:DescribeInstances'))}`);
  const ACL = 'resource "aws_s3_bucket_acl" "b" {\n  bucket = aws_s3_bucket.b.id\n  acl = "public-read"\n}\n';
  const block = (key: string): string => `resource "aws_s3_bucket_public_access_block" "b" {\n  bucket = aws_s3_bucket.b.id\n  ${key} = true\n}\n`;
  const POLICY = 'resource "aws_s3_bucket_policy" "b" {\n  bucket = aws_s3_bucket.b.id\n  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::open-data-b/*" }] })\n}\n';
  const anonymous = async (more: string, action: string) => (await scanned(bucket(more))).ask(undefined, action, 'open-data-b').outcome;

  test('a public list lets everyone list, not read', async () => {
    expect(await anonymous(ACL, 's3:ListBucket')).toBe('allowed');
    expect(await anonymous(ACL, 's3:GetObject')).toBe('denied');
    expect((await scanned(bucket(ACL))).effects('outsider', 'open-data-b')).toEqual(['list']);
  });
  test('lists that are ignored or switched off let nobody in', async () => {
    expect(await anonymous(ACL + block('ignore_public_acls'), 's3:ListBucket')).toBe('denied');
    expect(await anonymous(`${ACL}resource "aws_s3_bucket_ownership_controls" "b" {\n  bucket = aws_s3_bucket.b.id\n  rule {\n    object_ownership = "BucketOwnerEnforced"\n  }\n}\n`, 's3:ListBucket')).toBe('denied');
    expect(await anonymous(`${ACL}resource "aws_s3_account_public_access_block" "a" {\n  ignore_public_acls = true\n}\n`, 's3:ListBucket')).toBe('denied');
  });
  test('a list for signed callers is not one for everyone', async () => {
    const signed = ACL.replace('public-read', 'authenticated-read');
    expect(await anonymous(signed, 's3:ListBucket')).toBe('denied');
    expect((await scanned(bucket(signed))).effects('outsider', 'open-data-b')).toEqual(['list']);
  });
  test('a written list', async () => {
    const written = (uri: string) => `resource "aws_s3_bucket_acl" "b" {\n  bucket = aws_s3_bucket.b.id\n  access_control_policy {\n    grant {\n      grantee {\n        type = "Group"\n        uri = "${uri}"\n      }\n      permission = "WRITE"\n    }\n    owner {\n      id = "x"\n    }\n  }\n}\n`;
    expect(await anonymous(written('http://acs.amazonaws.com/groups/global/AllUsers'), 's3:PutObject')).toBe('allowed');
    expect(await anonymous(written('http://acs.amazonaws.com/groups/s3/LogDelivery'), 's3:PutObject')).toBe('denied');
  });
  test('an object of its own', async () => {
    const object = (acl: string) => `resource "aws_s3_object" "o" {\n  bucket = aws_s3_bucket.b.id\n  key = "page.html"\n  content = "hello"\n  acl = "${acl}"\n}\n`;
    const s = async (acl: string) => (await scanned(bucket(object(acl)))).ask(undefined, 's3:GetObject', 'open-data-b', { resource: 'arn:aws:s3:::open-data-b/page.html' }).outcome;
    expect(await s('public-read')).toBe('allowed');
    expect(await s('private')).toBe('denied');
  });
  test('a public policy, and the block that keeps it to the account', async () => {
    expect(await anonymous(POLICY, 's3:GetObject')).toBe('allowed');
    expect(await anonymous(POLICY + block('restrict_public_buckets'), 's3:GetObject')).toBe('denied');
    expect(await anonymous(POLICY + block('block_public_acls'), 's3:GetObject')).toBe('allowed');
    expect((await scanned(bucket(POLICY + block('restrict_public_buckets')))).effects('outsider', 'open-data-b')).toEqual(['read']);
  });
  test('a policy for one other account is not public: the block leaves it', async () => {
    const named = POLICY.replace('Principal = "*"', 'Principal = { AWS = "arn:aws:iam::999988887777:role/partner" }') + block('restrict_public_buckets');
    const s = await scanned(bucket(named));
    const partner = { ...s.node('outsider'), id: 'ovr:identity:aws:arn:aws:iam::999988887777:role/partner', props: { identityType: 'external', arn: 'arn:aws:iam::999988887777:role/partner', account: '999988887777' } };
    expect(s.ask(undefined, 's3:GetObject', 'open-data-b', { principal: partner }).outcome).toBe('allowed');
  });
});

describe('S3 access points: a bucket that leaves access to them', () => {
  const ACCESS_POINT = 'arn:aws:s3:us-east-1:111122223333:accesspoint/door';
  const delegated = (account = '111122223333', policy = ''): Record<string, string> => tf(`
resource "aws_s3_bucket" "b" {
  bucket = "delegating-b"
}
resource "aws_s3_access_point" "door" {
  bucket = aws_s3_bucket.b.id
  name   = "door"
  ${policy}
}
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "*", Resource = ["arn:aws:s3:::delegating-b", "arn:aws:s3:::delegating-b/*"], Condition = { StringEquals = { "s3:DataAccessPointAccount" = "${account}" } } }] })
}
${role('guest', `{ Effect = "Allow", Action = "s3:GetObject", Resource = "${ACCESS_POINT}/object/*" }`)}${role('stranger', ALLOW('s3:ListAllMyBuckets'))}`);

  test('lets in whom a point lets in, and nobody who asks the bucket itself', async () => {
    const s = await scanned(delegated());
    expect(s.ask('guest', 's3:GetObject', 'delegating-b')).toMatchObject({ outcome: 'conditional', requires: [expect.stringContaining('s3:DataAccessPointAccount')] });
    expect(s.effects('guest', 'delegating-b')).toContain('read');
    expect(s.ask('stranger', 's3:GetObject', 'delegating-b').outcome).toBe('denied');
    expect(s.effects('stranger', 'delegating-b')).toEqual([]);
  });
  test('a policy of the point lets in as well, and its own keys are known', async () => {
    const letIn = (origin: string): string => `policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/stranger" }, Action = "s3:GetObject", Resource = "${ACCESS_POINT}/object/*", Condition = { StringEquals = { "s3:AccessPointNetworkOrigin" = "${origin}" } } }] })`;
    expect((await scanned(delegated(undefined, letIn('Internet')))).ask('stranger', 's3:GetObject', 'delegating-b').outcome).toBe('conditional');
    expect((await scanned(delegated(undefined, letIn('VPC')))).ask('stranger', 's3:GetObject', 'delegating-b').outcome).toBe('denied');
  });
});
