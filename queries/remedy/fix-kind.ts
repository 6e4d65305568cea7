import { showHoles, stableHash, type AttackPath, type EdgeKind, type EdgeRecord, type EffectClass, type Evidence, type Fix, type NodeRecord, type PostureRow, type SourceRef, type Statement } from '../../schema/index.ts';
import { nodeRef } from '../findings/ref.ts';
import type { Graph } from './edit.ts';

/** A change worth trying, and the problems whose shown path it touches. */
export interface Candidate { fix: Omit<Fix, 'closes' | 'weakens' | 'adds'>; touches: Set<string>; cost: number }
export interface Reached { fingerprint: string; effect: string; path: AttackPath; rules: readonly string[] }
export type Hop = AttackPath['hops'][number];

/** One kind of change: a file of `fixes/`. `edits`: the property, as a reader of the source knows it. */
export interface FixKind {
  name: string;
  edits: string;
  /** What this kind would change so that one hop of a path is no longer possible. */
  at(hop: Hop, where: Where, g: FixGraph): Candidate[];
}

/** A change that closes no path by itself: a condition, a control. A file of `hardening/`. `row`: what it does about a posture row. */
export interface HardeningKind {
  name: string;
  edits: string;
  /** The rule whose rows it is about, and whose label it takes off findings. */
  rule?: string;
  at?(hop: Hop, where: Where, g: FixGraph): Candidate[];
  row?(row: PostureRow, g: FixGraph): Candidate[];
}

/** A hop in its path. */
export interface Where { reached: Reached; index: number; hops: readonly Hop[] }
export interface Place { policy: NodeRecord; index: number; statement: Statement }

/** The graph as fixes ask it. */
export class FixGraph {
  readonly nodes: ReadonlyMap<string, NodeRecord>;
  readonly #out = new Map<string, EdgeRecord[]>();
  readonly #in = new Map<string, EdgeRecord[]>();
  readonly #statements = new Map<string, Place[]>();
  readonly #misused = new Map<string, Set<EffectClass>>();
  readonly edges: readonly EdgeRecord[];
  readonly #once = new Map<string, unknown>();

  constructor(g: Graph, reached: readonly Reached[]) {
    this.edges = g.edges;
    this.nodes = new Map(g.nodes.map((n) => [n.id, n]));
    for (const e of g.edges) { push(this.#out, e.from, e); push(this.#in, e.to, e); }
    for (const policy of g.nodes) if (policy.kind === 'Policy') statementsOf(policy).forEach((statement, index) => {
      const source = statement.source === undefined ? undefined : policy.sources[statement.source];
      if (source) push(this.#statements, sourceKey(source), { policy, index, statement });
    });
    for (const r of reached) for (const h of r.path.hops) for (const s of this.statementsAt(h.evidence)) {
      const key = `${s.policy.id}|${s.index}`;
      this.#misused.set(key, (this.#misused.get(key) ?? new Set()).add((h.effect ?? r.effect) as EffectClass));
    }
  }

  /** What many hops ask is worked out once. */
  once<T>(key: string, make: () => T): T {
    if (!this.#once.has(key)) this.#once.set(key, make());
    return this.#once.get(key) as T;
  }

  out(id: string, kind: EdgeKind): EdgeRecord[] { return (this.#out.get(id) ?? []).filter((e) => e.kind === kind); }
  in(id: string, kind: EdgeKind): EdgeRecord[] { return (this.#in.get(id) ?? []).filter((e) => e.kind === kind); }
  statementsAt(evidence: readonly Evidence[]): Place[] { return evidence.flatMap((e) => (e.source ? this.#statements.get(sourceKey(e.source)) ?? [] : [])); }
  /** Effects of all paths that a statement allows. */
  misused(s: Place): ReadonlySet<EffectClass> { return this.#misused.get(`${s.policy.id}|${s.index}`) ?? new Set(); }
  name(id: string): string { return showHoles(this.nodes.get(id)?.name ?? id); }
  /** Who has a policy, by name. */
  holders(policy: string): string[] { return this.in(policy, 'HAS_POLICY').map((e) => this.name(e.from)); }
  /** Identities a hop acts as. */
  actorsOf({ hops, index }: Where): Set<string> {
    const out = new Set<string>();
    for (const h of hops.slice(0, index + 1)) {
      if (h.node.kind === 'Identity') out.add(h.node.id);
      for (const e of this.out(h.node.id, 'RUNS_AS')) out.add(e.to);
      for (const made of [...this.out(h.node.id, 'IMPLEMENTED_BY'), ...this.out(h.node.id, 'PROVIDED_BY')]) for (const e of this.out(made.to, 'RUNS_AS')) out.add(e.to);
    }
    return out;
  }
}

export const statementsOf = (p: NodeRecord): Statement[] => (p.props['statements'] as Statement[] | undefined) ?? [];
export const sourceOf = (s: Place): SourceRef | undefined => s.policy.sources[s.statement.source ?? 0];
const sourceKey = (s: SourceRef): string => [s.file, s.startLine, s.startColumn, s.address, s.property, s.jsonPointer].join('|');

function push<K, V>(m: Map<K, V[]>, k: K, v: V): void {
  const list = m.get(k);
  if (list) list.push(v);
  else m.set(k, [v]);
}

/** `key`: what is changed and how, whatever it reads now; the id is made of it. What a person has to look up first costs more. */
export function candidate(key: readonly string[], fix: Omit<Candidate['fix'], 'id' | 'rules' | 'property' | 'source'> & { property?: string | undefined; source?: SourceRef | undefined }, cost: number): Candidate {
  const { property, source, ...rest } = fix;
  return { fix: { id: stableHash('fix', ...key).slice(0, 16), ...rest, ...(property === undefined ? {} : { property }), ...(source === undefined ? {} : { source }), rules: [] }, touches: new Set(), cost: fix.noPatch === undefined ? cost : cost * 1.7 };
}

/** The actions of a statement that says what an identity may do and is ours to edit. */
export const ownActions = ({ policy, statement: s }: Place): readonly string[] | undefined =>
  (s.effect === 'Allow' && policy.props['policyType'] === 'identity' && policy.props['managedBy'] !== 'provider' ? s.actions : undefined);

/** What every change of a statement's list of actions is made of; an empty list takes the statement away. */
export function changeOfActions(place: Place, actions: readonly string[], to: readonly string[]) {
  const { policy, index, statement } = place;
  const source = sourceOf(place);
  const removed = to.length === 0;
  return {
    op: removed ? 'remove' : 'narrow', what: 'CAN', node: nodeRef(policy), property: source?.property, source,
    edit: { kind: 'actions', policy: policy.id, statement: index, from: [...actions], to: [...to] },
    changes: source ? [{ in: 'statement', at: source, actions: [...actions], ...(statement.resources ? { resources: statement.resources } : {}), ...(removed ? { remove: true, ...(policy.sources[0] ? { policy: policy.sources[0] } : {}) } : { set: { Action: [...to] } }) }] : [],
  } satisfies Partial<Parameters<typeof candidate>[1]>;
}

/** What a statement is about, whatever it allows now and wherever it stands in its policy. */
export function statementKey(policy: NodeRecord, index: number): string {
  const key = (s: Statement): string => s.sid ?? `${(s.resources ?? []).join()}|${(s.notResources ?? []).join()}`;
  const all = statementsOf(policy);
  return `${key(all[index]!)}#${all.slice(0, index).filter((s) => key(s) === key(all[index]!)).length}`;
}

export const list = (items: readonly string[]): string => (items.length <= 6 ? items.join(', ') : `${items.slice(0, 5).join(', ')} and ${items.length - 5} more`);

/** Who would notice. */
export function usedBy(policy: string, g: FixGraph): string[] {
  const names = [...new Set(g.in(policy, 'HAS_POLICY').flatMap((e) => g.in(e.from, 'RUNS_AS')).map((e) => g.name(e.from)))].sort();
  return names.length > 0 ? [`used by ${list(names)}`] : [];
}
