import { hasHole, type Drift, type NodeRecord } from '../../schema/index.ts';
import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';

/** Policies that stand on a deployed identity and that no code of the input attaches. Where the code leaves open what it attaches nobody can tell. */
export function addedByHand(identity: string, live: GraphSnapshot, code: GraphSnapshot): Drift[] {
  const written = attached(identity, code);
  if (written.some((p) => hasHole(p.name) || p.props['parse'] === 'failed')) return [];
  const known = new Set(written.flatMap((p) => [p.id, ...p.aliases, p.name]));
  const more = attached(identity, live).filter((p) => p.state === 'live' || p.props['managedBy'] === 'provider').filter((p) => ![p.id, ...p.aliases, p.name].some((x) => known.has(x)));
  return more.length === 0 ? [] : [{ field: 'attached policies', live: more.map((p) => p.name).sort(), code: null, ...(code.node(identity)?.sources[0] && { source: code.node(identity)!.sources[0]! }) }];
}

const attached = (identity: string, s: GraphSnapshot): NodeRecord[] => (s.node(identity) ? s.out(identity, 'HAS_POLICY').filter((e) => e.props['as'] === 'identity').flatMap((e) => s.node(e.to) ?? []) : []);
