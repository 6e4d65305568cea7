import { describe, expect, test } from 'vitest';
import { collectText } from '../helpers/scan.ts';
import { ACCOUNT, role, scanned, tf } from './scan.ts';

const ALLOW = (action: string): string => `{ Effect = "Allow", Action = ${action.startsWith('[') ? action : `"${action}"`}, Resource = "*" }`;
const bucket = (name: string): string => `resource "aws_s3_bucket" "${name}" {\n  bucket = "acme-${name}"\n}\n`;

describe('Lake Formation hands out credentials of registered locations', () => {
  interface Lake { settings?: string; location?: string; permissions?: string; principal?: string; table?: string; registrar?: string; caller?: string; more?: string }
  const ON = 'resource "aws_lakeformation_data_lake_settings" "s" {\n  admins = []\n}\n';
  const TABLE = `resource "aws_glue_catalog_table" "orders" {
  name          = "orders"
  database_name = aws_glue_catalog_database.sales.name
  storage_descriptor {
    location = "s3://\${aws_s3_bucket.lake.bucket}/sales/orders/"
  }
}
`;
  const REGISTERED = (arn = '${aws_s3_bucket.lake.arn}/sales', more = ''): string => `resource "aws_lakeformation_resource" "l" {\n  arn = "${arn}"\n  role_arn = aws_iam_role.registrar.arn\n  ${more}\n}\n`;
  const lake = (l: Lake = {}): Record<string, string> => tf(`${bucket('lake')}${bucket('other')}
resource "aws_glue_catalog_database" "sales" {
  name = "sales"
}
${l.table ?? TABLE}${l.settings ?? ON}${l.location ?? REGISTERED()}
resource "aws_lakeformation_permissions" "reader" {
  principal   = ${l.principal ?? 'aws_iam_role.reader.arn'}
  permissions = ${l.permissions ?? '["SELECT"]'}
  table {
    database_name = aws_glue_catalog_database.sales.name
    name          = "orders"
  }
}
${l.more ?? ''}${role('reader', ALLOW(l.caller ?? 'lakeformation:GetDataAccess'))}${role('bystander', ALLOW('lakeformation:GetDataAccess'))}${role('registrar', ALLOW(l.registrar ?? 's3:*'))}`);
  const reads = async (l: Lake = {}, who = 'reader', on = 'acme-lake'): Promise<string[]> => (await scanned(lake(l))).effects(who, on).filter((e) => e === 'read' || e === 'write' || e === 'delete');

  test('the files of a table are read without any permission on the bucket', async () => {
    const s = await scanned(lake());
    expect(s.effects('reader', 'acme-lake')).toEqual(['read']);
    expect(s.ask('reader', 's3:GetObject', 'acme-lake').outcome).toBe('denied');
    const d = s.ask('reader', 'lakeformation:GetDataAccess', 'acme-lake');
    expect(d.outcome).toBe('allowed');
    expect(d.because.map((b) => b.layer)).toEqual(expect.arrayContaining(['identity', 'data-access']));
    expect(s.ask('bystander', 'lakeformation:GetDataAccess', 'acme-lake')).toMatchObject({ outcome: 'denied', blockedBy: 'data-access' });
  });
  test('other permissions have other effects', async () => {
    expect(await reads({ permissions: '["INSERT"]' })).toEqual(['write']);
    expect(await reads({ permissions: '["DELETE"]' })).toEqual(['delete']);
    expect(await reads({ permissions: '["ALL"]' })).toEqual(['delete', 'read', 'write']);
    expect(await reads({ permissions: '["DESCRIBE"]' })).toEqual([]);
  });
  test('with the service-linked role nothing more is asked', async () => {
    expect(await reads({ location: 'resource "aws_lakeformation_resource" "l" {\n  arn = aws_s3_bucket.lake.arn\n  use_service_linked_role = true\n}\n' })).toEqual(['read']);
  });
  test.each<[string, Lake, string?, string?]>([
    ['without GetDataAccess', { caller: 'lakeformation:ListPermissions' }],
    ['without a grant of Lake Formation', {}, 'bystander'],
    ['when the location is not registered', { location: '' }],
    ['when another prefix is registered', { location: REGISTERED('${aws_s3_bucket.lake.arn}/sale') }],
    ['when another bucket is registered', { location: REGISTERED('${aws_s3_bucket.other.arn}/sales') }],
    ['on a bucket that no table lies in', {}, 'reader', 'acme-other'],
    ['when the role of the location cannot read it', { registrar: 's3:PutObject' }],
    ['in hybrid mode without being opted in', { location: REGISTERED(undefined, 'hybrid_access_enabled = true') }],
    ['when new tables are left to IAM', { settings: 'resource "aws_lakeformation_data_lake_settings" "s" {\n  admins = []\n  create_table_default_permissions {\n    permissions = ["ALL"]\n    principal = "IAM_ALLOWED_PRINCIPALS"\n  }\n}\n' }],
    ['when this table is left to IAM', { more: 'resource "aws_lakeformation_permissions" "all" {\n  principal = "IAM_ALLOWED_PRINCIPALS"\n  permissions = ["ALL"]\n  table {\n    database_name = aws_glue_catalog_database.sales.name\n    name = "orders"\n  }\n}\n' }],
  ])('not %s', async (_name, l, who, on) => { expect(await reads(l, who, on)).toEqual([]); });

  test('in hybrid mode for who is opted in', async () => {
    const optIn = (who: string): string => `resource "aws_lakeformation_opt_in" "o" {
  principal {
    data_lake_principal_identifier = ${who}
  }
  resource_data {
    table {
      database_name = aws_glue_catalog_database.sales.name
      name          = "orders"
    }
  }
}
`;
    const location = REGISTERED(undefined, 'hybrid_access_enabled = true');
    expect(await reads({ location, more: optIn('aws_iam_role.reader.arn') })).toEqual(['read']);
    expect(await reads({ location, more: optIn('aws_iam_role.bystander.arn') })).toEqual([]);
  });
  test('everybody of the account, where that is granted', async () => {
    expect(await reads({ principal: '"111122223333:IAMPrincipals"' }, 'bystander')).toEqual(['read']);
    expect(await reads({ principal: '"444455556666:IAMPrincipals"' }, 'bystander')).toEqual([]);
  });
  test('settings that are not in the input, and a table whose place is not: not known', async () => {
    for (const l of [{ settings: '' }, { table: '', location: REGISTERED('${aws_s3_bucket.lake.arn}') }]) {
      const files = lake(l);
      const s = await scanned({ 'main.tf': files['main.tf']!.replace('  name = "sales"\n', '  name = "sales"\n  location_uri = "s3://${aws_s3_bucket.lake.bucket}/sales"\n') });
      expect(s.ask('reader', 'lakeformation:GetDataAccess', 'acme-lake').outcome).toBe('unknown');
    }
  });
  test('a grant by tag gives nothing that is known, and is said', async () => {
    const byTag = lake()['main.tf']!.replace(/  table \{\n    database_name = aws_glue_catalog_database.sales.name\n    name          = "orders"\n  \}/, '  lf_tag_policy {\n    resource_type = "TABLE"\n    expression {\n      key    = "team"\n      values = ["sales"]\n    }\n  }');
    expect((await scanned({ 'main.tf': byTag })).effects('reader', 'acme-lake')).toEqual([]);
    const batch = await collectText({ 'main.tf': byTag }, { account: ACCOUNT });
    expect(batch.coverage.flatMap((c) => c.problems).filter((p) => p.code === 'not-read' && p.message.includes('granted by tag')).map((p) => p.source?.file)).toEqual(['main.tf']);
  });
  test('a deny on the call takes it away', async () => {
    const s = await scanned({ 'main.tf': lake()['main.tf']!.replace('Statement = [{ Effect = "Allow", Action = "lakeformation:GetDataAccess", Resource = "*" }]', 'Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }, { Effect = "Deny", Action = ["lakeformation:*", "s3:*"], Resource = "*" }]') });
    expect(s.effects('reader', 'acme-lake').filter((e) => e === 'read')).toEqual([]);
  });
  test('in CloudFormation', async () => {
    const template = (more: string): Record<string, string> => ({ 'template.yaml': `
Resources:
  Bucket: { Type: AWS::S3::Bucket, Properties: { BucketName: acme-lake } }
  Db: { Type: AWS::Glue::Database, Properties: { CatalogId: !Ref AWS::AccountId, DatabaseInput: { Name: sales }, DatabaseName: sales } }
  T: { Type: AWS::Glue::Table, Properties: { CatalogId: !Ref AWS::AccountId, DatabaseName: !Ref Db, TableInput: { Name: orders, StorageDescriptor: { Location: !Sub 's3://\${Bucket}/sales/orders' } } } }
  S: { Type: AWS::LakeFormation::DataLakeSettings, Properties: { Admins: [] } }
  L: { Type: AWS::LakeFormation::Resource, Properties: { ResourceArn: !GetAtt Bucket.Arn, UseServiceLinkedRole: true${more} } }
  P:
    Type: AWS::LakeFormation::PrincipalPermissions
    Properties: { Principal: { DataLakePrincipalIdentifier: !GetAtt reader.Arn }, Resource: { Table: { CatalogId: !Ref AWS::AccountId, DatabaseName: !Ref Db, TableWildcard: {} } }, Permissions: [SELECT], PermissionsWithGrantOption: [] }
  reader:
    Type: AWS::IAM::Role
    Properties:
      RoleName: reader
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: 'sts:AssumeRole', Principal: { Service: lambda.amazonaws.com } }] }
      Policies: [{ PolicyName: p, PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: 'lakeformation:GetDataAccess', Resource: '*' }] } }]
` });
    expect((await scanned(template(''))).effects('reader', 'acme-lake')).toEqual(['read']);
    expect((await scanned(template(', HybridAccessEnabled: true'))).effects('reader', 'acme-lake')).toEqual([]);
  });
});

describe('a data lake in an account dump', () => {
  const A = '111122223333';
  const files = (more: Record<string, unknown> = {}): Record<string, string> => Object.fromEntries(Object.entries({
    'iam.json': { UserDetailList: [], GroupDetailList: [], Policies: [], RoleDetailList: ['reader', 'bystander'].map((name) => ({ RoleName: name, RoleId: `AROA${name}`, Path: '/', Arn: `arn:aws:iam::${A}:role/${name}`, AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] }, RolePolicyList: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'lakeformation:GetDataAccess', Resource: '*' }] } }], AttachedManagedPolicies: [], InstanceProfileList: [] })) },
    's3.json': { Buckets: [{ Name: 'acme-lake', CreationDate: '2025-01-01T00:00:00Z' }] },
    'databases.json': { DatabaseList: [{ Name: 'sales', CatalogId: A }] },
    'tables.json': { TableList: [{ Name: 'orders', DatabaseName: 'sales', CatalogId: A, StorageDescriptor: { Location: 's3://acme-lake/sales/orders' } }] },
    'resources.json': { ResourceInfoList: [{ ResourceArn: 'arn:aws:s3:::acme-lake/sales', RoleArn: `arn:aws:iam::${A}:role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess` }] },
    'permissions.json': { PrincipalResourcePermissions: [{ Principal: { DataLakePrincipalIdentifier: `arn:aws:iam::${A}:role/reader` }, Resource: { Table: { CatalogId: A, DatabaseName: 'sales', Name: 'orders' } }, Permissions: ['SELECT'], PermissionsWithGrantOption: [] }] },
    'settings.json': { DataLakeSettings: { DataLakeAdmins: [{ DataLakePrincipalIdentifier: `arn:aws:iam::${A}:role/keeper` }], CreateDatabaseDefaultPermissions: [], CreateTableDefaultPermissions: [] } },
    ...more,
  }).map(([name, value]) => [name, JSON.stringify(value, null, 1)]));

  test('is read like one that code declares', async () => {
    const s = await scanned(files());
    expect(s.effects('reader', 'acme-lake')).toEqual(['read']);
    expect(s.effects('bystander', 'acme-lake')).toEqual([]);
    const evidence = s.ask('reader', 'lakeformation:GetDataAccess', 'acme-lake').because.flatMap((b) => b.evidence.map((e) => e.source?.file));
    expect(evidence).toEqual(expect.arrayContaining(['iam.json', 'permissions.json']));
  });
  test('in hybrid mode for who is opted in', async () => {
    const hybrid = { 'resources.json': { ResourceInfoList: [{ ResourceArn: 'arn:aws:s3:::acme-lake', RoleArn: `arn:aws:iam::${A}:role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess`, HybridAccessEnabled: true }] } };
    const optIn = { 'opt-ins.json': { LakeFormationOptInsInfoList: [{ Principal: { DataLakePrincipalIdentifier: `arn:aws:iam::${A}:role/reader` }, Resource: { Database: { CatalogId: A, Name: 'sales' } } }] } };
    expect((await scanned(files(hybrid))).effects('reader', 'acme-lake')).toEqual([]);
    expect((await scanned(files({ ...hybrid, ...optIn }))).effects('reader', 'acme-lake')).toEqual(['read']);
  });
  test('left to IAM by the settings of the account', async () => {
    const all = [{ Principal: { DataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' }, Permissions: ['ALL'] }];
    expect((await scanned(files({ 'settings.json': { DataLakeSettings: { DataLakeAdmins: [{ DataLakePrincipalIdentifier: `arn:aws:iam::${A}:role/keeper` }], CreateDatabaseDefaultPermissions: all, CreateTableDefaultPermissions: all } } }))).effects('reader', 'acme-lake')).toEqual([]);
  });
});

describe('S3 Access Grants', () => {
  interface Grants { grantee?: string; type?: string; permission?: string; caller?: string; scope?: string; sub?: string; registrar?: string }
  const grants = (g: Grants = {}): Record<string, string> => tf(`${bucket('lake')}${bucket('other')}
resource "aws_s3control_access_grants_instance" "i" {}
resource "aws_s3control_access_grants_location" "l" {
  depends_on     = [aws_s3control_access_grants_instance.i]
  iam_role_arn   = aws_iam_role.registrar.arn
  location_scope = "${g.scope ?? 's3://${aws_s3_bucket.lake.bucket}/team*'}"
}
resource "aws_s3control_access_grant" "g" {
  access_grants_location_id = aws_s3control_access_grants_location.l.access_grants_location_id
  permission                = "${g.permission ?? 'READ'}"
  access_grants_location_configuration {
    s3_sub_prefix = "${g.sub ?? '/a*'}"
  }
  grantee {
    grantee_type       = "${g.type ?? 'IAM'}"
    grantee_identifier = ${g.grantee ?? 'aws_iam_role.reader.arn'}
  }
}
${role('reader', ALLOW(g.caller ?? 's3:GetDataAccess'))}${role('bystander', ALLOW('s3:GetDataAccess'))}${role('registrar', ALLOW(g.registrar ?? '["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]'))}`);
  const does = async (g: Grants = {}, who = 'reader', on = 'acme-lake'): Promise<string[]> => (await scanned(grants(g))).effects(who, on);

  test('whoever is granted a prefix has it by calling for data access', async () => {
    expect(await does()).toEqual(['read']);
    expect(await does({ permission: 'WRITE' })).toEqual(['delete', 'write']);
    expect(await does({ permission: 'READWRITE' })).toEqual(['delete', 'read', 'write']);
    expect(await does({ scope: 's3://', sub: 'acme-lake/a*' })).toEqual(['read']);
  });
  test.each<[string, Grants, string?, string?]>([
    ['without s3:GetDataAccess', { caller: 's3:GetAccessGrant' }],
    ['without a grant', {}, 'bystander'],
    ['for people of a directory', { type: 'DIRECTORY_USER', grantee: '"83d43802-00b1-7054-db02-f1d683aacba5"' }],
    ['on another bucket', {}, 'reader', 'acme-other'],
    ['when the role of the location cannot', { registrar: 's3:PutObject' }],
  ])('not %s', async (_name, g, who, on) => { expect(await does(g, who, on)).toEqual([]); });
});
