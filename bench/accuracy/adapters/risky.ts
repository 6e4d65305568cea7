import { effectsOf, expandActions } from '../../../knowledge/actions/index.ts';
import type { Evidence, NodeRecord, Statement } from '../../../schema/index.ts';
import type { KeyFinding } from '../findings.ts';
import type { Loaded } from '../load.ts';
import { keyNode, places } from '../nodes.ts';

const STRONG = new Set(['read', 'write', 'delete', 'credential', 'permission', 'invoke', 'execute', 'send']);

/** Workload roles that may do something telling to every resource, and agents whose tools run as one. */
export function riskyIdentities({ estate }: Loaded): KeyFinding[] {
  const s = estate.snapshot;
  const wide = new Map<string, Evidence[]>();
  for (const n of s.ofKind('Identity')) {
    if (n.props['identityType'] !== 'role') continue;
    const evidence = s.out(n.id, 'HAS_POLICY').filter((e) => e.props['as'] === 'identity').flatMap((e) => widely(s.node(e.to)!).concat(e.evidence.length && widely(s.node(e.to)!).length ? e.evidence : []));
    if (evidence.length > 0) wide.set(n.id, evidence);
  }
  const out: KeyFinding[] = [...wide].map(([id, evidence]) => ({ kind: 'risky-permission', source: keyNode(s.node(id)!), targetSensitivity: 'elevated', iac: places(evidence) }));
  for (const a of s.ofKind('Agent')) {
    for (const t of s.out(a.id, 'HAS_TOOL')) {
      const computes = s.out(t.to, 'IMPLEMENTED_BY', 'EXECUTES_IN').map((e) => e.to);
      for (const id of new Set([t.to, ...computes].flatMap((x) => s.out(x, 'RUNS_AS').map((e) => e.to)))) {
        if (wide.has(id)) out.push({ kind: 'risky-agent-tool', source: keyNode(a), target: keyNode(s.node(id)!), targetSensitivity: 'sensitive-data', iac: places(wide.get(id)!) });
      }
    }
  }
  return out;
}

/** Statements that allow a telling action on every resource. */
function widely(policy: NodeRecord): Evidence[] {
  return ((policy.props['statements'] ?? []) as Statement[]).filter((st) => st.effect === 'Allow' && st.resources?.includes('*') && (st.notActions !== undefined || (st.actions ?? []).some(telling)))
    .map((st) => { const source = policy.sources[st.source ?? 0] ?? policy.sources[0]; return { basis: 'code', ...(source ? { source } : {}) }; });
}

const known = new Map<string, boolean>();
function telling(pattern: string): boolean {
  let t = known.get(pattern);
  if (t === undefined) known.set(pattern, (t = pattern === '*' || expandActions(pattern).some((a) => effectsOf(a).some((e) => STRONG.has(e)))));
  return t;
}
