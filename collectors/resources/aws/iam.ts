import { hasHole, type Resource, type Statement, type Value } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { tagsOf } from '../context/environment.ts';
import { attachByArn, attachPolicy, policyProps, publishedArn } from '../context/policies.ts';
import { fields, list, literal, pointer, prop, text } from '../properties.ts';

const ROLE = 'AWS::IAM::Role';
const USER = 'AWS::IAM::User';
const GROUP = 'AWS::IAM::Group';
const HOLDERS: readonly (readonly [property: string, type: string])[] = [['Roles', ROLE], ['Users', USER], ['Groups', GROUP]];

const outside = (type: string) => ({ kind: 'Identity' as const, type: type.split('::').join('.').toLowerCase() });
export const ROLE_OUTSIDE = outside(ROLE);

/** Identity node of a role, user or group with what all three share. */
function identity(r: Resource, ctx: MapContext, identityType: string, more: Record<string, unknown>): string {
  return ctx.node(r, {
    kind: 'Identity',
    props: {
      identityType, arn: r.nativeId, account: r.provider.account, path: literal(r.properties['Path']) ?? (r.mode === 'managed' ? '/' : undefined),
      principalTags: identityType === 'group' ? undefined : tagsOf(r), ...more,
    },
  });
}

/** Managed policies, inline policies and the boundary of a role, user or group. */
function attachments(r: Resource, ctx: MapContext, id: string): void {
  list(r.properties['ManagedPolicyArns']).forEach((v, i) => attachByArn(ctx, r, id, 'identity', v, pointer('ManagedPolicyArns', i)));
  list(r.properties['Policies']).forEach((v, i) => {
    const p = fields(v);
    if (!p || p['PolicyDocument'] === undefined || p['PolicyDocument'] === '') return;
    const name = text(p['PolicyName']);
    attachPolicy(ctx, r, id, 'identity', pointer('Policies', i, 'PolicyDocument'), { suffix: inlineName(name, String(i)), type: `${r.type.split('::').join('.').toLowerCase()}policy`, name: name && !hasHole(name) ? name : undefined });
  });
  const boundary = r.properties['PermissionsBoundary'];
  if (boundary !== undefined && boundary !== '') attachByArn(ctx, r, id, 'boundary', boundary, '/PermissionsBoundary');
}

const inlineName = (name: string | undefined, otherwise: string): string => (name !== undefined && name !== '' && !hasHole(name) ? name : `#${otherwise}`);

function role(r: Resource, ctx: MapContext): void {
  const trust = r.properties['AssumeRolePolicyDocument'];
  const used = fields(r.properties['RoleLastUsed']);
  const id = identity(r, ctx, 'role', {
    uniqueId: literal(r.properties['RoleId']),
    lastUsed: literal(used?.['LastUsedDate']) ?? literal(r.properties['RoleLastUsed']),
    trustedServices: trust === undefined ? undefined : trustedServices(r, trust),
  });
  if (trust !== undefined) attachPolicy(ctx, r, id, 'trust', '/AssumeRolePolicyDocument');
  attachments(r, ctx, id);
}

/** Services that the trust policy names in an Allow; a document that could not be read says nothing. */
function trustedServices(r: Resource, trust: Value): string[] | undefined {
  const { props } = policyProps(r, trust, '/AssumeRolePolicyDocument');
  if (props['parse'] === 'failed') return undefined;
  const named = (props['statements'] as Statement[]).filter((s) => s.effect === 'Allow').flatMap((s) => s.principals?.['Service'] ?? []);
  return [...new Set(named)].sort();
}

function user(r: Resource, ctx: MapContext): void {
  const keys = r.properties['AccessKeys'];
  const login = r.properties['LoginProfile'];
  const id = identity(r, ctx, 'user', {
    uniqueId: literal(r.properties['UserId']),
    accessKeys: Array.isArray(keys) ? keys.length : undefined,
    loginProfile: login === undefined ? undefined : login !== null,
  });
  attachments(r, ctx, id);
  list(r.properties['Groups']).forEach((g, i) => {
    const group = ctx.resolve(g, [GROUP], outside(GROUP));
    if (group) ctx.edge({ kind: 'MEMBER_OF', from: id, to: group, evidence: ctx.evidence(r, pointer('Groups', i)) });
  });
}

function group(r: Resource, ctx: MapContext): void {
  attachments(r, ctx, identity(r, ctx, 'group', {}));
}

function membership(r: Resource, ctx: MapContext): void {
  const to = ctx.resolve(r.properties['GroupName'], [GROUP], outside(GROUP));
  list(r.properties['Users']).forEach((u, i) => {
    const from = ctx.resolve(u, [USER], outside(USER));
    if (from && to) ctx.edge({ kind: 'MEMBER_OF', from, to, evidence: ctx.evidence(r, pointer('Users', i)) });
  });
}

/** A managed policy, and the holders a template lists on it. */
function managedPolicy(r: Resource, ctx: MapContext): void {
  if (publishedArn(r)) return; // stands for the provider's policy, which attachments bring in
  const { props, sources, problems } = policyProps(r, prop(r, 'PolicyDocument') ?? '', '/PolicyDocument');
  const outsideInput = r.mode === 'data' && r.properties['PolicyDocument'] === undefined;
  const others = list(r.properties['OtherVersions']).flatMap((v, i) => {
    const version = fields(v);
    if (version?.['PolicyDocument'] === undefined) return [];
    return [{ versionId: literal(version['VersionId']) ?? String(i), statements: policyProps(r, version['PolicyDocument'], pointer('OtherVersions', i, 'PolicyDocument')).props['statements'] }];
  });
  const id = ctx.node(r, {
    kind: 'Policy', sources,
    props: { policyType: 'identity', managedBy: 'customer', arn: r.nativeId, ...props, otherVersions: others.length ? others : undefined },
  });
  if (!outsideInput) for (const message of problems) ctx.note({ code: 'invalid-policy', message: `${r.address}: ${message}`, subject: r.address, ...(sources[0] ? { source: sources[0] } : {}) });
  holders(r, ctx, id);
}

function holders(r: Resource, ctx: MapContext, policy: string): void {
  for (const [property, type] of HOLDERS) {
    list(r.properties[property]).forEach((v, i) => {
      const holder = ctx.resolve(v, [type], outside(type));
      if (holder) ctx.edge({ kind: 'HAS_POLICY', from: holder, to: policy, discriminator: 'identity', evidence: ctx.evidence(r, pointer(property, i)), props: { as: 'identity' } });
    });
  }
}

/** `AWS::IAM::Policy`: one inline document that a template puts on several holders. */
function sharedInline(r: Resource, ctx: MapContext): void {
  const id = attachPolicy(ctx, r, undefined, 'identity', '/PolicyDocument', { suffix: '', name: r.name && !hasHole(r.name) ? r.name : undefined });
  if (id) holders(r, ctx, id);
}

/** Inline policy of one holder, written as its own resource. */
const inline = (property: string, type: string) => (r: Resource, ctx: MapContext): void => {
  const holder = ctx.resolve(r.properties[property], [type], outside(type));
  const name = text(r.properties['PolicyName']);
  attachPolicy(ctx, r, holder, 'identity', '/PolicyDocument', holder
    ? { suffix: inlineName(name, r.address), type: `${type.split('::').join('.').toLowerCase()}policy`, name: name && !hasHole(name) ? name : undefined }
    : { suffix: '' });
  if (!holder) ctx.note({ code: 'unresolved', message: `${r.address}: the holder of this inline policy is not decided by the input`, subject: r.address, ...(ctx.source(r) ? { source: ctx.source(r)! } : {}) });
};

function accessKey(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Credential', props: { credType: 'access_key', lifetime: 'static', heldBy: 'us', status: literal(r.properties['Status']) ?? (r.mode === 'managed' ? 'Active' : undefined) } });
  const owner = ctx.resolve(r.properties['UserName'], [USER], outside(USER));
  if (owner) ctx.edge({ kind: 'AUTHENTICATES_AS', from: id, to: owner, evidence: ctx.evidence(r, '/UserName') });
}

/** The profile is no principal: the role remembers it, and compute reaches the role through it. */
function instanceProfile(r: Resource, ctx: MapContext): void {
  for (const v of list(r.properties['Roles'])) {
    const id = ctx.resolve(v, [ROLE], ROLE_OUTSIDE);
    if (id) ctx.amend(id, { instanceProfiles: [r.nativeId ?? r.name ?? r.address] });
  }
}

function federation(r: Resource, ctx: MapContext): void {
  ctx.node(r, { kind: 'Identity', props: { identityType: 'external', arn: r.nativeId, account: r.provider.account } });
}

function serviceLinked(r: Resource, ctx: MapContext): void {
  const service = literal(r.properties['AWSServiceName']);
  identity(r, ctx, 'role', { path: service ? `/aws-service-role/${service}/` : undefined, trustedServices: service ? [service] : undefined, platformDefault: true });
}

export const mappings: ResourceMapping[] = [
  mapping(ROLE, role),
  mapping(USER, user),
  mapping(GROUP, group),
  mapping('AWS::IAM::UserToGroupAddition', membership),
  mapping('AWS::IAM::ManagedPolicy', managedPolicy),
  mapping('AWS::IAM::Policy', sharedInline),
  mapping('AWS::IAM::RolePolicy', inline('RoleName', ROLE)),
  mapping('AWS::IAM::UserPolicy', inline('UserName', USER)),
  mapping('AWS::IAM::GroupPolicy', inline('GroupName', GROUP)),
  mapping('AWS::IAM::AccessKey', accessKey),
  mapping('AWS::IAM::InstanceProfile', instanceProfile),
  mapping('AWS::IAM::OIDCProvider', federation),
  mapping('AWS::IAM::SAMLProvider', federation),
  mapping('AWS::IAM::ServiceLinkedRole', serviceLinked),
];
