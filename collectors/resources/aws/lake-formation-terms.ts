import type { Resource, Value } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
import { at, list, literal, prop, text, texts } from '../properties.ts';

/** The words in which permissions of Lake Formation are written, in either published type, and what an account leaves to IAM. */

export const PERMISSIONS = ['AWS::LakeFormation::PrincipalPermissions', 'AWS::LakeFormation::Permissions'];
export const SETTINGS = 'AWS::LakeFormation::DataLakeSettings';
export const IAM_ONLY = 'IAM_ALLOWED_PRINCIPALS';
const DATABASE = ['AWS::Glue::Database'];

export const identifier = (v: Value | undefined): string | undefined => text(at(v, 'DataLakePrincipalIdentifier')) ?? text(v);
export const grantee = (permission: Resource): string | undefined => identifier(prop(permission, 'Principal') ?? prop(permission, 'DataLakePrincipal'));
export const ofTable = (permission: Resource, key: string): Value | undefined =>
  ['Table', 'TableWithColumns', 'TableResource', 'TableWithColumnsResource'].map((t) => prop(permission, 'Resource', t, key)).find((v) => v !== undefined);

/** The database that a permission is about, directly or by one of its tables. */
export function databaseOf(r: Resource, ctx: MapContext): string | undefined {
  const name = prop(r, 'Resource', 'Database', 'Name') ?? prop(r, 'Resource', 'DatabaseResource', 'Name') ?? ofTable(r, 'DatabaseName');
  return name === undefined ? undefined : databaseNamed(ctx, name);
}

/** A database by reference or name, also one of the same account that another file tells of. */
export function databaseNamed(ctx: MapContext, name: Value | undefined): string | undefined {
  const found = ctx.resolve(name, DATABASE);
  const text = literal(name);
  if (found !== undefined || text === undefined) return found;
  const elsewhere = ctx.all(DATABASE[0]!).find((d) => literal(prop(d, 'DatabaseName')) === text);
  return elsewhere && ctx.resolve(elsewhere.nativeId, DATABASE);
}

export const settingsOf = (r: Resource, ctx: MapContext): Resource | undefined => ctx.all(SETTINGS).find((s) => ctx.account(s) === ctx.account(r));

/** Whether new databases, or new tables, get “all to IAM_ALLOWED_PRINCIPALS”. */
export const leavesToIam = (settings: Resource, what: 'Database' | 'Table' = 'Database'): boolean => list(prop(settings, `Create${what}DefaultPermissions`)).some((d) => identifier(at(d, 'Principal')) === IAM_ONLY && texts(at(d, 'Permissions')).includes('ALL'));

/** Who decides about a table: Lake Formation, or IAM alone because the group of all that IAM allows may everything on it. */
export function governance(r: Resource, ctx: MapContext, database: Value, table: string | undefined): 'lake' | 'iam' | 'unknown' {
  const db = databaseNamed(ctx, database);
  const left = PERMISSIONS.flatMap((t) => ctx.all(t)).some((p) => {
    if (grantee(p) !== IAM_ONLY || databaseOf(p, ctx) !== db) return false;
    const name = text(ofTable(p, 'Name'));
    return name === undefined || table === undefined || name === table;
  });
  if (left) return 'iam';
  const settings = settingsOf(r, ctx);
  return !settings ? 'unknown' : leavesToIam(settings, 'Table') || leavesToIam(settings) ? 'iam' : 'lake';
}
