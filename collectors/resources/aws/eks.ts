import type { Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { attachPolicy } from '../context/policies.ts';
import { flag, known, literal, prop, text, texts } from '../properties.ts';
import { mapMachine } from './ec2/instance.ts';
import { attachedTo, label, partOf, runsAs } from './shared.ts';

/** EKS: the cluster as a scope with its API endpoint, its nodes, and which cloud principals are let in. */

const CLUSTER = ['AWS::EKS::Cluster'];
const ROLE_OUTSIDE = { kind: 'Identity', type: 'aws.iam.role' } as const;

function mapCluster(r: Resource, ctx: MapContext): void {
  const account = ctx.scopeOf(r);
  const cluster = ctx.node(r, { kind: 'Scope', nativeId: ctx.nativeId(r), props: known({ scopeType: 'cluster', arn: r.nativeId, account: r.provider.account, authenticationMode: literal(prop(r, 'AccessConfig', 'AuthenticationMode')) }) });
  ctx.edge({ kind: 'IN_SCOPE', from: cluster, to: account, evidence: ctx.evidence(r) });
  const open = prop(r, 'ResourcesVpcConfig', 'EndpointPublicAccess');
  const ranges = texts(prop(r, 'ResourcesVpcConfig', 'PublicAccessCidrs'));
  const anyone = ranges.length === 0 || ranges.some((c) => c.endsWith('/0'));
  ctx.node(r, {
    kind: 'Endpoint', nativeId: partOf(cluster, 'api'), type: 'aws.eks.api', name: `API of ${label(r)}`, sources: [ctx.source(r, '/ResourcesVpcConfig')].filter((s) => s !== undefined),
    props: known({ protocol: 'kubernetes', auth: 'aws-iam', networkScope: flag(open) === false ? 'private' : open !== undefined && flag(open) === undefined ? 'unknown' : anyone ? 'public' : 'unknown', cidrs: ranges.length > 0 ? ranges : undefined, repliesToCaller: true }),
  });
}

/** Statements of a cluster policy in the words of RBAC are not AWS statements: the policy is named, and whether it is full admin is said. */
function letIn(r: Resource, ctx: MapContext, policies: { arn: string; where: string }[]): void {
  const principal = ctx.resolve(prop(r, 'PrincipalArn'), ['AWS::IAM::Role', 'AWS::IAM::User'], ROLE_OUTSIDE);
  if (!principal) return;
  const cluster = ctx.resource(prop(r, 'ClusterName'), CLUSTER);
  for (const { arn, where } of policies) {
    const policy = ctx.node(r, {
      kind: 'Policy', nativeId: `${ctx.nativeId(r)}#${arn}`, type: 'aws.eks.accesspolicy', name: arn.split('/').at(-1) ?? arn, sources: [ctx.source(r, where)].filter((s) => s !== undefined),
      props: known({ policyType: 'k8s_role', managedBy: 'provider', statements: [], parse: 'partial', accessPolicy: arn, clusterAdmin: /AmazonEKS(Cluster)?AdminPolicy$|^system:masters$/.test(arn), cluster: cluster ? label(cluster) : text(prop(r, 'ClusterName')), accessScope: literal(prop(r, 'AccessScope', 'Type')) }),
    });
    ctx.edge({ kind: 'HAS_POLICY', from: principal, to: policy, discriminator: `k8s_role ${arn}`, props: { as: 'k8s_role' }, evidence: ctx.evidence(r, where) });
  }
}

function mapAccessEntry(r: Resource, ctx: MapContext): void {
  const policies = (Array.isArray(prop(r, 'AccessPolicies')) ? (prop(r, 'AccessPolicies') as unknown[]) : []).flatMap((_, i) => {
    const arn = text(prop(r, 'AccessPolicies', i, 'PolicyArn'));
    return arn === undefined ? [] : [{ arn, where: `/AccessPolicies/${i}` }];
  });
  const groups = texts(prop(r, 'KubernetesGroups')).map((arn) => ({ arn, where: '/KubernetesGroups' }));
  letIn(r, ctx, [...policies, ...groups]);
}

function mapAccessPolicy(r: Resource, ctx: MapContext): void {
  const arn = text(prop(r, 'PolicyArn'));
  if (arn !== undefined) letIn(r, ctx, [{ arn, where: '/PolicyArn' }]);
}

/** A service account of the cluster that pods use to obtain the role. */
function mapPodIdentity(r: Resource, ctx: MapContext): void {
  const namespace = text(prop(r, 'Namespace')) ?? '?';
  const account = text(prop(r, 'ServiceAccount')) ?? '?';
  const cluster = ctx.resource(prop(r, 'ClusterName'), CLUSTER);
  const role = ctx.resolve(prop(r, 'RoleArn'), ['AWS::IAM::Role'], ROLE_OUTSIDE);
  const target = prop(r, 'TargetRoleArn') === undefined ? undefined : ctx.resolve(prop(r, 'TargetRoleArn'), ['AWS::IAM::Role'], ROLE_OUTSIDE);
  const id = ctx.node(r, {
    kind: 'Identity', name: `${namespace}/${account}`, type: 'k8s.serviceaccount',
    props: known({ identityType: 'service_account', namespace, cluster: cluster ? label(cluster) : undefined, podIdentityRoles: [role, target].filter((x) => x !== undefined) }),
  });
  // Bounds the last of the two roles (EKS API reference, CreatePodIdentityAssociation).
  if (prop(r, 'Policy') !== undefined && prop(r, 'Policy') !== '') attachPolicy(ctx, r, id, 'session', '/Policy', { suffix: 'session', name: `session policy of ${namespace}/${account}` });
}

function mapNodegroup(r: Resource, ctx: MapContext): void {
  const { compute } = mapMachine(r, ctx, { computeType: 'k8s_node' });
  runsAs(ctx, r, compute, ['NodeRole'], 'code');
  attachedTo(ctx, r, compute, ['Subnets']);
}

/** Pods there have no node whose metadata they could read; the execution role only pulls images. */
function mapFargate(r: Resource, ctx: MapContext): void {
  const compute = ctx.node(r, { kind: 'Compute', props: { computeType: 'pod', metadataService: 'none', egress: 'unknown', started: false } });
  attachedTo(ctx, r, compute, ['Subnets']);
}

export const mappings: readonly ResourceMapping[] = [
  mapping('AWS::EKS::Cluster', mapCluster),
  mapping('AWS::EKS::AccessEntry', mapAccessEntry),
  mapping('AWS::EKS::AccessPolicyAssociation', mapAccessPolicy),
  mapping('AWS::EKS::PodIdentityAssociation', mapPodIdentity),
  mapping('AWS::EKS::Nodegroup', mapNodegroup),
  mapping('AWS::EKS::FargateProfile', mapFargate),
];
