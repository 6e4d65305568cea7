import { GraphSnapshot } from '../../../graph/snapshot/snapshot.ts';
import { externalPrincipals } from '../../../queries/derive/can-assume.ts';
import { showHoles, type EdgeKind, type NodeRecord, type SourceRef } from '../../../schema/index.ts';
import { parseScope, type Scope } from '../../auth/scopes.ts';
import { HiddenNames } from './names.ts';

/** What a caller sees of one run. Whatever is not known to be inside is outside. */
export interface Sight {
  /** By id, of stored and of derived nodes. */
  node(id: string): boolean;
  file(path: string): boolean;
  /** The text names something outside. */
  hides(text: string): boolean;
  /** Stored nodes inside, ordered by id. */
  nodes: readonly NodeRecord[];
  /** How many stored nodes of a kind are outside. */
  outside(kind: NodeRecord['kind']): number;
}

/** From the whole to a part that has no owner or file of its own. */
const PART: readonly EdgeKind[] = ['HAS_POLICY', 'HAS_TOOL', 'GUARDED_BY', 'USES_CREDENTIAL', 'HOLDS'];
const TEAM_TAGS = ['owner', 'Owner', 'team', 'Team', 'owned-by', 'owned_by'];
const filesOf = (s: SourceRef): string[] => [...(s.file === undefined ? [] : [s.file]), ...(s.moduleChain ?? []).map((m) => m.file)];
const accountIn = (text: string): string | undefined => /arn:[a-z-]+:[a-z0-9-]*:[a-z0-9-]*:(\d{12}):/.exec(text)?.[1];
const accountOf = (n: NodeRecord): string => accountIn(n.id) ?? (n.kind === 'Scope' ? n.id : n.scope).split(':').at(-1)!;
const within = (file: string, folder: string): boolean => file === folder || file.startsWith(`${folder}/`);
const plain = (owner: string): string => owner.toLowerCase().replace(/^@/, '');

export function sightOf(snapshot: GraphSnapshot, scopes: readonly string[]): Sight {
  const inside = insideOf(snapshot, scopes.map(parseScope));
  const nodes = snapshot.nodes.filter((n) => inside.has(n.id));
  const places = new Set(nodes.flatMap((n) => [n.scope, accountOf(n)]));
  const mine = new GraphSnapshot(nodes, snapshot.edges.filter((e) => inside.has(e.from) && inside.has(e.to)));
  // Named by a trust policy of the caller's, and a stranger to the whole estate, not only to this part of it.
  const strangers = externalPrincipals(snapshot);
  const named = new Set(externalPrincipals(mine).map((n) => n.id));
  const trusted = strangers.filter((n) => named.has(n.id));
  const external = new Set(trusted.map((n) => n.id));
  const files = new Set(nodes.flatMap((n) => n.sources.flatMap(filesOf)));
  const folders = scopes.map(parseScope).flatMap((s) => (s.kind === 'path' ? [s.value] : []));
  const outside = snapshot.nodes.filter((n) => !inside.has(n.id));
  const names = hiddenNames([...nodes, ...trusted], [...outside, ...strangers.filter((n) => !external.has(n.id))], places);
  const counts = new Map<string, number>();
  for (const n of outside) counts.set(n.kind, (counts.get(n.kind) ?? 0) + 1);
  const node = (id: string): boolean => {
    if (inside.has(id) || external.has(id) || /^ovr:scope:overreach:(internet|E[0-8])$/.test(id)) return true;
    // Derived nodes carry the id of what they come from.
    const of = /^ovr:(?:agent|tool):overreach:(?:candidate|own-tools)#(.+)$/s.exec(id)?.[1];
    if (of !== undefined) return node(of);
    const any = /^ovr:[a-z]+:aws:any:(.+):[^:]+$/s.exec(id)?.[1];
    return any !== undefined && places.has(any);
  };
  return {
    node, nodes, hides: (text) => names.in(text), outside: (kind) => counts.get(kind) ?? 0,
    file: (path) => files.has(path) || folders.some((f) => within(path, f)),
  };
}

function insideOf(snapshot: GraphSnapshot, scopes: readonly Scope[]): Set<string> {
  const inside = new Set<string>();
  // A thing that was only mentioned belongs to whoever mentions it.
  for (const n of snapshot.nodes) if (n.completeness !== 'none' && n.kind !== 'Owner' && scopes.some((s) => direct(n, s, snapshot))) inside.add(n.id);
  const byNative = new Map(snapshot.nodes.map((n) => [native(n.id), n.id]));
  for (let grown = true; grown;) {
    grown = false;
    for (const n of snapshot.nodes) {
      if (inside.has(n.id) || !isPart(n, snapshot, inside, byNative)) continue;
      inside.add(n.id);
      grown = true;
    }
  }
  const own = [...inside];
  for (const id of own) {
    for (const e of snapshot.out(id, 'OWNED_BY')) inside.add(e.to);
    for (const e of [...snapshot.out(id), ...snapshot.in(id)]) for (const end of [e.from, e.to]) if (mentioned(snapshot.node(end))) inside.add(end);
    const place = snapshot.node(snapshot.node(id)!.scope);
    if (place?.completeness === 'none') inside.add(place.id);
  }
  return inside;
}

const mentioned = (n: NodeRecord | undefined): boolean => n?.completeness === 'none' && n.kind !== 'Scope';

function direct(n: NodeRecord, s: Scope, snapshot: GraphSnapshot): boolean {
  if (s.kind === 'account') return accountOf(n) === s.value;
  if (s.kind === 'path') return n.sources.some((x) => filesOf(x).some((f) => within(f, s.value)));
  const owned = (id: string): boolean => {
    const owners = snapshot.out(id, 'OWNED_BY').map((e) => snapshot.node(e.to)?.name ?? '');
    const tags = snapshot.node(id)?.tags ?? {};
    return [...owners, ...(owners.length > 0 ? [] : TEAM_TAGS.flatMap((k) => tags[k] ?? []))].some((o) => plain(showHoles(o)) === plain(s.value));
  };
  return owned(n.id) || (snapshot.out(n.id, 'OWNED_BY').length === 0 && snapshot.out(n.id, 'IMPLEMENTED_BY').some((e) => owned(e.to)));
}

const native = (id: string): string => id.split(':').slice(3).join(':');

/** Nobody's own, in the same account as everything that holds it (or that it leads to), and all of that inside; or written inside the block of something inside. */
function isPart(n: NodeRecord, snapshot: GraphSnapshot, inside: ReadonlySet<string>, byNative: ReadonlyMap<string, string>): boolean {
  if (n.completeness === 'none' || snapshot.out(n.id, 'OWNED_BY').length > 0) return false;
  for (let own = native(n.id), at = own.lastIndexOf('#'); at > 0; at = own.lastIndexOf('#')) {
    own = own.slice(0, at);
    const whole = byNative.get(own);
    if (whole !== undefined) return inside.has(whole);
  }
  if (n.kind === 'Endpoint') {
    const behind = snapshot.out(n.id, 'ROUTES_TO', 'IMPLEMENTED_BY');
    return behind.length > 0 && behind.every((e) => inside.has(e.to) && snapshot.node(e.to)!.scope === n.scope);
  }
  const holders = snapshot.in(n.id, ...PART);
  return holders.length > 0 && holders.every((e) => inside.has(e.from) && snapshot.node(e.from)!.scope === n.scope);
}

/** Every name of what is outside that nothing inside carries too. */
function hiddenNames(inside: readonly NodeRecord[], outside: readonly NodeRecord[], places: ReadonlySet<string>): HiddenNames {
  const seen = new Set([...places, ...inside.flatMap((n) => [...namesOf(n), ...n.sources.flatMap(filesOf)])].flatMap((t) => [t.toLowerCase(), showHoles(t).toLowerCase()]));
  const names = new HiddenNames(seen);
  for (const n of outside) {
    for (const name of namesOf(n)) names.add(name);
    for (const file of n.sources.flatMap(filesOf)) names.add(file, true);
  }
  return names;
}

function namesOf(n: NodeRecord): string[] {
  const provider = /^arn:[a-z-]+:iam::aws:/.test(native(n.id));
  const owners = TEAM_TAGS.flatMap((k) => n.tags[k] ?? []);
  // Names that a vendor publishes are nobody's secret.
  if (provider) return [];
  return [n.name, n.id, native(n.id), n.scope, accountOf(n), ...n.aliases, ...owners, ...['arn', 'url', 'endpoint', 'location', 'contact'].flatMap((k) => (typeof n.props[k] === 'string' ? [n.props[k] as string] : [])), ...n.sources.flatMap((s) => s.address ?? [])].filter((t) => t !== '');
}
