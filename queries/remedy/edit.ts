import type { EdgeRecord, FixEdit, NodeRecord, Statement } from '../../schema/index.ts';

export interface Graph { nodes: readonly NodeRecord[]; edges: readonly EdgeRecord[] }

/** The graph as it would be read after the change. */
export function applyEdit(g: Graph, edit: FixEdit): Graph {
  switch (edit.kind) {
    case 'actions': return onStatement(g, edit.policy, edit.statement, (s) => (edit.to.length === 0 ? undefined : { ...s, actions: edit.to }));
    case 'auth': return { ...g, nodes: g.nodes.map((n) => (n.id === edit.endpoint ? { ...n, props: { ...n.props, auth: edit.to, authDetail: {} } } : n)) };
    case 'detach': return { ...g, edges: g.edges.filter((e) => e.id !== edit.edge) };
  }
}

function onStatement(g: Graph, policy: string, index: number, change: (s: Statement) => Statement | undefined): Graph {
  return {
    ...g,
    nodes: g.nodes.map((n) => {
      if (n.id !== policy) return n;
      const statements = (n.props['statements'] as Statement[]).flatMap((s, i) => (i === index ? change(s) ?? [] : s));
      return { ...n, props: { ...n.props, statements } };
    }),
  };
}
