import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { nodeId, type EdgeRecord, type NodeRecord } from '../../schema/index.ts';
import type { Access } from '../policy/types.ts';
import { bestOf, definedBy, derivedEdge } from './edge.ts';
import type { NamedTargets } from './named.ts';
import { codeIdentities } from './routes.ts';

/** Agents whose platform does not declare their tools: the code decides (AgentCore runtime, self-hosted, inferred). */
const isCodeAgent = (a: NodeRecord, snapshot: GraphSnapshot): boolean =>
  a.props['deterministic'] !== true && snapshot.out(a.id, 'IMPLEMENTED_BY').length > 0 && !/^(bedrock-agent|bedrock-flow|agentcore-harness|mcp-client)$/.test(String(a.props['platform'] ?? ''));

/** Tools that stand behind a thing one may have permission on: a gateway, an interpreter, a browser, the tool itself. */
function toolsBehind(snapshot: GraphSnapshot): Map<string, Set<string>> {
  const behind = new Map<string, Set<string>>();
  const add = (id: string, tool: string): void => {
    const set = behind.get(id);
    if (set) set.add(tool);
    else behind.set(id, new Set([tool]));
  };
  for (const t of snapshot.ofKind('Tool')) {
    add(t.id, t.id);
    for (const e of snapshot.out(t.id, 'EXECUTES_IN')) add(e.to, t.id);
    const servers = snapshot.out(t.id, 'PROVIDED_BY').map((e) => e.to);
    const seen = new Set(servers);
    for (const s of seen) {
      add(s, t.id);
      for (const e of snapshot.in(s, 'ROUTES_TO')) if (snapshot.node(e.from)?.kind === 'Endpoint') add(e.from, t.id);
      for (const e of snapshot.out(s, 'PROVIDED_BY')) seen.add(e.to);
    }
  }
  return behind;
}

/** `HAS_TOOL` of agents that declare none: their identity may call the gateway, interpreter or browser, and their configuration names it. */
export function deriveAgentTools(snapshot: GraphSnapshot, access: Access, named: NamedTargets): EdgeRecord[] {
  const behind = toolsBehind(snapshot);
  const out: EdgeRecord[] = [];
  for (const a of snapshot.ofKind('Agent')) {
    if (!isCodeAgent(a, snapshot)) continue;
    const declared = new Set(snapshot.out(a.id, 'HAS_TOOL').map((e) => e.to));
    for (const e of snapshot.out(a.id, 'IMPLEMENTED_BY')) {
      const k = snapshot.node(e.to);
      if (!k) continue;
      for (const p of codeIdentities(snapshot, k.id))
        for (const g of access.grantsOf(p.id)) {
          if (g.effect !== 'invoke' && g.effect !== 'execute') continue;
          for (const asset of g.assets)
            for (const tool of behind.get(asset) ?? []) {
              if (declared.has(tool)) continue;
              const target = snapshot.node(asset)!;
              const isNamed = named.names(k, target) || named.names(a, target);
              out.push(derivedEdge('HAS_TOOL', a.id, tool, {
                verdict: g.verdict,
                requires: [...g.requires, isNamed ? 'its code offers the tool to the model' : `its code uses ${target.name}, which its configuration does not name`],
                evidence: [...g.evidence, ...definedBy(k, isNamed ? `configuration names ${target.name}` : `may invoke ${target.name}`)],
                props: { gates: [], enabled: true, selection: 'wildcard' },
              }));
            }
        }
    }
  }
  return bestOf(out);
}

/** Type of the tool that stands for functions in an agent's own code. */
export const OWN_TOOLS = 'overreach.own-tools';

export interface OwnTools { nodes: NodeRecord[]; edges: EdgeRecord[] }

/**
 * A code agent's own functions are not in any configuration. They can do what its identity may do, so they stand as one tool with an
 * undeclared contract: conditional, never silent. No IMPLEMENTED_BY: who runs code there holds the identity itself, the tool adds nothing.
 */
export function deriveOwnTools(snapshot: GraphSnapshot): OwnTools {
  const nodes: NodeRecord[] = [];
  const edges: EdgeRecord[] = [];
  for (const a of snapshot.ofKind('Agent')) {
    if (!isCodeAgent(a, snapshot)) continue;
    for (const e of snapshot.out(a.id, 'IMPLEMENTED_BY')) {
      const k = snapshot.node(e.to);
      const identities = k ? codeIdentities(snapshot, k.id) : [];
      if (!k || identities.length === 0) continue;
      const id = nodeId('Tool', 'overreach', `own-tools#${a.id}`);
      nodes.push({
        id, kind: 'Tool', type: OWN_TOOLS, name: `${a.name}: functions in its code`, provider: a.provider, scope: a.scope, environment: a.environment, tags: {}, state: a.state, completeness: 'partial',
        sources: k.sources.slice(0, 1), aliases: [], props: { toolClass: 'undeclared', contract: 'undeclared', argumentBinding: 'model_chosen' },
      });
      edges.push(derivedEdge('HAS_TOOL', a.id, id, { verdict: 'conditional', requires: ['contract not declared'], evidence: definedBy(k, 'tools are defined in its code'), props: { gates: [], enabled: true, selection: 'wildcard' } }));
      for (const p of identities) edges.push(derivedEdge('RUNS_AS', id, p.id, { evidence: snapshot.out(k.id, 'RUNS_AS').find((r) => r.to === p.id)?.evidence ?? definedBy(k), props: { for: 'tool' } }));
      break;
    }
  }
  return { nodes, edges };
}
