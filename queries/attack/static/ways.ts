import { verdictRank } from '../../../schema/index.ts';
import type { World } from './world.ts';

/** A node that a chain of static edges leads to. `edges`: the surest chain there is. */
export interface Way { node: number; edges: readonly number[] }

/**
 * Nodes reached from one by edges that `step` gives (edge number and where it leads), nearest first; the start is left out. Which node comes
 * first is decided by distance, which chain is shown by verdict: a doubtful short chain never hides a sure long one (law L6).
 */
export function waysFrom(world: World, start: number, step: (node: number) => Iterable<readonly [edge: number, to: number]>): Way[] {
  const order: number[] = [];
  const near = new Set([start]);
  const links: { from: number; edge: number; to: number; doubt: number }[] = [];
  for (let at = -1; at < order.length; at++) {
    const from = at < 0 ? start : order[at]!;
    for (const [edge, to] of step(from)) {
      if (to === start) continue;
      links.push({ from, edge, to, doubt: verdictRank(world.edges[edge]!.verdict) });
      if (!near.has(to)) { near.add(to); order.push(to); }
    }
  }
  const chain = new Map<number, readonly number[]>([[start, []]]);
  for (let layer = 0; layer < 3; layer++)
    for (let grew = true; grew; ) {
      grew = false;
      for (const l of links) {
        const before = chain.get(l.from);
        if (l.doubt <= layer && before && !chain.has(l.to)) { chain.set(l.to, [...before, l.edge]); grew = true; }
      }
    }
  return order.map((node) => ({ node, edges: chain.get(node)! }));
}
