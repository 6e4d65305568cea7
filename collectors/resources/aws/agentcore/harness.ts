import { stableHash, type Resource, type Value } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { mapEnvironment, mapValue } from '../environment.ts';
import { mapImage } from '../code.ts';
import { at, fields, known, list, literal, pointer, prop, text, texts } from '../../properties.ts';
import { egressOf, label, partOf, runsAs } from '../shared.ts';
import { inboundAuth } from './authorizer.ts';

interface Harness { r: Resource; ctx: MapContext; agent: string; compute: string }

/** A managed agent loop: prompt, tools, allow-list, skills and memory are all declared. */
export function mapHarness(r: Resource, ctx: MapContext): void {
  const model = Object.values(fields(prop(r, 'Model')) ?? {}).flatMap((m) => text(at(m, 'ModelId')) ?? []);
  const agent = ctx.node(r, {
    kind: 'Agent', props: known({ platform: 'agentcore-harness', status: 'declared', autonomy: 'interactive', deterministic: false, relaysReply: true, modelRefs: model.length > 0 ? model : undefined, arn: r.nativeId }),
  });
  const environment = ['Environment', 'AgentCoreRuntimeEnvironment', 'NetworkConfiguration', 'NetworkMode'];
  const compute = ctx.node(r, {
    kind: 'Compute', nativeId: partOf(agent, 'microvm'), type: 'aws.bedrockagentcore.runtimecompute', name: `${label(r)} microVM`,
    props: known({ computeType: 'microvm', egress: egressOf(literal(prop(r, ...environment))), metadataService: 'unknown', arn: r.nativeId }),
  });
  const h: Harness = { r, ctx, agent, compute };
  ctx.edge({ kind: 'IMPLEMENTED_BY', from: agent, to: compute, evidence: ctx.evidence(r) });
  runsAs(ctx, r, agent, ['ExecutionRoleArn'], 'model');
  runsAs(ctx, r, compute, ['ExecutionRoleArn'], 'code');
  ctx.amend(compute, { ...mapEnvironment(ctx, r, compute, ['EnvironmentVariables']) });
  mapImage(ctx, r, compute, ['EnvironmentArtifact', 'ContainerConfiguration', 'ContainerUri']);
  const endpoint = ctx.node(r, {
    kind: 'Endpoint', nativeId: partOf(agent, 'endpoint'), type: 'aws.bedrockagentcore.harnessendpoint', name: `${label(r)} endpoint`,
    props: known({ protocol: 'https', networkScope: 'public', repliesToCaller: true, forwardsText: true, arn: r.nativeId, ...inboundAuth(r, ctx) }),
  });
  ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: agent, props: { forwardsText: true, relaysReply: true }, evidence: ctx.evidence(r, '/AuthorizerConfiguration') });
  prompt(h);
  list(prop(r, 'Tools')).forEach((t, i) => tool(h, t, i));
  list(prop(r, 'Skills')).forEach((s, i) => skill(h, s, i));
  memory(h);
}

function prompt({ r, ctx, agent }: Harness): void {
  const written = list(prop(r, 'SystemPrompt')).flatMap((p) => text(at(p, 'Text')) ?? text(p) ?? []).join('\n');
  if (written === '') return;
  const id = ctx.node(r, {
    kind: 'Artifact', nativeId: partOf(agent, 'instruction'), type: 'aws.bedrockagentcore.harnessprompt', name: `${label(r)} instruction`,
    sources: [ctx.source(r, '/SystemPrompt')].filter((s) => s !== undefined), props: { artifactType: 'prompt', length: written.length, hash: stableHash(written), mutable: true },
  });
  ctx.edge({ kind: 'BUILT_FROM', from: agent, to: id, evidence: ctx.evidence(r, '/SystemPrompt') });
}

const CLASSES: Readonly<Record<string, Record<string, unknown>>> = {
  agentcore_browser: { toolClass: 'browser', contract: 'all' }, agentcore_code_interpreter: { toolClass: 'code_exec', contract: 'all' },
  inline_function: { toolClass: 'undeclared', contract: 'undeclared', execution: 'return_control' },
};

/** `allowedTools` with `*` or nothing at all lets every tool through. */
const selectionOf = (r: Resource): 'listed' | 'wildcard' => {
  const allowed = texts(prop(r, 'AllowedTools'));
  return allowed.length === 0 || allowed.includes('*') ? 'wildcard' : 'listed';
};

function tool({ r, ctx, agent }: Harness, value: Value, i: number): void {
  const where = pointer('Tools', i);
  const type = literal(at(value, 'Type')) ?? 'unknown';
  const name = text(at(value, 'Name')) ?? type;
  const config = at(value, 'Config');
  const evidence = ctx.evidence(r, where);
  const offer = (id: string): void => ctx.edge({ kind: 'HAS_TOOL', from: agent, to: id, props: { gates: [], enabled: true, selection: selectionOf(r) }, evidence });
  const shared = ctx.resolve(at(config, 'AgentCoreCodeInterpreter', 'CodeInterpreterArn') ?? at(config, 'AgentCoreBrowser', 'BrowserArn'), ['AWS::BedrockAgentCore::CodeInterpreterCustom', 'AWS::BedrockAgentCore::BrowserCustom']);
  if (shared) { offer(shared); return; }
  const sources = [ctx.source(r, where)].filter((s) => s !== undefined);
  const own = ctx.node(r, { kind: 'Tool', nativeId: partOf(agent, `tool/${name}`), type: 'aws.bedrockagentcore.harnesstool', name, sources, props: { ...CLASSES[type] ?? { toolClass: 'undeclared', contract: 'undeclared' }, operation: name } });
  offer(own);
  const gateway = ctx.resolve(at(config, 'AgentCoreGateway', 'GatewayArn'), ['AWS::BedrockAgentCore::Gateway'], { kind: 'ToolServer', type: 'aws.bedrockagentcore.gateway' });
  if (gateway) ctx.edge({ kind: 'PROVIDED_BY', from: own, to: gateway, evidence });
  const url = text(at(config, 'RemoteMcp', 'Url'));
  if (url === undefined) return;
  const server = ctx.node(r, { kind: 'ToolServer', nativeId: partOf(agent, `server/${name}`), type: 'mcp.server', name, sources, props: { serverType: 'mcp', transport: 'http', url, publisher: 'unknown', listing: 'dynamic' } });
  ctx.edge({ kind: 'PROVIDED_BY', from: own, to: server, evidence });
  for (const [header, v] of Object.entries(fields(at(config, 'RemoteMcp', 'Headers')) ?? {})) mapValue(ctx, r, server, pointer('Tools', i, 'Config', 'RemoteMcp', 'Headers', header), header, text(v) ?? '');
}

function skill({ r, ctx, agent }: Harness, value: Value, i: number): void {
  const location = text(at(value, 'S3', 'Uri')) ?? text(at(value, 'Git', 'Url')) ?? text(at(value, 'Path')) ?? 'skill';
  const id = ctx.node(r, {
    kind: 'Artifact', nativeId: partOf(agent, `skill/${i}`), type: 'aws.bedrockagentcore.skill', name: location, sources: [ctx.source(r, pointer('Skills', i))].filter((s) => s !== undefined),
    props: { artifactType: 'skill', location, pinned: false, mutable: true },
  });
  ctx.edge({ kind: 'BUILT_FROM', from: agent, to: id, evidence: ctx.evidence(r, pointer('Skills', i)) });
}

function memory({ r, ctx, agent }: Harness): void {
  const path = ['Memory', 'AgentCoreMemoryConfiguration', 'Arn'];
  const store = ctx.resolve(prop(r, ...path), ['AWS::BedrockAgentCore::Memory'], { kind: 'DataStore', type: 'aws.bedrockagentcore.memory' });
  if (!store) return;
  ctx.edge({ kind: 'WRITES_TO', from: agent, to: store, evidence: ctx.evidence(r, pointer(...path)) });
  ctx.edge({ kind: 'FEEDS', from: store, to: agent, discriminator: 'memory', props: { mode: 'memory' }, evidence: ctx.evidence(r, pointer(...path)) });
}
