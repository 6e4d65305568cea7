import { hasHole, type NodeRecord } from '../../schema/index.ts';
import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';

const known = new WeakMap<NodeRecord, readonly string[]>();

/** Texts a configuration may use for a node: its id, ARN, aliases, URL, physical name and the last part of its ARN. */
function textsOf(n: NodeRecord): readonly string[] {
  let texts = known.get(n);
  if (!texts) known.set(n, (texts = allTextsOf(n)));
  return texts;
}

function allTextsOf(n: NodeRecord): string[] {
  const native = n.id.split(':').slice(3).join(':');
  const out = [n.id, native, ...n.aliases, n.name];
  for (const key of ['arn', 'url', 'runtimeId', 'nativeName']) if (typeof n.props[key] === 'string') out.push(n.props[key]);
  const arn = typeof n.props['arn'] === 'string' ? n.props['arn'] : native.startsWith('arn:') ? native : '';
  if (arn !== '') out.push(arn.slice(arn.lastIndexOf('/') + 1), arn.slice(arn.lastIndexOf(':') + 1));
  const address = n.sources[0]?.address;
  if (address !== undefined) out.push(address);
  return out.filter((t) => t.length > 2);
}

/** Things that stand for each other when a configuration names one: an alias and its agent, a gateway and its endpoint, a queue and its channel. */
function kin(n: NodeRecord, snapshot: GraphSnapshot): NodeRecord[] {
  const other = [
    ...snapshot.out(n.id, 'ROUTES_TO').map((e) => e.to), ...snapshot.in(n.id, 'ROUTES_TO').filter((e) => snapshot.node(e.from)?.kind === 'Endpoint').map((e) => e.from),
    ...snapshot.out(n.id, 'PROVIDED_BY', 'EXECUTES_IN').map((e) => e.to), ...snapshot.in(n.id, 'EXECUTES_IN').map((e) => e.from),
  ];
  return [n, ...other.flatMap((id) => snapshot.node(id) ?? []).filter((m) => m.kind === 'Agent' || m.kind === 'Endpoint' || m.kind === 'ToolServer' || m.kind === 'Tool' || n.kind === 'Tool')];
}

/**
 * What each compute or agent names in its configuration (`invokes`, `configuredNames`). The question is asked per pair of permission, so
 * the texts of a configuration are a set, and a target is looked up by its own few texts.
 */
export class NamedTargets {
  readonly #snapshot: GraphSnapshot;
  readonly #texts = new Map<string, ReadonlySet<string>>();
  readonly #kin = new Map<string, readonly NodeRecord[]>();
  constructor(snapshot: GraphSnapshot) { this.#snapshot = snapshot; }

  names(compute: NodeRecord, target: NodeRecord): boolean {
    const texts = this.#textsOf(compute);
    if (texts.size === 0) return false;
    let all = this.#kin.get(target.id);
    if (!all) this.#kin.set(target.id, (all = kin(target, this.#snapshot)));
    return all.some((n) => textsOf(n).some((t) => texts.has(t)));
  }

  #textsOf(compute: NodeRecord): ReadonlySet<string> {
    let set = this.#texts.get(compute.id);
    if (!set) {
      const all = new Set<string>();
      for (const key of ['invokes', 'configuredNames'])
        for (const t of (compute.props[key] as string[] | undefined) ?? []) {
          all.add(t);
          const last = t.slice(t.lastIndexOf('/') + 1);
          if (last !== t && !hasHole(last)) all.add(last);
        }
      set = all;
      this.#texts.set(compute.id, set);
    }
    return set;
  }
}
