import { hasHole, type Resource, type Value } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { attachByArn, attachPolicy, policyProps } from '../context/policies.ts';
import { fields, known, list, literal, pointer, prop, text } from '../properties.ts';
import { label } from './shared.ts';

const SET = 'AWS::SSO::PermissionSet';
const SCOPES = ['AWS::Organizations::Account', 'AWS::Organizations::OrganizationalUnit', 'AWS::Organizations::Organization'];

/** An account of the organisation; its number joins it to whatever else was read of it. */
function account(r: Resource, ctx: MapContext): void {
  const number = literal(prop(r, 'AccountId')) ?? (/^\d{12}$/.exec(literal(prop(r, 'Id')) ?? '')?.[0]);
  const id = ctx.node(r, { kind: 'Scope', type: 'aws.account', nativeId: number, name: label(r), props: known({ scopeType: 'account', account: number, organizationId: literal(prop(r, 'OrganizationId')) }) });
  list(prop(r, 'ParentIds')).forEach((p, i) => {
    const parent = ctx.resolve(p, ['AWS::Organizations::OrganizationalUnit', 'AWS::Organizations::Organization']);
    if (parent) ctx.edge({ kind: 'CONTAINS', from: parent, to: id, evidence: ctx.evidence(r, pointer('ParentIds', i)) });
  });
}

function unit(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Scope', type: 'aws.organizations.ou', props: { scopeType: 'ou' } });
  const parent = ctx.resolve(prop(r, 'ParentId'), SCOPES);
  if (parent) ctx.edge({ kind: 'CONTAINS', from: parent, to: id, evidence: ctx.evidence(r, '/ParentId') });
}

/** Service and resource control policies bound every identity or resource of the accounts they are attached to. */
function controlPolicy(r: Resource, ctx: MapContext): void {
  const type = literal(prop(r, 'Type')) ?? 'SERVICE_CONTROL_POLICY';
  const as = type === 'SERVICE_CONTROL_POLICY' ? 'scp' : type === 'RESOURCE_CONTROL_POLICY' ? 'rcp' : undefined;
  if (!as) return;
  const policy = attachPolicy(ctx, r, undefined, as, '/Content', { suffix: '', name: label(r) });
  if (!policy) return;
  list(prop(r, 'TargetIds')).forEach((t, i) => {
    const scope = target(r, ctx, t);
    if (scope) ctx.edge({ kind: 'HAS_POLICY', from: scope, to: policy, discriminator: as, evidence: ctx.evidence(r, pointer('TargetIds', i)), props: { as } });
  });
}

function target(r: Resource, ctx: MapContext, v: Value): string | undefined {
  const t = text(v);
  if (t?.startsWith('ou-') && ctx.resource(v, SCOPES) === undefined) ctx.note({ code: 'unresolved', message: `${label(r)} is attached to ${t}, and the input does not say which accounts are below it`, subject: r.address, ...(ctx.source(r) ? { source: ctx.source(r)! } : {}) });
  if (t !== undefined && /^\d{12}$/.test(t)) return ctx.scopeOf({ ...r, provider: { ...r.provider, account: t } });
  // One node for all policies there, whatever file says so.
  if (t !== undefined && /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/.test(t) && ctx.resource(v, SCOPES) === undefined) return ctx.shared(r, { kind: 'Scope', type: 'aws.organizations.target', nativeId: t, name: t, tags: {}, completeness: 'none', sources: [], props: {} });
  return ctx.resolve(v, SCOPES, { kind: 'Scope', type: 'aws.organizations.target' });
}

/** A permission set: the template of one role per assigned account. */
function permissionSet(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Identity', name: label(r), props: known({ identityType: 'role', arn: r.nativeId, platformDefault: true }) });
  if (prop(r, 'InlinePolicy') !== undefined) attachPolicy(ctx, r, id, 'identity', '/InlinePolicy', { suffix: 'inline', name: `inline policy of ${label(r)}` });
  list(prop(r, 'ManagedPolicies')).forEach((v, i) => attachByArn(ctx, r, id, 'identity', v, pointer('ManagedPolicies', i)));
  list(prop(r, 'CustomerManagedPolicyReferences')).forEach((v, i) => {
    const name = fields(v)?.['Name'];
    if (name !== undefined) attachByArn(ctx, r, id, 'identity', name, pointer('CustomerManagedPolicyReferences', i));
  });
  const boundary = prop(r, 'PermissionsBoundary', 'ManagedPolicyArn') ?? prop(r, 'PermissionsBoundary', 'CustomerManagedPolicyReference', 'Name');
  if (boundary !== undefined) attachByArn(ctx, r, id, 'boundary', boundary, '/PermissionsBoundary');
}

/** Users or groups of the directory who may take on the role of a permission set in one account: its trust. */
function assignment(r: Resource, ctx: MapContext): void {
  const role = ctx.resolve(prop(r, 'PermissionSetArn'), [SET], { kind: 'Identity', type: 'aws.sso.permissionset' });
  const who = text(prop(r, 'PrincipalId'));
  if (!role || who === undefined) return;
  const group = literal(prop(r, 'PrincipalType')) === 'GROUP';
  const principal = `arn:aws:identitystore:::${group ? 'group' : 'user'}/${who}`;
  const source = ctx.source(r);
  const person = ctx.shared(r, { kind: 'Identity', type: 'aws.identitystore.principal', nativeId: hasHole(principal) ? ctx.declared(r, `principal:${r.address}`) : principal, name: hasHole(who) ? `${group ? 'group' : 'user'} of ${r.address}` : who, tags: {}, sources: source ? [source] : [], props: { identityType: group ? 'population' : 'external', arn: principal } });
  const document: Value = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Federated: principal }, Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'] }] };
  const { props, sources } = policyProps(r, document, '');
  const policy = ctx.node(r, { kind: 'Policy', type: 'aws.sso.assignment', name: `assignment ${r.address}`, tags: {}, sources, props: { policyType: 'trust', managedBy: 'provider', ...props } });
  ctx.edge({ kind: 'HAS_POLICY', from: role, to: policy, discriminator: policy, evidence: ctx.evidence(r), props: { as: 'trust', principals: [person] } });
}

/** Only its management account can make an organisation; an answer of the service names that account. */
function organization(r: Resource, ctx: MapContext): void {
  const management = literal(prop(r, 'ManagementAccountId')) ?? (r.mode === 'managed' ? r.provider.account : undefined);
  ctx.node(r, { kind: 'Scope', type: 'aws.organizations.organization', props: known({ scopeType: 'organisation', organizationId: literal(prop(r, 'Id')), managementAccount: management }) });
}

export const mappings: ResourceMapping[] = [
  mapping('AWS::Organizations::Organization', organization),
  mapping('AWS::Organizations::OrganizationalUnit', unit),
  mapping('AWS::Organizations::Account', account),
  mapping('AWS::Organizations::Policy', controlPolicy),
  mapping(SET, permissionSet),
  mapping('AWS::SSO::Assignment', assignment),
];
