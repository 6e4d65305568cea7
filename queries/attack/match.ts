import { decode, isHidden, kindOf, variantOf } from './facts.ts';
import type { AttackGraph } from './graph.ts';
import type { FactPattern, Step, TransitionPattern } from './query.ts';

export const isTransition = (s: Step): s is TransitionPattern => 'transition' in s;

/** 1 for every vertex a pattern means. */
export function matchFacts(g: AttackGraph, pattern: FactPattern): Uint8Array {
  const kinds: ReadonlySet<string> = new Set(typeof pattern.fact === 'string' ? [pattern.fact] : pattern.fact);
  const codeFits = new Uint8Array(256);
  for (let c = 0; c < 256; c++) {
    const kind = kindOf(c);
    if (kind === undefined || isHidden(c) || !kinds.has(kind)) continue;
    const p = decode(c);
    if (kind === 'EFFECT' && pattern.effects && !pattern.effects.includes(p.effect)) continue;
    if (kind === 'GOAL' && pattern.goals && !pattern.goals.includes(p.goal)) continue;
    if (pattern.variant && !pattern.variant(variantOf(c))) continue;
    codeFits[c] = 1;
  }
  const nodes = pattern.nodes;
  const nodeFits = new Int8Array(nodes ? g.world.nodes.length : 0).fill(-1);
  const fits = (i: number): boolean => {
    if (!nodes) return true;
    if (nodeFits[i] === -1) { const n = g.world.nodes[i]!; nodeFits[i] = (typeof nodes === 'function' ? nodes(n) : nodes.has(n.id)) ? 1 : 0; }
    return nodeFits[i] === 1;
  };
  const found = new Uint8Array(g.digraph.n);
  for (let v = 0; v < found.length; v++) if (codeFits[g.codes[v]!] && fits(g.nodes[v]!)) found[v] = 1;
  return found;
}

/** 1 for every edge a transition pattern means. A name that ends in `/*` means the whole file. */
export function matchTransitions(g: AttackGraph, pattern: TransitionPattern): Uint8Array {
  const names = typeof pattern.transition === 'string' ? [pattern.transition] : pattern.transition;
  const fits = g.causes.map((c) => names.some((n) => (n.endsWith('*') ? c.rule.startsWith(n.slice(0, -1)) : c.rule === n)));
  const found = new Uint8Array(g.digraph.m);
  for (let k = 0; k < found.length; k++) if (fits[g.cause[k]!] && (!pattern.where || pattern.where(g.transition(k)))) found[k] = 1;
  return found;
}
