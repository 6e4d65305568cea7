import type { EdgeKind, EdgeRecord, NodeRecord } from '../../../schema/index.ts';
import { EDGE_KINDS } from '../../../schema/index.ts';
import type { Estate } from '../../attack/estate.ts';
import { nodeTest, parseNode, type NodeTest } from './pattern.ts';

interface Segment { edge: EdgeKind; props: readonly [string, readonly string[]][]; out: boolean; node: NodeTest }
export interface SubjectPath { first: NodeTest; segments: readonly Segment[] }
export interface Found { nodes: readonly NodeRecord[]; edges: readonly EdgeRecord[] }

const LINK = /\s*(<-|-)([A-Z_]+)(?:\{([^}]*)\})?(->|-)\s*/;

/** `Compute <-IMPLEMENTED_BY- Tool`, `Agent -HAS_TOOL{enabled: true}-> Tool -PROVIDED_BY-> ToolServer`. The first node is the subject. */
export function parsePath(text: string): SubjectPath {
  const parts = text.split(new RegExp(LINK.source, 'g'));
  const segments: Segment[] = [];
  for (let i = 1; i < parts.length; i += 5) {
    const [before, edge, props, after, node] = parts.slice(i, i + 5);
    if (!(EDGE_KINDS as readonly (string | undefined)[]).includes(edge)) throw new Error(`“${edge}” is no edge kind (in “${text}”)`);
    if ((before === '<-') === (after === '->')) throw new Error(`give edge ${edge} one direction (in “${text}”)`);
    segments.push({ edge: edge as EdgeKind, out: after === '->', node: parseNode(node ?? ''), props: (props ?? '').split(',').map((p) => p.split(':').map((s) => s.trim())).filter((p) => p[0] !== '' && p[0] !== undefined).map(([k, v]) => [k!, (v ?? 'true').split('|')]) });
  }
  return { first: parseNode(parts[0]!), segments };
}

/** All ways through the graph that a path describes. */
export function findPath(path: SubjectPath, estate: Estate, facts?: ReadonlyMap<string, Record<string, unknown>>): Found[] {
  const test = nodeTest(path.first, estate, facts);
  const kinds = path.first.kinds;
  const starts = kinds ? [...kinds].flatMap((k) => estate.snapshot.ofKind(k)) : [...estate.snapshot.nodes];
  let found: Found[] = starts.filter((n) => n.completeness !== 'none' && test(n)).map((n) => ({ nodes: [n], edges: [] }));
  for (const s of path.segments) {
    const ok = nodeTest(s.node, estate, facts);
    found = found.flatMap((f) => {
      const at = f.nodes.at(-1)!;
      const edges = s.out ? estate.snapshot.out(at.id, s.edge) : estate.snapshot.in(at.id, s.edge);
      return edges.filter((e) => s.props.every(([k, v]) => v.includes(String(e.props[k])))).flatMap((e) => {
        const next = estate.snapshot.node(s.out ? e.to : e.from);
        return next && ok(next) ? [{ nodes: [...f.nodes, next], edges: [...f.edges, e] }] : [];
      });
    });
  }
  return found;
}
