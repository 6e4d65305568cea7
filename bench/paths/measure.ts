import { buildDigraph, distancesTo, reach, reverse, Searcher, shortestPaths, type Digraph } from '../../graph/algorithms/index.ts';
import { spread } from './generate.ts';
import { loadGraph } from './stored.ts';

/** What one child process is asked: one engine, one measurement. */
export interface Task { engine: 'scan' | 'plain' | 'paths'; file: string; agents: number; sample: number; rounds: number }
export interface Measured {
  ms: number[];
  buildMs: number;
  /** Reached pairs, and for each agent its count and a mix of the stores it reaches: equal answers have equal digests. */
  pairs: number;
  agentCount: number;
  digest: [count: number, mix: number][];
  /** Highest resident set minus the one before the graph was loaded. */
  peakBytes: number;
  n: number;
  m: number;
  pathUs?: { p50: number; p99: number; reverseMs: number; pairs: number };
}

const now = (): number => performance.now();
const mix = (x: number): number => Math.imul(x ^ (x >>> 16), 0x45d9f3b) >>> 0;

/** Runs in the child. */
export function measure(task: Task): Measured {
  const base = process.memoryUsage().rss;
  const loaded = loadGraph(task.file);
  const t0 = now();
  const g = buildDigraph(loaded.n, loaded.from, loaded.to);
  const buildMs = now() - t0;
  const agents = spread(spread(loaded.agents, task.agents), task.sample);
  const peak = (): number => process.resourceUsage().maxRSS * 1024 - base;
  const common = { buildMs, n: g.n, m: g.m, agentCount: agents.length };
  if (task.engine === 'paths') return { ...common, ms: [], pairs: 0, digest: [], pathUs: paths(g, agents, loaded.sensitive), peakBytes: peak() };
  const run = task.engine === 'scan' ? scan : plain;
  const ms: number[] = [];
  let last: Pick<Measured, 'pairs' | 'digest'> = { pairs: 0, digest: [] };
  for (let i = 0; i < task.rounds; i++) {
    const { took, answer } = run(g, agents, loaded.sensitive);
    ms.push(took);
    last = answer();
  }
  return { ...common, ...last, ms, peakBytes: peak() };
}

interface Timed { took: number; answer: () => Pick<Measured, 'pairs' | 'digest'> }

/** All agents at once: components, condensation, masks. The pairs are expanded outside of the clock, for the comparison only. */
function scan(g: Digraph, agents: Int32Array, sensitive: Int32Array): Timed {
  const t = now();
  const r = reach(g, agents, sensitive);
  let pairs = 0;
  for (const s of sensitive) pairs += r.countOf(s);
  const took = now() - t;
  return { took, answer: () => {
    const digest = Array.from(agents, (): [number, number] => [0, 0]);
    for (const s of sensitive) for (const a of r.sourcesOf(s)) { const d = digest[a]!; d[0]++; d[1] = (d[1] + mix(s)) >>> 0; }
    return { pairs, digest };
  } };
}

/** One breadth-first search for each agent over the same typed arrays. */
function plain(g: Digraph, agents: Int32Array, sensitive: Int32Array): Timed {
  const isTarget = new Uint8Array(g.n);
  for (const s of sensitive) isTarget[s] = 1;
  const search = new Searcher(g);
  const t = now();
  const digest = Array.from(agents, (a): [number, number] => {
    let count = 0;
    let sum = 0;
    for (const v of search.from(a)) if (isTarget[v]) { count++; sum = (sum + mix(v)) >>> 0; }
    return [count, sum];
  });
  return { took: now() - t, answer: () => ({ pairs: digest.reduce((n, d) => n + d[0], 0), digest }) };
}

/** Ten chordless paths of a pair, after one reverse search for each target. */
function paths(g: Digraph, agents: Int32Array, sensitive: Int32Array): NonNullable<Measured['pathUs']> {
  const backwards = reverse(g);
  const times: number[] = [];
  let reverseMs = 0;
  const targets = spread(sensitive, 40);
  for (const t of targets) {
    const t0 = now();
    const distance = distancesTo(g, t, backwards);
    reverseMs = Math.max(reverseMs, now() - t0);
    let asked = 0;
    for (const a of agents) {
      if (distance[a]! < 0 || asked >= 25) continue;
      asked++;
      const t1 = now();
      shortestPaths(g, a, t, distance, { k: 10 });
      times.push((now() - t1) * 1000);
    }
  }
  times.sort((a, b) => a - b);
  const at = (q: number): number => times[Math.min(times.length - 1, Math.floor(times.length * q))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), reverseMs, pairs: times.length };
}
