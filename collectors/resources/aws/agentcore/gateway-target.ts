import { stableHash, type Resource, type Value } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { operations, servers } from '../../openapi.ts';
import { at, documentAt, fields, known, list, literal, ordered, pointer, prop, text, texts } from '../../properties.ts';
import { contractEffects } from '../bedrock/action-group.ts';
import { apiBehind, type ApiBehind } from '../api-address.ts';
import { functionBehind, label, partOf, runsAs, toolRunsAsFunction, type FunctionBehind } from '../shared.ts';
import { credentialsOf, type Outbound } from './outbound.ts';

/** One tool of a target before it becomes a node. `where` locates it in the properties. */
interface Declared { id: string; where: string; props: Record<string, unknown>; method?: string; path?: string }

interface Target { r: Resource; ctx: MapContext; server: string; gatewayResource: Resource | undefined; outbound: Outbound; fn: FunctionBehind | undefined; api: ApiBehind | undefined }

const UNDECLARED = { toolClass: 'undeclared', contract: 'undeclared' } as const;

/** A gateway target: its tools, what stands behind them, and with whose authority they act. */
export function mapGatewayTarget(r: Resource, ctx: MapContext): void {
  const mcp = prop(r, 'TargetConfiguration', 'Mcp');
  const http = prop(r, 'TargetConfiguration', 'Http');
  const kind = Object.keys(fields(mcp) ?? fields(http) ?? {}).find((k) => KINDS[k] !== undefined);
  const document = documentAt(r, 'TargetConfiguration', 'Mcp', 'OpenApiSchema', 'InlinePayload');
  const url = text(at(mcp, 'McpServer', 'Endpoint')) ?? text(at(http, 'Passthrough', 'Endpoint')) ?? servers(document)[0];
  const api = apiBehind(ctx, text(at(mcp, 'ApiGateway', 'RestApiId')) ?? url);
  const server = ctx.node(r, {
    kind: 'ToolServer',
    props: known({
      serverType: kind === undefined ? 'gateway-target' : KINDS[kind], url, publisher: api ? 'own' : publisherOf(kind, mcp), transport: url === undefined ? undefined : 'http',
      listing: literal(at(mcp, 'McpServer', 'ListingMode')) === 'DYNAMIC' || (kind === 'McpServer' && at(mcp, 'McpServer', 'McpToolSchema') === undefined) ? 'dynamic' : 'static',
      forwardedHeaders: known2(texts(prop(r, 'MetadataConfiguration', 'AllowedRequestHeaders'))),
    }),
  });
  const gatewayValue = prop(r, 'GatewayIdentifier');
  const gateway = ctx.resolve(gatewayValue, ['AWS::BedrockAgentCore::Gateway'], { kind: 'ToolServer', type: 'aws.bedrockagentcore.gateway' });
  if (gateway) ctx.edge({ kind: 'PROVIDED_BY', from: server, to: gateway, evidence: ctx.evidence(r, '/GatewayIdentifier') });
  const t: Target = {
    r, ctx, server, gatewayResource: ctx.resource(gatewayValue, ['AWS::BedrockAgentCore::Gateway']), outbound: credentialsOf(r, ctx),
    fn: functionBehind(ctx, at(mcp, 'Lambda', 'LambdaArn')), api,
  };
  const base = ['TargetConfiguration', 'Mcp'];
  if (t.fn) ctx.edge({ kind: 'IMPLEMENTED_BY', from: server, to: t.fn.id, evidence: ctx.evidence(r, pointer(...base, 'Lambda', 'LambdaArn')) });
  for (const endpoint of t.api?.endpoints ?? []) ctx.edge({ kind: 'ROUTES_TO', from: server, to: endpoint, evidence: ctx.evidence(r, pointer(...base, kind ?? '')) });
  hostedRuntime(t, http, url);
  for (const { credential, delegation, where } of t.outbound.credentials) ctx.edge({ kind: 'USES_CREDENTIAL', from: server, to: credential, props: { delegation }, evidence: ctx.evidence(r, where) });
  for (const declared of declaredTools(r, mcp, document)) mapTool(t, declared);
}

const KINDS: Readonly<Record<string, string>> = {
  Lambda: 'lambda', OpenApiSchema: 'openapi', SmithyModel: 'smithy', McpServer: 'mcp', ApiGateway: 'api-gateway', Connector: 'connector', AgentcoreRuntime: 'agentcore-runtime', Passthrough: 'http',
};
const publisherOf = (kind: string | undefined, mcp: Value | undefined): string =>
  kind === 'Lambda' || kind === 'ApiGateway' || kind === 'AgentcoreRuntime' ? 'own' : kind === 'Connector' ? 'third_party' : at(mcp, 'SmithyModel') !== undefined ? 'own' : 'unknown';
const known2 = (xs: string[]): string[] | undefined => (xs.length > 0 ? xs : undefined);

function hostedRuntime(t: Target, http: Value | undefined, url: string | undefined): void {
  const types = ['AWS::BedrockAgentCore::Runtime'];
  const runtime = t.ctx.resolve(at(http, 'AgentcoreRuntime', 'Arn'), types) ?? (url === undefined ? undefined : t.ctx.resolve(url, types));
  if (!runtime) return;
  const server = runtime.startsWith('ovr:toolserver:');
  t.ctx.edge({ kind: server ? 'PROVIDED_BY' : 'ROUTES_TO', from: t.server, to: runtime, evidence: t.ctx.evidence(t.r, '/TargetConfiguration') });
}

function declaredTools(r: Resource, mcp: Value | undefined, document: Value | undefined): Declared[] {
  const base = ['TargetConfiguration', 'Mcp'];
  const schema = list(at(mcp, 'Lambda', 'ToolSchema', 'InlinePayload')).flatMap((tool, i): Declared[] => {
    const id = text(at(tool, 'Name'));
    return id === undefined ? [] : [{ id, where: pointer(...base, 'Lambda', 'ToolSchema', 'InlinePayload', i), props: { ...UNDECLARED, schemaHash: stableHash(ordered(tool)) } }];
  });
  const openapi = operations(document).map((o): Declared => ({
    id: o.id, where: pointer(...base, 'OpenApiSchema', 'InlinePayload') + o.pointer, method: o.method, path: o.path,
    props: known({ toolClass: 'scoped_api', contract: 'declared', effects: o.effect && contractEffects(o.effect), method: o.method, path: o.path, schemaHash: stableHash(ordered(o.operation)) }),
  }));
  const filters = list(at(mcp, 'ApiGateway', 'ApiGatewayToolConfiguration', 'ToolFilters')).flatMap((f, i) => texts(at(f, 'Methods')).map((method): Declared => {
    const path = text(at(f, 'FilterPath')) ?? '/';
    const effect = METHOD_EFFECT[method.toUpperCase()];
    return { id: `${method} ${path}`, method, path, where: pointer(...base, 'ApiGateway', 'ApiGatewayToolConfiguration', 'ToolFilters', i), props: known({ toolClass: 'scoped_api', contract: effect ? 'declared' : 'undeclared', effects: effect && contractEffects(effect) }) };
  }));
  const connector = texts(at(mcp, 'Connector', 'Enabled')).map((id): Declared => ({ id, where: pointer(...base, 'Connector', 'Enabled'), props: { ...UNDECLARED } }));
  const all = [...schema, ...openapi, ...filters, ...connector];
  return all.length > 0 ? all : [{ id: `tools of ${label(r)}`, where: '/TargetConfiguration', props: { ...UNDECLARED } }];
}

const METHOD_EFFECT: Readonly<Record<string, 'read' | 'write' | 'delete'>> = { GET: 'read', HEAD: 'read', OPTIONS: 'read', POST: 'write', PUT: 'write', PATCH: 'write', DELETE: 'delete' };

function mapTool(t: Target, declared: Declared): void {
  const { ctx, r } = t;
  const tool = ctx.node(r, {
    kind: 'Tool', nativeId: partOf(t.server, `tool/${declared.id}`), type: 'aws.bedrockagentcore.gatewaytool', name: declared.id,
    sources: [ctx.source(r, declared.where)].filter((s) => s !== undefined), props: { ...declared.props, operation: declared.id, argumentBinding: 'model_chosen' },
  });
  const evidence = ctx.evidence(r, declared.where);
  ctx.edge({ kind: 'PROVIDED_BY', from: tool, to: t.server, evidence });
  for (const { credential, delegation, where } of t.outbound.credentials) ctx.edge({ kind: 'USES_CREDENTIAL', from: tool, to: credential, props: { delegation }, evidence: ctx.evidence(r, where) });
  const fns = t.fn ? [t.fn] : t.api?.functions(declared.method, declared.path) ?? [];
  for (const fn of fns) {
    ctx.edge({ kind: 'IMPLEMENTED_BY', from: tool, to: fn.id, evidence });
    toolRunsAsFunction(ctx, tool, fn);
  }
  // A Smithy model is a service of the provider: there the gateway's role itself performs the action.
  const direct = prop(r, 'TargetConfiguration', 'Mcp', 'SmithyModel') !== undefined || prop(r, 'TargetConfiguration', 'Mcp', 'Connector') !== undefined;
  if (fns.length === 0 && direct && t.outbound.asGateway && t.gatewayResource) runsAs(ctx, t.gatewayResource, tool, ['RoleArn'], 'tool');
}
