import type { EdgeRecord, NodeRecord } from '../../schema/index.ts';

interface Read { nodes: readonly NodeRecord[]; edges: readonly EdgeRecord[] }

/** Whether two readings of a folder say the same in the same lines. */
export function sameCode(a: Read, b: Read): boolean {
  if (a.nodes.length !== b.nodes.length || a.edges.length !== b.edges.length) return false;
  const known = new Map(a.nodes.map((n) => [n.id, said(n)]));
  return b.nodes.every((n) => known.get(n.id) === said(n));
}

const said = (n: NodeRecord): string => JSON.stringify([n.props, n.sources.map((s) => [s.file, s.startLine, s.endLine])]);
