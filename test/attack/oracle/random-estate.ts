import { EDGES, EFFECT_CLASSES, mayJoin, type EdgeKind, type EffectClass, type NodeKind, type Verdict } from '../../../schema/index.ts';
import type { EdgeSpec, EstateSpec, GrantSpec, NodeSpec } from '../estate.ts';

/** Deterministic 32-bit generator (mulberry32). */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Property values that the attack graph asks for; `undefined` = absent. */
const PROPS: Partial<Record<NodeKind, Record<string, readonly unknown[]>>> = {
  Endpoint: {
    auth: ['none', 'none', 'aws-iam', 'jwt', 'api-key', 'session', 'unknown', undefined], authDetail: [undefined, undefined, { open: true }, { selfSignup: true }, { publicStatement: true }, { publicStatement: false }],
    repliesToCaller: [undefined, undefined, false], callers: [undefined, undefined, undefined, ['E4'], ['E3', 'E2']], protocol: ['https', 'https', 'https', 'command'],
  },
  Agent: { autonomy: ['interactive', 'autonomous', 'mixed', undefined], relaysReply: [undefined, undefined, false, true] },
  Tool: {
    toolClass: ['scoped_api', 'http_generic', 'file_generic', 'code_exec', 'messaging', 'browser', 'retrieval', 'sql_generic', 'cloud_api_generic', undefined],
    contract: ['declared', 'declared', 'all', 'undeclared', undefined], effects: [undefined, ['read', 'write'], ['delete', 'send', 'permission'], ['read', 'credential', 'execute', 'invoke'], ['spend', 'delete']],
    recipients: [undefined, undefined, 'free', 'fixed', 'reply_only'], egress: [undefined, true, false], resources: [undefined, undefined, undefined, ['store*'], ['store0', 'secret0', 'channel0']],
  },
  ToolServer: { publisher: [undefined, 'own', 'third_party', 'unknown'], pinned: [undefined, true, false], url: [undefined, 'https://x'], command: [undefined, 'npx x'] },
  Compute: {
    computeType: ['lambda', 'vm', 'container', 'workstation'], egress: ['open', 'limited', 'none', 'unknown', undefined], metadataService: ['open', 'blocked', 'token_required', 'unknown', undefined], asynchronous: [undefined, undefined, true],
    vulnerabilities: [undefined, undefined, undefined, [{ id: 'V-1', effect: 'rce', exploited: true }], [{ id: 'V-2', effect: 'rce' }], [{ id: 'V-3', effect: 'dos' }]],
  },
  Identity: { isAdmin: [undefined, undefined, undefined, true, false], obtainableBy: [undefined, undefined, undefined, undefined, ['E1']] },
  Credential: { ipRestricted: [undefined, undefined, true], senderConstrained: [undefined, undefined, true], exposedLiteral: [undefined, true], heldBy: [undefined, 'us', 'vendor'] },
  DataStore: { storeType: ['bucket', 'table', 'agent_memory', 'registry', 'queue'], writableBy: [undefined, undefined, undefined, ['E1']] },
  Channel: { writableBy: [undefined, ['E2'], ['E0', 'E4']], readableBy: [undefined, [], ['E0'], ['E3'], ['E4']], recipients: [undefined, undefined, 'free', 'fixed', 'reply_only'], rendersLinks: [undefined, true] },
  Control: { controlType: ['approval', 'approval', 'tool_policy', 'egress_allow_list', 'guardrail'], mode: ['enforce', 'enforce', undefined, 'log_only'], approver: ['independent_human', 'session_user', 'agent', 'unknown', 'resource_owner'], enforcedOutsideCompute: [true, false, undefined] },
  Repository: { branchProtection: [undefined, true, false] },
  Artifact: { pinned: [undefined, true, false], artifactType: ['prompt', 'image', 'skill', 'package'], publisher: [undefined, 'own', 'third_party'] },
  Scope: { scopeType: ['account', 'cluster'] },
};
const EDGE_PROPS: Partial<Record<EdgeKind, Record<string, readonly unknown[]>>> = {
  RUNS_AS: { for: ['tool', 'code', 'model', 'service', undefined] },
  HAS_TOOL: { enabled: [true, undefined, false], gates: [undefined, undefined, ['control0'], ['control1']] },
  ROUTES_TO: { forwardsText: [undefined, true, true, 'unknown', false], relaysReply: [undefined, true, false], asynchronous: [undefined, undefined, true] },
  FEEDS: { mode: ['auto', 'on_query', 'on_user_action', 'instruction', 'memory', 'trigger', 'ingest', 'checkout', 'restore'] },
  USES_CREDENTIAL: { delegation: ['service', 'user_obo', 'caller', 'passthrough', undefined] },
  DELEGATES_TO: { relaysContext: [true, false, undefined], relaysReply: [true, false, undefined] },
  REACHES: { from: ['internet', 'internet', 'partner', 'private'] },
};
const COUNTS: readonly (readonly [NodeKind, string, number])[] = [
  ['Scope', 'scope', 1], ['Endpoint', 'endpoint', 3], ['Agent', 'agent', 3], ['Tool', 'tool', 4], ['ToolServer', 'server', 2], ['Compute', 'compute', 3], ['Identity', 'identity', 4], ['Credential', 'credential', 2],
  ['DataStore', 'store', 3], ['Secret', 'secret', 2], ['Channel', 'channel', 2], ['Artifact', 'artifact', 2], ['Control', 'control', 2], ['Pipeline', 'pipeline', 1], ['Repository', 'repo', 1],
];
const KINDS: readonly EdgeKind[] = [
  'RUNS_AS', 'IMPLEMENTED_BY', 'HAS_TOOL', 'HAS_TOOL', 'HAS_TOOL', 'PROVIDED_BY', 'ROUTES_TO', 'ROUTES_TO', 'FEEDS', 'FEEDS', 'WRITES_TO', 'USES_CREDENTIAL', 'AUTHENTICATES_AS', 'HOLDS', 'DELEGATES_TO', 'EXECUTES_IN', 'BUILT_FROM', 'DEPLOYS', 'CONTAINS',
  'GUARDED_BY', 'IN_SCOPE', 'CAN_ASSUME', 'CAN_ESCALATE', 'REACHES', 'RUNS_AS',
];

type Pick = <T>(list: readonly T[]) => T;
type Link = (from: string, kind: EdgeKind, to: string, props?: Record<string, unknown>) => void;
const some = (prefix: string, n: number) => (pick: Pick): string => pick(Array.from({ length: n }, (_, i) => `${prefix}${i}`));
const [agent, tool, identity, secret, store, credential, compute, server, endpoint] = [some('agent', 3), some('tool', 4), some('identity', 4), some('secret', 2), some('store', 3), some('credential', 2), some('compute', 3), some('server', 2), some('endpoint', 3)] as const;
const VALUABLE = ['store0', 'store1', 'secret0', 'secret1', 'store2'];

/** Shapes that chance alone seldom makes: a chain of edges whose far end is what a rule looks at. */
const MOTIFS: readonly ((pick: Pick, link: Link) => void)[] = [
  (p, link) => { const a = agent(p); link(a, 'HAS_TOOL', tool(p), {}); link(a, 'HAS_TOOL', tool(p), {}); },
  (p, link) => { const t = tool(p); link(t, 'RUNS_AS', identity(p), { for: 'tool' }); link(agent(p), 'HAS_TOOL', t, {}); },
  (p, link) => { const s = p([secret, store])(p); const c = credential(p); link(s, 'HOLDS', c); link(c, 'AUTHENTICATES_AS', identity(p)); },
  (p, link) => { const s = secret(p); const c = credential(p); link(store(p), 'HOLDS', s); link(s, 'HOLDS', c); link(c, 'AUTHENTICATES_AS', identity(p)); },
  (p, link) => { const t = tool(p); const c = credential(p); link(t, 'USES_CREDENTIAL', c); link(c, 'AUTHENTICATES_AS', identity(p)); },
  (p, link) => { const t = tool(p); const k = compute(p); link(t, 'IMPLEMENTED_BY', k); link(k, 'RUNS_AS', identity(p), { for: 'code' }); },
  (p, link) => { const t = tool(p); const s = server(p); link(t, 'PROVIDED_BY', s); link(s, 'RUNS_AS', identity(p), { for: 'tool' }); },
  (p, link) => { const e = endpoint(p); const k = compute(p); link('scope0', 'REACHES', e, { from: 'internet' }); link(e, 'ROUTES_TO', k); link(k, 'ROUTES_TO', p([agent, endpoint, compute, server])(p)); },
  (p, link) => { link('compute0', 'ROUTES_TO', p(['compute1', 'compute2'])); link(compute(p), 'ROUTES_TO', p([agent, endpoint, server])(p)); },
];

/** Shapes in which several things are equally near, or a chain comes back to itself: what is found must not hang on which is met first. */
const EQUALS: readonly ((pick: Pick, link: Link) => void)[] = [
  (p, link) => { const t = tool(p); for (const s of ['server0', 'server1', 'server2']) { link(t, 'PROVIDED_BY', s); if (p([true, false])) link(s, 'RUNS_AS', identity(p), { for: 'tool' }); } },
  (p, link) => { const t = tool(p); link(t, 'PROVIDED_BY', 'server0'); link('server0', 'PROVIDED_BY', 'server1'); link('server1', 'PROVIDED_BY', p(['server0', 'server2'])); link('server0', 'PROVIDED_BY', 'server2'); link(p(['server1', 'server2']), 'IMPLEMENTED_BY', compute(p)); },
  (p, link) => { const t = tool(p); for (const k of ['compute0', 'compute1', 'compute2']) link(t, 'EXECUTES_IN', k); link(agent(p), 'HAS_TOOL', t, {}); },
  (p, link) => { const i = identity(p); link(i, 'IN_SCOPE', 'scope0'); link(i, 'IN_SCOPE', 'scope1'); },
  (p, link) => { link('agent0', 'DELEGATES_TO', 'agent1'); link('agent1', 'DELEGATES_TO', 'agent2'); link('agent2', 'DELEGATES_TO', p(['agent0', 'agent1'])); link(agent(p), 'HAS_TOOL', tool(p), {}); },
  (p, link) => { link('endpoint0', 'ROUTES_TO', 'compute0'); link('compute0', 'ROUTES_TO', 'compute1'); link('compute1', 'ROUTES_TO', p(['compute0', 'endpoint0'])); link('compute1', 'ROUTES_TO', agent(p)); },
  (p, link) => { const c = credential(p); link('store0', 'HOLDS', 'secret0'); link('secret0', 'HOLDS', c); link('store0', 'HOLDS', c); link(c, 'AUTHENTICATES_AS', identity(p)); },
];

/** A dense random estate: every kind of node, edges only where the schema lets them be, all three verdicts. */
export function randomEstate(seed: number, edgeCount = 60): EstateSpec {
  const r = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(r() * list.length)]!;
  const verdict = (): Verdict => { const x = r(); return x < 0.7 ? 'proven' : x < 0.9 ? 'conditional' : 'unknown'; };
  const propsOf = (choices: Record<string, readonly unknown[]> | undefined): Record<string, unknown> => Object.fromEntries(Object.entries(choices ?? {}).map(([k, list]) => [k, pick(list)] as const).filter(([, v]) => v !== undefined));
  const nodes: NodeSpec[] = COUNTS.flatMap(([kind, prefix, n]) => Array.from({ length: n }, (_, i): NodeSpec => [kind, `${prefix}${i}`, propsOf(PROPS[kind])]));
  const edges: EdgeSpec[] = [];
  while (edges.length < edgeCount) {
    const kind = pick(KINDS);
    const [from, to] = pick(EDGES.get(kind)!.ends);
    const a = pick(nodes.filter((n) => from.includes(n[0])));
    const b = pick(nodes.filter((n) => to.includes(n[0])));
    if (!a || !b || !mayJoin(kind, a[0], b[0])) continue;
    const v = verdict();
    edges.push([a[1], kind, b[1], propsOf(EDGE_PROPS[kind]), v, v === 'conditional' ? [`c${edges.length}`] : []]);
  }
  const link: Link = (a, kind, b, props) => { const v = verdict(); edges.push([a, kind, b, props ?? propsOf(EDGE_PROPS[kind]), v, v === 'conditional' ? [`c${edges.length}`] : []]); };
  for (let i = 0; i < 4; i++) pick(MOTIFS)(pick, link);
  const targets = nodes.filter((n) => !['Owner', 'Credential', 'Network'].includes(n[0])).map((n) => n[1]);
  const grants: GrantSpec[] = [];
  for (const n of nodes.filter((x) => x[0] === 'Identity'))
    for (let i = Math.floor(r() * 5); i > 0; i--) {
      const v = verdict();
      grants.push({ to: n[1], effect: pick(EFFECT_CLASSES) as EffectClass, assets: [...new Set(Array.from({ length: 1 + Math.floor(r() * 4) }, () => (r() < 0.4 ? pick(VALUABLE) : pick(targets))))], verdict: v, requires: v === 'conditional' ? [`g${grants.length}`] : [] });
    }
  if (r() < 0.5) grants.push({ to: identity(pick), effect: pick(['invoke', 'execute']), assets: ['compute0'] });
  for (const n of [['Scope', 'scope1'], ['ToolServer', 'server2']] as const) nodes.push([n[0], n[1], propsOf(PROPS[n[0]])]);
  for (let i = Math.floor(r() * 4); i > 0; i--) pick(EQUALS)(pick, link);
  for (let i = Math.floor(r() * 8); i > 0; i--) { const [a, kind, b] = pick(edges); link(a, kind, b); } // twins: the same ends, other properties and another verdict
  const sensitivity = Object.fromEntries(nodes.filter((n) => n[0] === 'DataStore' || n[0] === 'Secret').flatMap((n) => { const level = pick(['restricted', 'confidential', 'internal', 'public', 'unknown', undefined] as const); return level ? [[n[1], level]] : []; }));
  return { nodes, edges, grants, sensitivity };
}
