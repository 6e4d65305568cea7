import { hasHole, type Resource, type Statement } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { list, literal, prop, text, texts } from '../properties.ts';
import { databaseOf, grantee, IAM_ONLY, identifier, leavesToIam, ofTable, PERMISSIONS, SETTINGS, settingsOf } from './lake-formation-terms.ts';
import { vendByPermission } from './lake-locations.ts';

/**
 * Lake Formation: once the account's settings stop leaving the catalogue to IAM, whoever acts on a database or table needs a permission of
 * Lake Formation as well (docs.aws.amazon.com/lake-formation/latest/dg/change-settings.html). Administrators of the lake may everything.
 */

const DATABASE = ['AWS::Glue::Database'];

function permissions(r: Resource, ctx: MapContext): void {
  vendByPermission(r, ctx);
  // Which tables carry the tags is not followed.
  if (prop(r, 'Resource', 'LFTagPolicy') !== undefined) ctx.note({ code: 'not-read', message: `${r.address}: granted by tag; which databases and tables that gives is not read`, subject: r.address, ...(ctx.source(r) ? { source: ctx.source(r)! } : {}) });
  const who = grantee(r);
  const database = databaseOf(r, ctx);
  if (who === undefined || database === undefined || who === IAM_ONLY) return;
  if (!governed(r, ctx, database)) return;
  attach(r, ctx, database, [who], texts(prop(r, 'Permissions')), text(ofTable(r, 'Name')) ?? '*', '/Permissions');
}

/** Settings without “all to IAM_ALLOWED_PRINCIPALS” hand new databases over to Lake Formation; a permission for that group hands one back. */
function governed(r: Resource, ctx: MapContext, database: string): boolean {
  const settings = settingsOf(r, ctx);
  if (!settings || leavesToIam(settings)) return false;
  return !PERMISSIONS.flatMap((t) => ctx.all(t)).some((p) => grantee(p) === IAM_ONLY && databaseOf(p, ctx) === database);
}

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
  // Read with the permissions on their tables.
  mapping('AWS::LakeFormation::Resource', () => {}),
  mapping('AWS::LakeFormation::OptIn', () => {}),
];
