import { isUnknown, type Resource, type Value } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { at, flag, known, list, literal, number, pointer, prop, text, texts } from '../properties.ts';
import { naming } from './grouped.ts';
import { attachedTo, functionBehind, idOf, label } from './shared.ts';

/** Load balancers: an Endpoint per listener and per rule, since a rule may skip the authentication of another. */

const BALANCER = ['AWS::ElasticLoadBalancingV2::LoadBalancer'];
const TARGET_GROUP = ['AWS::ElasticLoadBalancingV2::TargetGroup'];
const MACHINES = ['AWS::EC2::Instance'];

/** Internet-facing unless it says otherwise. */
function networkScope(balancer: Resource | undefined): 'public' | 'private' | 'unknown' {
  if (!balancer) return 'unknown';
  const scheme = prop(balancer, 'Scheme');
  const internal = prop(balancer, 'Internal');
  if (isUnknown(scheme) || isUnknown(internal)) return 'unknown';
  return literal(scheme) === 'internal' || flag(internal) === true ? 'private' : 'public';
}

function authOf(actions: Value[], listener: Resource | undefined): { auth: string; authDetail?: Record<string, unknown> } {
  for (const a of actions) {
    const type = literal(at(a, 'Type'));
    if (type === 'jwt-validation') return { auth: 'jwt' };
    if (type !== 'authenticate-oidc' && type !== 'authenticate-cognito') continue;
    const config = at(a, 'AuthenticateOidcConfig') ?? at(a, 'AuthenticateCognitoConfig');
    if (literal(at(config, 'OnUnauthenticatedRequest')) === 'allow') return { auth: 'none' };
    return { auth: 'session', authDetail: known({ issuer: text(at(config, 'Issuer')) ?? text(at(config, 'UserPoolArn')) }) };
  }
  return listener && literal(prop(listener, 'MutualAuthentication', 'Mode')) === 'verify' ? { auth: 'mtls' } : { auth: 'none' };
}

function mapListener(r: Resource, ctx: MapContext): void {
  const balancer = ctx.resource(prop(r, 'LoadBalancerArn'), BALANCER);
  const endpoint = frontEnd(r, r, balancer, 'DefaultActions', undefined, ctx);
  routes(r, endpoint, 'DefaultActions', ctx);
}

function mapRule(r: Resource, ctx: MapContext): void {
  const listener = ctx.resource(prop(r, 'ListenerArn'), ['AWS::ElasticLoadBalancingV2::Listener']);
  const balancer = listener && ctx.resource(prop(listener, 'LoadBalancerArn'), BALANCER);
  const path = list(prop(r, 'Conditions')).flatMap((c) => [...texts(at(c, 'PathPatternConfig', 'Values')), ...texts(at(c, 'PathPattern', 'Values')), ...(literal(at(c, 'Field')) === 'path-pattern' ? texts(at(c, 'Values')) : [])])[0];
  routes(r, frontEnd(r, listener, balancer, 'Actions', path, ctx), 'Actions', ctx);
}

function frontEnd(r: Resource, listener: Resource | undefined, balancer: Resource | undefined, actions: string, path: string | undefined, ctx: MapContext): string {
  const port = listener && number(prop(listener, 'Port'));
  const endpoint = ctx.node(r, {
    kind: 'Endpoint', name: `${balancer ? label(balancer) : label(r)}${port === undefined ? '' : `:${port}`}${path ?? ''}`, sources: [ctx.source(r), balancer && ctx.source(balancer)].filter((s) => s !== undefined),
    props: known({ protocol: (listener && literal(prop(listener, 'Protocol')))?.toLowerCase(), port, path, networkScope: networkScope(balancer), repliesToCaller: true, ...authOf(list(prop(r, actions)), listener) }),
  });
  if (balancer) attachedTo(ctx, balancer, endpoint, ['SecurityGroups'], ['Subnets']);
  return endpoint;
}

function routes(r: Resource, endpoint: string, property: string, ctx: MapContext): void {
  list(prop(r, property)).forEach((a, i) => {
    const groups = [...list(at(a, 'TargetGroupArn')), ...list(at(a, 'ForwardConfig', 'TargetGroups')).map((g) => at(g, 'TargetGroupArn') ?? null)];
    for (const value of groups) {
      const group = ctx.resource(value, TARGET_GROUP);
      for (const to of group ? targetsOf(group, ctx) : []) {
        ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to, props: { forwardsText: 'unknown', relaysReply: true }, evidence: [...ctx.evidence(r, pointer(property, i)), ...ctx.evidence(group!)] });
      }
    }
  });
}

/** Registered targets, and the services and groups of machines that register themselves. */
function targetsOf(group: Resource, ctx: MapContext): string[] {
  const registered = list(prop(group, 'Targets')).flatMap((t) => {
    const id = at(t, 'Id');
    const fn = literal(prop(group, 'TargetType')) === 'lambda' ? functionBehind(ctx, id)?.id : undefined;
    return fn ?? ctx.resolve(id, MACHINES) ?? [];
  });
  const self = [...naming(ctx, group, 'AWS::ECS::Service', 'LoadBalancers', 'TargetGroupArn'), ...naming(ctx, group, 'AWS::AutoScaling::AutoScalingGroup', 'TargetGroupARNs')];
  return [...new Set([...registered, ...self.flatMap((s) => idOf(ctx, s) ?? [])])];
}

/** The older kind of balancer: its machines are named on it. */
function mapClassic(r: Resource, ctx: MapContext): void {
  const endpoint = ctx.node(r, { kind: 'Endpoint', props: { protocol: 'tcp', networkScope: networkScope(r), repliesToCaller: true, auth: 'none' } });
  attachedTo(ctx, r, endpoint, ['SecurityGroups'], ['Subnets']);
  list(prop(r, 'Instances')).forEach((value, i) => {
    const to = ctx.resolve(value, MACHINES);
    if (to) ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to, props: { forwardsText: 'unknown', relaysReply: true }, evidence: ctx.evidence(r, pointer('Instances', i)) });
  });
}

export const mappings: readonly ResourceMapping[] = [
  mapping('AWS::ElasticLoadBalancingV2::Listener', mapListener),
  mapping('AWS::ElasticLoadBalancingV2::ListenerRule', mapRule),
  mapping('AWS::ElasticLoadBalancing::LoadBalancer', mapClassic),
  mapping('AWS::ElasticLoadBalancingV2::LoadBalancer', () => {}),
  mapping('AWS::ElasticLoadBalancingV2::TargetGroup', () => {}),
];
