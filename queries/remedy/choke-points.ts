import { dominators, dominatorsOf, minCut } from '../../graph/algorithms/index.ts';
import { EntryClass, type FactKind, type Finding, type NodeRecord } from '../../schema/index.ts';
import type { AttackGraph } from '../attack/graph.ts';

/** A fact that every walk of some findings passes, whoever starts them: what stands there decides all of them. */
export interface ChokePoint { fact: FactKind; node: NodeRecord; passedBy: string[] }

/**
 * Choke points of findings that start from an entry class: dominators of their effects in the attack graph, from that class. A finding whose
 * effect is reached in several variants has those that all of them share. Those that most findings pass come first, then those nearer the start.
 */
export function chokePoints(g: AttackGraph, findings: readonly Finding[]): ChokePoint[] {
  const trees = new Map<EntryClass, Int32Array>();
  const found = new Map<string, ChokePoint & { depth: number }>();
  for (const f of findings) {
    const entry = EntryClass.safeParse(f.startClass);
    if (!entry.success) continue;
    const root = g.starts.entry.get(entry.data)!;
    let idom = trees.get(entry.data);
    if (!idom) trees.set(entry.data, (idom = dominators(g.digraph, root)));
    sharedBy(g, f, idom, root).forEach((v, i, all) => {
      const fact = g.fact(v)!;
      const key = `${fact.fact} ${fact.node.id}`;
      const c = found.get(key);
      if (!c) found.set(key, { fact: fact.fact, node: fact.node, passedBy: [f.fingerprint], depth: all.length - i });
      else if (!c.passedBy.includes(f.fingerprint)) c.passedBy.push(f.fingerprint);
    });
  }
  return [...found.values()].sort((a, b) => b.passedBy.length - a.passedBy.length || a.depth - b.depth || (a.node.id < b.node.id ? -1 : 1)).map(({ fact, node, passedBy }) => ({ fact, node, passedBy }));
}

/** Vertices between the start and every variant of the finding's effect, nearest to the effect first. */
function sharedBy(g: AttackGraph, f: Finding, idom: Int32Array, root: number): number[] {
  const asset = g.world.index(f.asset.id);
  let shared: number[] | undefined;
  for (let v = 0; v < g.digraph.n; v++) {
    if (g.nodes[v] !== asset || idom[v] === -1) continue;
    const fact = g.fact(v);
    if (fact?.fact !== 'EFFECT' || fact.effect !== f.effect) continue;
    const chain = dominatorsOf(idom, root, v).filter((d) => g.fact(d) !== undefined);
    shared = shared === undefined ? chain : shared.filter((d) => chain.includes(d));
  }
  return shared ?? [];
}

/** Fewest transitions that would have to go so that no entry class reaches an effect of the findings; undefined when none can be told. */
export function fewestCuts(g: AttackGraph, findings: readonly Finding[]): number | undefined {
  const wanted = new Set(findings.map((f) => `${f.effect} ${f.asset.id}`));
  const classes = new Set(findings.flatMap((f) => { const e = EntryClass.safeParse(f.startClass); return e.success ? [e.data] : []; }));
  const targets = Array.from({ length: g.digraph.n }, (_, v) => v).filter((v) => { const fact = g.fact(v); return fact?.fact === 'EFFECT' && wanted.has(`${fact.effect} ${fact.node.id}`); });
  if (classes.size === 0 || targets.length === 0) return undefined;
  // What stands behind a grant is one permission: the way to it is cut, not each asset.
  const cut = minCut(g.digraph, [...classes].map((c) => g.starts.entry.get(c)!), targets, (k) => g.isHidden(g.tails[k]!));
  return cut.uncuttable ? undefined : cut.edges.length;
}

/** At least so many of the changes are needed to close what they can close: findings of which no change closes two. */
export function fewestChanges(closes: readonly (readonly string[])[]): number {
  const by = new Map<string, number[]>();
  closes.forEach((list, i) => { for (const f of list) { const there = by.get(f); if (there) there.push(i); else by.set(f, [i]); } });
  const used = new Set<number>();
  let count = 0;
  for (const [, changes] of [...by].sort((a, b) => a[1].length - b[1].length || (a[0] < b[0] ? -1 : 1))) {
    if (changes.some((i) => used.has(i))) continue;
    count++;
    for (const i of changes) used.add(i);
  }
  return count;
}
