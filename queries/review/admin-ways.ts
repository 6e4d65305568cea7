import type { EscalationStep, NodeRecord, PrincipalRow, Verdict } from '../../schema/index.ts';
import type { AttackQueries, FactPattern } from '../attack/query.ts';
import { nodeRef } from '../findings/ref.ts';

/** The account as a goal, with or without a technique at the end. */
const ADMIN: readonly FactPattern[] = [{ fact: 'GOAL', goals: ['admin'] }];
const BY_AGENT = new Set(['INFLUENCE', 'TOOL']);
/** Ways are told for so many principals; of the others only that there is one. */
const TOLD = 200;

/**
 * Ways to admin that no chain of techniques shows: by an agent that one may talk to, by code that runs as somebody else, by a credential that
 * lies somewhere. One backward search says who has one; the way itself is worked out where it is told.
 */
export function adminWays(attack: AttackQueries): (n: NodeRecord) => PrincipalRow['canBecomeAdmin'] | undefined {
  const { principals } = attack.upstream(ADMIN);
  let told = 0;
  return (n) => {
    const verdict: Verdict | undefined = principals.get(n.id);
    if (verdict === undefined || verdict === 'unknown') return undefined;
    if (told++ >= TOLD) return { value: true, verdict, throughAgent: false, steps: [] };
    const answer = attack.reach({ from: [{ principal: n.id }], to: ADMIN });
    const hit = answer.hits(0).find((h) => h.verdict === verdict);
    const [path] = hit ? answer.paths(0, hit.fact.vertex).paths : [];
    let from = nodeRef(n);
    const steps = (path?.hops ?? []).flatMap((h): EscalationStep[] => {
      const step = { technique: h.technique ?? h.transition, from, to: h.node, through: [], permissions: [], verdict: h.verdict, requires: h.requires, evidence: h.evidence, sets: [] };
      from = h.node;
      return [step];
    });
    return { value: true, verdict, throughAgent: path?.hops.some((h) => BY_AGENT.has(h.fact)) ?? false, steps };
  };
}
