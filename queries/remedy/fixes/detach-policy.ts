import { showHoles, type EdgeRecord, type NodeRecord, type SourceChange } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, statementsOf, usedBy, type Candidate, type FixGraph, type FixKind } from '../fix-kind.ts';

/** A policy of the provider that gives a hop: whoever acts no longer has it. */
export const fix: FixKind = {
  name: 'detach-policy',
  edits: 'attachment of a managed policy',
  at(hop, where, g) {
    const found = new Map<string, Candidate>();
    if (hop.goal === 'admin' || hop.technique !== undefined) for (const e of g.out(hop.node.id, 'HAS_POLICY')) offer(e, true);
    const said = hop.evidence.filter((e) => e.source === undefined && e.text !== undefined).map((e) => e.text!);
    if (said.length > 0) for (const actor of g.actorsOf(where)) for (const e of g.out(actor, 'HAS_POLICY')) { const p = g.nodes.get(e.to); if (p && said.some((t) => t.startsWith(`${p.name}: `))) offer(e, false); }
    return [...found.values()];

    function offer(e: EdgeRecord, all: boolean): void {
      const p = g.nodes.get(e.to);
      if (p?.props['managedBy'] === 'provider' && (!all || givesAll(p))) found.set(e.id, detach(e, p, g.nodes.get(e.from)!, g));
    }
  },
};

const givesAll = (p: NodeRecord): boolean => statementsOf(p).some((s) => s.effect === 'Allow' && s.actions?.includes('*') && s.resources?.includes('*'));

function detach(e: EdgeRecord, policy: NodeRecord, holder: NodeRecord, g: FixGraph): Candidate {
  const at = e.evidence[0]?.source;
  const inList = at?.property !== undefined;
  const changes: SourceChange[] = !at ? [] : [{ in: 'block', at, path: inList ? ['ManagedPolicyArns'] : [], from: String(policy.props['arn'] ?? policy.name) }];
  return candidate(['detach', e.id], {
    op: 'remove', what: 'HAS_POLICY', node: nodeRef(holder), property: at?.property ?? 'managed_policy_arns', source: at, edit: { kind: 'detach', edge: e.id }, changes,
    text: `detach ${showHoles(policy.name)} from ${showHoles(holder.name)} and grant what it needs by name`, effect: `removes HAS_POLICY from ${showHoles(holder.name)} to ${showHoles(policy.name)}`,
    mightBreak: [`everything ${showHoles(holder.name)} does by ${showHoles(policy.name)}; what it uses is not in the input`, ...usedBy(policy.id, g).slice(0, g.in(policy.id, 'HAS_POLICY').length === 1 ? 1 : 0)],
  }, 3);
}
