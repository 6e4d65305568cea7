import type { Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { attachByArn, attachPolicy } from '../context/policies.ts';
import { flag, known, list, pointer, prop } from '../properties.ts';

/** IAM Roles Anywhere: whoever holds a certificate of an anchor obtains the roles of the profiles, within their session policies. */

const OFF = (r: Resource): boolean => prop(r, 'Enabled') !== undefined && flag(prop(r, 'Enabled')) === false;

/** Holders of certificates that the anchor trusts. */
function anchor(r: Resource, ctx: MapContext): void {
  if (OFF(r)) return;
  ctx.node(r, { kind: 'Identity', props: known({ identityType: 'external', arn: r.nativeId, account: r.provider.account, anywhere: 'anchor' }) });
}

/** A profile stands for the sessions it gives: which roles, and what bounds them. It is no principal that anybody names. */
function profile(r: Resource, ctx: MapContext): void {
  if (OFF(r)) return;
  const roles = list(prop(r, 'RoleArns')).flatMap((v) => ctx.resolve(v, ['AWS::IAM::Role'], { kind: 'Identity', type: 'aws.iam.role' }) ?? []);
  const id = ctx.node(r, { kind: 'Identity', props: known({ identityType: 'population', account: r.provider.account, anywhere: 'profile', profileRoles: roles.length > 0 ? roles : undefined }) });
  if (prop(r, 'SessionPolicy') !== undefined && prop(r, 'SessionPolicy') !== '') attachPolicy(ctx, r, id, 'session', '/SessionPolicy', { suffix: 'session' });
  list(prop(r, 'ManagedPolicyArns')).forEach((v, i) => attachByArn(ctx, r, id, 'session', v, pointer('ManagedPolicyArns', i)));
}

export const mappings: ResourceMapping[] = [mapping('AWS::RolesAnywhere::TrustAnchor', anchor), mapping('AWS::RolesAnywhere::Profile', profile)];
