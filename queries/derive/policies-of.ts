import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { EdgeRecord, NodeRecord, Statement } from '../../schema/index.ts';

const BOUNDS: ReadonlySet<unknown> = new Set(['boundary', 'session']);

function among(snapshot: GraphSnapshot, edges: readonly EdgeRecord[], fits: (as: unknown) => boolean, into: NodeRecord[] = []): NodeRecord[] {
  for (const e of edges) if (e.kind === 'HAS_POLICY' && fits(e.props['as'])) into.push(snapshot.node(e.to)!);
  return into;
}

const isOwn = (as: unknown): boolean => as === 'identity';

/** Identity policies, own and inherited from groups. */
export function identityPolicies(snapshot: GraphSnapshot, identity: string): NodeRecord[] {
  const found = among(snapshot, snapshot.out(identity, 'HAS_POLICY'), isOwn);
  for (const e of snapshot.out(identity, 'MEMBER_OF')) among(snapshot, snapshot.out(e.to, 'HAS_POLICY'), isOwn, found);
  return found;
}

/** Boundary and session policies of an identity. */
export const boundsOf = (snapshot: GraphSnapshot, identity: string): NodeRecord[] => among(snapshot, snapshot.out(identity, 'HAS_POLICY'), (as) => BOUNDS.has(as));

const controls = new WeakMap<GraphSnapshot, Map<string, readonly NodeRecord[]>>();

/** Every control policy of the input, wherever it hangs: any of them may bind an identity. */
export function controlPolicies(snapshot: GraphSnapshot, as: 'scp' | 'rcp'): readonly NodeRecord[] {
  let byRole = controls.get(snapshot);
  if (!byRole) controls.set(snapshot, (byRole = new Map()));
  let found = byRole.get(as);
  if (!found) byRole.set(as, (found = [...new Set(among(snapshot, snapshot.edges, (x) => x === as))]));
  return found;
}

export const statementsOf = (p: NodeRecord): readonly Statement[] => (Array.isArray(p.props['statements']) ? (p.props['statements'] as Statement[]) : []);
