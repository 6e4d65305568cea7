import type { Statement } from '../../schema/index.ts';
import type { Graph } from '../../queries/remedy/edit.ts';

/** What the policies of each holder allow: action → in how many statements. */
type Allowed = ReadonlyMap<string, ReadonlyMap<string, number>>;

function allowedIn(g: Graph): Allowed {
  const statements = new Map(g.nodes.flatMap((n) => (n.kind === 'Policy' ? [[n.id, (n.props['statements'] as Statement[] | undefined) ?? []] as const] : [])));
  const out = new Map<string, Map<string, number>>();
  for (const e of g.edges) {
    if (e.kind !== 'HAS_POLICY') continue;
    const held = out.get(e.from) ?? new Map<string, number>();
    out.set(e.from, held);
    for (const s of statements.get(e.to) ?? []) if (s.effect === 'Allow') for (const a of s.actions ?? []) held.set(a, (held.get(a) ?? 0) + 1);
  }
  return out;
}

/** Holders of policies that may do less than the fixes say, as far as whole actions tell. `expected`: the graph with the fixes in it. */
export function losingMore(expected: Graph, patched: Graph): Set<string> {
  const now = allowedIn(patched);
  const known = new Set(patched.nodes.map((n) => n.id));
  return new Set([...allowedIn(expected)].flatMap(([holder, actions]) => (known.has(holder) && [...actions].some(([a, n]) => (now.get(holder)?.get(a) ?? 0) < n) ? [holder] : [])));
}
