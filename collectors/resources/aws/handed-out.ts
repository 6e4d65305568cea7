import type { Resource, Value } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { attachByArn, attachPolicy } from '../context/policies.ts';
import { known, literal, prop, text } from '../properties.ts';

/** People to whom a service hands sessions of a role, within a policy that stands beside their name. */

const ROLE_OUTSIDE = { kind: 'Identity', type: 'aws.iam.role' } as const;

function person(r: Resource, ctx: MapContext, name: Value | undefined, role: Value | undefined, service: string): string {
  const id = ctx.resolve(role, ['AWS::IAM::Role'], ROLE_OUTSIDE);
  return ctx.node(r, { kind: 'Identity', name: literal(name) ?? r.address, props: known({ identityType: 'external', sessionRoles: id ? [id] : undefined, sessionService: service }) });
}

/** What a transfer server does with a role for somebody who brings no policy of their own: it moves files. */
const FILES: Value = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*Object*', 's3:ListBucket*', 's3:GetBucketLocation', 'kms:Decrypt', 'kms:GenerateDataKey*', 'kms:Encrypt', 'elasticfilesystem:Client*'], Resource: '*' }] };

/** docs.aws.amazon.com/transfer/latest/userguide/users-policies-session.html */
function transferUser(r: Resource, ctx: MapContext): void {
  const id = person(r, ctx, prop(r, 'UserName'), prop(r, 'Role'), 'transfer.amazonaws.com');
  const own = prop(r, 'Policy') !== undefined && prop(r, 'Policy') !== '';
  attachPolicy(ctx, r, id, 'session', own ? '/Policy' : '/Role', { suffix: 'session', name: own ? `session policy of ${literal(prop(r, 'UserName')) ?? r.address}` : 'what a transfer server does', ...(own ? {} : { document: FILES }) });
}

/** docs.aws.amazon.com/emr/latest/ManagementGuide/emr-studio-user-permissions.html: the studio's role, within the policy of the mapping. */
function studioUser(r: Resource, ctx: MapContext): void {
  const studio = ctx.resource(prop(r, 'StudioId'), ['AWS::EMR::Studio']);
  const policy = prop(r, 'SessionPolicyArn');
  if (!studio || text(prop(studio, 'UserRole')) === undefined || policy === undefined) return;
  attachByArn(ctx, r, person(r, ctx, prop(r, 'IdentityName'), prop(studio, 'UserRole'), 'elasticmapreduce.amazonaws.com'), 'session', policy, '/SessionPolicyArn');
}

export const mappings: ResourceMapping[] = [
  mapping('AWS::Transfer::User', transferUser),
  mapping('AWS::EMR::StudioSessionMapping', studioUser),
  // Read with whom they are mapped to.
  mapping('AWS::EMR::Studio', () => {}),
];
