import { edgeId, worstVerdict, type EdgeKind, type EdgeRecord, type Evidence, type NodeRecord, type Verdict } from '../../schema/index.ts';

export interface DerivedEdge {
  verdict?: Verdict;
  requires?: readonly string[];
  evidence?: readonly Evidence[];
  props?: Record<string, unknown>;
  discriminator?: string;
}

/** An edge of the overlay. Requirements are kept sorted, so equal facts give equal records. */
export function derivedEdge(kind: EdgeKind, from: string, to: string, d: DerivedEdge = {}): EdgeRecord {
  const requires = d.requires && d.requires.length > 0 ? [...new Set(d.requires)].sort() : [];
  const verdict = requires.length > 0 ? worstVerdict(d.verdict ?? 'proven', 'conditional') : (d.verdict ?? 'proven');
  const discriminator = d.discriminator ?? 'derived';
  return { id: edgeId(kind, from, to, discriminator), kind, from, to, discriminator, verdict, requires, evidence: [...(d.evidence ?? [])], props: d.props ?? {} };
}

/** Where a node is defined, as evidence for something that follows from its being there. */
export const definedBy = (n: NodeRecord, text?: string): Evidence[] => (n.sources[0] ? [{ source: n.sources[0], basis: 'code', ...(text === undefined ? {} : { text }) }] : [{ basis: 'inferred', ...(text === undefined ? {} : { text }) }]);

export const inferred = (text: string, n?: NodeRecord): Evidence => ({ basis: 'inferred', text, ...(n?.sources[0] ? { source: n.sources[0] } : {}) });

/** Keeps the best of several edges of one id: the least doubtful verdict, then the fewest requirements. */
export function bestOf(edges: Iterable<EdgeRecord>): EdgeRecord[] {
  const rank = { proven: 0, conditional: 1, unknown: 2 } as const;
  const byId = new Map<string, EdgeRecord>();
  for (const e of edges) {
    const b = byId.get(e.id);
    if (!b || rank[e.verdict] < rank[b.verdict] || (e.verdict === b.verdict && e.requires.length < b.requires.length)) byId.set(e.id, e);
  }
  return [...byId.values()];
}
