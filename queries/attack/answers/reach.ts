import { layeredReach, type LayeredReach } from '../../../graph/algorithms/index.ts';
import { Verdict } from '../../../schema/index.ts';
import type { AttackGraph } from '../graph.ts';
import { matchFacts } from '../match.ts';
import { showWalk } from '../paths.ts';
import { Product } from '../product.ts';
import type { Hit, ReachAnswer, ReachQuery, ShownPaths, Start } from '../query.ts';
import { startVertices } from './starts.ts';
import { walksBetween } from './walks.ts';

export const VERDICTS = Verdict.options;

/** Answers a reach query by three bit-parallel passes over the product, all starts at once. */
export function answerReach(g: AttackGraph, q: ReachQuery): ReachAnswer {
  const vertices = q.from.map((s) => startVertices(g, s));
  const product = new Product(g, vertices.flat(), q.mustPass, q.mustNotPass);
  const sources: number[] = [];
  const owner: number[] = [];
  vertices.forEach((list, i) => { for (const v of list) { const p = product.start(v); if (p >= 0) { sources.push(p); owner.push(i); } } });
  const wanted = new Uint8Array(g.digraph.n);
  for (const t of q.to) matchFacts(g, t).forEach((hit, v) => { if (hit) wanted[v] = 1; });
  const targets: number[] = [];
  for (let v = 0; v < wanted.length; v++) if (wanted[v]) { const p = product.target(v); if (p >= 0) targets.push(p); }
  return new Answer(g, product, q.from, sources, owner, targets, layeredReach(product.layers, sources, targets));
}

class Answer implements ReachAnswer {
  readonly starts: readonly Start[];
  readonly #g: AttackGraph;
  readonly #product: Product;
  readonly #sources: readonly number[];
  readonly #targets: readonly number[];
  readonly #reach: LayeredReach;
  /** Source numbers of each start. */
  readonly #of: number[][];

  constructor(g: AttackGraph, product: Product, starts: readonly Start[], sources: readonly number[], owner: readonly number[], targets: readonly number[], reach: LayeredReach) {
    this.#g = g;
    this.#product = product;
    this.starts = starts;
    this.#sources = sources;
    this.#targets = targets;
    this.#reach = reach;
    this.#of = starts.map(() => []);
    owner.forEach((s, i) => this.#of[s]!.push(i));
  }

  #best(start: number, p: number): number {
    let best = -1;
    for (const s of this.#of[start] ?? []) { const l = this.#reach.best(s, p); if (l >= 0 && (best < 0 || l < best)) best = l; }
    return best;
  }

  verdict(start: number, vertex: number): Verdict | undefined {
    const p = this.#product.target(vertex);
    return p < 0 ? undefined : VERDICTS[this.#best(start, p)];
  }

  hits(start: number): Hit[] {
    return this.#targets.flatMap((p) => {
      const verdict = VERDICTS[this.#best(start, p)];
      const fact = verdict && this.#g.fact(this.#product.vertexOf(p));
      return fact ? [{ fact, verdict }] : [];
    }).sort((a, b) => a.fact.vertex - b.fact.vertex);
  }

  paths(start: number, vertex: number, k = 1): ShownPaths {
    const p = this.#product.target(vertex);
    const best = p < 0 ? -1 : this.#best(start, p);
    if (best < 0) return { paths: [], truncated: false };
    const { walks, truncated } = walksBetween(this.#product, this.#product.layers[best]!, this.#of[start]!.map((s) => this.#sources[s]!), p, k);
    return { paths: walks.map((w) => showWalk(this.#g, this.starts[start]!, w)), truncated };
  }
}
