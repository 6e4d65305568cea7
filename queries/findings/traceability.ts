import type { Evidence, NodeRecord, Verdict } from '../../schema/index.ts';
import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { Estate } from '../attack/estate.ts';
import { isSensitive } from '../derive/sensitivity/index.ts';
import { effectsOf } from './weights.ts';

export interface Traces { gaps: string[]; verdict: Verdict; evidence: Evidence[]; privilegedOnRestricted: boolean }

/** Data events that show each kind of step; a trail that lists the type (or all data events) records it. */
const EVENT_TYPES: Record<string, readonly string[]> = {
  'bedrock-agent': ['AWS::Bedrock::AgentAlias'], 'bedrock-flow': ['AWS::Bedrock::FlowAlias'], 'agentcore-runtime': ['AWS::BedrockAgentCore::Runtime'], 'agentcore-harness': ['AWS::BedrockAgentCore::Harness'],
  bucket: ['AWS::S3::Object'], table: ['AWS::DynamoDB::Table'], lambda: ['AWS::Lambda::Function'], knowledge_base: ['AWS::Bedrock::KnowledgeBase'],
};

const hintsOf = (n: NodeRecord): string[] => (n.props['hints'] as string[] | undefined) ?? [];
const DATA_EVENTS = 'data events: ';

/** Where trails of the input write: a trail is posture of its bucket, whose hints say which data events it selects. */
export const trailsOf = (snapshot: GraphSnapshot): NodeRecord[] => snapshot.ofKind('DataStore').filter((n) => hintsOf(n).includes('cloudtrail'));

/** Which of the four questions (user, identity, workflow, data) no log of the input can answer for what an agent does to sensitive things. */
export function tracesOf(agent: NodeRecord, estate: Estate): Traces {
  const { snapshot } = estate;
  const trails = trailsOf(snapshot);
  const events = new Set(trails.flatMap(hintsOf).flatMap((h) => (h.startsWith(DATA_EVENTS) ? [h.slice(DATA_EVENTS.length)] : [])));
  const selects = (types: readonly string[]): boolean => events.has('*') || types.some((t) => events.has(t));
  const identities = [...new Set([agent.id, ...snapshot.out(agent.id, 'HAS_TOOL').map((e) => e.to)].flatMap((id) => snapshot.out(id, 'RUNS_AS').map((e) => e.to)))];
  const stores = new Map<string, NodeRecord>();
  let privilegedOnRestricted = false;
  for (const p of identities)
    for (const [effect, assets] of effectsOf(p, estate))
      for (const id of assets) {
        const n = snapshot.node(id);
        if (!n || (n.kind !== 'DataStore' && n.kind !== 'Secret') || !isSensitive(estate.sensitivity.get(id))) continue;
        stores.set(id, n);
        if (effect !== 'read' && effect !== 'list' && estate.sensitivity.get(id)?.level === 'restricted') privilegedOnRestricted = true;
      }
  if (stores.size === 0) return { gaps: [], verdict: 'proven', evidence: [], privilegedOnRestricted: false };
  const platform = EVENT_TYPES[String(agent.props['platform'])];
  const unseen = [...stores.values()].filter((n) => n.kind === 'DataStore').filter((n) => { const t = EVENT_TYPES[String(n.props['storeType'])]; return t !== undefined && !selects(t); });
  const gaps: string[] = [];
  if (!carriesUser(agent, estate)) gaps.push('which user asked');
  if (!identities.some((p) => namesSource(p, estate))) gaps.push('which session of the identity it was');
  if (platform !== undefined && !selects(platform)) gaps.push('which agent and workflow did it');
  if (unseen.length > 0) gaps.push(`which data was touched (${unseen.slice(0, 3).map((n) => n.name).join(', ')})`);
  return { gaps, verdict: 'proven', evidence: trails.flatMap((t) => t.sources.slice(0, 1)).map((source) => ({ source, basis: 'code' as const, text: 'selectors of the trail' })), privilegedOnRestricted };
}

/** A user's own credential reaches the tool: then the effect names the user. */
function carriesUser(agent: NodeRecord, estate: Estate): boolean {
  return estate.snapshot.out(agent.id, 'HAS_TOOL').some((e) => estate.snapshot.out(e.to, 'USES_CREDENTIAL').some((c) => c.props['delegation'] === 'user_obo' || c.props['delegation'] === 'caller'));
}

/** The trust policy asks for a source identity, so that sessions name who is behind them. */
function namesSource(identity: string, estate: Estate): boolean {
  return estate.snapshot.out(identity, 'HAS_POLICY').some((e) => e.props['as'] === 'trust' && JSON.stringify(estate.snapshot.node(e.to)?.props['statements'] ?? '').toLowerCase().includes('sts:sourceidentity'));
}
