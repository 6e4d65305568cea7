import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { EdgeKind, EdgeRecord, NodeRecord, Statement } from '../../schema/index.ts';
import { Compiled, without } from '../policy/index.ts';
import { arnOf, witnessesBelow } from '../policy/targets.ts';
import type { Access, Decision, Grant, Heaviest, Request, Weights } from '../policy/types.ts';
import { vendingRoles } from '../policy/vended.ts';

/** An analysed graph that a changed one is derived from. Records that did not change must be the same objects in both. */
export interface Kept { stored: GraphSnapshot; access: Access; /** derived ones, in order of id */ routes: readonly EdgeRecord[] }
/** `routes`: those of before, where they are the same as long as `same` holds for whom a compute's code acts as. */
export interface After { access: Access; routes?: { before: readonly EdgeRecord[]; same(identities: readonly NodeRecord[]): boolean } }

/** Edges that permissions are worked out from; all others say what things do with them. */
const OF_ACCESS: ReadonlySet<EdgeKind> = new Set(['HAS_POLICY', 'IN_SCOPE', 'MEMBER_OF', 'CAN', 'ENCRYPTED_WITH']);

/**
 * Permissions after a change, worked out anew only for the identities it concerns. An identity's grants follow from its own policies, those of
 * its groups, bounds and organisation, and from the things that are there with their own policies; so a change of identity policies touches
 * their holders, and one of trust policies no grant at all. Anything else is compiled from nothing: the answer is the same, only later.
 */
export function follow(stored: GraphSnapshot, before: Kept): After {
  const touched = touchedBy(before.stored, stored);
  const access = !touched ? undefined : touched.grants ? again(stored, before.access, touched.identities) : before.access;
  if (!touched || !access) return { access: Compiled.of(stored) };
  if (!touched.only) return { access };
  return { access, routes: { before: before.routes, same: (identities) => !identities.some((p) => touched.identities.has(p.id)) } };
}

function again(stored: GraphSnapshot, before: Access, touched: ReadonlySet<string>): Access | undefined {
  const compiled = before instanceof Followed ? before.fresh : before instanceof Compiled ? before : undefined;
  const fresh = compiled?.again(stored, touched);
  return fresh && new Followed(fresh, before, touched);
}

/** Permissions of which most are those of before. */
class Followed implements Access {
  readonly fresh: Compiled;
  readonly #before: Access;
  readonly #touched: ReadonlySet<string>;
  readonly #grants = new Map<string, readonly Grant[]>();

  constructor(fresh: Compiled, before: Access, touched: ReadonlySet<string>) {
    this.fresh = fresh;
    this.#before = before;
    this.#touched = touched;
  }

  get anyAssets(): readonly NodeRecord[] { return this.fresh.anyAssets; }
  grantsOf(id: string): readonly Grant[] {
    if (this.#touched.has(id)) return this.fresh.grantsOf(id);
    let grants = this.#grants.get(id);
    if (!grants) this.#grants.set(id, (grants = without(this.#before.grantsOf(id), this.fresh.gone)));
    return grants;
  }

  heaviestOf(id: string, weights: Weights): Heaviest | undefined { return (this.#touched.has(id) ? this.fresh : this.#before).heaviestOf(id, weights); }
  decide(r: Request): Decision { return this.fresh.decide(r); }
  textsOn(principal: NodeRecord, action: string, target: NodeRecord): readonly string[] { return this.fresh.textsOn(principal, action, target); }
}

/** Identities whose grants may differ, whether anything does that grants follow from, and whether nothing else does. */
interface Touched { identities: ReadonlySet<string>; grants: boolean; only: boolean }

/** undefined: which identities those are cannot be told from the records. */
function touchedBy(before: GraphSnapshot, after: GraphSnapshot): Touched | undefined {
  const policies = new Set<string>();
  const holders = new Set<string>();
  let only = true;
  for (const [was, is] of differing(before.nodes, after.nodes)) {
    const n = (is ?? was)!;
    if (n.kind === 'Policy') { policies.add(n.id); continue; }
    if (was && is && sameButDoor(was, is)) continue;
    only = false;
    if (isGone(was, is)) { holders.add(n.id); continue; }
    if (n.kind === 'Identity' || n.kind === 'Scope' || (was && arnOf(was) !== undefined) || (is && arnOf(is) !== undefined)) return undefined;
  }
  for (const [was, is] of differing(before.edges, after.edges)) {
    for (const e of [was, is]) {
      if (!e) continue;
      if (e.kind === 'HAS_POLICY' && e.props['as'] === 'identity') { holders.add(e.from); policies.add(e.to); continue; }
      only = false;
      if (e.kind === 'CAN') holders.add(e.from);
      else if (OF_ACCESS.has(e.kind) && !(e.kind === 'IN_SCOPE' && isOfNoMatter(before.node(e.from), after.node(e.from)))) return undefined;
    }
  }
  if (policies.size + holders.size === 0) return { identities: holders, grants: false, only };
  for (const graph of [before, after])
    for (const p of policies)
      for (const e of graph.in(p, 'HAS_POLICY')) {
        if (e.props['as'] === 'identity') holders.add(e.from);
        else if (e.props['as'] !== 'trust') return undefined;
      }
  if (namesOthersBelow(before, after)) return undefined;
  const touched = new Set(holders);
  for (const graph of [before, after]) for (const h of holders) for (const e of graph.in(h, 'MEMBER_OF')) touched.add(e.from);
  // Others obtain what such a role may do.
  if ([...vendingRoles(after)].some((id) => touched.has(id))) return undefined;
  return { identities: touched, grants: true, only };
}

/** Whoever is gone holds nothing, and without an ARN no policy names it. */
const isGone = (was: NodeRecord | undefined, is: NodeRecord | undefined): boolean => was?.kind === 'Identity' && !is && arnOf(was) === undefined;

/** Whether it says nothing to anybody's permissions where a thing belongs. */
const isOfNoMatter = (was: NodeRecord | undefined, is: NodeRecord | undefined): boolean => isGone(was, is) || (isUnnamed(was) && isUnnamed(is));

/** No permission is about it or its own. */
const isUnnamed = (n: NodeRecord | undefined): boolean => n === undefined || (arnOf(n) === undefined && n.kind !== 'Identity' && n.kind !== 'Scope' && n.kind !== 'Policy');

/** What asks callers who they are gives nobody a permission. */
const DOOR: ReadonlySet<string> = new Set(['auth', 'authDetail']);

function sameButDoor(a: NodeRecord, b: NodeRecord): boolean {
  return sameIn(a, b, (k) => k === 'props') && sameIn(a.props, b.props, (k) => DOOR.has(k));
}

const sameIn = (a: object, b: object, but: (key: string) => boolean): boolean =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].every((k) => but(k) || (a as Record<string, unknown>)[k] === (b as Record<string, unknown>)[k]);

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
