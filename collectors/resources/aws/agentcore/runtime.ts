import type { Resource } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { mapEnvironment } from '../environment.ts';
import { mapImage, mapObjectCode } from '../code.ts';
import { known, literal, pointer, prop, text } from '../../properties.ts';
import { attachedTo, egressOf, partOf, platformEvidence, runsAs, label } from '../shared.ts';
import { inboundAuth } from './authorizer.ts';

const ENDPOINT_DOCUMENT = 'https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/agent-runtime-versioning.html (read 2026-10)';
const AUTH_DOCUMENT = 'https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-oauth.html (read 2026-10)';

/** A hosted agent, or with protocol MCP a hosted tool server: its code in a microVM, and the endpoint it always has. */
export function mapRuntime(r: Resource, ctx: MapContext): void {
  const protocol = text(prop(r, 'ProtocolConfiguration')) ?? text(prop(r, 'ProtocolConfiguration', 'ServerProtocol')) ?? 'HTTP';
  const networkMode = text(prop(r, 'NetworkConfiguration', 'NetworkMode'));
  const tools = protocol === 'MCP';
  const hosted = tools
    ? ctx.node(r, { kind: 'ToolServer', props: known({ serverType: 'mcp', transport: 'http', publisher: 'own', listing: 'dynamic', protocol, networkMode, arn: r.nativeId, platform: 'agentcore-runtime' }) })
    : ctx.node(r, { kind: 'Agent', props: known({ platform: 'agentcore-runtime', status: 'declared', autonomy: 'interactive', deterministic: false, relaysReply: true, protocol, networkMode, arn: r.nativeId }) });
  const compute = mapMicrovm(r, hosted, ctx);
  ctx.edge({ kind: 'IMPLEMENTED_BY', from: hosted, to: compute, evidence: ctx.evidence(r, '/AgentRuntimeArtifact') });
  runsAs(ctx, r, hosted, ['RoleArn'], tools ? 'tool' : 'model');
  runsAs(ctx, r, compute, ['RoleArn'], 'code');
  if (tools) mapServedTool(r, hosted, compute, ctx);
  const endpoint = ctx.node(r, {
    kind: 'Endpoint', nativeId: partOf(hosted, 'endpoint/DEFAULT'), type: 'aws.bedrockagentcore.runtimeendpoint', name: `${label(r)} DEFAULT`,
    props: endpointProps(r, ctx, r.nativeId === undefined ? undefined : `${r.nativeId}/runtime-endpoint/DEFAULT`),
  });
  ctx.edge({
    kind: 'ROUTES_TO', from: endpoint, to: hosted, props: { forwardsText: true, relaysReply: true },
    evidence: platformEvidence(ctx, r, '', 'a runtime has a DEFAULT endpoint from its creation on', ENDPOINT_DOCUMENT),
  });
}

function mapMicrovm(r: Resource, hosted: string, ctx: MapContext): string {
  const compute = ctx.node(r, {
    kind: 'Compute', nativeId: partOf(hosted, 'microvm'), type: 'aws.bedrockagentcore.runtimecompute', name: `${label(r)} microVM`,
    props: known({ computeType: 'microvm', egress: egressOf(literal(prop(r, 'NetworkConfiguration', 'NetworkMode'))), metadataService: 'unknown', arn: r.nativeId }),
  });
  attachedTo(ctx, r, compute, ['NetworkConfiguration', 'NetworkModeConfig', 'Subnets'], ['NetworkConfiguration', 'NetworkModeConfig', 'SecurityGroups']);
  ctx.amend(compute, { ...mapEnvironment(ctx, r, compute, ['EnvironmentVariables']) });
  mapImage(ctx, r, compute, ['AgentRuntimeArtifact', 'ContainerConfiguration', 'ContainerUri']);
  mapObjectCode(ctx, r, compute, ['AgentRuntimeArtifact', 'CodeConfiguration', 'Code', 'S3'], ['Bucket', 'Prefix', 'VersionId']);
  return compute;
}

/** What the server offers is in its code: one tool of unknown contract, bounded by the role. */
function mapServedTool(r: Resource, server: string, compute: string, ctx: MapContext): void {
  const tool = ctx.node(r, {
    kind: 'Tool', nativeId: partOf(server, 'tools'), type: 'aws.bedrockagentcore.runtimetools', name: `tools of ${label(r)}`,
    props: { toolClass: 'undeclared', contract: 'undeclared', argumentBinding: 'model_chosen' },
  });
  ctx.edge({ kind: 'PROVIDED_BY', from: tool, to: server, evidence: ctx.evidence(r, '/ProtocolConfiguration') });
  ctx.edge({ kind: 'IMPLEMENTED_BY', from: tool, to: compute, evidence: ctx.evidence(r, '/AgentRuntimeArtifact') });
  runsAs(ctx, r, tool, ['RoleArn'], 'tool');
}

function endpointProps(runtime: Resource | undefined, ctx: MapContext, arn: string | undefined): Record<string, unknown> {
  const inbound = runtime ? inboundAuth(runtime, ctx) : { auth: 'unknown' };
  return known({ protocol: 'https', networkScope: 'public', repliesToCaller: true, forwardsText: true, arn, ...inbound, authDocument: AUTH_DOCUMENT });
}

/** A further endpoint, pinned to a version; who may call is the runtime's decision. */
export function mapRuntimeEndpoint(r: Resource, ctx: MapContext): void {
  const value = prop(r, 'AgentRuntimeId');
  const runtime = ctx.resource(value, ['AWS::BedrockAgentCore::Runtime']);
  const endpoint = ctx.node(r, { kind: 'Endpoint', props: endpointProps(runtime, ctx, r.nativeId) });
  const target = ctx.resolve(value, ['AWS::BedrockAgentCore::Runtime'], { kind: 'Agent', type: 'aws.bedrockagentcore.runtime' });
  if (target) ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: target, props: { forwardsText: true, relaysReply: true }, evidence: ctx.evidence(r, pointer('AgentRuntimeId')) });
}
