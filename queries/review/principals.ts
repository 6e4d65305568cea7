import { worstVerdict, type EdgeRecord, type EscalationStep, type PrincipalRow } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { adminNow } from '../derive/admin.ts';
import { nodeRef } from '../findings/ref.ts';
import type { Heaviest, Weights } from '../policy/types.ts';
import type { AttackQueries } from '../attack/query.ts';
import { adminWays } from './admin-ways.ts';
import { EscalationGraph, type Chain } from './escalation-graph.ts';

const STARTS = new Set(['user', 'role', 'external', 'root']);
const LEVEL: Record<string, number> = { restricted: 4, confidential: 3, unknown: 3, internal: 2, public: 1 };
const EFFECT: Record<string, number> = { permission: 10, credential: 9, delete: 8, execute: 8, write: 7, read: 6, send: 5, spend: 5, invoke: 4, list: 1 };

/**
 * Every user, role and external trust: admin now, can become admin with the shortest chain of the best verdict, worst asset within
 * reach. With the attack graph also the ways that are no chain of techniques, as through an agent. Ordered by node id. Groups are no principals: what they give shows on their members.
 */
export function principalRows(estate: Estate, attack?: AttackQueries): PrincipalRow[] {
  const { snapshot, access } = estate;
  const graph = new EscalationGraph(snapshot, access);
  const goals = graph.nodes.filter((n) => (n.kind === 'Scope' ? n.props['scopeType'] === 'account' : graph.isGoal(n))).map((n) => n.id);
  const toAdmin = graph.chainsTo(goals);
  const assets = worstAssets(estate, graph);
  const ways = attack ? adminWays(attack) : undefined;
  return snapshot.ofKind('Identity').filter((n) => STARTS.has(String(n.props['identityType'])) && (n.completeness !== 'none' || n.props['identityType'] === 'external')).map((n) => {
    const admin = adminNow(snapshot, access, n);
    const chain = admin.value ? { edges: [], verdict: admin.verdict } : toAdmin(n.id);
    const worst = assets(n.id);
    return {
      identity: nodeRef(n),
      isAdmin: admin,
      canBecomeAdmin: (chain === undefined ? ways?.(n) : undefined) ?? { value: chain !== undefined, verdict: chain?.verdict ?? admin.verdict, throughAgent: chain?.edges.some((e) => throughAgent(estate, e)) ?? false, steps: chain ? stepsOf(estate, chain) : [] },
      ...(worst ? { worstAsset: worst } : {}),
    };
  });
}

/** A chain as steps for people: technique, ends, what it goes through, why. */
export function stepsOf(estate: Estate, chain: Chain): EscalationStep[] {
  const ref = (id: string) => nodeRef(estate.snapshot.node(id)!);
  return chain.edges.map((e) => ({
    technique: e.kind === 'CAN_ESCALATE' ? String(e.props['technique']) : e.kind === 'MEMBER_OF' ? 'member-of' : assumedBy(e),
    from: ref(e.from), to: ref(e.to), through: throughOf(e).filter((id) => estate.snapshot.node(id)).map(ref),
    permissions: e.kind === 'CAN_ESCALATE' ? (e.props['permissions'] as string[]) : e.kind === 'CAN_ASSUME' ? ['sts:AssumeRole'] : [],
    verdict: e.verdict, requires: e.requires, evidence: e.evidence, sets: (e.props['sets'] as number[][] | undefined) ?? [],
  }));
}

const assumedBy = (e: EdgeRecord): string => (e.props['via'] === 'trust-policy' ? 'x-trust-only-assume' : 'sts-001');
const throughOf = (e: EdgeRecord): string[] => (Array.isArray(e.props['through']) ? (e.props['through'] as string[]) : []);
const throughAgent = (estate: Estate, e: EdgeRecord): boolean => throughOf(e).some((id) => ['Agent', 'Tool', 'ToolServer'].includes(estate.snapshot.node(id)?.kind ?? ''));

/** Heaviest asset each identity reaches by its own permissions or those of what it can become: heaviest first, one reverse pass for each distinct asset holder. */
function worstAssets(estate: Estate, graph: EscalationGraph): (id: string) => PrincipalRow['worstAsset'] {
  const own = new Map<string, Heaviest>();
  const levels = new Map([...estate.snapshot.ofKind('DataStore'), ...estate.snapshot.ofKind('Secret')].map((n) => [n.id, estate.sensitivity.get(n.id)?.level ?? 'unknown'] as const));
  const scale: Weights = { asset: (id) => LEVEL[levels.get(id) ?? ''] ?? 0, effect: (effect) => EFFECT[effect] ?? 1 };
  for (const n of graph.nodes) {
    const best = n.kind === 'Identity' ? estate.access.heaviestOf(n.id, scale) : undefined;
    if (best) own.set(n.id, best);
  }
  const weights = [...new Set([...own.values()].map((b) => b.weight))].sort((a, b) => b - a);
  const passes = weights.map((w) => graph.chainsTo([...own].filter(([, b]) => b.weight === w).map(([id]) => id)));
  return (id) => {
    for (const [i, pass] of passes.entries()) {
      const chain = pass(id);
      if (!chain) continue;
      const holder = chain.edges.at(-1)?.to ?? id;
      const best = own.get(holder);
      if (!best || best.weight !== weights[i]) continue;
      return { asset: nodeRef(estate.snapshot.node(best.asset)!), effect: best.effect, sensitivity: levels.get(best.asset)!, verdict: worstVerdict(best.verdict, chain.verdict) };
    }
    return undefined;
  };
}
