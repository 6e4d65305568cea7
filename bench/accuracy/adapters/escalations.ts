import { EscalationGraph, type Chain } from '../../../queries/review/escalation-graph.ts';
import { stepsOf } from '../../../queries/review/principals.ts';
import type { NodeRecord } from '../../../schema/index.ts';
import type { KeyFinding } from '../findings.ts';
import type { Loaded } from '../load.ts';
import { ADMIN, evidenceOf, keyNode, places } from '../nodes.ts';

const STARTS = new Set(['user', 'role']);

/** Ways of every user and role to admin (privesc-path) and to other identities (lateral-path), with their steps. */
export function escalations({ estate }: Loaded): KeyFinding[] {
  const graph = new EscalationGraph(estate.snapshot, estate.access);
  const out: KeyFinding[] = [];
  for (const start of graph.nodes) {
    if (start.kind !== 'Identity' || !STARTS.has(String(start.props['identityType'])) || start.completeness === 'none' || graph.isGoal(start)) continue;
    for (const chain of graph.chainsFrom(start.id)) out.push(finding(chain, start, graph, { estate }));
  }
  return out;
}

function finding(chain: Chain, start: NodeRecord, graph: EscalationGraph, { estate }: Pick<Loaded, 'estate'>): KeyFinding {
  const end = estate.snapshot.node(chain.edges.at(-1)!.to)!;
  const admin = graph.isGoal(end);
  const steps = stepsOf(estate, chain);
  const last = steps.at(-1)!;
  const raised = end.kind === 'Scope' ? (last.through.map((r) => estate.snapshot.node(r.id)!).find((n) => n.kind === 'Identity' && STARTS.has(String(n.props['identityType']))) ?? estate.snapshot.node(last.from.id)!) : end;
  return {
    kind: admin ? 'privesc-path' : 'lateral-path',
    source: keyNode(start),
    target: { ...keyNode(raised), ...(admin ? { isAdmin: true } : {}) },
    via: [...new Set(steps.flatMap((s) => [s.to.id, ...s.through.map((r) => r.id)]))].filter((id) => id !== end.id).map((id) => (estate.snapshot.node(id)!.kind === 'Scope' ? ADMIN : keyNode(estate.snapshot.node(id)!))),
    technique: { ids: steps.map((s) => s.technique), permissions: last.permissions },
    chain: steps.map((s) => s.technique),
    ...(admin ? { targetSensitivity: 'account-admin' } : { targetSensitivity: 'elevated' }),
    iac: places(evidenceOf(chain.edges)),
    severity: admin ? 'critical' : 'high',
  };
}

/** Every role that somebody may assume as deployed. */
export function assumeEdges({ estate }: Loaded): KeyFinding[] {
  return estate.snapshot.edges.filter((e) => e.kind === 'CAN_ASSUME' && e.verdict !== 'unknown').map((e) => ({
    kind: 'assume-edge', source: keyNode(estate.snapshot.node(e.from)!), target: keyNode(estate.snapshot.node(e.to)!),
    technique: { ids: [e.props['via'] === 'trust-policy' ? 'x-trust-only-assume' : 'sts-001'], permissions: ['sts:AssumeRole'] }, iac: places(e.evidence),
  }));
}
