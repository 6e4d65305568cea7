import { hasHole, type Resource, type Statement, type Value } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
import { at, flag, literal, prop, text, texts } from '../properties.ts';
import { databaseNamed, governance, grantee, identifier, ofTable } from './lake-formation-terms.ts';
import { bucketArn, holds, s3ArnPlace, s3Place, type S3Place } from './s3-place.ts';
import { vendedBy, type Vended } from './vended.ts';

/**
 * Registered locations of Lake Formation: whoever holds a data permission on a table there obtains credentials of the location's role for the
 * files of the table (docs.aws.amazon.com/lake-formation/latest/dg/access-control-underlying-data.html). In hybrid mode that goes for
 * principals that are opted in alone; a table left to IAM hands out nothing (…/dg/hybrid-access-mode.html).
 */

const DATABASE = ['AWS::Glue::Database'];
const BUCKET = ['AWS::S3::Bucket'];
const BUCKET_OUTSIDE = { kind: 'DataStore', type: 'aws.s3.bucket' } as const;
const DATA = /^(select|insert|delete|all|super)$/i;

interface Location { r: Resource; bucket: string; key: string; hybrid: boolean; serviceLinked: boolean }
interface TablePlace { place: S3Place; certain: boolean }

/** What one permission on tables opens in buckets. */
export function vendByPermission(r: Resource, ctx: MapContext): void {
  const granted = texts(prop(r, 'Permissions')).filter((p) => DATA.test(p));
  const who = grantee(r);
  const database = ofTable(r, 'DatabaseName');
  if (who === undefined || database === undefined || granted.length === 0) return;
  for (const { place, certain } of placesOf(r, ctx, database)) {
    const bucket = ctx.resolve(bucketArn(place.bucket), BUCKET, BUCKET_OUTSIDE);
    if (!bucket) continue;
    for (const location of locations(r, ctx)) {
      const inside = location.bucket === bucket ? holds(location.key, place.key) : false;
      if (inside === false) continue;
      const doubts = certain ? [] : ['where the table lies'];
      if (inside === undefined) doubts.push('whether the registered location holds the table');
      if (location.hybrid) { if (!optedIn(r, ctx, who, database)) continue; } else {
        const says = governance(r, ctx, database, text(ofTable(r, 'Name')));
        if (says === 'iam') continue;
        if (says === 'unknown') doubts.push('whether the settings of the lake leave its tables to IAM');
      }
      hand(r, ctx, bucket, place, location, who, granted, doubts);
    }
  }
}

function hand(r: Resource, ctx: MapContext, bucket: string, place: S3Place, location: Location, who: string, granted: readonly string[], doubts: string[]): void {
  const everyone = /^(.*):IAMPrincipals$/.exec(who);
  // What an account was granted its own administrator has to pass on.
  const outside = /^\d{12}$/.test(who);
  if (!everyone && !outside && !who.startsWith('arn:') && !hasHole(who)) return;
  const statement: Statement = {
    effect: 'Allow', actions: granted.map((p) => `lakeformation:${p}`), resources: [`${bucketArn(place.bucket)}/${place.key.replace(/\/+$/, '')}${place.key === '' ? '' : '/'}*`], principals: { AWS: [everyone ? everyone[1]! : who] }, source: 0,
    ...(outside ? { unresolved: [...doubts, `to whom the administrator of ${who} passes it on`] } : doubts.length > 0 ? { unresolved: doubts } : {}),
  };
  const role = location.serviceLinked ? undefined : ctx.resolve(prop(location.r, 'RoleArn'), ['AWS::IAM::Role'], { kind: 'Identity', type: 'aws.iam.role' });
  const vends: Vended = { action: 'lakeformation:GetDataAccess', resource: '*', ...(role ? { as: role } : {}), ...(location.serviceLinked ? { serviceLinked: true } : {}) };
  vendedBy(r, ctx, bucket, { statement, vends, where: '/Permissions', type: 'aws.lakeformation.vending', name: `Lake Formation ${literal(r.name) ?? r.address}`, suffix: place.key, from: location.r });
}

/** Registered locations of the account. */
function locations(r: Resource, ctx: MapContext): Location[] {
  return ctx.all('AWS::LakeFormation::Resource').flatMap((l) => {
    const place = ctx.account(l) === ctx.account(r) ? s3ArnPlace(text(prop(l, 'ResourceArn')) ?? '') : undefined;
    const bucket = place && ctx.resolve(bucketArn(place.bucket), BUCKET, BUCKET_OUTSIDE);
    return bucket ? [{ r: l, bucket, key: place.key, hybrid: flag(prop(l, 'HybridAccessEnabled')) === true, serviceLinked: flag(prop(l, 'UseServiceLinkedRole')) === true || prop(l, 'RoleArn') === undefined || /:role\/aws-service-role\//.test(text(prop(l, 'RoleArn')) ?? '') }] : [];
  });
}

/** Where the tables of a permission keep their files: as written, else below their database. */
function placesOf(r: Resource, ctx: MapContext, database: Value): TablePlace[] {
  const db = databaseNamed(ctx, database);
  const name = text(ofTable(r, 'Name'));
  const tables = ctx.all('AWS::Glue::Table').filter((t) => ctx.account(t) === ctx.account(r) && db !== undefined && databaseNamed(ctx, prop(t, 'DatabaseName')) === db && (name === undefined || name === nameOf(t)));
  const written = tables.flatMap((t): TablePlace[] => {
    const place = s3Place(text(prop(t, 'TableInput', 'StorageDescriptor', 'Location')) ?? '');
    return place ? [{ place, certain: true }] : [];
  });
  if (written.length > 0) return written;
  const below = s3Place(text(prop(ctx.resource(database, DATABASE) ?? r, 'DatabaseInput', 'LocationUri')) ?? '');
  return below ? [{ place: name === undefined || hasHole(name) ? below : { ...below, key: `${below.key.replace(/\/+$/, '')}/${name}`.replace(/^\//, '') }, certain: false }] : [];
}

const nameOf = (table: Resource): string | undefined => text(prop(table, 'TableInput', 'Name')) ?? text(prop(table, 'Name'));

/** Whether a principal is opted in for a table, its database or all of it. */
function optedIn(r: Resource, ctx: MapContext, who: string, database: Value): boolean {
  const db = databaseNamed(ctx, database);
  return ctx.all('AWS::LakeFormation::OptIn').some((o) => {
    if (ctx.account(o) !== ctx.account(r) || identifier(prop(o, 'Principal')) !== who) return false;
    const whole = prop(o, 'Resource', 'Database', 'Name');
    if (whole !== undefined) return databaseNamed(ctx, whole) === db;
    const table = prop(o, 'Resource', 'Table');
    const name = text(at(table, 'Name'));
    return databaseNamed(ctx, at(table, 'DatabaseName')) === db && (name === undefined || name === text(ofTable(r, 'Name')));
  });
}
