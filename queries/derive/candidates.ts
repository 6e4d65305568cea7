import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { nodeId, PRIVILEGED, type EdgeRecord, type NodeRecord, type Statement } from '../../schema/index.ts';
import type { Access } from '../policy/types.ts';
import { definedBy, derivedEdge, inferred } from './edge.ts';
import { codeIdentities, TEXT_FORWARDED } from './routes.ts';

export const IS_AGENT = 'is this an agent?';

const MODEL_ACTIONS = ['bedrock:invokemodel', 'bedrock:invokemodelwithresponsestream', 'bedrock:converse', 'bedrock:conversestream', 'sagemaker:invokeendpoint'];
const MODEL_NAMES = /(^|_)(OPENAI_API_KEY|ANTHROPIC_API_KEY|AZURE_OPENAI_ENDPOINT|GOOGLE_GENAI_USE_VERTEXAI|BEDROCK_[A-Z_]+|LANGSMITH_[A-Z_]+|LLM_[A-Z_]+|MODEL_ID|FOUNDATION_MODEL)$/i;
const MODEL_IDS = /^(?:[a-z]{2,4}\.)?(anthropic|amazon|meta|mistral|cohere|ai21|deepseek)\.[a-z0-9-]+|foundation-model\//i;
const PRODUCTS = /(^|[/\s])(n8n|langflow|flowise|dify|openclaw|openhands|open-webui|kagent)([-_:/@a-z0-9.]*)$/i;
const FRAMEWORKS = /langgraph|langchain|crewai|strands-agents|openai-agents|claude-agent-sdk|autogen|semantic-kernel|google-adk|llama-index|pydantic-ai|mastra|smolagents|bedrock-agentcore|a2a-sdk/i;

export interface Candidates { nodes: NodeRecord[]; edges: EdgeRecord[] }

/** Does the identity hold a statement that lets it call a model, and does the full decision agree? */
function mayInvokeModels(snapshot: GraphSnapshot, access: Access, p: NodeRecord): boolean {
  for (const e of snapshot.out(p.id, 'HAS_POLICY')) {
    if (e.props['as'] !== 'identity') continue;
    for (const s of (snapshot.node(e.to)?.props['statements'] as Statement[] | undefined) ?? []) {
      if (s.effect !== 'Allow') continue;
      const action = MODEL_ACTIONS.find((m) => (s.actions ?? []).some((a) => wildcard(a, m)));
      if (action === undefined) continue;
      const resource = (s.resources ?? ['*'])[0] ?? '*';
      if (access.decide({ principal: p, action, resource }).outcome !== 'denied') return true;
    }
  }
  return false;
}

const wildcard = (pattern: string, action: string): boolean => new RegExp(`^${pattern.toLowerCase().replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`).test(action);

/** Evidence points of one compute (platforms.md 1.12), with what gave them. */
function points(snapshot: GraphSnapshot, access: Access, k: NodeRecord, identities: readonly NodeRecord[]): { points: number; why: string[] } {
  const why: string[] = [];
  let sum = 0;
  const give = (n: number, text: string): void => { sum += n; why.push(`${text} (${n})`); };
  const texts = [...((k.props['configuredNames'] as string[] | undefined) ?? []), ...((k.props['environmentNames'] as string[] | undefined) ?? [])];
  const built = snapshot.out(k.id, 'BUILT_FROM').flatMap((e) => snapshot.node(e.to) ?? []);
  if (built.some((a) => PRODUCTS.test(String(a.props['location'] ?? a.name).replace(/@sha256:.*$/, '').replace(/:[^/:]*$/, '')))) give(60, 'image of a known agent product');
  if (built.some((a) => a.props['artifactType'] === 'package' && FRAMEWORKS.test(a.name))) give(40, 'depends on an agent framework');
  if (texts.some((t) => MODEL_NAMES.test(t) || MODEL_IDS.test(t))) give(20, 'configuration names a model');
  const p = identities.find((i) => mayInvokeModels(snapshot, access, i));
  if (p && access.grantsOf(p.id).some((g) => PRIVILEGED.has(g.effect) && g.assets.length > 0)) give(25, `${p.name} may invoke models and change other things`);
  return { points: sum, why };
}

/**
 * Agents that nobody declared: compute whose evidence reaches 30 points and that is not already part of an agent.
 * From 60 points it counts like a declared one; below, everything about it asks “is this an agent?”. Lives in the overlay only.
 */
export function deriveCandidates(snapshot: GraphSnapshot, access: Access): Candidates {
  const nodes: NodeRecord[] = [];
  const edges: EdgeRecord[] = [];
  for (const k of snapshot.ofKind('Compute')) {
    if (k.completeness === 'none' || snapshot.in(k.id, 'IMPLEMENTED_BY', 'EXECUTES_IN').some((e) => snapshot.node(e.from)?.kind !== 'Endpoint')) continue;
    const identities = codeIdentities(snapshot, k.id);
    const found = points(snapshot, access, k, identities);
    if (found.points < 30) continue;
    const requires = found.points >= 60 ? [] : [IS_AGENT];
    const id = nodeId('Agent', 'overreach', `candidate#${k.id}`);
    const reached = snapshot.in(k.id, 'ROUTES_TO', 'FEEDS');
    const evidence = [inferred(`inferred agent: ${found.why.join('; ')}`, k)];
    nodes.push({
      id, kind: 'Agent', type: 'overreach.candidate-agent', name: k.name, provider: k.provider, scope: k.scope, environment: k.environment, tags: k.tags, state: k.state, completeness: 'partial', sources: k.sources, aliases: [],
      props: { platform: 'self-hosted', status: 'candidate', autonomy: reached.some((e) => e.kind === 'ROUTES_TO') ? 'interactive' : 'autonomous', evidencePoints: found.points, relaysReply: true },
    });
    edges.push(derivedEdge('IMPLEMENTED_BY', id, k.id, { requires, evidence }));
    for (const p of identities) edges.push(derivedEdge('RUNS_AS', id, p.id, { requires, evidence: snapshot.out(k.id, 'RUNS_AS').find((r) => r.to === p.id)?.evidence ?? definedBy(k), props: { for: 'model' } }));
    edges.push(derivedEdge('ROUTES_TO', k.id, id, { requires: [...requires, TEXT_FORWARDED], evidence, props: { forwardsText: 'unknown', relaysReply: k.props['asynchronous'] !== true, asynchronous: false } }));
  }
  return { nodes, edges };
}
