import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { worstVerdict, type EdgeRecord, type Evidence, type Verdict } from '../../schema/index.ts';
import { derivedEdge } from './edge.ts';

interface Way { id: string; verdict: Verdict; requires: readonly string[]; evidence: readonly Evidence[] }

/**
 * `FEEDS` from a channel or store to the agent that its event source, queue and function finally lead to. The walk goes over triggers and
 * routes, keeps the least doubtful way, and stops at the first agent.
 */
export function deriveFeeds(snapshot: GraphSnapshot): EdgeRecord[] {
  const out: EdgeRecord[] = [];
  for (const kind of ['Channel', 'DataStore'] as const)
    for (const c of snapshot.ofKind(kind)) {
      if (!snapshot.out(c.id, 'FEEDS').some((e) => e.props['mode'] === 'trigger')) continue;
      const direct = new Set(snapshot.out(c.id, 'FEEDS').map((e) => e.to));
      for (const w of agentsBehind(snapshot, c.id))
        if (!direct.has(w.id)) out.push(derivedEdge('FEEDS', c.id, w.id, { verdict: w.verdict, requires: w.requires, evidence: w.evidence, props: { mode: 'trigger' } }));
    }
  return out;
}

/** Breadth first in three rounds, proven ways before conditional before unknown, so that the first arrival is the best. */
function agentsBehind(snapshot: GraphSnapshot, start: string): Way[] {
  const levels: Way[][] = [[{ id: start, verdict: 'proven', requires: [], evidence: [] }], [], []];
  const level = { proven: 0, conditional: 1, unknown: 2 } as const;
  const seen = new Set<string>();
  const found: Way[] = [];
  for (const queue of levels)
    for (let at = 0; at < queue.length; at++) {
      const w = queue[at]!;
      if (seen.has(w.id)) continue;
      seen.add(w.id);
      const n = snapshot.node(w.id);
      if (!n) continue;
      if (n.kind === 'Agent') { found.push(w); continue; }
      for (const e of snapshot.out(w.id, 'FEEDS', 'ROUTES_TO')) {
        if (e.kind === 'FEEDS' && e.props['mode'] !== 'trigger') continue;
        if (e.kind === 'ROUTES_TO' && n.kind !== 'Compute' && n.kind !== 'Endpoint') continue;
        const verdict = worstVerdict(w.verdict, e.verdict);
        levels[level[verdict]]!.push({ id: e.to, verdict, requires: [...w.requires, ...e.requires], evidence: [...w.evidence, ...e.evidence] });
      }
    }
  return found;
}
