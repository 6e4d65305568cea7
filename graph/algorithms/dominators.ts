import { reverse, type Digraph } from './digraph.ts';

/**
 * Immediate dominators from one root: the last vertex that every walk from the root to a vertex passes before it; -1 for the root and for what
 * is not reached. Iterates to a fixed point over reverse postorder (Cooper, Harvey, Kennedy): O(m) for each of a few rounds.
 */
export function dominators(g: Digraph, root: number): Int32Array {
  const { order, rank } = postorder(g, root);
  const into = reverse(g);
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
        const u = into.targets[k]!;
        if (idom[u] === -1) continue; // not reached, or not yet
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
