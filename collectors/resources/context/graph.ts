import {
  declaredId, driftOf, edgeId, hasHole, KINDS, mayJoin, nodeId, showHoles, sourceOf, verdictRank,
  type Drift, type EdgeRecord, type Evidence, type NodeKind, type NodeRecord, type Resource,
} from '../../../schema/index.ts';
import type { EdgeDraft, NodeDraft } from '../../define.ts';
import { environmentOf, tagsOf } from './environment.ts';

/** Nodes and edges as mappings emit them. Deterministic: what is emitted twice is one, and placeholders give way to the real thing. */
export class GraphDraft {
  readonly #nodes = new Map<string, NodeRecord>();
  readonly #edges = new Map<string, EdgeRecord>();
  readonly #placeholders = new Set<string>();
  readonly #scope: string;

  /** `scope`: prefix of ids of things that are only declared (architecture §7). */
  constructor(scope: string) { this.#scope = scope; }

  node(id: string): NodeRecord | undefined { return this.#nodes.get(id); }
  isPlaceholder(id: string): boolean { return this.#placeholders.has(id); }

  /** Native id of a resource: its ARN when fully known, else where it is declared. */
  nativeId(r: Resource): string {
    return r.nativeId !== undefined && !hasHole(r.nativeId) ? r.nativeId : declaredId(this.#scope, r.root, r.address);
  }

  put(r: Resource, draft: NodeDraft, scopeId: string, placeholder: boolean): string {
    if (!KINDS.has(draft.kind)) throw new Error(`no node kind ${draft.kind}: declare it in schema/kinds`);
    const provider = providerOf(r.type);
    const id = nodeId(draft.kind, provider, draft.nativeId ?? this.nativeId(r));
    const block = sourceOf(r);
    const tags = draft.tags ?? tagsOf(r);
    const name = showHoles(draft.name ?? readableName(r));
    const record: NodeRecord = {
      id, kind: draft.kind,
      type: draft.type ?? nodeType(r.type),
      ...(r.sourceType ? { sourceType: r.sourceType } : {}),
      name, provider, scope: scopeId,
      environment: environmentOf(tags, name, r.root),
      tags, state: r.state,
      completeness: draft.completeness ?? (placeholder || r.mode === 'data' ? 'none' : 'full'),
      sources: draft.sources ?? (block ? [block] : []),
      aliases: draft.nativeId === undefined && r.nativeId !== undefined && hasHole(r.nativeId) ? [r.nativeId] : [],
      props: Object.fromEntries(Object.entries(draft.props ?? {}).filter(([, v]) => v !== undefined)),
    };
    const there = this.#nodes.get(id);
    if (!there || (this.#placeholders.has(id) && !placeholder)) {
      this.#nodes.set(id, record);
      if (placeholder) this.#placeholders.add(id);
      else this.#placeholders.delete(id);
    } else if (!placeholder && there.completeness === 'none' && record.completeness !== 'none') this.#nodes.set(id, record);
    else if (!placeholder && record.completeness !== 'none') this.#join(there, record);
    return id;
  }

  /** The same thing declared twice: the first stays, the other adds its sources and what the first did not say. */
  #join(there: NodeRecord, more: NodeRecord): void {
    if (there.state === 'live' && more.state !== 'live') {
      there.props['declared'] = true;
      const drift = driftOf(there, more);
      if (drift.length > 0) there.props['drift'] = [...((there.props['drift'] as Drift[] | undefined) ?? []), ...drift];
    }
    const seen = new Set(there.sources.map((s) => JSON.stringify(s)));
    if (there.kind !== 'Policy') there.sources.push(...more.sources.filter((s) => !seen.has(JSON.stringify(s))));
    for (const [k, v] of Object.entries(more.props)) there.props[k] ??= v;
    for (const a of more.aliases) if (!there.aliases.includes(a)) there.aliases.push(a);
  }

  amend(id: string, props: Record<string, unknown>): void {
    const n = this.#nodes.get(id);
    if (!n) throw new Error(`no node ${id} to add to`);
    for (const [k, v] of Object.entries(props)) {
      const there = n.props[k];
      if (Array.isArray(v) && Array.isArray(there) && v.every((x) => typeof x === 'string')) n.props[k] = [...new Set([...there, ...v])].sort();
      else if (v !== undefined) n.props[k] ??= Array.isArray(v) ? [...v] : v;
    }
  }

  edge(draft: EdgeDraft, evidence: Evidence[]): void {
    const from = this.#nodes.get(draft.from);
    const to = this.#nodes.get(draft.to);
    if (!from || !to) throw new Error(`${draft.kind} names a node that was not emitted: ${from ? draft.to : draft.from}`);
    if (!mayJoin(draft.kind, from.kind, to.kind)) throw new Error(`${draft.kind} may not join ${from.kind} to ${to.kind}`);
    const discriminator = draft.discriminator ?? '';
    const id = edgeId(draft.kind, draft.from, draft.to, discriminator);
    const record: EdgeRecord = {
      id, kind: draft.kind, from: draft.from, to: draft.to, discriminator,
      verdict: draft.verdict ?? 'proven', requires: draft.requires ?? [], evidence: draft.evidence ?? evidence,
      props: Object.fromEntries(Object.entries(draft.props ?? {}).filter(([, v]) => v !== undefined)),
    };
    const there = this.#edges.get(id);
    if (!there) { this.#edges.set(id, record); return; }
    const seen = new Set(there.evidence.map((e) => JSON.stringify(e)));
    const all = [...there.evidence, ...record.evidence.filter((e) => !seen.has(JSON.stringify(e)))];
    const best = verdictRank(record.verdict) < verdictRank(there.verdict) ? record : there;
    this.#edges.set(id, { ...best, evidence: all, props: { ...record.props, ...there.props } });
  }

  /** Ordered by id. */
  finish(): { nodes: NodeRecord[]; edges: EdgeRecord[] } {
    const byId = <T extends { id: string }>(a: T, b: T): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
    return { nodes: [...this.#nodes.values()].sort(byId), edges: [...this.#edges.values()].sort(byId) };
  }
}

export const providerOf = (type: string): string => (type.split('::')[0] ?? type).toLowerCase();
export const nodeType = (type: string): string => type.split('::').join('.').toLowerCase();

/** Physical name where it is known, else the address. */
const readableName = (r: Resource): string => (r.name !== undefined && r.name !== '' && !hasHole(r.name) ? r.name : r.address);

export type { NodeKind };
