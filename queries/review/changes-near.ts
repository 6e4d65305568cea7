import { showHoles, type EdgeRecord, type Finding, type NodeRecord, type SourceRef } from '../../schema/index.ts';
import { withoutPlace, type Change, type Graph } from './what-if.ts';

/** One thing that the change does, as the author of it knows it. */
export interface Touch { what: string; how: string; source: SourceRef | undefined }
interface Near { touch: Touch; distance: number }

const MOST = 6;
/** Kinds that say where a thing belongs, not what it does. */
const FRAME: ReadonlySet<string> = new Set(['Scope', 'Owner', 'Person']);

/** What of a change a path rests on: what is changed on it, on whom it acts as, and on what stands at most two edges beside (policies, security groups). */
export class ChangesNear {
  readonly #near = new Map<string, Near[]>();

  constructor(change: Change, before: Graph, after: Graph) {
    const was = new Map(before.nodes.map((n) => [n.id, n]));
    const is = new Map(after.nodes.map((n) => [n.id, n]));
    const touches = new Map<string, Touch>();
    for (const n of change.nodes) if (!FRAME.has(n.kind) && n.completeness !== 'none' && n.sources.length > 0) touches.set(n.id, touchOf(n, was.has(n.id) ? differences(was.get(n.id)!, n) : 'new'));
    for (const id of change.removedNodes) { const n = was.get(id); if (n && !FRAME.has(n.kind) && n.completeness !== 'none') touches.set(id, touchOf(n, 'goes')); }
    for (const [id, touch] of touches) this.#put(id, { touch, distance: 0 });
    const gone = new Set(change.removedEdges);
    // What many share (an account, a service, a policy of the provider) is no way from one thing to another.
    const own = (id: string): boolean => { const n = is.get(id) ?? was.get(id); return n !== undefined && n.sources.length > 0 && !FRAME.has(n.kind); };
    const edges = [...after.edges, ...before.edges.filter((e) => gone.has(e.id) || touches.has(e.from) || touches.has(e.to))].filter((e) => own(e.from) && own(e.to));
    this.#spread(edges);
    this.#spread(edges);
    for (const [e, how] of [...change.edges.map((e) => [e, 'new or changed'] as const), ...before.edges.filter((e) => gone.has(e.id)).map((e) => [e, 'goes'] as const)]) {
      if (touches.has(e.from) || touches.has(e.to)) continue;
      const touch = edgeTouch(e, is.get(e.to) ?? was.get(e.to), how);
      if (touch) for (const id of [e.from, e.to]) this.#put(id, { touch, distance: 0 });
    }
  }

  of(f: Finding): Touch[] {
    const on = [...f.path.hops.map((h) => h.node.id), ...(f.identity ? [f.identity.id] : [])];
    const near = on.flatMap((id) => this.#near.get(id) ?? []).sort((a, b) => a.distance - b.distance);
    return [...new Map(near.map((n) => [`${n.touch.what} ${n.touch.how}`, n.touch])).values()].slice(0, MOST);
  }

  #spread(edges: readonly EdgeRecord[]): void {
    const found: [string, Near][] = [];
    for (const e of edges) for (const [from, to] of [[e.from, e.to], [e.to, e.from]] as const) for (const n of this.#near.get(from) ?? []) found.push([to, { touch: n.touch, distance: n.distance + 1 }]);
    for (const [id, n] of found) this.#put(id, n);
  }

  #put(id: string, n: Near): void {
    const list = this.#near.get(id);
    if (!list) this.#near.set(id, [n]);
    else if (!list.some((x) => x.touch === n.touch)) list.push(n);
  }
}

const touchOf = (n: NodeRecord, how: string): Touch => ({ what: n.sources[0]?.address ?? showHoles(n.name), how, source: n.sources[0] });

/** Attached, routed, given: shown where the edge has a line of its own. */
function edgeTouch(e: EdgeRecord, to: NodeRecord | undefined, how: string): Touch | undefined {
  const source = e.evidence.find((x) => x.source?.file !== undefined)?.source;
  return source && to && !FRAME.has(to.kind) ? { what: source.address ?? showHoles(to.name), how: `${e.kind.toLowerCase().replaceAll('_', ' ')} ${showHoles(to.name)}, ${how}`, source } : undefined;
}

/** Names of the properties that differ. */
function differences(a: NodeRecord, b: NodeRecord): string {
  const keys = [...new Set([...Object.keys(a.props), ...Object.keys(b.props)])].filter((k) => withoutPlace(a.props[k]) !== withoutPlace(b.props[k]));
  return keys.length > 0 ? keys.sort().join(', ') : 'changed';
}
