import { stableHash, type EdgeRecord, type FixEdit, type NodeRecord, type Statement } from '../../schema/index.ts';

export interface Graph { nodes: readonly NodeRecord[]; edges: readonly EdgeRecord[] }

/** The graph as it would be read after the change. */
export const applyEdit = (g: Graph, edit: FixEdit): Graph => applyEdits(g, [edit]);

/** After all of them, one after another. Changes of single things are gathered, so that many cost one look at the things. */
export function applyEdits(g: Graph, edits: readonly FixEdit[]): Graph {
  const ofThings = new Map<string, FixEdit[]>();
  for (const e of edits) {
    const id = thingOf(e);
    if (id === undefined) continue;
    const there = ofThings.get(id);
    if (there) there.push(e);
    else ofThings.set(id, [e]);
  }
  const changed = ofThings.size === 0 ? g : { ...g, nodes: g.nodes.map((n) => (ofThings.get(n.id) ?? []).reduce(onThing, n)) };
  return edits.filter((e) => thingOf(e) === undefined).reduce(onGraph, changed);
}

/** The one thing that an edit changes. */
function thingOf(e: FixEdit): string | undefined {
  switch (e.kind) {
    case 'actions': case 'statement': return e.policy;
    case 'auth': return e.endpoint;
    case 'properties': return e.node;
    default: return undefined;
  }
}

function onThing(n: NodeRecord, e: FixEdit): NodeRecord {
  switch (e.kind) {
    case 'actions': return onStatement(n, placeOf(n, e), (s) => (e.to.length === 0 ? undefined : { ...s, actions: e.to }));
    case 'statement': return onStatement(n, e.statement, (s) => ({ ...s, ...definedOnly(e.to) }));
    case 'auth': return { ...n, props: { ...n.props, auth: e.to, authDetail: {} } };
    case 'properties': return { ...n, props: { ...n.props, ...e.to } };
    default: return n;
  }
}

/** The statement that reads as the edit says; one that went before may have renumbered it. */
function placeOf(n: NodeRecord, e: FixEdit & { kind: 'actions' }): number {
  const all = (n.props['statements'] as Statement[] | undefined) ?? [];
  const reads = (s: Statement | undefined): boolean => s?.actions !== undefined && s.actions.length === e.from.length && e.from.every((a) => s.actions!.includes(a));
  const other = reads(all[e.statement]) ? -1 : all.findIndex(reads);
  return other < 0 ? e.statement : other;
}

function onGraph(g: Graph, edit: FixEdit): Graph {
  switch (edit.kind) {
    case 'detach': return { ...g, edges: g.edges.filter((e) => e.id !== edit.edge) };
    case 'edge': return { ...g, edges: g.edges.map((e) => (e.id === edit.edge ? { ...e, props: { ...e.props, ...edit.to } } : e)) };
    case 'edges': {
      const [edges, nodes] = [new Set(edit.remove), new Set(edit.nodes)];
      return { nodes: g.nodes.filter((n) => !nodes.has(n.id)), edges: g.edges.filter((e) => !edges.has(e.id) && !nodes.has(e.from) && !nodes.has(e.to)) };
    }
    case 'control': return withControl(g, edit);
    default: return g;
  }
}

const definedOnly = (s: Partial<Statement>): Partial<Statement> => Object.fromEntries(Object.entries(s).filter(([, v]) => v !== undefined));

function onStatement(n: NodeRecord, index: number, change: (s: Statement) => Statement | undefined): NodeRecord {
  const statements = (n.props['statements'] as Statement[]).flatMap((s, i) => (i === index ? change(s) ?? [] : s));
  return { ...n, props: { ...n.props, statements } };
}

type ControlEdit = FixEdit & { kind: 'control' };

/** The thing that a control is put beside. */
export function besideControl(g: Graph, edit: ControlEdit): NodeRecord | undefined {
  const of = new Set([...edit.gates, ...edit.guards]);
  const near = g.edges.find((e) => of.has(e.id))?.from ?? edit.guards[0];
  return g.nodes.find((n) => n.id === near);
}

export const controlId = (beside: NodeRecord, edit: ControlEdit): string => `ovr:control:${beside.provider}:${stableHash('control', edit.name, ...edit.gates, ...edit.guards).slice(0, 16)}`;

/** A control on ways to tools, and on things. An equal one that is there already takes the new properties. */
function withControl(g: Graph, edit: ControlEdit): Graph {
  const beside = besideControl(g, edit);
  if (!beside) return g;
  const id = controlId(beside, edit);
  const control: NodeRecord = { ...beside, id, kind: 'Control', type: 'overreach.control', sourceType: beside.sourceType, name: edit.name, aliases: [], props: edit.props };
  const gated = new Set(edit.gates);
  const edges = g.edges.map((e) => (gated.has(e.id) ? { ...e, props: { ...e.props, gates: [...((e.props['gates'] as string[] | undefined) ?? []), id] } } : e));
  const guards = edit.guards.map((from): EdgeRecord => ({ id: stableHash('GUARDED_BY', from, id), kind: 'GUARDED_BY', from, to: id, discriminator: '', verdict: 'proven', requires: [], evidence: [], props: {} }));
  return { nodes: [...g.nodes, control], edges: [...edges, ...guards] };
}
