import { GraphSnapshot } from '../graph/snapshot/snapshot.ts';
import type { Acceptance, StoredGraph } from '../graph/store/port.ts';
import { RESULT_VERSION, type AnalysisResult, type NodeRecord, type OverreachConfig, type StartClass } from '../schema/index.ts';
import { buildAttack } from './attack/build.ts';
import type { Estate } from './attack/estate.ts';
import { attackQueries } from './attack/queries.ts';
import type { AttackQueries, Start } from './attack/query.ts';
import { derive, type Derived, type DeriveOptions } from './derive/index.ts';
import { byImportance, compose, footholdsOf } from './findings/compose.ts';
import { evaluateRules, facetsByKey } from './findings/facets.ts';
import { groupRows } from './findings/group.ts';
import { decideStates } from './findings/ignores.ts';
import { influenceOf } from './findings/influence.ts';
import { postureRows } from './findings/posture.ts';
import type { RuleInput } from './findings/predicate.ts';
import { collectRows, type Rows } from './findings/rows.ts';
import { startClassOf, ENTRY_STARTS } from './findings/starts.ts';
import { undecidedOf } from './findings/undecided.ts';
import { passFrom, type Pass } from './remedy/prove.ts';
import { agentRows, tierOf } from './review/agents.ts';
import { principalRows } from './review/principals.ts';
import { alignIds } from './review/what-if.ts';
import { ignoresOf, overridesOf } from './findings/config.ts';
import { allRules } from './rules/index.ts';

export interface AnalyzeOptions {
  /** Instant of the analysis, ISO; decides what has expired. Without it nothing expires. */
  now?: string;
  acceptances?: readonly Acceptance[];
  /** False: only the low-noise set of the first screen (rules.md 5.K), and the rules a user brings. */
  allRules?: boolean;
  /** Rules of --rules folders, checked like ours. */
  extraRules?: readonly { name: string; rule: unknown }[];
  sensitivity?: OverreachConfig['sensitivity'];
  /** Techniques and sensitivity words of --rules folders. */
  techniques?: DeriveOptions['techniques'];
  words?: DeriveOptions['words'];
  /** An earlier run, or the other side of a comparison: what grew since, and where code and live part, is decided against it. */
  baseline?: { graph: Pick<StoredGraph, 'nodes' | 'edges'>; fingerprints?: ReadonlySet<string> };
}

/** The whole program: what follows from the stored graph, how an attack moves in it, and what is wrong. Equal graphs give equal answers. */
export const analyze = (stored: StoredGraph, options: AnalyzeOptions = {}): AnalysisResult => analyzed(stored, options).result;

/** `pass`: what changes of the graph can be followed from. */
export interface Analyzed { result: AnalysisResult; estate: Estate; pass: Pass }

/** The answer, and the graph with all that was derived on the way to it. */
export function analyzed(stored: StoredGraph, options: AnalyzeOptions = {}): Analyzed {
  const now = options.now ?? '';
  const graph = new GraphSnapshot(stored.nodes, stored.edges);
  const overlay = (g: GraphSnapshot): Derived => derive(g, { ...(options.techniques ? { techniques: options.techniques } : {}), ...(options.words ? { words: options.words } : {}), ...(now === '' ? {} : { now }), sensitivity: [...overridesOf(g), ...(options.sensitivity ?? [])] });
  const estate = overlay(graph);
  const built = buildAttack(estate);
  const attack = attackQueries(built);
  const rules = allRules(options.extraRules);
  const found = collectRows(estate, attack);
  const input: RuleInput = { ...ruleInput(estate, attack, found), ...(options.baseline ? { baseline: overlay(earlier(options.baseline.graph, stored)) } : {}) };
  const mine = new Set((options.extraRules ?? []).map((r) => (r.rule as { id?: string }).id));
  const evaluated = evaluateRules(rules.rules.filter((r) => options.allRules !== false || r.lowNoise || mine.has(r.id)), input);
  const problems = groupRows(found.rows, estate);
  const facets = facetsByKey(evaluated);
  const byId = new Map(rules.rules.map((r) => [r.id, r]));
  const footholds = footholdsOf(problems, estate);
  const findings = problems.map((p) => compose(p, estate, facets, byId, footholds));
  const posture = postureRows(evaluated, findings, options.baseline?.fingerprints);
  const decided = decideStates(findings, posture.rows, ignoresOf(estate.snapshot), options.acceptances ?? [], now);
  const result: AnalysisResult = {
    resultVersion: RESULT_VERSION,
    run: stored.run,
    coverage: stored.coverage,
    missingLayers: [...new Set(stored.coverage.flatMap((c) => c.missing))].sort(),
    counts: { nodes: stored.nodes.length, edges: stored.edges.length, facts: built.digraph.n, transitions: built.digraph.m, byKind: countKinds(stored.nodes) },
    principals: principalRows(estate, attack),
    agents: agentRows(estate, input.influence),
    findings: [...decided.findings].sort(byImportance),
    posture: decided.posture,
    undecided: undecidedOf(decided.findings, estate, stored.coverage),
    rules: posture.status,
    notes: [...found.notes, ...decided.notes, ...rules.problems.map((p) => `rule ${p.rule}: ${p.message}`)],
  };
  return { result, estate, pass: passFrom(graph, estate, built, found) };
}

function earlier(before: Pick<StoredGraph, 'nodes' | 'edges'>, now: StoredGraph): GraphSnapshot {
  const aligned = alignIds(before, now);
  return new GraphSnapshot(aligned.nodes, aligned.edges);
}

/** What rules look at: the rows that are there, where they start, and who steers each agent. */
export function ruleInput(estate: Estate, attack: AttackQueries, found: Rows): RuleInput {
  const influence = influenceOf(attack);
  const starts = new Map<StartClass, Start[]>(ENTRY_STARTS.map((s) => [startClassOf(s), [s]]));
  const principals = new Map<string, Start>();
  for (const r of found.rows) if ('principal' in r.start) principals.set(r.start.principal, r.start);
  if (principals.size > 0) starts.set('P', [...principals.values()]);
  const steered = [...found.steered].map((agent): Start => ({ agent }));
  if (steered.length > 0) starts.set('steered', steered);
  const agentFacts = new Map(estate.snapshot.ofKind('Agent').map((a) => [a.id, { tier: String(tierOf(a, estate, influence)) }]));
  return { asked: new Map(), estate, attack, rows: found.rows, starts, influence, agentFacts };
}

function countKinds(nodes: readonly NodeRecord[]): Record<string, number> {
  const out: Record<string, number> = {};
  for (const n of [...nodes].sort((a, b) => (a.kind < b.kind ? -1 : 1))) out[n.kind] = (out[n.kind] ?? 0) + 1;
  return out;
}
