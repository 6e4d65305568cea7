import type { Digraph } from './digraph.ts';

/**
 * Immediate dominators from one root: the last vertex that every walk from the root to a vertex passes before it; -1 for the root and for what
 * is not reached. Iterates to a fixed point over reverse postorder (Cooper, Harvey, Kennedy): O(m) for each of a few rounds.
 */
export function dominators(g: Digraph, root: number): Int32Array {
  const { order, rank } = postorder(g, root);
  const into = predecessors(g, rank);
  const idom = new Int32Array(g.n).fill(-1);
  idom[root] = root;
  const meet = (a: number, b: number): number => {
    while (a !== b) {
      while (rank[a]! < rank[b]!) a = idom[a]!;
      while (rank[b]! < rank[a]!) b = idom[b]!;
    }
    return a;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (let i = order.length - 2; i >= 0; i--) { // the root comes last in postorder
      const v = order[i]!;
      let best = -1;
      for (let k = into.offsets[v]!; k < into.offsets[v + 1]!; k++) {
        const u = into.tails[k]!;
        if (idom[u] === -1) continue;
        best = best === -1 ? u : meet(u, best);
      }
      if (idom[v] !== best) { idom[v] = best; changed = true; }
    }
  }
  idom[root] = -1;
  return idom;
}

/** Everything that all walks from the root to a vertex pass, nearest to the vertex first; without both ends. */
export function dominatorsOf(idom: Int32Array, root: number, v: number): number[] {
  const out: number[] = [];
  for (let d = idom[v]!; d !== -1 && d !== root; d = idom[d]!) out.push(d);
  return out;
}

function postorder(g: Digraph, root: number): { order: Int32Array; rank: Int32Array } {
  const rank = new Int32Array(g.n).fill(-1);
  const seen = new Uint8Array(g.n);
  const order: number[] = [];
  const stack = [root];
  const cursor = [g.offsets[root]!];
  seen[root] = 1;
  while (stack.length > 0) {
    const v = stack[stack.length - 1]!;
    const k = cursor[cursor.length - 1]!;
    if (k === g.offsets[v + 1]!) {
      rank[v] = order.length;
      order.push(v);
      stack.pop();
      cursor.pop();
      continue;
    }
    cursor[cursor.length - 1] = k + 1;
    const w = g.targets[k]!;
    if (seen[w]) continue;
    seen[w] = 1;
    stack.push(w);
    cursor.push(g.offsets[w]!);
  }
  return { order: Int32Array.from(order), rank };
}

/** Tails of the edges into each vertex that is reached, from vertices that are reached. */
function predecessors(g: Digraph, rank: Int32Array): { offsets: Int32Array; tails: Int32Array } {
  const offsets = new Int32Array(g.n + 1);
  const each = (visit: (v: number, w: number) => void): void => { for (let v = 0; v < g.n; v++) if (rank[v]! >= 0) for (let k = g.offsets[v]!; k < g.offsets[v + 1]!; k++) visit(v, g.targets[k]!); };
  each((_, w) => { offsets[w + 1]!++; });
  for (let v = 0; v < g.n; v++) offsets[v + 1]! += offsets[v]!;
  const next = offsets.slice(0, g.n);
  const tails = new Int32Array(offsets[g.n]!);
  each((v, w) => { tails[next[w]!++] = v; });
  return { offsets, tails };
}
