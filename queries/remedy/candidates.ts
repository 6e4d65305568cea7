import type { Graph } from './edit.ts';
import { FixGraph, type Candidate, type Reached } from './fix-kind.ts';
import { FIX_LIST } from './fixes.gen.ts';

export type { Candidate, Reached } from './fix-kind.ts';

/** What every kind of fix would change at the hops of the paths; the change that touches most comes first. */
export function candidatesOf(reached: readonly Reached[], graph: Graph): Candidate[] {
  const g = new FixGraph(graph, reached);
  const found = new Map<string, Candidate>();
  for (const r of reached)
    for (const [index, hop] of r.path.hops.entries())
      for (const kind of FIX_LIST)
        for (const c of kind.at(hop, { reached: r, index, hops: r.path.hops }, g)) {
          const there = found.get(c.fix.id);
          if (!there) found.set(c.fix.id, { ...c, touches: new Set([r.fingerprint]), fix: { ...c.fix, rules: [...r.rules] } });
          else { there.touches.add(r.fingerprint); there.fix.rules = [...new Set([...there.fix.rules, ...r.rules])].sort(); }
        }
  return [...found.values()].sort((a, b) => b.touches.size - a.touches.size || a.cost - b.cost || (a.fix.id < b.fix.id ? -1 : 1));
}
