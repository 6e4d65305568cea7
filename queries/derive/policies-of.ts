import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { EdgeRecord, NodeRecord, Statement } from '../../schema/index.ts';

const BOUNDS: ReadonlySet<unknown> = new Set(['boundary', 'session']);

const among = (snapshot: GraphSnapshot, edges: readonly EdgeRecord[], fits: (as: unknown) => boolean): NodeRecord[] => edges.filter((e) => e.kind === 'HAS_POLICY' && fits(e.props['as'])).map((e) => snapshot.node(e.to)!);

/** Identity policies, own and inherited from groups. */
export const identityPolicies = (snapshot: GraphSnapshot, identity: string): NodeRecord[] =>
  [identity, ...snapshot.out(identity, 'MEMBER_OF').map((e) => e.to)].flatMap((h) => among(snapshot, snapshot.out(h, 'HAS_POLICY'), (as) => as === 'identity'));

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
