import type { Resource } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { at, known, list, literal, pointer, prop, text, texts } from '../../properties.ts';
import { naming } from '../grouped.ts';
import { encryptedWith, functionBehind, partOf, runsAs, label } from '../shared.ts';
import { inboundAuth } from './authorizer.ts';

/** A gateway: the tool server that its targets join, the endpoint callers reach, and what stands between. */
export function mapGateway(r: Resource, ctx: MapContext): void {
  const type = literal(prop(r, 'AuthorizerType'));
  const server = ctx.node(r, {
    kind: 'ToolServer', props: known({ serverType: 'agentcore-gateway', publisher: 'own', listing: 'static', transport: 'http', protocol: text(prop(r, 'ProtocolType')), arn: r.nativeId, platform: 'agentcore-gateway' }),
  });
  runsAs(ctx, r, server, ['RoleArn'], 'service');
  encryptedWith(ctx, r, server, 'KmsKeyArn');
  const inbound = type === undefined && prop(r, 'AuthorizerType') !== undefined ? { auth: 'unknown' } : inboundAuth(r, ctx, type);
  const endpoint = ctx.node(r, {
    kind: 'Endpoint', nativeId: partOf(server, 'endpoint'), type: 'aws.bedrockagentcore.gatewayendpoint', name: `${label(r)} endpoint`,
    props: known({ protocol: 'https', networkScope: 'public', repliesToCaller: true, arn: r.nativeId, ...inbound }),
  });
  ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: server, props: { forwardsText: true, relaysReply: true }, evidence: ctx.evidence(r, '/AuthorizerType') });
  interceptors(r, server, endpoint, ctx);
  policyEngine(r, server, ctx);
}

/** An interceptor may refuse, but its rules are code: it is recorded, and earns no credit as a deterministic gate. */
function interceptors(r: Resource, server: string, endpoint: string, ctx: MapContext): void {
  list(prop(r, 'InterceptorConfigurations')).forEach((value, i) => {
    const where = pointer('InterceptorConfigurations', i);
    const fn = functionBehind(ctx, at(value, 'Interceptor', 'Lambda', 'Arn'));
    if (!fn) return;
    const points = texts(at(value, 'InterceptionPoints'));
    const control = ctx.node(r, {
      kind: 'Control', nativeId: partOf(server, `interceptor/${i}`), type: 'aws.bedrockagentcore.gatewayinterceptor', name: `interceptor ${i + 1} of ${label(r)}`,
      sources: [ctx.source(r, where)].filter((s) => s !== undefined),
      props: { controlType: 'tool_policy', mode: 'detect', enforcedBy: 'gateway', enforcedOutsideCompute: true, surfaces: points, interceptor: true },
    });
    ctx.edge({ kind: 'IMPLEMENTED_BY', from: control, to: fn.id, evidence: ctx.evidence(r, pointer('InterceptorConfigurations', i, 'Interceptor', 'Lambda', 'Arn')) });
    ctx.edge({ kind: 'GUARDED_BY', from: server, to: control, evidence: ctx.evidence(r, where) });
    if (points.includes('REQUEST')) {
      ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: fn.id, discriminator: 'interceptor', props: { forwardsText: true, relaysReply: false }, evidence: ctx.evidence(r, where) });
    }
  });
}

/**
 * Only an engine in ENFORCE with a policy that is active protects; LOG_ONLY is recorded. Policies are counted where the input has them; an
 * engine whose policies it does not have is taken at its word.
 */
function policyEngine(r: Resource, server: string, ctx: MapContext): void {
  if (prop(r, 'PolicyEngineConfiguration') === undefined) return;
  const engine = ctx.resource(prop(r, 'PolicyEngineConfiguration', 'Arn'), ['AWS::BedrockAgentCore::PolicyEngine']);
  const policies = engine ? naming(ctx, engine, 'AWS::BedrockAgentCore::Policy', 'PolicyEngineId') : [];
  const set = literal(prop(r, 'PolicyEngineConfiguration', 'Mode'));
  const idle = policies.length > 0 && policies.every((p) => literal(prop(p, 'EnforcementMode')) === 'LOG_ONLY');
  const mode = set === 'ENFORCE' && !idle ? 'enforce' : set === 'ENFORCE' || set === 'LOG_ONLY' ? 'log_only' : undefined;
  const control = ctx.node(r, {
    kind: 'Control', nativeId: partOf(server, 'policy-engine'), type: 'aws.bedrockagentcore.policyengine', name: `policy engine of ${label(r)}`,
    sources: [ctx.source(r, '/PolicyEngineConfiguration')].filter((s) => s !== undefined),
    props: known({
      controlType: 'tool_policy', mode, enforcedBy: 'gateway', enforcedOutsideCompute: true,
      unvalidated: policies.some((p) => literal(prop(p, 'ValidationMode')) === 'IGNORE_ALL_FINDINGS') ? true : undefined,
      allowsAll: policies.some((p) => permitsAll(text(prop(p, 'Definition', 'Cedar', 'Statement')))) ? true : undefined,
    }),
  });
  ctx.edge({ kind: 'GUARDED_BY', from: server, to: control, evidence: ctx.evidence(r, '/PolicyEngineConfiguration') });
}

/** A Cedar `permit` over every principal, action and resource, without a condition. */
const permitsAll = (cedar: string | undefined): boolean => cedar !== undefined && /^permit\(principal,action,resource\);?$/.test(cedar.replace(/\/\/.*$/gm, '').replace(/\s+/g, ''));
