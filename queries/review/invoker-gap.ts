import { EntryClass, verdictRank, worstVerdict, type EffectClass, type GapCell, type GapRow, type NodeRecord, type NodeRef, type Verdict } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import type { AttackQueries, Deed, Start } from '../attack/query.ts';
import { nodeRef } from '../findings/ref.ts';
import { START_SAYS } from '../findings/starts.ts';
import { weight } from '../findings/weights.ts';

export interface InvokerGap { rows: GapRow[]; cells: GapCell[]; notes: string[] }

const MEMBERS = 20;
/** Classes of people. E7 is nobody, E6 and E8 hold what is not theirs. */
const CLASSES: readonly EntryClass[] = ['E0', 'E1', 'E2', 'E3', 'E4', 'E5'];
/** Sets of agents that are asked for one by one; the rest is said to be left out. */
const MAX_SETS = 200;
const LEARN: ReadonlySet<EffectClass> = new Set(['list', 'read', 'credential']);
/** Asking, and nothing else first: whoever changes code or becomes somebody else has escalated. */
const ASKING = [{ fact: 'EXEC' as const }, { transition: ['from-credential/assume', 'from-credential/escalate'] }];

/** An effect that an agent has for whoever may talk to it. */
interface Gain { agent: NodeRecord; effect: EffectClass; asset: NodeRecord; verdict: Verdict; requires: readonly string[]; deed: Deed }

/**
 * Who gains what by talking to which agent (model 6.4): the agent's effects for this invoker, less the invoker's own. Principals that may
 * talk to the same agents are answered by one of them, and those that gain the same are one row.
 */
export function invokerGap(estate: Estate, attack: AttackQueries): InvokerGap {
  const out: InvokerGap = { rows: [], cells: [], notes: [] };
  const classes: Start[] = CLASSES.map((c) => ({ class: c }));
  const byClass = gains(attack, classes);
  CLASSES.forEach((c, i) => {
    // What anyone may read anyway is no gain.
    const given = byClass.get(i) ?? [];
    put(out, estate, [classRef(c)], given, given.filter((g) => !(g.effect === 'read' && estate.sensitivity.get(g.asset.id)?.level === 'public')));
  });
  const sets = [...invokers(estate, attack).values()].sort((a, b) => b.length - a.length);
  if (sets.length > MAX_SETS) out.notes.push(`principals reach ${sets.length} different sets of agents; the ${MAX_SETS} most common are shown`);
  const shown = sets.slice(0, MAX_SETS);
  const bySet = gains(attack, shown.map((s): Start => ({ principal: s[0]!.id })));
  const holds = holdings(estate);
  shown.forEach((set, i) => {
    const byGain = new Map<string, { who: NodeRecord[]; gained: Gain[] }>();
    for (const p of set) {
      const gained = (bySet.get(i) ?? []).filter((g) => !holds(p, g));
      const k = gained.map(keyOf).sort().join('\n');
      const there = byGain.get(k);
      if (there) there.who.push(p);
      else byGain.set(k, { who: [p], gained });
    }
    for (const { who, gained } of byGain.values()) put(out, estate, weakestFirst(who, estate).map(nodeRef), bySet.get(i) ?? [], gained);
  });
  const order = (a: { invoker: NodeRef; agent: NodeRef }, b: typeof a): number => compare(a.agent.id, b.agent.id) || compare(a.invoker.id, b.invoker.id);
  out.cells.sort((a, b) => b.gained - a.gained || order(a, b));
  out.rows.sort((a, b) => b.weight - a.weight || verdictRank(a.verdict) - verdictRank(b.verdict) || order(a, b) || compare(a.asset.id, b.asset.id) || compare(a.effect, b.effect));
  return out;
}

const keyOf = (g: Gain): string => `${g.agent.id}|${g.effect}|${g.asset.id}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const classRef = (c: EntryClass): NodeRef => ({ id: `ovr:scope:overreach:${c}`, kind: 'Scope', type: 'overreach.entry-class', name: `${c}: ${START_SAYS[c]}` });

/** What each start gets done by agents: first which agents it steers and how, by asking alone; then what each agent does when steered so. */
function gains(attack: AttackQueries, from: readonly Start[]): Map<number, Gain[]> {
  if (from.length === 0) return new Map();
  const answer = attack.reach({ from, to: [{ fact: 'INFLUENCE' }], mustNotPass: ASKING });
  const talks = from.map((_, i) => {
    const byAgent = new Map<string, Talk>();
    for (const h of answer.hits(i)) {
      const t = byAgent.get(h.fact.node.id) ?? { agent: h.fact.node, variants: new Set<string>(), verdict: h.verdict, vertex: h.fact.vertex };
      t.variants.add(JSON.stringify(h.fact.variant));
      if (verdictRank(h.verdict) < verdictRank(t.verdict)) Object.assign(t, { verdict: h.verdict, vertex: h.fact.vertex });
      byAgent.set(h.fact.node.id, t);
    }
    return [...byAgent.values()];
  });
  const deeds = deedsOf(attack, talks.flat());
  return new Map(talks.map((list, i) => [i, list.flatMap((t) => {
    const requires = t.verdict === 'proven' ? [] : (answer.paths(i, t.vertex).paths[0]?.requires ?? []);
    return (deeds.get(keyOfTalk(t)) ?? []).map((g): Gain => ({ ...g, verdict: worstVerdict(g.verdict, t.verdict), requires }));
  })]));
}

interface Talk { agent: NodeRecord; variants: Set<string>; verdict: Verdict; vertex: number }
const keyOfTalk = (t: Talk): string => `${t.agent.id}\n${[...t.variants].sort().join('\n')}`;

/** Effects of an agent itself; what it learns counts only where the answer comes back. */
function deedsOf(attack: AttackQueries, talks: readonly Talk[]): Map<string, Omit<Gain, 'requires'>[]> {
  const asked = [...new Map(talks.map((t) => [keyOfTalk(t), t]))];
  const out = new Map<string, Map<string, Omit<Gain, 'requires'>>>();
  if (asked.length === 0) return new Map();
  const from = asked.map(([, t]): Start => ({ facts: { fact: 'INFLUENCE', nodes: new Set([t.agent.id]), variant: (v) => t.variants.has(JSON.stringify(v)) }, says: `whoever talks to ${t.agent.name}` }));
  for (const deed of attack.deeds({ from })) {
    const [key, { agent }] = asked[deed.start]!;
    if ((deed.subject.kind === 'Agent' ? deed.subject : deed.agent)?.id !== agent.id || deed.benign || (LEARN.has(deed.effect) && !deed.visible)) continue;
    let mine = out.get(key);
    if (!mine) out.set(key, (mine = new Map()));
    for (const asset of deed.assets) {
      const k = `${deed.effect}|${asset.id}`;
      const before = mine.get(k);
      if (!before || verdictRank(deed.verdict) < verdictRank(before.verdict)) mine.set(k, { agent, effect: deed.effect, asset, verdict: deed.verdict, deed });
    }
  }
  return new Map([...out].map(([k, m]) => [k, [...m.values()]]));
}

/** Principals by the agents they may talk to and how sure that is. What agents and their tools run as is left out: asking is what it is for. */
function invokers(estate: Estate, attack: AttackQueries): Map<string, NodeRecord[]> {
  const { snapshot } = estate;
  const own = new Set((['Agent', 'Tool', 'ToolServer', 'Endpoint'] as const).flatMap((k) => snapshot.ofKind(k)).flatMap((a) => snapshot.out(a.id, 'RUNS_AS').map((e) => e.to)));
  const talksTo = new Map<string, string[]>();
  for (const a of snapshot.ofKind('Agent')) {
    if (a.completeness === 'none') continue;
    for (const [p, v] of attack.upstream([{ fact: 'INFLUENCE', nodes: new Set([a.id]) }], ASKING).principals) if (!own.has(p)) talksTo.set(p, [...(talksTo.get(p) ?? []), `${a.id}:${v}`]);
  }
  const out = new Map<string, NodeRecord[]>();
  for (const [id, agents] of talksTo) {
    const n = snapshot.node(id);
    if (!n || n.props['isAdmin'] === true || passesOn(estate, id)) continue;
    const k = agents.sort().join('\n');
    out.set(k, [...(out.get(k) ?? []), n]);
  }
  return out;
}

/** The identity of code that passes requests on to an agent: talking to it is what the code is for. */
const passesOn = ({ snapshot }: Estate, identity: string): boolean => snapshot.in(identity, 'RUNS_AS').some((e) => snapshot.out(e.from, 'ROUTES_TO').some((r) => snapshot.node(r.to)?.kind === 'Agent' || snapshot.node(r.to)?.kind === 'Endpoint'));

/** Whether a principal has an effect itself, at least as surely. */
function holdings({ access }: Estate): (p: NodeRecord, g: Gain) => boolean {
  const sets = new Map<string, ReadonlySet<string>>();
  return (p, gain) => access.grantsOf(p.id).some((g) => {
    if (g.effect !== gain.effect || g.verdict === 'unknown' || verdictRank(g.verdict) > verdictRank(gain.verdict)) return false;
    let set = sets.get(g.key);
    if (!set) sets.set(g.key, (set = new Set(g.assets)));
    return set.has(gain.asset.id);
  });
}

const weakestFirst = (who: readonly NodeRecord[], estate: Estate): NodeRecord[] => [...who].sort((a, b) => estate.access.grantsOf(a.id).length - estate.access.grantsOf(b.id).length || compare(a.id, b.id));

function put(out: InvokerGap, estate: Estate, who: readonly NodeRef[], given: readonly Gain[], gained: readonly Gain[]): void {
  const of = (g: Gain): number => weight(g.effect, g.asset, estate);
  const sum = (list: readonly Gain[]): number => list.reduce((n, g) => n + of(g), 0);
  const base = { invoker: who[0]!, count: who.length, members: who.slice(0, MEMBERS) };
  for (const agent of new Map(gained.map((g) => [g.agent.id, g.agent])).values()) {
    const mine = gained.filter((g) => g.agent.id === agent.id).sort((a, b) => of(b) - of(a) || compare(keyOf(a), keyOf(b)));
    const all = sum(given.filter((g) => g.agent.id === agent.id));
    out.cells.push({ ...base, agent: nodeRef(agent), gained: sum(mine), given: all, cdg: all === 0 ? 0 : Math.round((sum(mine) / all) * 100) / 100, verdict: mine.reduce<Verdict>((v, g) => (verdictRank(g.verdict) < verdictRank(v) ? g.verdict : v), 'unknown'), effects: mine.map((g) => `${g.effect} ${g.asset.name}`) });
    for (const g of mine) {
      const path = g.deed.path(g.asset.id, 1).paths[0];
      out.rows.push({
        ...base, agent: nodeRef(agent), effect: g.effect, asset: nodeRef(g.asset), sensitivity: estate.sensitivity.get(g.asset.id)?.level ?? (g.asset.kind === 'DataStore' || g.asset.kind === 'Secret' ? 'unknown' : 'control plane'),
        weight: of(g), verdict: path ? worstVerdict(g.verdict, path.verdict) : g.verdict, requires: [...new Set([...g.requires, ...(path?.requires ?? []), ...g.deed.requires])].sort(), evidence: path?.hops.at(-1)?.evidence ?? [],
      });
    }
  }
}
