import { stableHash, type Resource } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { at, known, list, literal, pointer, prop, text, texts } from '../../properties.ts';
import { encryptedWith, functionBehind, partOf, platformEvidence, runsAs, label } from '../shared.ts';
import { mapActionGroups } from './action-group.ts';
import { mapKnowledgeAssociations } from './association.ts';

const TEST_ALIAS = 'TSTALIASID';
const TEST_ALIAS_DOCUMENT = 'https://docs.aws.amazon.com/bedrock/latest/userguide/agents-test.html (read 2026-10)';

/** A managed agent: orchestrator identity, tools, knowledge, guardrail, memory, prompt, collaborators, and the alias it always has. */
export function mapAgent(r: Resource, ctx: MapContext): void {
  const model = text(prop(r, 'FoundationModel'));
  const agent = ctx.node(r, {
    kind: 'Agent',
    props: known({
      platform: 'bedrock-agent', status: 'declared', autonomy: 'interactive', deterministic: false, relaysReply: true,
      modelRefs: model === undefined ? undefined : [model], arn: r.nativeId,
    }),
  });
  const role = runsAs(ctx, r, agent, ['AgentResourceRoleArn'], 'model');
  mapActionGroups(r, agent, ctx);
  mapKnowledgeAssociations(r, agent, role, ctx);
  guardrail(r, agent, ctx);
  memory(r, agent, ctx);
  instruction(r, agent, ctx);
  collaborators(r, agent, ctx);
  orchestrationCode(r, agent, ctx);
  encryptedWith(ctx, r, agent, 'CustomerEncryptionKeyArn');
  testAlias(r, agent, ctx);
}

function guardrail(r: Resource, agent: string, ctx: MapContext): void {
  const path = ['GuardrailConfiguration', 'GuardrailIdentifier'];
  const control = ctx.resolve(prop(r, ...path), ['AWS::Bedrock::Guardrail'], { kind: 'Control', type: 'aws.bedrock.guardrail' });
  if (control) ctx.edge({ kind: 'GUARDED_BY', from: agent, to: control, evidence: ctx.evidence(r, pointer(...path)) });
}

/** Session summaries live outside the agent's session; the caller chooses the memory id, so one caller may name another's. */
function memory(r: Resource, agent: string, ctx: MapContext): void {
  if (texts(prop(r, 'MemoryConfiguration', 'EnabledMemoryTypes')).length === 0) return;
  const evidence = ctx.evidence(r, '/MemoryConfiguration');
  const store = ctx.node(r, {
    kind: 'DataStore', nativeId: partOf(agent, 'memory'), type: 'aws.bedrock.agentmemory', name: `${label(r)} memory`, sources: [ctx.source(r, '/MemoryConfiguration')].filter((s) => s !== undefined),
    props: { storeType: 'agent_memory', memoryScope: 'actor' },
  });
  ctx.edge({ kind: 'WRITES_TO', from: agent, to: store, evidence });
  ctx.edge({ kind: 'FEEDS', from: store, to: agent, discriminator: 'memory', props: { mode: 'memory' }, evidence });
}

/** The instruction is kept as length and hash; its text never enters the graph. */
function instruction(r: Resource, agent: string, ctx: MapContext): void {
  const prompts = list(prop(r, 'PromptOverrideConfiguration', 'PromptConfigurations'));
  const parts = [
    { path: ['Instruction'], name: 'instruction' },
    ...prompts.map((p, i) => ({
      path: ['PromptOverrideConfiguration', 'PromptConfigurations', i, 'BasePromptTemplate'], name: `prompt ${text(at(p, 'PromptType')) ?? i}`,
    })),
  ];
  for (const { path, name } of parts) {
    const value = text(prop(r, ...path));
    if (value === undefined) continue;
    const prompt = ctx.node(r, {
      kind: 'Artifact', nativeId: partOf(agent, name.replaceAll(' ', '/')), type: 'aws.bedrock.agentprompt', name: `${label(r)} ${name}`,
      sources: [ctx.source(r, pointer(...path))].filter((s) => s !== undefined),
      props: known({ artifactType: 'prompt', length: value.length, hash: literal(value) === undefined ? undefined : stableHash(value), mutable: true }),
    });
    ctx.edge({ kind: 'BUILT_FROM', from: agent, to: prompt, evidence: ctx.evidence(r, pointer(...path)) });
  }
}

function collaborators(r: Resource, agent: string, ctx: MapContext): void {
  if (literal(prop(r, 'AgentCollaboration')) === 'DISABLED') return;
  list(prop(r, 'AgentCollaborators')).forEach((c, i) => {
    const path = ['AgentCollaborators', i, 'AgentDescriptor', 'AliasArn'];
    const alias = ctx.resource(prop(r, ...path), ['AWS::Bedrock::AgentAlias']);
    const other = alias
      ? ctx.resolve(prop(alias, 'AgentId'), ['AWS::Bedrock::Agent'])
      : ctx.resolve(prop(r, ...path), ['AWS::Bedrock::Agent'], { kind: 'Agent', type: 'aws.bedrock.agent' });
    if (!other) return;
    const relay = literal(at(c, 'RelayConversationHistory'));
    ctx.edge({
      kind: 'DELEGATES_TO', from: agent, to: other, discriminator: text(at(c, 'CollaboratorName')) ?? '',
      props: { relaysContext: relay === 'TO_COLLABORATOR', relaysReply: true, identityMode: 'service' }, evidence: ctx.evidence(r, pointer(...path)),
    });
  });
}

/** Parser and orchestration functions see every turn: they are code behind the agent, not tools of it. */
function orchestrationCode(r: Resource, agent: string, ctx: MapContext): void {
  for (const path of [['PromptOverrideConfiguration', 'OverrideLambda'], ['CustomOrchestration', 'Executor', 'Lambda']]) {
    const fn = functionBehind(ctx, prop(r, ...path));
    if (fn) ctx.edge({ kind: 'IMPLEMENTED_BY', from: agent, to: fn.id, discriminator: path[0], evidence: ctx.evidence(r, pointer(...path)) });
  }
}

/** Every agent has a test alias on its DRAFT version from creation on, whether the code mentions it or not. */
function testAlias(r: Resource, agent: string, ctx: MapContext): void {
  const alias = ctx.node(r, {
    kind: 'Endpoint', nativeId: partOf(agent, 'test-alias'), type: 'aws.bedrock.agentalias', name: `${label(r)} test alias (DRAFT)`,
    props: known({ ...INVOKE_API, arn: testAliasArn(r.nativeId, ':agent/', ':agent-alias/') }),
  });
  ctx.edge({
    kind: 'ROUTES_TO', from: alias, to: agent, props: { forwardsText: true, relaysReply: true },
    evidence: platformEvidence(ctx, r, '', 'an agent gets a test alias on its DRAFT version when it is created', TEST_ALIAS_DOCUMENT),
  });
}

export const testAliasArn = (arn: string | undefined, from: string, to: string): string | undefined =>
  arn?.includes(from) ? `${arn.replace(from, to)}/${TEST_ALIAS}` : undefined;

/** How Bedrock agents and flows are called: the regional API, signed, text in and reply out. */
export const INVOKE_API = { protocol: 'bedrock-runtime', auth: 'aws-iam', networkScope: 'public', repliesToCaller: true, forwardsText: true } as const;

export function mapAgentAlias(r: Resource, ctx: MapContext): void {
  const of = ctx.resource(prop(r, 'AgentId'), ['AWS::Bedrock::Agent']);
  const alias = ctx.node(r, { kind: 'Endpoint', ...(of && { name: `${label(of)} alias ${label(r)}` }), props: known({ ...INVOKE_API, arn: r.nativeId }) });
  const agent = ctx.resolve(prop(r, 'AgentId'), ['AWS::Bedrock::Agent'], { kind: 'Agent', type: 'aws.bedrock.agent' });
  if (!agent) return;
  ctx.edge({ kind: 'ROUTES_TO', from: alias, to: agent, props: { forwardsText: true, relaysReply: true }, evidence: ctx.evidence(r, '/AgentId') });
}
