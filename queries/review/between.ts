import type { StoredGraph } from '../../graph/store/port.ts';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { edgeId, type AnalysisResult, type Comparison, type Finding, type NodeKind, type NodeRecord, type PathChange, type PostureRow } from '../../schema/index.ts';
import { attackQueries, buildAttack } from '../attack/index.ts';
import type { Estate } from '../attack/estate.ts';
import { derive } from '../derive/index.ts';
import { overridesOf } from '../findings/config.ts';
import { evaluateRules } from '../findings/facets.ts';
import { postureRows } from '../findings/posture.ts';
import { allRules, type LoadedRule } from '../rules/index.ts';
import { compare } from './compare.ts';
import { alignIds, type Graph } from './what-if.ts';

/** One side: the graph, and the answer that was made of it. */
export interface Half { graph: Graph; result: AnalysisResult }
/** `analyze`: how a graph whose ids were brought to those of the other side is answered anew. */
export interface BetweenOptions { analyze: (graph: StoredGraph) => AnalysisResult; now?: string }

/**
 * Two sides with their graphs: run and run, or code and what is deployed. Beyond the paths it says what grew (AGT-057) and where live and code
 * part (AGT-006). A thing that has an ARN on one side only is recognised by its address, and between code and live by its kind, type and name.
 */
export function compareHalves(before: Half, after: Half, names: { before: string; after: string }, options: BetweenOptions): Comparison {
  const placed = alignIds(before.graph, after.graph);
  const { graph, byName } = alignNames(placed, after.graph);
  const moved = ids(graph).join('\n') !== ids(before.graph).join('\n');
  const was = moved ? options.analyze({ run: before.result.run, coverage: before.result.coverage, nodes: [...graph.nodes], edges: [...graph.edges] }) : before.result;
  const c = compare(was, after.result, names);
  const read = new Map(after.graph.nodes.filter((n) => n.completeness !== 'none').map((n) => [n.id, n]));
  const settled = c.undetermined.map((x): PathChange | undefined => (isGone(x) && readLive(x, read) ? { ...x, what: ['no path is left: each thing on it was read where it is deployed'] } : undefined));
  const overlay = (g: Graph): Estate => { const s = new GraphSnapshot([...g.nodes], [...g.edges]); return derive(s, { sensitivity: overridesOf(s), ...(options.now === undefined ? {} : { now: options.now }) }); };
  const rows = pairRows(pairRules(), overlay(graph), overlay(after.graph), after.result.findings, was);
  return {
    ...withPairRows(c, rows), closed: [...c.closed, ...settled.filter((x) => x !== undefined)], undetermined: c.undetermined.filter((_, i) => settled[i] === undefined),
    notes: [...c.notes, ...(byName > 0 ? [`${byName} thing${byName === 1 ? '' : 's'} of code and live taken as one by kind, type and name`] : [])],
  };
}

const ids = (g: Graph): string[] => g.nodes.map((n) => n.id).sort();
const isGone = (x: PathChange): boolean => x.before === undefined && x.what.some((w) => w.startsWith('not seen any more, but nothing of source'));
const readLive = (x: PathChange, read: ReadonlyMap<string, NodeRecord>): boolean =>
  [x.finding.subject.id, x.finding.asset.id, ...(x.finding.identity ? [x.finding.identity.id] : []), ...x.finding.path.hops.map((h) => h.node.id)].every((id) => read.get(id)?.state === 'live');

/** Kinds with a name of their own that an account holds once. */
const NAMED: ReadonlySet<NodeKind> = new Set(['Agent', 'Tool', 'ToolServer', 'Endpoint', 'Control', 'Compute', 'DataStore', 'Secret', 'Identity', 'Channel', 'Pipeline'] as const);

/** Things that only one side has, live on one and written on the other, of equal kind, type and name, each alone so. */
function alignNames(graph: Graph, to: Graph): { graph: Graph; byName: number } {
  const [mine, theirs] = [new Set(graph.nodes.map((n) => n.id)), new Set(to.nodes.map((n) => n.id))];
  const named = (nodes: readonly NodeRecord[]): Map<string, NodeRecord[]> => {
    const out = new Map<string, NodeRecord[]>();
    for (const n of nodes) if (NAMED.has(n.kind) && n.completeness !== 'none' && n.props['any'] !== true) { const k = `${n.kind}|${n.type}|${n.name}`; out.set(k, [...(out.get(k) ?? []), n]); }
    return out;
  };
  const there = named(to.nodes.filter((n) => !mine.has(n.id)));
  const renamed = new Map<string, string>();
  for (const [k, list] of named(graph.nodes.filter((n) => !theirs.has(n.id)))) {
    const other = there.get(k);
    if (list.length === 1 && other?.length === 1 && (list[0]!.state === 'live') !== (other[0]!.state === 'live')) renamed.set(list[0]!.id, other[0]!.id);
  }
  if (renamed.size === 0) return { graph, byName: 0 };
  const id = (x: string): string => renamed.get(x) ?? x;
  return {
    byName: renamed.size,
    graph: {
      nodes: graph.nodes.map((n) => (renamed.has(n.id) ? { ...n, id: id(n.id), aliases: [...new Set([...n.aliases, n.id])].sort() } : n)),
      edges: graph.edges.map((e) => (renamed.has(e.from) || renamed.has(e.to) ? { ...e, id: edgeId(e.kind, id(e.from), id(e.to), e.discriminator), from: id(e.from), to: id(e.to) } : e)),
    },
  };
}

/** Rules that judge two sides: what grew, and where live and code part. */
export const pairRules = (which: 'all' | 'growth' | 'drift' = 'all'): LoadedRule[] => allRules().rules.filter((r) => (which !== 'drift' && r.predicate.name === 'growth') || (which !== 'growth' && r.predicate.name === 'differs' && (r.predicate.params as { left?: string }).left === 'live'));

/** A comparison says of these rules what the two sides say, not what either side says by itself. */
export function withPairRows(c: Comparison, rows: readonly PostureRow[]): Comparison {
  const pair = new Set(pairRules().map((r) => r.id));
  return { ...c, postureOpened: [...rows, ...c.postureOpened.filter((p) => !pair.has(p.rule))], postureClosed: c.postureClosed.filter((p) => !pair.has(p.rule)) };
}

/** Rows of such rules. `findings`: those that decide how much a row weighs; what `was` has said already is not said again. */
export function pairRows(rules: readonly LoadedRule[], baseline: Estate, estate: Estate, findings: readonly Finding[], was: Pick<AnalysisResult, 'findings' | 'posture'>): PostureRow[] {
  // These rules look at the two estates; no walk is asked for.
  const attack = attackQueries(buildAttack({ ...estate, snapshot: new GraphSnapshot([], []) }));
  const evaluated = evaluateRules(rules, { estate, baseline, attack, rows: [], starts: new Map(), agentFacts: new Map(), influence: new Map(), asked: new Map() });
  const said = new Set(was.posture.map((p) => p.fingerprint));
  return postureRows(evaluated, findings, new Set(was.findings.map((f) => f.fingerprint))).rows.filter((p) => !said.has(p.fingerprint));
}
