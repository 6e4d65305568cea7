import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { driftOf, type AnalysisResult, type NodeRecord, type PostureRow } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { pairRows, pairRules } from './between.ts';
import type { Graph } from './what-if.ts';

/** An answer and the estate it was made of. */
export interface Answered { result: AnalysisResult; estate: Estate }

/**
 * What a plan says beyond its paths: which agents may do more (AGT-057), and where what is live parts from the code (AGT-006). `before` is live.
 * `applied` is what the code had made when it was applied last, `planned` what it says now, both with the ids of `before`.
 */
export function planRows(before: Answered, after: Answered, applied: Graph, planned: Graph): PostureRow[] {
  const code = writtenSide(before.estate.snapshot.nodes, applied, planned);
  const written: Estate = { ...before.estate, snapshot: new GraphSnapshot(code.nodes, code.edges) };
  // A run of code and account together has found drift itself, against the code of then: here only the code of now counts.
  const live: Estate = { ...before.estate, snapshot: new GraphSnapshot(before.estate.snapshot.nodes.map(withoutDrift), before.estate.snapshot.edges) };
  return [
    ...pairRows(pairRules('drift'), written, live, [...before.result.findings, ...after.result.findings], { findings: before.result.findings, posture: [] }),
    ...pairRows(pairRules('growth'), before.estate, after.estate, after.result.findings, before.result),
  ];
}

function withoutDrift(n: NodeRecord): NodeRecord {
  if (n.props['drift'] === undefined) return n;
  const { drift: _, ...props } = n.props;
  return { ...n, props };
}

/**
 * The code as drift is measured against it: as planned, except where live is what was applied last. There it is the plan that differs, which is
 * the change under review and not drift; what the plan takes away stands in the code until then.
 */
function writtenSide(live: readonly NodeRecord[], applied: Graph, planned: Graph): { nodes: NodeRecord[]; edges: Graph['edges'][number][] } {
  const [seen, was] = [new Map(live.map((n) => [n.id, n])), new Map(applied.nodes.map((n) => [n.id, n]))];
  const nodes = planned.nodes.map((n): NodeRecord => {
    const [v, a] = [seen.get(n.id), was.get(n.id)];
    const props = { ...n.props };
    if (v && a) {
      const parted = new Set(driftOf(v, a).map((d) => d.field));
      for (const d of driftOf(v, n)) if (!parted.has(d.field) && a.props[d.field] !== undefined) props[d.field] = a.props[d.field];
    }
    return { ...n, state: 'planned', props };
  });
  const [ids, edges] = [new Set(planned.nodes.map((n) => n.id)), new Set(planned.edges.map((e) => e.id))];
  return {
    nodes: [...nodes, ...applied.nodes.filter((n) => !ids.has(n.id)).map((n): NodeRecord => ({ ...n, state: 'planned' }))],
    edges: [...planned.edges, ...applied.edges.filter((e) => !edges.has(e.id))],
  };
}
