import { stableHash, type EdgeRecord, type FixEdit, type NodeRecord, type Statement } from '../../schema/index.ts';

export interface Graph { nodes: readonly NodeRecord[]; edges: readonly EdgeRecord[] }

/** The graph as it would be read after the change. */
export function applyEdit(g: Graph, edit: FixEdit): Graph {
  switch (edit.kind) {
    case 'actions': return onStatement(g, edit.policy, edit.statement, (s) => (edit.to.length === 0 ? undefined : { ...s, actions: edit.to }));
    case 'statement': return onStatement(g, edit.policy, edit.statement, (s) => ({ ...s, ...definedOnly(edit.to) }));
    case 'auth': return onNode(g, edit.endpoint, { auth: edit.to, authDetail: {} });
    case 'properties': return onNode(g, edit.node, edit.to);
    case 'detach': return { ...g, edges: g.edges.filter((e) => e.id !== edit.edge) };
    case 'edge': return { ...g, edges: g.edges.map((e) => (e.id === edit.edge ? { ...e, props: { ...e.props, ...edit.to } } : e)) };
    case 'edges': {
      const [edges, nodes] = [new Set(edit.remove), new Set(edit.nodes)];
      return { nodes: g.nodes.filter((n) => !nodes.has(n.id)), edges: g.edges.filter((e) => !edges.has(e.id) && !nodes.has(e.from) && !nodes.has(e.to)) };
    }
    case 'control': return withControl(g, edit);
  }
}

const definedOnly = (s: Partial<Statement>): Partial<Statement> => Object.fromEntries(Object.entries(s).filter(([, v]) => v !== undefined));

const onNode = (g: Graph, id: string, to: Record<string, unknown>): Graph => ({ ...g, nodes: g.nodes.map((n) => (n.id === id ? { ...n, props: { ...n.props, ...to } } : n)) });

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

/** A control on ways to tools, and on things. An equal one that is there already takes the new properties. */
function withControl(g: Graph, edit: FixEdit & { kind: 'control' }): Graph {
  const of = new Set([...edit.gates, ...edit.guards]);
  const near = g.edges.find((e) => of.has(e.id))?.from ?? edit.guards[0];
  const beside = g.nodes.find((n) => n.id === near);
  if (!beside) return g;
  const id = `ovr:control:${beside.provider}:${stableHash('control', edit.name, ...edit.gates, ...edit.guards).slice(0, 16)}`;
  const control: NodeRecord = { ...beside, id, kind: 'Control', type: 'overreach.control', sourceType: beside.sourceType, name: edit.name, aliases: [], props: edit.props };
  const gated = new Set(edit.gates);
  const edges = g.edges.map((e) => (gated.has(e.id) ? { ...e, props: { ...e.props, gates: [...((e.props['gates'] as string[] | undefined) ?? []), id] } } : e));
  const guards = edit.guards.map((from): EdgeRecord => ({ id: stableHash('GUARDED_BY', from, id), kind: 'GUARDED_BY', from, to: id, discriminator: '', verdict: 'proven', requires: [], evidence: [], props: {} }));
  return { nodes: [...g.nodes, control], edges: [...edges, ...guards] };
}
