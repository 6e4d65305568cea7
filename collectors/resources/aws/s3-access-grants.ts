import { hasHole, type Resource, type Statement } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { literal, prop, text } from '../properties.ts';
import { bucketArn, s3Place } from './s3-place.ts';
import { vendedBy, type Vended } from './vended.ts';

/**
 * S3 Access Grants: a grantee obtains credentials of the role of a location, for the prefix that the grant names
 * (docs.aws.amazon.com/AmazonS3/latest/userguide/access-grants.html). Grants for people of a directory are not about identities of the account.
 */

const LOCATION = ['AWS::S3::AccessGrantsLocation'];
const BUCKET_OUTSIDE = { kind: 'DataStore', type: 'aws.s3.bucket' } as const;

function grant(r: Resource, ctx: MapContext): void {
  const location = ctx.resource(prop(r, 'AccessGrantsLocationId'), LOCATION);
  const who = text(prop(r, 'Grantee', 'GranteeIdentifier'));
  const permission = literal(prop(r, 'Permission'));
  if (!location || who === undefined || permission === undefined || literal(prop(r, 'Grantee', 'GranteeType')) !== 'IAM' || (!who.startsWith('arn:') && !hasHole(who))) return;
  const scope = text(prop(location, 'LocationScope'));
  const place = scope === undefined ? undefined : s3Place(joined(scope, text(prop(r, 'AccessGrantsLocationConfiguration', 'S3SubPrefix')) ?? ''));
  const bucket = place && place.bucket !== '' && !place.bucket.includes('*') ? ctx.resolve(place.bucket, ['AWS::S3::Bucket'], BUCKET_OUTSIDE) : undefined;
  if (!place || !bucket) return;
  const statement: Statement = { effect: 'Allow', actions: [`s3:${permission}`], resources: [`${bucketArn(place.bucket)}/${place.key.replace(/\*+$/, '')}*`], principals: { AWS: [who] }, source: 0 };
  const role = ctx.resolve(prop(location, 'IamRoleArn'), ['AWS::IAM::Role'], { kind: 'Identity', type: 'aws.iam.role' });
  const instance = ctx.all('AWS::S3::AccessGrantsInstance').find((i) => ctx.account(i) === ctx.account(r) && i.provider.region === r.provider.region);
  const vends: Vended = { action: 's3:GetDataAccess', resource: instance?.nativeId ?? `arn:aws:s3:${r.provider.region ?? '*'}:${ctx.account(r)}:access-grants/default`, ...(role ? { as: role } : {}) };
  vendedBy(r, ctx, bucket, { statement, vends, where: '/Permission', type: 'aws.s3.accessgrant', name: `access grant ${literal(r.name) ?? r.address}`, suffix: place.key, from: location });
}

/** A location may end in `*`, and what is granted below it goes on from there. */
const joined = (scope: string, below: string): string => (below === '' ? scope : `${scope.replace(/\*$/, '')}${scope.endsWith('/') || scope.endsWith('*') || below.startsWith('/') ? '' : '/'}${below}`);

export const mappings: ResourceMapping[] = [
  mapping('AWS::S3::AccessGrant', grant),
  // Read with the grants.
  mapping('AWS::S3::AccessGrantsLocation', () => {}),
  mapping('AWS::S3::AccessGrantsInstance', () => {}),
];
