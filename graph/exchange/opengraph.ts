import { EdgeRecord, NodeRecord, showHoles, stableHash } from '../../schema/index.ts';
import type { StoredGraph } from '../store/port.ts';

/**
 * BloodHound OpenGraph, as its documentation of August 2026 has it: nodes with up to three kinds, edges between nodes matched by id, name or
 * properties; properties are texts, numbers, truth values or lists of one of them, never objects. Ids without colons; lower-case names.
 */
export type OgValue = string | number | boolean | string[] | number[] | boolean[];
export interface OgNode { id: string; kinds: string[]; properties?: Record<string, OgValue> | null }
export interface OgEnd { value?: string; match_by?: 'id' | 'name' | 'property'; kind?: string; property_matchers?: { key: string; operator: 'equals'; value: string | number | boolean }[] }
export interface OgEdge { kind: string; start: OgEnd; end: OgEnd; properties?: Record<string, OgValue> | null }
export interface OpenGraph { metadata?: { source_kind?: string | null }; graph: { nodes: OgNode[]; edges: OgEdge[] } }

export const SOURCE_KIND = 'Overreach';
/** Holds a record of ours as JSON text: what the format has no property for comes back from it exactly. */
export const RECORD = 'overreachrecord';
export const RUN_KIND = 'Overreach_Run';
/** Names that BloodHound keeps for itself or changes. */
const RESERVED = new Set(['objectid', 'lastseen', 'reconcile', 'environmentid', 'collected', 'name', RECORD]);

const kindOf = (kind: string): string => `${SOURCE_KIND}_${kind}`;
const idOf = (id: string): string => stableHash('opengraph', id);

/** Properties of a record that the format can show; anything nested is in the record only. */
function shown(props: Record<string, unknown>): Record<string, OgValue> {
  const out: Record<string, OgValue> = {};
  for (const [k, v] of Object.entries(props)) {
    const key = k.toLowerCase().replace(/[^a-z0-9_]/g, '_');
    if (RESERVED.has(key)) continue;
    if (typeof v === 'string') out[key] = showHoles(v);
    else if (typeof v === 'boolean' || (typeof v === 'number' && Number.isFinite(v))) out[key] = v;
    else if (Array.isArray(v) && v.length > 0 && v.every((x) => typeof x === 'string')) out[key] = v.map(showHoles);
  }
  return out;
}

const lines = (list: readonly ({ file?: string; startLine?: number } | undefined)[]): string[] => list.flatMap((s) => (s?.file ? [`${s.file}:${s.startLine ?? 1}`] : []));

/** What an import kept of somebody else's node or edge, to give it back as it was. */
const foreign = <T>(props: Record<string, unknown>): T | undefined => props['opengraph'] as T | undefined;

/** The graph of a run as a payload, and in words what BloodHound would not keep of it. `derived`: edges to show that are never read back. */
export function toOpenGraph(stored: StoredGraph, derived: readonly { relation: string; from: string; to: string; props: Record<string, string | number | boolean | string[]> }[] = [], extra: readonly NodeRecord[] = []): { payload: OpenGraph; notes: string[] } {
  const ids = new Map<string, string>();
  const node = (n: NodeRecord, record: boolean): OgNode => {
    const theirs = foreign<OgNode>(n.props);
    ids.set(n.id, theirs?.id ?? idOf(n.id));
    if (theirs) return theirs;
    return {
      id: idOf(n.id), kinds: [kindOf(n.kind), SOURCE_KIND],
      properties: {
        ...shown(n.props), name: showHoles(n.name), overreachid: n.id, type: n.type, provider: n.provider, scope: n.scope, environment: n.environment, state: n.state, completeness: n.completeness,
        sources: lines(n.sources), tags: Object.entries(n.tags).map(([k, v]) => `${k}=${v}`), ...(record ? { [RECORD]: JSON.stringify(n) } : { derived: true }),
      },
    };
  };
  const nodes = [...stored.nodes.map((n) => node(n, true)), ...extra.map((n) => node(n, false))];
  const end = (id: string): OgEnd => ({ match_by: 'id', value: ids.get(id)! });
  const edges: OgEdge[] = stored.edges.map((e) => foreign<OgEdge>(e.props) ?? ({
    kind: kindOf(e.kind), start: end(e.from), end: end(e.to),
    properties: { ...shown(e.props), overreachid: e.id, verdict: e.verdict, requires: e.requires.map(showHoles), sources: lines(e.evidence.map((x) => x.source)), [RECORD]: JSON.stringify(e) },
  }));
  const known = (id: string): boolean => ids.has(id);
  const shownOnly: OgEdge[] = derived.filter((e) => known(e.from) && known(e.to)).map((e) => ({ kind: kindOf(e.relation), start: end(e.from), end: end(e.to), properties: { ...shown(e.props), derived: true } }));
  const run: OgNode = { id: idOf(`run ${stored.run.id}`), kinds: [RUN_KIND, SOURCE_KIND], properties: { name: `run ${stored.run.id}`, [RECORD]: JSON.stringify({ run: stored.run, coverage: stored.coverage }) } };
  return { payload: { metadata: { source_kind: SOURCE_KIND }, graph: { nodes: [...nodes, run], edges: [...edges, ...shownOnly] } }, notes: notes(stored, edges) };
}

function notes(stored: StoredGraph, edges: readonly OgEdge[]): string[] {
  const keys = new Set(edges.map((e) => JSON.stringify([e.kind, e.start, e.end])));
  const nested = stored.nodes.filter((n) => Object.values(n.props).some((v) => v !== null && typeof v === 'object' && !(Array.isArray(v) && v.every((x) => typeof x === 'string')))).length;
  return [
    'findings, acceptances, tickets and the audit trail are not part of a graph: they stay in the store',
    ...(nested > 0 ? [`${nested} nodes have nested properties (policies, …), which OpenGraph does not know: they are in the property ${RECORD} as text`] : []),
    ...(edges.length > keys.size ? [`${edges.length - keys.size} edges have the same ends and kind as another: the file holds them all, BloodHound keeps one of each`] : []),
    'BloodHound writes names in capitals and adds its own properties: import this file, not what BloodHound exports, to get the same graph back',
  ];
}

/** Our own record in a property, checked; undefined where there is none or it is not one. */
export function recordOf(properties: Record<string, OgValue> | null | undefined, schema: typeof NodeRecord): NodeRecord | undefined;
export function recordOf(properties: Record<string, OgValue> | null | undefined, schema: typeof EdgeRecord): EdgeRecord | undefined;
export function recordOf(properties: Record<string, OgValue> | null | undefined, schema: typeof NodeRecord | typeof EdgeRecord): NodeRecord | EdgeRecord | undefined {
  const text = properties?.[RECORD];
  if (typeof text !== 'string') return undefined;
  // As it was written: a checked copy would have its keys in another order.
  try { const record = JSON.parse(text) as NodeRecord | EdgeRecord; return schema.safeParse(record).success ? record : undefined; } catch { return undefined; }
}
