import { bestVerdict, worstVerdict, type AttackPath, type Evidence, type Hop, type NodeRecord, type NodeRef, type Verdict } from '../../schema/index.ts';
import { kindOf } from './facts.ts';
import type { AttackGraph } from './graph.ts';
import type { Start } from './query.ts';
import { sayHop } from './says.ts';
import { WHO } from './starts.ts';

export const refOf = (n: NodeRecord): NodeRef => ({
  id: n.id, kind: n.kind, type: n.type, name: n.name,
  ...(n.sourceType ? { sourceType: n.sourceType } : {}), ...(n.sources[0]?.address ? { address: n.sources[0].address } : {}), ...(n.sources[0] ? { definedAt: n.sources[0] } : {}),
});

/** A walk of attack-graph edges as it is shown: hidden vertices are folded into the hop that leaves them behind. */
export function showWalk(g: AttackGraph, start: Start, edges: readonly number[]): AttackPath {
  const hops: Hop[] = [];
  let from = startName(g, start);
  let run: number[] = [];
  for (const k of edges) {
    run.push(k);
    if (g.isHidden(g.digraph.targets[k]!)) continue;
    const hop = hopOf(g, from, run);
    // What no line states (an account, “any recipient”) has the line of its cause: the hop before.
    if (hop.evidence.length === 0) hop.evidence = (hops.at(-1)?.evidence ?? []).map((e) => ({ ...e, basis: 'inferred' as const }));
    hops.push(hop);
    from = hop.node.name;
    run = [];
  }
  const verdict = hops.reduce<Verdict>((v, h) => worstVerdict(v, h.verdict), 'proven');
  return { start: describeStart(g, start), hops, verdict, requires: unique(hops.flatMap((h) => h.requires)) };
}

function hopOf(g: AttackGraph, from: string, run: readonly number[]): Hop {
  const last = run[run.length - 1]!;
  const fact = g.fact(g.digraph.targets[last]!)!;
  const causes = run.map((k) => g.causes[g.cause[k]!]!);
  const throughGrant = kindOf(g.codes[g.digraph.targets[run[0]!]!]!) === 'GRANT';
  const leading = throughGrant ? causes[0]! : causes[causes.length - 1]!;
  const edges = causes.flatMap((c) => c.edges).map((e) => g.world.edges[e]!);
  const identity = leading.identity >= 0 ? g.world.node(leading.identity).name : undefined;
  const technique = causes.find((c) => c.technique)?.technique;
  return {
    fact: fact.fact, node: refOf(fact.node), ...(fact.effect ? { effect: fact.effect } : {}), ...(fact.goal ? { goal: fact.goal } : {}),
    variant: Object.fromEntries(Object.entries(fact.variant).filter(([, v]) => v !== undefined)) as Hop['variant'],
    transition: leading.rule,
    says: sayHop(leading.rule, { from, to: fact.node.name, ...(fact.effect ? { effect: fact.effect } : {}), ...(fact.goal ? { goal: fact.goal } : {}), ...(identity ? { identity } : {}), ...(technique ? { technique } : {}) }),
    verdict: causes.reduce<Verdict>((v, c) => worstVerdict(v, c.verdict), 'proven'),
    requires: unique(causes.flatMap((c) => [...c.requires])),
    evidence: evidenceOf([...edges.flatMap((e) => e.evidence), ...causes.flatMap((c) => [...c.evidence])], fact.node),
    ...(technique ? { technique } : {}),
    edgeIds: unique(edges.map((e) => e.id)),
  };
}

/** Evidence without repetition; a hop that no line states falls back to where its node is written. */
function evidenceOf(all: readonly Evidence[], node: NodeRecord): Evidence[] {
  const seen = new Set<string>();
  const found = all.filter((e) => { const key = JSON.stringify(e); return !seen.has(key) && seen.add(key); });
  return found.length > 0 || !node.sources[0] ? found : [{ source: node.sources[0], basis: 'inferred' }];
}

const unique = (list: readonly string[]): string[] => [...new Set(list)];

function startName(g: AttackGraph, s: Start): string {
  if ('class' in s) return WHO[s.class];
  if ('facts' in s) return s.says;
  const id = 'agent' in s ? s.agent : s.principal;
  return g.world.estate.snapshot.node(id)?.name ?? id;
}

function describeStart(g: AttackGraph, s: Start): AttackPath['start'] {
  if ('class' in s) return { class: s.class, says: WHO[s.class] };
  if ('facts' in s) return { class: 'assumed', says: s.says };
  const id = 'agent' in s ? s.agent : s.principal;
  const n = g.world.estate.snapshot.node(id);
  const says = 'agent' in s ? `${n?.name ?? id} is steered by somebody` : `${n?.name ?? id} is in the attacker's hands`;
  return { class: 'agent' in s ? 'steered' : 'P', ...(n ? { node: refOf(n) } : {}), says };
}

/** Best verdict of several walks that all stand for one finding. */
export const bestOf = (paths: readonly AttackPath[]): Verdict | undefined => paths.reduce<Verdict | undefined>((v, p) => (v ? bestVerdict(v, p.verdict) : p.verdict), undefined);
