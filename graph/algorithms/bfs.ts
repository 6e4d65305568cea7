import type { Digraph } from './digraph.ts';

/** Distances in edges from one or more sources; -1 = not reached. The plain reference the fast passes are tested against. */
export function bfs(g: Digraph, sources: ArrayLike<number>): Int32Array {
  const distance = new Int32Array(g.n).fill(-1);
  const queue = new Int32Array(g.n);
  let tail = 0;
  for (let i = 0; i < sources.length; i++) {
    const s = sources[i]!;
    if (distance[s] === -1) { distance[s] = 0; queue[tail++] = s; }
  }
  for (let head = 0; head < tail; head++) {
    const v = queue[head]!;
    const d = distance[v]! + 1;
    for (let k = g.offsets[v]!; k < g.offsets[v + 1]!; k++) {
      const w = g.targets[k]!;
      if (distance[w] === -1) { distance[w] = d; queue[tail++] = w; }
    }
  }
  return distance;
}

/** Scratch space for many searches over one graph: a stamp for each vertex instead of a clean array for each search. */
export class Searcher {
  readonly #g: Digraph;
  readonly #stamp: Int32Array;
  readonly #queue: Int32Array;
  #round = 0;
  constructor(g: Digraph) {
    this.#g = g;
    this.#stamp = new Int32Array(g.n);
    this.#queue = new Int32Array(g.n);
  }
  /** Vertices reached from one source, in breadth-first order; valid until the next call. */
  from(source: number): Int32Array {
    const { offsets, targets } = this.#g;
    const stamp = this.#stamp;
    const queue = this.#queue;
    const round = ++this.#round;
    let tail = 0;
    stamp[source] = round;
    queue[tail++] = source;
    for (let head = 0; head < tail; head++) {
      const v = queue[head]!;
      for (let k = offsets[v]!, end = offsets[v + 1]!; k < end; k++) {
        const w = targets[k]!;
        if (stamp[w] !== round) { stamp[w] = round; queue[tail++] = w; }
      }
    }
    return queue.subarray(0, tail);
  }
}
