import type { Components } from './components.ts';
import type { Digraph } from './digraph.ts';

/** The acyclic graph of components, edges to each successor once. Successors have lower numbers. */
export interface Condensation { readonly count: number; readonly offsets: Int32Array; readonly targets: Int32Array }

/**
 * Condenses, keeping only components that lead to one of `towards` when given: edges to the rest are dropped.
 * O(n + m); an edge costs at most 4 bytes.
 */
export function condense(g: Digraph, c: Components, towards?: ArrayLike<number>): Condensation {
  const { offsets, targets } = g;
  const { start, members } = byComponent(g.n, c);
  const live = new Uint8Array(c.count);
  if (towards) for (let i = 0; i < towards.length; i++) { const t = c.of[towards[i]!]!; if (t >= 0) live[t] = 1; }
  else live.fill(1);
  const seen = new Int32Array(c.count).fill(-1);
  const outOffsets = new Int32Array(c.count + 1);
  let out = new Int32Array(Math.max(1024, g.m >> 3));
  let at = 0;
  for (let comp = 0; comp < c.count; comp++) {
    for (let i = start[comp]!; i < start[comp + 1]!; i++) {
      const v = members[i]!;
      for (let k = offsets[v]!; k < offsets[v + 1]!; k++) {
        const d = c.of[targets[k]!]!;
        if (d === comp || seen[d] === comp || !live[d]) continue;
        seen[d] = comp;
        live[comp] = 1; // successors are settled before, so "leads to a target" is known here
        if (at === out.length) {
          const wider = new Int32Array(out.length * 2);
          wider.set(out);
          out = wider;
        }
        out[at++] = d;
      }
    }
    outOffsets[comp + 1] = at;
  }
  return { count: c.count, offsets: outOffsets, targets: out.subarray(0, at) };
}

/** Vertices grouped by component; vertices without one are left out. */
export function byComponent(n: number, c: Components): { start: Int32Array; members: Int32Array } {
  const start = new Int32Array(c.count + 1);
  for (let v = 0; v < n; v++) if (c.of[v]! >= 0) start[c.of[v]! + 1]!++;
  for (let i = 0; i < c.count; i++) start[i + 1]! += start[i]!;
  const next = start.slice(0, c.count);
  const members = new Int32Array(start[c.count]!);
  for (let v = 0; v < n; v++) if (c.of[v]! >= 0) members[next[c.of[v]!]!++] = v;
  return { start, members };
}
