import { EFFECT_CLASSES, PRIVILEGED, showHoles, worstVerdict, type AgentRow, type EffectClass, type NodeRecord, type ToolRow, type Verdict } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { sensitivityRank } from '../derive/sensitivity/index.ts';
import { classesOf, type Influence } from '../findings/influence.ts';
import { executingIdentities } from '../findings/intent.ts';
import { ownerOf } from '../findings/owners.ts';
import { nodeRef } from '../findings/ref.ts';
import { gatesOf, guardrails } from '../findings/steps.ts';
import { effectsOf } from '../findings/weights.ts';

/** 1: steerable from E0–E3, or touches confidential data and above, or has a privileged effect in production; 2: any tool or non-public knowledge; 3: the rest (model 4.2). */
export function tierOf(agent: NodeRecord, estate: Estate, influence: Influence): number {
  if (classesOf(influence, agent.id).some((c) => ['E0', 'E1', 'E2', 'E3'].includes(c))) return 1;
  for (const p of executingIdentities(agent, estate))
    for (const [effect, assets] of effectsOf(p.id, estate))
      for (const id of assets) {
        const level = estate.sensitivity.get(id)?.level;
        if (level !== undefined && sensitivityRank(level) >= sensitivityRank('confidential')) return 1;
        if (PRIVILEGED.has(effect) && estate.snapshot.node(id)?.environment === 'prod') return 1;
      }
  const tools = estate.snapshot.out(agent.id, 'HAS_TOOL').length > 0;
  const knowledge = knowledgeOf(agent, estate).some((k) => estate.sensitivity.get(k.id)?.level !== 'public');
  return tools || knowledge ? 2 : 3;
}

const knowledgeOf = (agent: NodeRecord, estate: Estate): NodeRecord[] => estate.snapshot.in(agent.id, 'FEEDS').filter((e) => ['on_query', 'memory', 'instruction'].includes(String(e.props['mode']))).flatMap((e) => estate.snapshot.node(e.from) ?? []);

/** Inventory of agents: identities, tools, stores, exposure, owner (`overreach agents`). Ordered by node id. */
export function agentRows(estate: Estate, influence: Influence): AgentRow[] {
  return estate.snapshot.ofKind('Agent').filter((a) => a.completeness !== 'none').map((a) => row(a, estate, influence));
}

function row(a: NodeRecord, estate: Estate, influence: Influence): AgentRow {
  const { snapshot } = estate;
  const runs = [a.id, ...snapshot.out(a.id, 'IMPLEMENTED_BY').map((e) => e.to)].flatMap((id) => snapshot.out(id, 'RUNS_AS'));
  const owner = ownerOf(a, snapshot);
  const identities = [...new Map(runs.map((e) => [`${e.to}|${String(e.props['for'] ?? 'code')}`, e])).values()].flatMap((e) => {
    const n = snapshot.node(e.to);
    return n ? [{ identity: nodeRef(n), for: String(e.props['for'] ?? 'code') }] : [];
  });
  return {
    agent: nodeRef(a), platform: String(a.props['platform'] ?? 'unknown'), tier: tierOf(a, estate, influence), autonomy: String(a.props['autonomy'] ?? 'unknown'), identities,
    tools: snapshot.out(a.id, 'HAS_TOOL').flatMap((e) => snapshot.node(e.to) ?? []).map((t) => toolRow(a, t, estate)),
    stores: storesOf(a, estate), exposure: exposureOf(a, estate, influence), guardrails: guardrails(a.id, snapshot).map(nodeRef), knowledge: knowledgeOf(a, estate).map(nodeRef),
    ...(owner === undefined ? {} : { owner }), ...(a.props['purpose'] === undefined ? {} : { purpose: a.props['purpose'] }), ...(a.sources[0] ? { definedAt: a.sources[0] } : {}),
  };
}

function toolRow(a: NodeRecord, t: NodeRecord, estate: Estate): ToolRow {
  const { snapshot } = estate;
  const identity = [...snapshot.out(t.id, 'RUNS_AS'), ...snapshot.out(t.id, 'EXECUTES_IN').flatMap((e) => snapshot.out(e.to, 'RUNS_AS'))].flatMap((e) => snapshot.node(e.to) ?? [])[0];
  const server = snapshot.out(t.id, 'PROVIDED_BY').flatMap((e) => snapshot.node(e.to) ?? [])[0];
  return {
    tool: nodeRef(t), toolClass: String(t.props['toolClass'] ?? 'undeclared'), effects: (t.props['effects'] as string[] | undefined) ?? [], contract: String(t.props['contract'] ?? 'undeclared'),
    ...(identity ? { identity: nodeRef(identity) } : {}), ...(server ? { server: nodeRef(server) } : {}),
    gates: gatesOf(a.id, t.id, snapshot).map((c) => `approval by ${String(c.props['approver'] ?? 'unknown')}: ${showHoles(c.name)}`),
  };
}

function storesOf(a: NodeRecord, estate: Estate): AgentRow['stores'] {
  const effects = new Map<string, Set<EffectClass>>();
  for (const p of executingIdentities(a, estate))
    for (const [effect, assets] of effectsOf(p.id, estate))
      for (const id of assets) {
        const kind = estate.snapshot.node(id)?.kind;
        if (kind !== 'DataStore' && kind !== 'Secret') continue;
        const set = effects.get(id);
        if (set) set.add(effect);
        else effects.set(id, new Set([effect]));
      }
  return [...effects].sort(([x], [y]) => (x < y ? -1 : 1)).map(([id, set]) => ({
    store: nodeRef(estate.snapshot.node(id)!), effects: EFFECT_CLASSES.filter((c) => set.has(c)), sensitivity: estate.sensitivity.get(id)?.level ?? 'unknown',
  }));
}

/** Who can steer it, and what the weakest endpoint on the way asks of a caller. */
function exposureOf(a: NodeRecord, estate: Estate, influence: Influence): AgentRow['exposure'] {
  const classes = classesOf(influence, a.id);
  const verdict = classes.length > 0 ? influence.get(a.id)!.get(classes[0]!)! : ('proven' as Verdict);
  const WEAK = ['none', 'api-key', 'unknown', 'session', 'oauth2', 'jwt', 'mtls', 'database', 'aws-iam'];
  const auths = entryEndpoints(a.id, estate).map((e) => String(e.props['auth'] ?? 'unknown')).sort((x, y) => WEAK.indexOf(x) - WEAK.indexOf(y));
  const internet = classes.some((c) => c === 'E0' || c === 'E1') || entryEndpoints(a.id, estate).some((e) => e.props['exposure'] === 'internet' && e.props['auth'] !== 'aws-iam');
  return { internet, classes, auth: auths[0] ?? 'none', verdict: classes.length > 0 ? verdict : worstVerdict(verdict, auths.length > 0 ? 'proven' : 'unknown') };
}

/** Endpoints from which requests go on to the agent, over any number of routes. */
export function entryEndpoints(agent: string, estate: Estate): NodeRecord[] {
  const seen = new Set([agent]);
  const out: NodeRecord[] = [];
  for (const id of seen)
    for (const e of estate.snapshot.in(id, 'ROUTES_TO')) {
      const n = estate.snapshot.node(e.from);
      if (!n || seen.has(n.id)) continue;
      seen.add(n.id);
      if (n.kind === 'Endpoint') out.push(n);
    }
  return out;
}
