import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { OWNER_SOURCES, ownerKind, ownerTag, showHoles, type NodeRecord, type OwnerRow, type SourceRef } from '../../schema/index.ts';
import { nodeRef } from './ref.ts';

interface Found { owner: string; kind: 'person' | 'team'; by: string; source?: SourceRef }

/**
 * Who answers for a node: a person before a team; its own owner before that of what it runs in. Which source names the own owner is decided
 * when the graph is made, in the order of OWNER_SOURCES.
 */
function lookUp(n: NodeRecord, snapshot: GraphSnapshot): Found | undefined {
  for (const id of [n.id, ...snapshot.out(n.id, 'IMPLEMENTED_BY').map((e) => e.to), ...snapshot.out(n.id, 'IN_SCOPE').map((e) => e.to)]) {
    const at = id === n.id ? '' : ` of ${showHoles(snapshot.node(id)?.name ?? id)}, where it runs`;
    const claims = snapshot.out(id, 'OWNED_BY').flatMap((e) => { const o = snapshot.node(e.to); return o ? [{ e, o }] : []; });
    const best = claims.find((c) => c.o.props['ownerKind'] === 'person') ?? claims[0];
    if (best) {
      const source = best.e.evidence[0]?.source;
      return { owner: showHoles(best.o.name), kind: best.o.props['ownerKind'] === 'person' ? 'person' : 'team', by: `${String(best.e.props['by'] ?? 'declared')}${at}`, ...(source ? { source } : {}) };
    }
    // Kinds that carry no OWNED_BY of their own, accounts among them, may still be tagged.
    const there = snapshot.node(id);
    const tag = ownerTag(there?.tags ?? {});
    if (tag) return { owner: showHoles(tag.value), kind: ownerKind(tag.value), by: `tag${at}`, ...(there?.sources[0] ? { source: there.sources[0] } : {}) };
  }
  return undefined;
}

export const ownerOf = (n: NodeRecord, snapshot: GraphSnapshot): string | undefined => lookUp(n, snapshot)?.owner;

/** Things somebody must answer for, as inventories list them. */
const LISTED = ['Agent', 'ToolServer', 'Compute', 'DataStore', 'Secret', 'Endpoint', 'Channel', 'Pipeline', 'Repository', 'Identity'] as const;

/** Owner of each thing, those that nobody answers for first, agents first among them. */
export function ownerRows(snapshot: GraphSnapshot): OwnerRow[] {
  const rows = LISTED.flatMap((kind) => snapshot.ofKind(kind)).filter((n) => n.completeness !== 'none' && n.props['any'] !== true && n.state !== 'removed' && n.sources.length > 0).map((n): OwnerRow => {
    const found = lookUp(n, snapshot);
    return found ? { node: nodeRef(n), owner: found.owner, ownerKind: found.kind, by: found.by, ...(found.source ? { source: found.source } : {}), tried: [] } : { node: nodeRef(n), by: '', tried: [...OWNER_SOURCES, 'what it runs in'] };
  });
  return rows.sort((a, b) => Number(a.owner !== undefined) - Number(b.owner !== undefined));
}
