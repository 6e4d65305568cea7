import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { EdgeKind, Statement } from '../../schema/index.ts';
import { compileAccess } from '../policy/index.ts';
import { arnOf, witnessesBelow } from '../policy/targets.ts';
import type { Access } from '../policy/types.ts';

/** An analysed graph that a changed one is derived from. Records that did not change must be the same objects in both. */
export interface Kept { stored: GraphSnapshot; access: Access }

/** Edges that permissions are worked out from; all others say what things do with them. */
const OF_ACCESS: ReadonlySet<EdgeKind> = new Set(['HAS_POLICY', 'IN_SCOPE', 'MEMBER_OF', 'CAN', 'ENCRYPTED_WITH']);

/**
 * Permissions after a change, worked out anew only for the identities it concerns. An identity's grants follow from its own policies, those of
 * its groups, bounds and organisation, and from the things that are there with their own policies; so a change of identity policies touches
 * their holders, and one of trust policies no grant at all. Anything else is compiled from nothing: the answer is the same, only later.
 */
export function accessAfter(stored: GraphSnapshot, before: Kept): Access {
  const touched = touchedBy(before.stored, stored);
  if (!touched) return compileAccess(stored);
  if (touched === 'nothing') return before.access;
  const fresh = compileAccess(stored);
  const [any, was] = [fresh.anyAssets, before.access.anyAssets];
  if (any.length !== was.length || any.some((n, i) => n.id !== was[i]!.id)) return fresh;
  return { anyAssets: any, grantsOf: (id) => (touched.has(id) ? fresh : before.access).grantsOf(id), decide: (r) => fresh.decide(r) };
}

/** Identities whose grants may differ; undefined when that cannot be told from the records. */
function touchedBy(before: GraphSnapshot, after: GraphSnapshot): ReadonlySet<string> | 'nothing' | undefined {
  const policies = new Set<string>();
  const holders = new Set<string>();
  for (const [was, is] of differing(before.nodes, after.nodes)) {
    const n = (is ?? was)!;
    if (n.kind === 'Policy') { policies.add(n.id); continue; }
    if (n.kind === 'Identity' || n.kind === 'Scope' || (was && arnOf(was) !== undefined) || (is && arnOf(is) !== undefined)) return undefined;
  }
  let changed = policies.size > 0;
  for (const [was, is] of differing(before.edges, after.edges)) {
    for (const e of [was, is]) {
      if (!e || !OF_ACCESS.has(e.kind)) continue;
      if (e.kind !== 'HAS_POLICY' || e.props['as'] !== 'identity') return undefined;
      holders.add(e.from);
      policies.add(e.to);
      changed = true;
    }
  }
  if (!changed) return 'nothing';
  for (const graph of [before, after])
    for (const p of policies)
      for (const e of graph.in(p, 'HAS_POLICY')) {
        if (e.props['as'] === 'identity') holders.add(e.from);
        else if (e.props['as'] !== 'trust') return undefined;
      }
  if (namesOthersBelow(before, after)) return undefined;
  const touched = new Set(holders);
  for (const graph of [before, after]) for (const h of holders) for (const e of graph.in(h, 'MEMBER_OF')) touched.add(e.from);
  return touched;
}

/** Patterns split what lies below a thing into parts for everybody: whether one that came or went does. */
function namesOthersBelow(before: GraphSnapshot, after: GraphSnapshot): boolean {
  const [a, b] = [patternsOf(before), patternsOf(after)];
  const moved = [...[...a].filter((p) => !b.has(p)), ...[...b].filter((p) => !a.has(p))];
  return moved.length > 0 && witnessesBelow(after.nodes.flatMap((n) => arnOf(n) ?? []), moved).size > 0;
}

const patterns = new WeakMap<GraphSnapshot, ReadonlySet<string>>();
function patternsOf(graph: GraphSnapshot): ReadonlySet<string> {
  let found = patterns.get(graph);
  if (!found) {
    const all = new Set<string>();
    for (const n of graph.ofKind('Policy')) for (const s of (n.props['statements'] as Statement[] | undefined) ?? []) if (s.effect === 'Allow') for (const p of s.resources ?? []) all.add(p);
    patterns.set(graph, (found = all));
  }
  return found;
}

/** Records of two lists in order of id that are not the same object. */
export function* differing<T extends { id: string }>(a: readonly T[], b: readonly T[]): Generator<[was: T | undefined, is: T | undefined]> {
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const [x, y] = [a[i], b[j]];
    if (x && y && x.id === y.id) {
      if (x !== y) yield [x, y];
      i++;
      j++;
    } else if (x && (!y || x.id < y.id)) { yield [x, undefined]; i++; } else { yield [undefined, y]; j++; }
  }
}
