import { verdictRank } from '../../../schema/index.ts';
import type { World } from './world.ts';

/** A node that a chain of static edges leads to. `edges`: the surest chain there is. */
export interface Way { node: number; edges: readonly number[] }
/** `distance`: edges of the shortest chain, however sure. */
export interface Near extends Way { distance: number }

interface Link { from: number; edge: number; to: number; doubt: number; asks: string }
/** Edge numbers decide only between edges that say the same. */
const byEnds = (a: Link, b: Link): number => a.from - b.from || a.to - b.to || a.doubt - b.doubt || (a.asks < b.asks ? -1 : a.asks > b.asks ? 1 : a.edge - b.edge);

/**
 * Nodes reached from one by edges that `step` gives (edge number and where it leads), nearest first; the start is left out. Which node comes
 * first is decided by distance and then by node, never by the order of edges; which chain is shown, by verdict: a doubtful short chain never
 * hides a sure long one (law L6). Nodes of one distance are equals: who wants the nearest means all of them.
 */
export function waysFrom(world: World, start: number, step: (node: number) => Iterable<readonly [edge: number, to: number]>): Near[] {
  const distances = new Map([[start, 0]]);
  const links: Link[] = [];
  for (const [from, distance] of distances) // a Map visits what is added on the way
    for (const [edge, to] of step(from)) {
      if (to === start) continue;
      const { verdict, requires } = world.edges[edge]!;
      links.push({ from, edge, to, doubt: verdictRank(verdict), asks: requires.join() });
      if (!distances.has(to)) distances.set(to, distance + 1);
    }
  distances.delete(start);
  if (links.length === 0) return [];
  links.sort(byEnds);
  const chain = new Map<number, readonly number[]>([[start, []]]);
  for (let layer = 0; layer < 3; layer++)
    for (let grew = true; grew; ) {
      grew = false;
      for (const l of links) {
        const before = chain.get(l.from);
        if (l.doubt <= layer && before && !chain.has(l.to)) { chain.set(l.to, [...before, l.edge]); grew = true; }
      }
    }
  return [...distances].sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([node, distance]) => ({ node, edges: chain.get(node)!, distance }));
}
