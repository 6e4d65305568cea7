import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { showHoles, type NodeRecord } from '../../schema/index.ts';

const KEYS = ['owner', 'Owner', 'team', 'Team', 'contact', 'maintainer', 'owned-by', 'owned_by'];

/** Who answers for a node: a person before a team, an OWNED_BY edge before a tag, its own before that of what it runs in. */
export function ownerOf(n: NodeRecord, snapshot: GraphSnapshot): string | undefined {
  for (const id of [n.id, ...snapshot.out(n.id, 'IMPLEMENTED_BY').map((e) => e.to), ...snapshot.out(n.id, 'IN_SCOPE').map((e) => e.to)]) {
    const owners = snapshot.out(id, 'OWNED_BY').flatMap((e) => snapshot.node(e.to) ?? []);
    const best = owners.find((o) => o.props['ownerKind'] === 'person') ?? owners[0];
    if (best) return showHoles(best.name);
    const tags = snapshot.node(id)?.tags ?? {};
    const key = KEYS.find((k) => tags[k] !== undefined && tags[k] !== '');
    if (key !== undefined) return showHoles(tags[key]!);
  }
  return undefined;
}
