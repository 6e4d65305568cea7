import { PRIVILEGED, showHoles, stableHash, type AttackPath, type EdgeRecord, type EffectClass, type Fix, type FixEdit, type NodeRecord, type SourceRef, type Statement } from '../../schema/index.ts';
import { nodeRef } from '../findings/ref.ts';
import { withoutEffects } from './actions.ts';
import type { Graph } from './edit.ts';

/** A change worth trying, and the problems whose shown path it touches. */
export interface Candidate { fix: Omit<Fix, 'closes' | 'weakens' | 'adds'>; touches: Set<string>; cost: number }
export interface Reached { fingerprint: string; effect: string; path: AttackPath; rules: readonly string[] }

/** Candidates from the hops of the paths: the statement that allows a hop, the door that asks nobody, the policy that gives everything. */
export function candidatesOf(reached: readonly Reached[], g: Graph): Candidate[] {
  const found = new Map<string, Candidate>();
  const nodes = new Map(g.nodes.map((n) => [n.id, n]));
  const statements = statementsBySource(g.nodes);
  const attached = attachmentsOf(g.edges);
  const users = usersOf(g, nodes);
  const add = (c: Candidate, r: Reached): void => {
    const there = found.get(c.fix.id);
    if (!there) found.set(c.fix.id, { ...c, touches: new Set([r.fingerprint]), fix: { ...c.fix, rules: [...r.rules] } });
    else { there.touches.add(r.fingerprint); there.fix.rules = [...new Set([...there.fix.rules, ...r.rules])].sort(); }
  };
  const perStatement = new Map<string, Set<EffectClass>>();
  const each = (visit: (r: Reached, hop: AttackPath['hops'][number]) => void): void => { for (const r of reached) for (const h of r.path.hops) visit(r, h); };
  const at = (h: AttackPath['hops'][number]): { policy: NodeRecord; index: number }[] => h.evidence.flatMap((e) => (e.source ? statements.get(sourceKey(e.source)) ?? [] : []));
  each((r, h) => { for (const s of at(h)) { const k = `${s.policy.id}|${s.index}`; perStatement.set(k, (perStatement.get(k) ?? new Set()).add((h.effect ?? r.effect) as EffectClass)); } });
  each((r, h) => {
    for (const s of at(h)) for (const c of narrowings(s.policy, s.index, perStatement.get(`${s.policy.id}|${s.index}`)!, users)) add(c, r);
    if (h.fact === 'PRESENCE') { const c = door(nodes.get(h.node.id)); if (c) add(c, r); }
    if (h.goal === 'admin' || h.technique !== undefined) for (const e of attached.get(h.node.id) ?? []) { const p = nodes.get(e.to); if (p?.props['managedBy'] === 'provider' && givesAll(p)) add(detach(e, p, nodes.get(e.from)!), r); }
  });
  return [...found.values()].sort((a, b) => b.touches.size - a.touches.size || a.cost - b.cost || (a.fix.id < b.fix.id ? -1 : 1));
}

/** Without what changes things, and without all that is misused: reading is what most tools are for, so it is taken away by a change of its own. */
function narrowings(policy: NodeRecord, index: number, effects: ReadonlySet<EffectClass>, users: Users): Candidate[] {
  const s = (policy.props['statements'] as Statement[])[index];
  if (!s?.actions || s.effect !== 'Allow' || policy.props['managedBy'] === 'provider' || policy.props['policyType'] !== 'identity') return [];
  const source = policy.sources[s.source ?? 0];
  const changing = new Set([...effects].filter((e) => PRIVILEGED.has(e)));
  const out: Candidate[] = [];
  const seen = new Set<string>();
  for (const [drop, cost] of [[changing, 1], [effects, 2]] as const) {
    const narrowed = drop.size === 0 ? undefined : withoutEffects(s.actions, drop, new Set([...PRIVILEGED, ...drop]));
    if (!narrowed || seen.has(narrowed.to.join())) continue;
    seen.add(narrowed.to.join());
    const edit: FixEdit = { kind: 'actions', policy: policy.id, statement: index, from: s.actions, to: narrowed.to };
    const kinds = [...drop].sort().join(', ');
    const holder = `${showHoles(policy.name)}${users.holders.has(policy.id) ? ` of ${list(users.holders.get(policy.id)!)}` : ''}`;
    out.push(candidate(['actions', policy.id, statementKey(policy, index), cost === 1 ? 'changing' : 'all'], {
      op: narrowed.to.length === 0 ? 'remove' : 'narrow', what: 'CAN', node: nodeRef(policy), property: source?.property, source, edit,
      text: narrowed.to.length === 0 ? `in policy ${holder}, remove the statement that allows ${list(s.actions)}` : `in policy ${holder}, allow ${list(narrowed.to)} instead of ${list(s.actions)}: without ${kinds}`,
      mightBreak: [`${narrowed.dropped.length} action${narrowed.dropped.length === 1 ? ' is' : 's are'} no longer allowed (${list(narrowed.dropped)})${s.resources?.includes('*') ? ' on any resource' : ''}; what is used of it is not in the input`, ...usedBy(policy.id, users)],
    }, cost));
  }
  return out;
}

function door(n: NodeRecord | undefined): Candidate | undefined {
  if (n?.type !== 'aws.lambda.url' || n.props['auth'] !== 'none') return undefined;
  return candidate(['auth', n.id], {
    op: 'narrow', what: 'Endpoint.auth', node: nodeRef(n), property: 'authorization_type', source: n.sources[0], edit: { kind: 'auth', endpoint: n.id, from: 'none', to: 'aws-iam' },
    text: `set authorization_type = "AWS_IAM" on ${showHoles(n.name)}`, mightBreak: ['callers that do not sign their requests (SigV4) are refused: a public page needs its own credentials, or a JWT authorizer in front'],
  }, 1.5);
}

const detach = (e: EdgeRecord, policy: NodeRecord, holder: NodeRecord): Candidate => candidate(['detach', e.id], {
  op: 'remove', what: 'HAS_POLICY', node: nodeRef(holder), property: 'managed_policy_arns', source: e.evidence[0]?.source, edit: { kind: 'detach', edge: e.id },
  text: `detach ${showHoles(policy.name)} from ${showHoles(holder.name)} and grant what it needs by name`, mightBreak: [`everything ${showHoles(holder.name)} does by ${showHoles(policy.name)}; what it uses is not in the input`],
}, 3);

function candidate(key: readonly string[], fix: Omit<Candidate['fix'], 'id' | 'rules'>, cost: number): Candidate {
  const { property, source, ...rest } = fix;
  return { fix: { id: stableHash('fix', ...key).slice(0, 16), ...rest, ...(property === undefined ? {} : { property }), ...(source === undefined ? {} : { source }), rules: [] }, touches: new Set(), cost };
}

/** What a statement is about, whatever it allows now and wherever it stands in its policy. */
function statementKey(policy: NodeRecord, index: number): string {
  const key = (s: Statement): string => s.sid ?? `${(s.resources ?? []).join()}|${(s.notResources ?? []).join()}`;
  const all = policy.props['statements'] as Statement[];
  return `${key(all[index]!)}#${all.slice(0, index).filter((s) => key(s) === key(all[index]!)).length}`;
}

const givesAll = (p: NodeRecord): boolean => ((p.props['statements'] as Statement[] | undefined) ?? []).some((s) => s.effect === 'Allow' && s.actions?.includes('*') && s.resources?.includes('*'));
const list = (items: readonly string[]): string => (items.length <= 6 ? items.join(', ') : `${items.slice(0, 5).join(', ')} and ${items.length - 5} more`);
const sourceKey = (s: SourceRef): string => [s.file, s.startLine, s.startColumn, s.address, s.property, s.jsonPointer].join('|');

function statementsBySource(nodes: readonly NodeRecord[]): Map<string, { policy: NodeRecord; index: number }[]> {
  const out = new Map<string, { policy: NodeRecord; index: number }[]>();
  for (const policy of nodes) {
    if (policy.kind !== 'Policy') continue;
    ((policy.props['statements'] as Statement[] | undefined) ?? []).forEach((s, index) => {
      const source = s.source === undefined ? undefined : policy.sources[s.source];
      if (source) out.set(sourceKey(source), [...(out.get(sourceKey(source)) ?? []), { policy, index }]);
    });
  }
  return out;
}

function attachmentsOf(edges: readonly EdgeRecord[]): Map<string, EdgeRecord[]> {
  const out = new Map<string, EdgeRecord[]>();
  for (const e of edges) if (e.kind === 'HAS_POLICY') out.set(e.from, [...(out.get(e.from) ?? []), e]);
  return out;
}

interface Users { holders: ReadonlyMap<string, string[]>; runners: ReadonlyMap<string, string[]> }

/** Policy → names of its holders, and of what runs as them. */
function usersOf(g: Graph, nodes: ReadonlyMap<string, NodeRecord>): Users {
  const name = (id: string): string => showHoles(nodes.get(id)?.name ?? id);
  const runs = new Map<string, string[]>();
  for (const e of g.edges) if (e.kind === 'RUNS_AS') runs.set(e.to, [...(runs.get(e.to) ?? []), name(e.from)]);
  const [holders, runners] = [new Map<string, string[]>(), new Map<string, string[]>()];
  for (const e of g.edges) {
    if (e.kind !== 'HAS_POLICY') continue;
    holders.set(e.to, [...(holders.get(e.to) ?? []), name(e.from)]);
    runners.set(e.to, [...(runners.get(e.to) ?? []), ...(runs.get(e.from) ?? [])]);
  }
  return { holders, runners };
}

function usedBy(policy: string, { runners }: Users): string[] {
  const names = [...new Set(runners.get(policy) ?? [])].sort();
  return names.length > 0 ? [`used by ${list(names)}`] : [];
}
