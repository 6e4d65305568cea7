import { hasHole, type Resource, type Statement, type Value } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { at, list, literal, prop, text, texts } from '../properties.ts';

/**
 * Lake Formation: once the account's settings stop leaving the catalogue to IAM, whoever acts on a database or table needs a permission of
 * Lake Formation as well (docs.aws.amazon.com/lake-formation/latest/dg/change-settings.html). Administrators of the lake may everything.
 */

const DATABASE = ['AWS::Glue::Database'];
const SETTINGS = 'AWS::LakeFormation::DataLakeSettings';
const IAM_ONLY = 'IAM_ALLOWED_PRINCIPALS';

const PERMISSIONS = ['AWS::LakeFormation::PrincipalPermissions', 'AWS::LakeFormation::Permissions'];
const identifier = (v: Value | undefined): string | undefined => text(at(v, 'DataLakePrincipalIdentifier')) ?? text(v);

const grantee = (permission: Resource): string | undefined => identifier(prop(permission, 'Principal') ?? prop(permission, 'DataLakePrincipal'));
const ofTable = (permission: Resource, key: string): Value | undefined =>
  ['Table', 'TableWithColumns', 'TableResource', 'TableWithColumnsResource'].map((t) => prop(permission, 'Resource', t, key)).find((v) => v !== undefined);

/** The database that a permission is about, directly or by one of its tables, in the words of either published type. */
function databaseOf(r: Resource, ctx: MapContext): string | undefined {
  const name = prop(r, 'Resource', 'Database', 'Name') ?? prop(r, 'Resource', 'DatabaseResource', 'Name') ?? ofTable(r, 'DatabaseName');
  return name === undefined ? undefined : ctx.resolve(name, DATABASE);
}

function permissions(r: Resource, ctx: MapContext): void {
  const who = grantee(r);
  const database = databaseOf(r, ctx);
  if (who === undefined || database === undefined || who === IAM_ONLY) return;
  if (!governed(r, ctx, database)) return;
  attach(r, ctx, database, [who], texts(prop(r, 'Permissions')), text(ofTable(r, 'Name')) ?? '*', '/Permissions');
}

/** Settings without “all to IAM_ALLOWED_PRINCIPALS” hand new databases over to Lake Formation; a permission for that group hands one back. */
function governed(r: Resource, ctx: MapContext, database: string): boolean {
  const settings = ctx.all(SETTINGS).find((s) => ctx.account(s) === ctx.account(r));
  if (!settings || leavesToIam(settings)) return false;
  return !PERMISSIONS.flatMap((t) => ctx.all(t)).some((p) => grantee(p) === IAM_ONLY && databaseOf(p, ctx) === database);
}

const leavesToIam = (settings: Resource): boolean => list(prop(settings, 'CreateDatabaseDefaultPermissions')).some((d) => identifier(at(d, 'Principal')) === IAM_ONLY && texts(at(d, 'Permissions')).includes('ALL'));

/** Administrators of the lake, on every database that it governs. */
function settings(r: Resource, ctx: MapContext): void {
  if (leavesToIam(r)) return;
  const admins = list(prop(r, 'Admins')).flatMap((a) => identifier(a) ?? []);
  for (const d of ctx.all(DATABASE[0]!)) {
    const id = ctx.account(d) === ctx.account(r) ? ctx.resolve(d.nativeId, DATABASE) : undefined;
    if (id && governed(r, ctx, id)) attach(r, ctx, id, admins, ['ALL'], '*', '/Admins');
  }
}

function attach(r: Resource, ctx: MapContext, database: string, principals: readonly string[], granted: readonly string[], table: string, where: string): void {
  const named = principals.filter((p) => p.startsWith('arn:') || hasHole(p) || /^\d{12}$/.test(p));
  const statement: Statement = { effect: 'Allow', actions: granted.map((p) => `lakeformation:${p}`), resources: [table], principals: { AWS: named }, source: 0 };
  const source = ctx.source(r, where);
  const policy = ctx.node(r, { kind: 'Policy', type: 'aws.lakeformation.permissions', nativeId: `${ctx.nativeId(r)}#policy/${database}`, name: `Lake Formation ${literal(r.name) ?? r.address}`, tags: {}, sources: source ? [source] : [], props: { policyType: 'data_access', managedBy: 'customer', statements: [statement], parse: 'ok' } });
  ctx.edge({ kind: 'HAS_POLICY', from: database, to: policy, discriminator: `data_access ${policy}`, evidence: ctx.evidence(r, where), props: { as: 'data_access' } });
}

export const mappings: ResourceMapping[] = [
  ...PERMISSIONS.map((type) => mapping(type, permissions)),
  mapping(SETTINGS, settings),
];
