import type { GraphSnapshot } from '../../../graph/snapshot/snapshot.ts';
import type { EdgeKind, NodeRecord } from '../../../schema/index.ts';
import type { KeyFinding } from '../findings.ts';
import type { Loaded } from '../load.ts';
import { keyNode, places } from '../nodes.ts';

/** What the graph says about agents, their tools, gateways and servers: one finding per fact. */
export function agentFacts({ estate }: Loaded): KeyFinding[] {
  const s = estate.snapshot;
  return [...roles(s), ...tools(s), ...links(s), ...endpoints(s), ...servers(s), ...settings(s)];
}

const fact = (relation: string, source: NodeRecord, more: Partial<KeyFinding> = {}): KeyFinding => ({ kind: 'agent-fact', relation, source: keyNode(source), iac: places(source.sources.slice(0, 1).map((x) => ({ source: x, basis: 'code' as const }))), ...more });
const to = (s: GraphSnapshot, id: string): { target: KeyFinding['target'] } => ({ target: keyNode(s.node(id)!) });
const edges = (s: GraphSnapshot, ...kinds: EdgeKind[]) => s.edges.filter((e) => kinds.includes(e.kind));

const roles = (s: GraphSnapshot): KeyFinding[] => edges(s, 'RUNS_AS').map((e) => fact('role', s.node(e.from)!, to(s, e.to)));

/** Tools of an agent or a gateway: the tool, the group that provides it, the code or service behind it. */
function* tools(s: GraphSnapshot): Iterable<KeyFinding> {
  for (const owner of [...s.ofKind('Agent'), ...s.ofKind('ToolServer')]) {
    const direct = owner.kind === 'Agent' ? s.out(owner.id, 'HAS_TOOL').map((e) => e.to) : s.in(owner.id, 'PROVIDED_BY').map((e) => e.from);
    const found = new Set<string>();
    const queue = [...direct];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (found.has(id)) continue;
      found.add(id);
      for (const e of s.out(id, 'PROVIDED_BY', 'IMPLEMENTED_BY', 'ROUTES_TO')) if (e.to !== owner.id) queue.push(e.to);
      for (const e of s.in(id, 'PROVIDED_BY')) if (owner.kind === 'ToolServer') queue.push(e.from);
    }
    for (const id of found) yield fact('tool', owner, to(s, id));
    if (owner.kind !== 'Agent') continue;
    const groups = new Set(direct.flatMap((t) => { const p = s.out(t, 'PROVIDED_BY').map((e) => e.to); return p.length > 0 ? p : [t]; }));
    yield fact('tool-count', owner, { value: groups.size });
  }
}

function* links(s: GraphSnapshot): Iterable<KeyFinding> {
  for (const e of edges(s, 'ROUTES_TO', 'DELEGATES_TO')) {
    const [from, target] = [s.node(e.from)!, s.node(e.to)!];
    yield fact('invokes', from, { target: keyNode(target) });
    // Who calls a route calls the API it belongs to.
    if (target.kind === 'Endpoint') for (const part of target.sources.slice(1)) if (part.address !== undefined) yield fact('invokes', from, { target: { type: 'api', name: target.name, address: part.address, ...(part.file === undefined ? {} : { file: part.file }) } });
  }
  // Code behind an agent that calls another agent's endpoint: the agents invoke each other.
  for (const a of s.ofKind('Agent')) for (const c of s.out(a.id, 'IMPLEMENTED_BY')) for (const r of s.out(c.to, 'ROUTES_TO')) for (const t of [r.to, ...s.out(r.to, 'ROUTES_TO').map((x) => x.to)]) yield fact('invokes', a, to(s, t));
  for (const e of edges(s, 'BUILT_FROM')) {
    const hosted = [e.from, ...s.in(e.from, 'IMPLEMENTED_BY').map((x) => x.from)];
    const made = [e.to, ...s.out(e.to, 'BUILT_FROM').map((x) => x.to), ...s.in(e.to, 'CONTAINS').map((x) => x.from)];
    for (const h of hosted) for (const m of made) yield fact('image', s.node(h)!, to(s, m));
  }
  for (const e of edges(s, 'FEEDS')) {
    const [from, into] = [s.node(e.from)!, s.node(e.to)!];
    if (into.kind === 'Agent' && from.props['storeType'] === 'knowledge_base') yield fact('knowledge-base', into, { target: keyNode(from) });
    if (into.kind === 'DataStore') yield { kind: 'data-link', source: keyNode(into), target: keyNode(from), iac: places(e.evidence) };
  }
  for (const e of edges(s, 'GUARDED_BY')) {
    const control = s.node(e.to)!;
    if (control.props['controlType'] === 'guardrail') yield fact('guardrail', s.node(e.from)!, to(s, e.to));
    if (control.props['interceptor'] === true) for (const i of s.out(control.id, 'IMPLEMENTED_BY')) yield fact('interceptor', s.node(e.from)!, to(s, i.to));
  }
  for (const a of s.ofKind('Agent')) if (s.out(a.id, 'GUARDED_BY').length === 0) yield fact('guardrail', a, { value: 'none' });
}

/** How callers authenticate, told of the endpoint and of what it leads to. */
function* endpoints(s: GraphSnapshot): Iterable<KeyFinding> {
  for (const e of s.ofKind('Endpoint')) {
    const behind = [e, ...s.out(e.id, 'ROUTES_TO').map((r) => s.node(r.to)!).filter((n) => n.kind === 'Agent' || n.kind === 'ToolServer')];
    const authorizer = (e.props['authDetail'] as { authorizer?: string } | undefined)?.authorizer;
    for (const n of behind) {
      if (typeof e.props['auth'] === 'string') yield fact('inbound-auth', n, { value: e.props['auth'] });
      if (authorizer !== undefined && s.node(authorizer)) yield fact('authorizer', n, to(s, authorizer));
    }
  }
}

/** Clients with their tool servers, and what local servers use to authenticate. */
function* servers(s: GraphSnapshot): Iterable<KeyFinding> {
  for (const client of s.ofKind('Agent')) {
    if (client.props['platform'] !== 'mcp-client') continue;
    const mounted = new Set(s.out(client.id, 'HAS_TOOL').flatMap((t) => s.out(t.to, 'PROVIDED_BY').map((p) => p.to)));
    for (const id of mounted) {
      const server = s.node(id)!;
      yield fact('mcp-server', client, { target: { ...keyNode(server), type: 'mcp-server' }, value: server.props['transport'] });
    }
    yield fact('mcp-server-count', client, { value: mounted.size });
  }
  for (const e of edges(s, 'USES_CREDENTIAL', 'RUNS_AS')) {
    const used = s.node(e.to)!;
    if (s.node(e.from)!.kind === 'ToolServer') yield fact('cloud-identity', s.node(e.from)!, { target: keyNode(used), value: used.name });
  }
}

function* settings(s: GraphSnapshot): Iterable<KeyFinding> {
  for (const n of [...s.ofKind('Agent'), ...s.ofKind('ToolServer')]) {
    for (const [relation, prop] of [['network-mode', 'networkMode'], ['protocol', 'protocol']] as const) if (n.props[prop] !== undefined) yield fact(relation, n, { value: n.props[prop] });
    if (n.props['skillCount'] !== undefined) yield fact('skill-count', n, { value: n.props['skillCount'] });
  }
  for (const e of edges(s, 'HAS_POLICY')) {
    if (e.props['as'] !== 'endpoint') continue;
    const statements = (s.node(e.to)!.props['statements'] ?? []) as { effect: string }[];
    if (statements.length > 0 && statements.every((x) => x.effect === 'Deny')) yield fact('endpoint-policy', s.node(e.from)!, { value: 'deny-all' });
  }
}
