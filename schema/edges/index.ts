import { EDGE_KINDS, type EdgeDeclaration, type EdgeKind, type NodeKind } from '../define.ts';
import { derivedEdges } from './derived.ts';
import { inventoryEdges } from './inventory.ts';

/** Every edge kind by name. Throws at load when one is missing or declared twice. */
export const EDGES: ReadonlyMap<EdgeKind, EdgeDeclaration> = (() => {
  const map = new Map<EdgeKind, EdgeDeclaration>();
  for (const d of [...inventoryEdges, ...derivedEdges]) {
    if (map.has(d.kind)) throw new Error(`edge kind ${d.kind} is declared twice: keep one entry in schema/edges`);
    map.set(d.kind, d);
  }
  for (const k of EDGE_KINDS) if (!map.has(k)) throw new Error(`edge kind ${k} has no declaration: add it to schema/edges`);
  return map;
})();

export const mayJoin = (kind: EdgeKind, from: NodeKind, to: NodeKind): boolean =>
  EDGES.get(kind)!.ends.some(([f, t]) => f.includes(from) && t.includes(to));
