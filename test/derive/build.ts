import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { edgeId, nodeId, type EdgeKind, type EdgeRecord, type NodeKind, type NodeRecord } from '../../schema/index.ts';

/** Hand-made nodes for tests of derivation alone; tests of rules go through a reader. */
export function node(kind: NodeKind, name: string, props: Record<string, unknown> = {}, more: Partial<NodeRecord> = {}): NodeRecord {
  return {
    id: nodeId(kind, 'aws', name), kind, type: `aws.test.${kind.toLowerCase()}`, name, provider: 'aws', scope: 'local', environment: 'unknown', tags: {}, state: 'declared', completeness: 'full',
    sources: [{ source: 'terraform', file: 'main.tf', startLine: 1, address: `aws_x.${name}` }], aliases: [], props, ...more,
  };
}

export function edge(kind: EdgeKind, from: NodeRecord, to: NodeRecord, props: Record<string, unknown> = {}, more: Partial<EdgeRecord> = {}): EdgeRecord {
  return { id: edgeId(kind, from.id, to.id, JSON.stringify(props)), kind, from: from.id, to: to.id, discriminator: JSON.stringify(props), verdict: 'proven', requires: [], evidence: [], props, ...more };
}

export const graph = (nodes: NodeRecord[], edges: EdgeRecord[] = []): GraphSnapshot => new GraphSnapshot(nodes, edges);
