import type { Value } from '../../../../schema/index.ts';
import { answer, isJson, list, type Answer, type Json } from './answer.ts';

/** Answers about a data lake: its catalogue, registered locations, permissions and settings. They name their account as the catalogue's. */

const accountIn = (arn: unknown): string | undefined => /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(String(arn))?.[1];
const principalOf = (v: unknown): string | undefined => (isJson(v) && typeof v.DataLakePrincipalIdentifier === 'string' ? v.DataLakePrincipalIdentifier : undefined);
/** The catalogue that any part of a resource of Lake Formation stands in. */
const catalogOf = (v: unknown): string | undefined => (isJson(v) ? Object.values(v).filter(isJson).map((x) => x.CatalogId).find((x): x is string => typeof x === 'string') : undefined);
const given = (r: Json, ...keys: string[]): { [key: string]: Value } => Object.fromEntries(keys.filter((k) => r[k] !== undefined && r[k] !== null).map((k) => [k, r[k] as Value]));

const permission = { Principal: 'Principal', Resource: 'Resource', CatalogId: (r: Json) => catalogOf(r.Resource) ?? accountIn(principalOf(r.Principal)) };

export const lake: readonly Answer[] = [
  answer('glue get-databases', 'DatabaseList', /"(CatalogId|LocationUri|CreateTableDefaultPermissions)"/, 'AWS::Glue::Database', { DatabaseName: 'Name', CatalogId: 'CatalogId', DatabaseInput: (r) => given(r, 'Name', 'LocationUri') }),
  answer('glue get-tables', 'TableList', /"(StorageDescriptor|DatabaseName)"/, 'AWS::Glue::Table', { Name: 'Name', DatabaseName: 'DatabaseName', CatalogId: 'CatalogId', TableInput: (r) => ({ ...given(r, 'Name'), ...(isJson(r.StorageDescriptor) ? { StorageDescriptor: given(r.StorageDescriptor, 'Location') } : {}) }) }),
  answer('lakeformation list-resources', 'ResourceInfoList', /"ResourceArn"/, 'AWS::LakeFormation::Resource', { ResourceArn: 'ResourceArn', RoleArn: 'RoleArn', HybridAccessEnabled: 'HybridAccessEnabled', WithFederation: 'WithFederation', CatalogId: (r) => accountIn(r.RoleArn) }),
  answer('lakeformation list-permissions', 'PrincipalResourcePermissions', /"DataLakePrincipalIdentifier"/, 'AWS::LakeFormation::PrincipalPermissions', { ...permission, Permissions: 'Permissions', PermissionsWithGrantOption: 'PermissionsWithGrantOption' }),
  answer('lakeformation list-lake-formation-opt-ins', 'LakeFormationOptInsInfoList', /"DataLakePrincipalIdentifier"/, 'AWS::LakeFormation::OptIn', permission),
  answer('lakeformation get-data-lake-settings', 'DataLakeSettings', /"(DataLakeAdmins|CreateDatabaseDefaultPermissions)"/, 'AWS::LakeFormation::DataLakeSettings', {
    Admins: 'DataLakeAdmins', CreateDatabaseDefaultPermissions: 'CreateDatabaseDefaultPermissions', CreateTableDefaultPermissions: 'CreateTableDefaultPermissions',
    CatalogId: (r) => list(r.DataLakeAdmins).map((a) => accountIn(principalOf(a))).find((x) => x !== undefined),
  }),
];
