import { showHoles, type EdgeRecord, type NodeRecord } from '../../../schema/index.ts';

type Flat = Record<string, string | number | boolean | string[]>;

/**
 * What a person can query in Cypher: scalar and string-list properties as they are, everything nested only in `body`
 * (the record as JSON, from which the store reads it back exactly) and `sourceIds`.
 */
function flat(props: Record<string, unknown>): Flat {
  const out: Flat = {};
  for (const [k, v] of Object.entries(props)) {
    if (typeof v === 'string') out[k] = showHoles(v);
    else if (typeof v === 'boolean' || (typeof v === 'number' && Number.isFinite(v))) out[k] = v;
    else if (Array.isArray(v) && v.length > 0 && v.every((x) => typeof x === 'string')) out[k] = v.map(showHoles);
  }
  return out;
}

const sourceIds = (list: readonly { file?: string; startLine?: number }[]): string[] => list.filter((s) => s.file).map((s) => `${s.file}:${s.startLine ?? 1}`);

/** What a person sees of a node. */
export const shownProps = (run: number, n: NodeRecord): Flat => ({
  ...flat(n.props), id: n.id, run, kind: n.kind, type: n.type, name: showHoles(n.name), provider: n.provider, scope: n.scope, environment: n.environment,
  state: n.state, completeness: n.completeness, sourceIds: sourceIds(n.sources),
});

export const nodeProps = (run: number, n: NodeRecord): Flat => ({ ...shownProps(run, n), body: JSON.stringify(n) });

export const edgeProps = (run: number, e: EdgeRecord): Flat => ({
  ...flat(e.props), id: e.id, run, kind: e.kind, verdict: e.verdict, requires: e.requires,
  sourceIds: sourceIds(e.evidence.flatMap((x) => (x.source ? [x.source] : []))), body: JSON.stringify(e),
});

export const nodeKey = (run: number, id: string): string => `${run}|${id}`;

/** Groups rows so that each query has one label set; keeps input order inside a group. */
export function groupBy<T>(items: readonly T[], key: (t: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const t of items) {
    const k = key(t);
    const g = groups.get(k);
    if (g) g.push(t);
    else groups.set(k, [t]);
  }
  return groups;
}

export function* slices<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}
