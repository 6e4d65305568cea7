import { createHash } from 'node:crypto';
import { Random } from './random.ts';

export type Model = 'seg' | 'flat';
export interface GeneratedGraph {
  n: number;
  from: Int32Array;
  to: Int32Array;
  /** Every agent, every sensitive store. */
  agents: Int32Array;
  sensitive: Int32Array;
  hash: string;
}

const KINDS = ['compute', 'store', 'role', 'network', 'token', 'policy', 'misc', 'user', 'tool', 'balancer', 'agent', 'group'] as const;
type Kind = (typeof KINDS)[number];
const SHARE: Readonly<Record<Kind, number>> = { compute: 27, store: 18, role: 12, network: 10, token: 8, policy: 6, misc: 5, user: 3, tool: 3, balancer: 3, agent: 1, group: 0.5 };
const TOTAL = Object.values(SHARE).reduce((a, b) => a + b, 0);
const INPUTS = 20;
/** Accounts of one unit trust each other a little. */
const UNIT = 8;

/** A list of edges that grows in blocks. */
class Edges {
  from = new Int32Array(1 << 16);
  to = new Int32Array(1 << 16);
  m = 0;
  add(a: number, b: number): void {
    if (this.m === this.from.length) {
      const grow = (x: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => { const y = new Int32Array(x.length * 2); y.set(x); return y; };
      this.from = grow(this.from);
      this.to = grow(this.to);
    }
    this.from[this.m] = a;
    this.to[this.m++] = b;
  }
}

/**
 * A cloud estate as a plain digraph (performance.md §9): accounts of heavy-tailed size, roles, stores, compute, agents and tools in published
 * proportions. `seg`: 0.4 % of eligible edges leave the account, to neighbours of its unit. `flat`: 10 % go to any account.
 */
export function generate(nodes: number, model: Model, seed = 1, storeDegree = 52, storeCap = 2000): GeneratedGraph {
  const r = new Random(seed);
  const accounts = Math.max(2, Math.round(nodes / 2000));
  const weights = Array.from({ length: accounts }, () => 0.3 + r.pareto(1.6, 100, 1500) / 100);
  const scale = (nodes - 1 - INPUTS) / weights.reduce((a, b) => a + b, 0);
  const base: Record<Kind, number>[] = [];
  const size: Record<Kind, number>[] = [];
  let next = 1 + INPUTS;
  const moreAgents = Math.max(1, 1100 / Math.max(1, (nodes * SHARE.agent) / TOTAL));
  for (const w of weights) {
    const b = {} as Record<Kind, number>;
    const s = {} as Record<Kind, number>;
    for (const k of KINDS) {
      b[k] = next;
      s[k] = Math.max(1, Math.round((w * scale * SHARE[k] * (k === 'agent' ? moreAgents : 1)) / TOTAL));
      next += s[k];
    }
    base.push(b);
    size.push(s);
  }
  const e = new Edges();
  const leaves = model === 'flat' ? 0.1 : 0.004;
  const account = (a: number): number => {
    if (!r.chance(leaves)) return a;
    if (model === 'flat') return r.below(accounts);
    if (a === 0) return r.below(accounts); // the pipeline account deploys anywhere
    const unit = a - (a % UNIT);
    return Math.min(accounts - 1, unit + ((a - unit + r.between(1, 3)) % UNIT));
  };
  const one = (a: number, k: Kind): number => { const x = account(a); return base[x]![k] + r.below(size[x]![k]); };
  const head = (a: number, k: Kind): number => { const x = account(a); return base[x]![k] + r.headHeavy(size[x]![k]); };
  for (let a = 0; a < accounts; a++) {
    const each = (k: Kind, f: (v: number, i: number) => void): void => { for (let i = 0; i < size[a]![k]; i++) f(base[a]![k] + i, i); };
    const times = (n: number, f: () => void): void => { for (let i = 0; i < n; i++) f(); };
    each('agent', (v) => {
      times(r.between(1, 2), () => e.add(1 + r.below(INPUTS), v));
      times(r.between(2, 7), () => e.add(v, head(a, 'tool')));
      e.add(v, one(a, 'role'));
    });
    each('tool', (v) => {
      if (r.chance(0.7)) e.add(v, one(a, 'token'));
      if (r.chance(0.5)) e.add(v, one(a, 'compute'));
      times(r.between(0, 3), () => e.add(v, one(a, 'store')));
    });
    each('token', (v) => e.add(v, one(a, r.chance(0.7) ? 'role' : 'user')));
    each('compute', (v) => {
      if (r.chance(0.85)) e.add(v, head(a, 'role'));
      times(r.between(0, 4), () => e.add(v, one(a, 'compute')));
    });
    const privileged = Math.max(1, Math.floor(size[a]!.role / 100));
    each('role', (v, i) => {
      // Roles are numbered from most to least privileged: assumption mostly goes down.
      times(r.between(0, 2), () => e.add(v, r.chance(0.12) ? one(a, 'role') : base[a]!.role + i + r.below(size[a]!.role - i)));
      times(r.pareto(1.6, storeDegree, storeCap), () => e.add(v, one(a, 'store')));
      if (r.chance(0.5)) e.add(v, one(a, 'compute'));
      if (i < privileged) times(Math.floor(size[a]!.role / 2), () => e.add(v, one(a, 'role')));
      e.add(v, one(a, 'policy'));
    });
    each('user', (v) => { e.add(v, one(a, 'group')); if (r.chance(0.3)) e.add(v, one(a, 'token')); if (r.chance(0.5)) e.add(v, one(a, 'role')); });
    each('group', (v) => { times(r.between(1, 3), () => e.add(v, one(a, 'role'))); times(r.between(0, 5), () => e.add(v, one(a, 'store'))); });
    each('store', (v) => { if (r.chance(0.04)) e.add(v, one(a, 'token')); });
    each('network', (v) => times(r.between(1, 4), () => e.add(v, one(a, 'compute'))));
    each('balancer', (v) => { e.add(v, one(a, 'compute')); if (r.chance(0.15)) e.add(0, v); });
    if (model === 'seg' && a > 0 && a % 50 === 0) e.add(base[a]!.role, base[0]!.role + r.below(size[0]!.role));
  }
  const agents: number[] = [];
  const sensitive: number[] = [];
  for (let a = 0; a < accounts; a++) {
    for (let i = 0; i < size[a]!.agent; i++) agents.push(base[a]!.agent + i);
    for (let i = 0; i < size[a]!.store; i++) if (r.chance(0.05)) sensitive.push(base[a]!.store + i);
  }
  const from = e.from.slice(0, e.m);
  const to = e.to.slice(0, e.m);
  const hash = createHash('sha256').update(from).update(to).update(Int32Array.from(agents)).update(Int32Array.from(sensitive)).digest('hex').slice(0, 16);
  return { n: next, from, to, agents: Int32Array.from(agents), sensitive: Int32Array.from(sensitive), hash };
}

/** `count` of a list, spread evenly, the same ones every time. */
export const spread = (list: Int32Array, count: number): Int32Array => (list.length <= count ? list : Int32Array.from({ length: count }, (_, i) => list[Math.floor((i * list.length) / count)]!));
