import { edgeId, type EdgeRecord, type NodeKind, type NodeRecord } from '../../schema/index.ts';

export interface Graph { nodes: readonly NodeRecord[]; edges: readonly EdgeRecord[] }
/** What a change does to a graph. `nodes` and `edges` are there afterwards, new or as changed; the others are gone. */
export interface Change { nodes: NodeRecord[]; edges: EdgeRecord[]; removedNodes: string[]; removedEdges: string[] }

/** From one graph to the other. Where a thing is written, and whether it is planned or live, is no change of it. */
export function changeBetween(before: Graph, after: Graph): Change {
  const nodes = new Map(before.nodes.map((n) => [n.id, n]));
  const edges = new Map(before.edges.map((e) => [e.id, e]));
  const seen = new Set([...after.nodes, ...after.edges].map((x) => x.id));
  return {
    nodes: after.nodes.filter((n) => !nodes.has(n.id) || meaning(nodes.get(n.id)!) !== meaning(n)),
    edges: after.edges.filter((e) => !edges.has(e.id) || weight(edges.get(e.id)!) !== weight(e)),
    removedNodes: [...nodes.keys()].filter((id) => !seen.has(id)), removedEdges: [...edges.keys()].filter((id) => !seen.has(id)),
  };
}

/** The graph with the change in it. Edges of removed nodes go with them. */
export function applyChange(base: Graph, change: Change): { nodes: NodeRecord[]; edges: EdgeRecord[] } {
  const nodes = new Map(base.nodes.map((n) => [n.id, n]));
  const edges = new Map(base.edges.map((e) => [e.id, e]));
  for (const id of change.removedNodes) nodes.delete(id);
  for (const id of change.removedEdges) edges.delete(id);
  for (const n of change.nodes) nodes.set(n.id, n);
  for (const e of change.edges) edges.set(e.id, e);
  return { nodes: sorted([...nodes.values()]), edges: sorted([...edges.values()].filter((e) => nodes.has(e.from) && nodes.has(e.to))) };
}

/** Adds what only the second graph knows. */
export const fillFrom = (base: Graph, more: Graph): { nodes: NodeRecord[]; edges: EdgeRecord[] } => {
  const known = new Set([...base.nodes, ...base.edges].map((x) => x.id));
  return applyChange(base, { nodes: more.nodes.filter((n) => !known.has(n.id)), edges: more.edges.filter((e) => !known.has(e.id)), removedNodes: [], removedEdges: [] });
};

/**
 * Renames nodes of `graph` that stand in `to` under another id: the same kind at the same address, which only one node on each side has. An ARN
 * that is known only after apply makes such a pair, and so does a replaced resource, even under a new name where a block makes one thing of its kind.
 */
export function alignIds(graph: Graph, to: Graph): { nodes: NodeRecord[]; edges: EdgeRecord[] } {
  const mine = new Set(graph.nodes.map((n) => n.id));
  const theirs = new Set(to.nodes.map((n) => n.id));
  const renamed = new Map<string, string>();
  const pair = (here: readonly NodeRecord[], there: readonly NodeRecord[], named: boolean): void => {
    const targets = byPlace(there, named);
    for (const [place, ids] of byPlace(here, named)) {
      const target = targets.get(place);
      if (ids.length === 1 && target?.length === 1) renamed.set(ids[0]!, target[0]!);
    }
  };
  const [here, there] = [graph.nodes.filter((n) => !theirs.has(n.id)), to.nodes.filter((n) => !mine.has(n.id))];
  pair(here, there, true);
  const taken = new Set(renamed.values());
  pair(here.filter((n) => WHOLE.has(n.kind) && !renamed.has(n.id)), there.filter((n) => WHOLE.has(n.kind) && !taken.has(n.id)), false);
  const name = (id: string): string => renamed.get(id) ?? id;
  if (renamed.size === 0) return { nodes: [...graph.nodes], edges: [...graph.edges] };
  return {
    nodes: sorted(graph.nodes.map((n) => (renamed.has(n.id) ? { ...n, id: name(n.id), aliases: [...new Set([...n.aliases, n.id])].sort() } : n))),
    edges: sorted(graph.edges.map((e) => (renamed.has(e.from) || renamed.has(e.to) ? { ...e, id: edgeId(e.kind, name(e.from), name(e.to), e.discriminator), from: name(e.from), to: name(e.to) } : e))),
  };
}

/** Kinds of which a block is one. */
const WHOLE: ReadonlySet<NodeKind> = new Set(['DataStore', 'Secret', 'Identity', 'Compute', 'Agent'] as const);

/** A block may make several nodes of one kind (the tools of an action group): their names tell them apart. */
function byPlace(nodes: readonly NodeRecord[], named: boolean): Map<string, string[]> {
  const out = new Map<string, string[]>();
  for (const n of nodes) {
    const address = n.sources[0]?.address;
    if (address === undefined) continue;
    const key = `${n.kind}|${n.type}|${address}|${named ? n.name : ''}`;
    const list = out.get(key);
    if (list) list.push(n.id);
    else out.set(key, [n.id]);
  }
  return out;
}

/** The number of a statement's source says where it stands. */
export const withoutPlace = (v: unknown): string => JSON.stringify(v, (k, x: unknown) => (k === 'source' && typeof x === 'number' ? undefined : x)) ?? '';
const meaning = (n: NodeRecord): string => withoutPlace({ ...n, sources: [], state: '', aliases: [] });
const weight = (e: EdgeRecord): string => JSON.stringify({ ...e, evidence: [] });
const sorted = <T extends { id: string }>(list: readonly T[]): T[] => [...list].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
