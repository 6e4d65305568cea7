import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { layeredReach } from '../../graph/algorithms/index.ts';
import { buildAttack } from '../../queries/attack/index.ts';
import type { Access, Grant } from '../../queries/policy/types.ts';
import { edgeId, type EdgeKind, type EdgeRecord, type EffectClass, type NodeKind, type NodeRecord } from '../../schema/index.ts';
import { Random } from './random.ts';

export interface EstateMeasured { nodes: number; edges: number; pairs: number; facts: number; transitions: number; snapshotMs: number; buildMs: number; reachMs: number; starts: number; peakBytes: number }

/** An estate in the shape the product sees: endpoints, agents, tools, code, roles and stores with shared permission sets. Everything an agent platform writes. */
function estate(nodes: number): { snapshot: GraphSnapshot; access: Access; pairs: number } {
  const r = new Random(7);
  const all: NodeRecord[] = [];
  const edges: EdgeRecord[] = [];
  const grants = new Map<string, Grant[]>();
  let pairs = 0;
  const node = (kind: NodeKind, id: string, props: Record<string, unknown> = {}): string => {
    all.push({ id, kind, type: 'bench', name: id, provider: 'bench', scope: 's', environment: 'prod', tags: {}, state: 'declared', completeness: 'full', sources: [], aliases: [], props });
    return id;
  };
  const link = (from: string, kind: EdgeKind, to: string, props: Record<string, unknown> = {}): void => { edges.push({ id: edgeId(kind, from, to, String(edges.length)), kind, from, to, discriminator: '', verdict: 'proven', requires: [], evidence: [], props }); };
  const internet = node('Scope', 'internet');
  const perAccount = 2000;
  for (let a = 0; a * perAccount < nodes; a++) {
    const stores = Array.from({ length: 500 }, (_, i) => node('DataStore', `a${a}/store${i}`, { storeType: 'table' }));
    const sets = Array.from({ length: 40 }, () => { const start = r.below(400); return stores.slice(start, start + r.pareto(1.6, 52, 100)); });
    const roles = Array.from({ length: 300 }, (_, i) => node('Identity', `a${a}/role${i}`));
    for (const role of roles) {
      const own: Grant[] = [];
      for (const effect of ['read', 'write', 'delete'] as EffectClass[]) {
        if (r.chance(0.4)) continue;
        const s = r.headHeavy(sets.length);
        own.push({ key: `${effect} ${a} ${s}`, effect, assets: sets[s]!, actions: [], verdict: 'proven', requires: [], evidence: [] });
        pairs += sets[s]!.length;
      }
      grants.set(role, own);
      if (r.chance(0.1)) link(role, 'CAN_ASSUME', roles[r.below(roles.length)]!);
    }
    const role = (): string => roles[r.below(roles.length)]!;
    const code = Array.from({ length: 400 }, (_, i) => { const k = node('Compute', `a${a}/fn${i}`, { computeType: 'lambda', egress: r.chance(0.7) ? 'open' : 'none' }); link(k, 'RUNS_AS', role(), { for: 'code' }); return k; });
    for (let i = 0; i < 40; i++) {
      const agent = node('Agent', `a${a}/agent${i}`, { autonomy: r.chance(0.7) ? 'interactive' : 'autonomous' });
      const route = node('Endpoint', `a${a}/route${i}`, { auth: r.chance(0.3) ? 'none' : 'jwt' });
      const mail = node('Channel', `a${a}/mail${i}`, { writableBy: ['E2'], readableBy: ['E4'] });
      const chat = code[r.below(code.length)]!;
      link(internet, 'REACHES', route, { from: 'internet' });
      link(route, 'ROUTES_TO', chat);
      link(chat, 'ROUTES_TO', agent, { forwardsText: 'unknown' });
      link(mail, 'FEEDS', agent, { mode: r.chance(0.5) ? 'auto' : 'on_query' });
      const server = node('ToolServer', `a${a}/server${i}`);
      for (let t = 0; t < 5; t++) {
        const tool = node('Tool', `a${a}/tool${i}.${t}`, r.chance(0.5) ? { contract: 'undeclared' } : { contract: 'declared', effects: ['read', 'write'] });
        const k = code[r.below(code.length)]!;
        link(agent, 'HAS_TOOL', tool, { enabled: true });
        link(tool, 'PROVIDED_BY', server);
        link(tool, 'IMPLEMENTED_BY', k);
        link(tool, 'RUNS_AS', role(), { for: 'tool' });
      }
      if (r.chance(0.2)) link(agent, 'DELEGATES_TO', `a${a}/agent${r.below(i + 1)}`, { relaysContext: true, relaysReply: true });
    }
  }
  return { snapshot: new GraphSnapshot(all, edges), pairs, access: { anyAssets: [], heaviestOf: () => undefined, textsOn: () => [], grantsOf: (id) => grants.get(id) ?? [], decide: () => { throw new Error('the benchmark decides nothing'); } } };
}

/** Fact digraph of such an estate: size, build time, and reach from all entry classes and all agents over all three verdicts. */
export function measureEstate(nodes: number): EstateMeasured {
  const before = process.memoryUsage().rss;
  const t0 = performance.now();
  const { snapshot, access, pairs } = estate(nodes);
  const t1 = performance.now();
  const g = buildAttack({ snapshot, access, sensitivity: new Map() });
  const t2 = performance.now();
  const starts = [...g.starts.entry.values(), ...g.starts.agents.values()];
  const goals = Array.from({ length: g.digraph.n }, (_, v) => v).filter((v) => g.fact(v)?.fact === 'GOAL');
  const t3 = performance.now();
  layeredReach(g.layers, starts, goals);
  const t4 = performance.now();
  return { nodes: snapshot.nodes.length, edges: snapshot.edges.length, pairs, facts: g.digraph.n, transitions: g.digraph.m, snapshotMs: t1 - t0, buildMs: t2 - t1, reachMs: t4 - t3, starts: starts.length, peakBytes: process.resourceUsage().maxRSS * 1024 - before };
}
