import type { Resource, Value } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { at, documentAt, known, list, literal, pointer, prop, text } from '../../properties.ts';
import { encryptedWith, functionBehind, partOf, runsAs, toolRunsAsFunction, label } from '../shared.ts';
import { INVOKE_API, testAliasArn } from './agent.ts';

/** A flow: a fixed graph of steps of which only agent and prompt nodes are open to influence. */
export function mapFlow(r: Resource, ctx: MapContext): void {
  const flow = ctx.node(r, {
    kind: 'Agent', props: known({ platform: 'bedrock-flow', status: 'declared', autonomy: 'interactive', deterministic: true, relaysReply: true, arn: r.nativeId }),
  });
  runsAs(ctx, r, flow, ['ExecutionRoleArn'], 'model');
  encryptedWith(ctx, r, flow, 'CustomerEncryptionKeyArn');
  const inline = list(prop(r, 'Definition', 'Nodes'));
  if (inline.length > 0) inline.forEach((n, i) => step(r, flow, n, pointer('Definition', 'Nodes', i), ctx));
  else list(at(documentAt(r, 'DefinitionString'), 'nodes')).forEach((n, i) => step(r, flow, n, pointer('DefinitionString', 'nodes', i), ctx));
  const alias = ctx.node(r, {
    kind: 'Endpoint', nativeId: partOf(flow, 'test-alias'), type: 'aws.bedrock.flowalias', name: `${label(r)} test alias (DRAFT)`,
    props: known({ ...INVOKE_API, arn: r.nativeId === undefined ? undefined : testAliasArn(r.nativeId, ':flow/', ':flow/')?.replace(/\/TSTALIASID$/, '/alias/TSTALIASID') }),
  });
  ctx.edge({ kind: 'ROUTES_TO', from: alias, to: flow, props: { forwardsText: true, relaysReply: true }, evidence: ctx.evidence(r) });
}

/** Key of a step's configuration in either spelling: the template writes `KnowledgeBase`, a definition document `knowledgeBase`. */
const part = (node: Value, ...path: string[]): Value | undefined => {
  const lower = (s: string) => s.charAt(0).toLowerCase() + s.slice(1);
  return at(node, 'Configuration', ...path) ?? at(node, 'configuration', ...path.map(lower));
};

function step(r: Resource, flow: string, node: Value, where: string, ctx: MapContext): void {
  const name = text(at(node, 'Name') ?? at(node, 'name')) ?? where;
  const evidence = ctx.evidence(r, where, `flow step ${name}`);
  const alias = ctx.resource(part(node, 'Agent', 'AgentAliasArn'), ['AWS::Bedrock::AgentAlias']);
  const agent = alias && ctx.resolve(prop(alias, 'AgentId'), ['AWS::Bedrock::Agent']);
  if (agent) ctx.edge({ kind: 'DELEGATES_TO', from: flow, to: agent, discriminator: name, props: { relaysContext: true, relaysReply: true, identityMode: 'service' }, evidence });
  const base = ctx.resolve(part(node, 'KnowledgeBase', 'KnowledgeBaseId'), ['AWS::Bedrock::KnowledgeBase'], { kind: 'DataStore', type: 'aws.bedrock.knowledgebase' });
  if (base) ctx.edge({ kind: 'FEEDS', from: base, to: flow, discriminator: 'on_query', props: { mode: 'on_query' }, evidence });
  const prompt = ctx.resolve(part(node, 'Prompt', 'SourceConfiguration', 'Resource', 'PromptArn'), ['AWS::Bedrock::Prompt'], { kind: 'Artifact', type: 'aws.bedrock.prompt' });
  if (prompt) ctx.edge({ kind: 'BUILT_FROM', from: flow, to: prompt, evidence });
  for (const guarded of ['KnowledgeBase', 'Prompt']) {
    const control = ctx.resolve(part(node, guarded, 'GuardrailConfiguration', 'GuardrailIdentifier'), ['AWS::Bedrock::Guardrail'], { kind: 'Control', type: 'aws.bedrock.guardrail' });
    if (control) ctx.edge({ kind: 'GUARDED_BY', from: flow, to: control, evidence });
  }
  const bucketType = { kind: 'DataStore', type: 'aws.s3.bucket' } as const;
  const written = ctx.resolve(part(node, 'Storage', 'ServiceConfiguration', 'S3', 'BucketName'), ['AWS::S3::Bucket'], bucketType);
  if (written) ctx.edge({ kind: 'WRITES_TO', from: flow, to: written, evidence });
  const read = ctx.resolve(part(node, 'Retrieval', 'ServiceConfiguration', 'S3', 'BucketName'), ['AWS::S3::Bucket'], bucketType);
  if (read) ctx.edge({ kind: 'FEEDS', from: read, to: flow, discriminator: 'auto', props: { mode: 'auto' }, evidence });
  const fn = functionBehind(ctx, part(node, 'LambdaFunction', 'LambdaArn'));
  if (!fn) return;
  const tool = ctx.node(r, {
    kind: 'Tool', nativeId: partOf(flow, `step/${name}`), type: 'aws.bedrock.flowstep', name, sources: [ctx.source(r, where)].filter((s) => s !== undefined),
    props: { toolClass: 'undeclared', contract: 'undeclared', operation: name },
  });
  ctx.edge({ kind: 'HAS_TOOL', from: flow, to: tool, props: { gates: [], enabled: true, selection: 'listed' }, evidence });
  ctx.edge({ kind: 'IMPLEMENTED_BY', from: tool, to: fn.id, evidence });
  toolRunsAsFunction(ctx, tool, fn);
}

export function mapFlowAlias(r: Resource, ctx: MapContext): void {
  const alias = ctx.node(r, { kind: 'Endpoint', props: known({ ...INVOKE_API, arn: r.nativeId }) });
  const flow = ctx.resolve(prop(r, 'FlowArn'), ['AWS::Bedrock::Flow'], { kind: 'Agent', type: 'aws.bedrock.flow' });
  if (!flow) return;
  const version = literal(at(prop(r, 'RoutingConfiguration'), 0, 'FlowVersion'));
  ctx.edge({ kind: 'ROUTES_TO', from: alias, to: flow, props: known({ forwardsText: true, relaysReply: true, version }), evidence: ctx.evidence(r, '/FlowArn') });
}
