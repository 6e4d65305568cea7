import { describe, expect, test } from 'vitest';
import { deriveAgentTools, deriveOwnTools } from '../../queries/derive/agent-tools.ts';
import { deriveCandidates, IS_AGENT } from '../../queries/derive/candidates.ts';
import { deriveFeeds } from '../../queries/derive/feeds.ts';
import { NamedTargets } from '../../queries/derive/named.ts';
import { ownArtifacts } from '../../queries/derive/publishers.ts';
import { deriveReaches, exposureOf } from '../../queries/derive/reaches.ts';
import { deriveRoutes } from '../../queries/derive/routes.ts';
import type { Access, Grant } from '../../queries/policy/types.ts';
import { hole, type EffectClass, type NodeRecord } from '../../schema/index.ts';
import { edge, graph, node } from './build.ts';

const grant = (effect: EffectClass, ...assets: NodeRecord[]): Grant => ({ key: effect, effect, assets: assets.map((a) => a.id), actions: [], verdict: 'proven', requires: [], evidence: [] });
const access = (grants: Record<string, Grant[]>): Access => ({ anyAssets: [], heaviestOf: () => undefined, textsOn: () => [], grantsOf: (id) => grants[id] ?? [], decide: () => ({ outcome: 'allowed', requires: [], because: [] }) });

describe('exposure', () => {
  const group = (ingress: object[] | undefined): NodeRecord => node('Network', 'sg', { networkType: 'security_group', ingress });
  const of = (endpoint: NodeRecord, ...networks: NodeRecord[]) => exposureOf(endpoint, graph([endpoint, ...networks], networks.map((n) => edge('ATTACHED_TO', endpoint, n))));
  const at = (props: object): NodeRecord => node('Endpoint', 'e', { auth: 'none', ...props });
  test.each([
    ['public by itself', at({ networkScope: 'public' }), [], 'internet', 'proven'],
    ['private by itself', at({ networkScope: 'private' }), [], 'private', 'proven'],
    ['nothing known', at({}), [], 'unknown', 'unknown'],
    ['public, group open', at({ networkScope: 'public' }), [group([{ cidrs: ['0.0.0.0/0'] }])], 'internet', 'proven'],
    ['public, group inside only', at({ networkScope: 'public' }), [group([{ cidrs: ['10.0.0.0/8'] }])], 'private', 'proven'],
    ['public, group of partners', at({ networkScope: 'public' }), [group([{ cidrs: ['198.51.100.0/24'] }])], 'partner', 'proven'],
    ['public, group undecided', at({ networkScope: 'public' }), [group([{ cidrs: [hole({ kind: 'unknown', key: 'var.cidrs' })] }])], 'unknown', 'unknown'],
    ['public, group not read', at({ networkScope: 'public' }), [group(undefined)], 'unknown', 'unknown'],
    ['unknown, group closed', at({}), [group([])], 'private', 'proven'],
  ])('%s', (_, endpoint, networks, exposure, verdict) => expect([of(endpoint, ...networks).exposure, of(endpoint, ...networks).verdict]).toEqual([exposure, verdict]));

  test('an undecided endpoint keeps an edge of verdict unknown; a private one has none', () => {
    const open = at({});
    const closed = node('Endpoint', 'p', { networkScope: 'private' });
    expect(deriveReaches(graph([open, closed])).edges.map((e) => [e.to, e.verdict])).toEqual([[open.id, 'unknown']]);
  });
});

describe('routes', () => {
  const role = node('Identity', 'role');
  const alias = node('Endpoint', 'alias', { auth: 'aws-iam' });
  const agent = node('Agent', 'agent', { platform: 'bedrock-agent' });
  const queue = node('DataStore', 'jobs', { storeType: 'queue' });
  const front = (forwardsText?: boolean): NodeRecord => node('Endpoint', 'front', { auth: 'none', ...(forwardsText === undefined ? {} : { forwardsText }) });
  const build = (invokes: string[], grants: Grant[], endpoint = front()) => {
    const k = node('Compute', 'fn', { computeType: 'lambda', invokes });
    const s = graph([role, alias, agent, queue, k, endpoint], [edge('RUNS_AS', k, role, { for: 'code' }), edge('ROUTES_TO', alias, agent), edge('ROUTES_TO', endpoint, k)]);
    return deriveRoutes(s, { access: access({ [role.id]: grants }) }, new NamedTargets(s));
  };
  test('named: asks whether text is forwarded', () => expect(build([alias.id], [grant('invoke', alias)]).map((e) => [e.to, e.verdict, e.requires])).toEqual([[alias.id, 'conditional', ['text forwarded']]]));
  test('the agent named counts for its alias', () => expect(build([agent.id], [grant('invoke', alias)])[0]!.props['named']).toBe(true));
  test('declared forwarding is proof', () => expect(build([alias.id], [grant('invoke', alias)], front(true)).map((e) => [e.verdict, e.requires])).toEqual([['proven', []]]));
  test('permitted and not named is said differently', () => expect(build([], [grant('invoke', alias)])[0]!.requires).toHaveLength(2));
  test('named without permission is no route', () => expect(build([alias.id], [])).toEqual([]));
  test('reading a thing is no way on', () => expect(build([alias.id], [grant('read', alias)])).toEqual([]));
  test('a queue that is named takes the text on, without an answer', () => expect(build([queue.id], [grant('write', queue)]).map((e) => [e.to, e.props['asynchronous'], e.props['relaysReply']])).toEqual([[queue.id, true, false]]));
  test('a queue that is not named is not guessed', () => expect(build([], [grant('write', queue)])).toEqual([]));
});

describe('feeds', () => {
  const mail = node('Channel', 'mail', { writableBy: ['E2'] });
  const queue = node('DataStore', 'q', { storeType: 'queue' });
  const k = node('Compute', 'fn');
  const agent = node('Agent', 'a');
  test('through queue and function to the agent, with what the way needs', () => {
    const s = graph([mail, queue, k, agent], [edge('FEEDS', mail, queue, { mode: 'trigger' }), edge('FEEDS', queue, k, { mode: 'trigger' }), edge('ROUTES_TO', k, agent, {}, { verdict: 'conditional', requires: ['text forwarded'] })]);
    expect(deriveFeeds(s).map((e) => [e.from, e.to, e.verdict, e.requires, e.props['mode']]).sort()).toEqual([[mail.id, agent.id, 'conditional', ['text forwarded'], 'trigger'], [queue.id, agent.id, 'conditional', ['text forwarded'], 'trigger']].sort());
  });
  test('a store that is only ingested starts nothing', () => expect(deriveFeeds(graph([queue, k, agent], [edge('FEEDS', queue, agent, { mode: 'ingest' }), edge('ROUTES_TO', k, agent)]))).toEqual([]));
  test('a circle ends', () => {
    const s = graph([queue, k], [edge('FEEDS', queue, k, { mode: 'trigger' }), edge('ROUTES_TO', k, queue)]);
    expect(deriveFeeds(s)).toEqual([]);
  });
});

describe('tools of code agents', () => {
  const role = node('Identity', 'role');
  const k = (invokes: string[] = []): NodeRecord => node('Compute', 'vm', { computeType: 'microvm', invokes });
  const sandbox = node('Compute', 'interpreter', { computeType: 'microvm' });
  const tool = node('Tool', 'run', { toolClass: 'code_exec' });
  const build = (platform: string, grants: Grant[], invokes: string[] = []) => {
    const a = node('Agent', 'a', { platform });
    const vm = k(invokes);
    const s = graph([a, vm, role, sandbox, tool], [edge('IMPLEMENTED_BY', a, vm), edge('RUNS_AS', vm, role, { for: 'code' }), edge('EXECUTES_IN', tool, sandbox)]);
    return { s, edges: deriveAgentTools(s, access({ [role.id]: grants }), new NamedTargets(s)) };
  };
  test('may run code there: has the tool, conditional', () => expect(build('agentcore-runtime', [grant('execute', sandbox)]).edges.map((e) => [e.kind, e.to, e.verdict])).toEqual([['HAS_TOOL', tool.id, 'conditional']]));
  test('a platform that declares its tools gets none', () => expect(build('bedrock-agent', [grant('execute', sandbox)]).edges).toEqual([]));
  test('no permission, no tool', () => expect(build('agentcore-runtime', []).edges).toEqual([]));
  test('functions in its code are one undeclared tool as its identity', () => {
    const own = deriveOwnTools(build('agentcore-runtime', []).s);
    expect(own.nodes.map((n) => n.props['contract'])).toEqual(['undeclared']);
    expect(own.edges.map((e) => [e.kind, e.verdict]).sort()).toEqual([['HAS_TOOL', 'conditional'], ['RUNS_AS', 'proven']]);
  });
});

describe('inferred agents', () => {
  const role = node('Identity', 'role');
  const policy = node('Policy', 'p', { policyType: 'identity', statements: [{ effect: 'Allow', actions: ['bedrock:InvokeModel*'], resources: ['*'] }] });
  const table = node('DataStore', 't', { storeType: 'table' });
  const build = (configuredNames: string[], grants: Grant[], withPolicy = true) => {
    const k = node('Compute', 'fn', { configuredNames });
    const s = graph([k, role, policy, table], [edge('RUNS_AS', k, role, { for: 'code' }), ...(withPolicy ? [edge('HAS_POLICY', role, policy, { as: 'identity' })] : [])]);
    return deriveCandidates(s, access({ [role.id]: grants }));
  };
  test('calls models, writes elsewhere, names a model: 45 points, a question', () => {
    const c = build(['MODEL_ID'], [grant('write', table)]);
    expect(c.nodes.map((n) => [n.props['status'], n.props['evidencePoints']])).toEqual([['candidate', 45]]);
    expect(c.edges.find((e) => e.kind === 'ROUTES_TO')!.requires).toEqual([IS_AGENT, 'text forwarded']);
  });
  test('calling models and writing alone is not enough', () => expect(build([], [grant('write', table)]).nodes).toEqual([]));
  test('naming a model alone is not enough', () => expect(build(['OPENAI_API_KEY'], [grant('write', table)], false).nodes).toEqual([]));
  test('an image of an agent product is certain', () => {
    const k = node('Compute', 'svc');
    const image = node('Artifact', 'docker.io/n8nio/n8n:1.70.0', { artifactType: 'image', location: 'docker.io/n8nio/n8n:1.70.0' });
    const c = deriveCandidates(graph([k, image], [edge('BUILT_FROM', k, image)]), access({}));
    expect(c.edges.filter((e) => e.kind === 'IMPLEMENTED_BY').map((e) => e.verdict)).toEqual(['proven']);
  });
  test('a function behind a tool is none', () => {
    const k = node('Compute', 'fn', { configuredNames: ['MODEL_ID'] });
    const t = node('Tool', 't');
    const s = graph([k, role, policy, table, t], [edge('RUNS_AS', k, role, { for: 'code' }), edge('HAS_POLICY', role, policy, { as: 'identity' }), edge('IMPLEMENTED_BY', t, k)]);
    expect(deriveCandidates(s, access({ [role.id]: [grant('write', table)] })).nodes).toEqual([]);
  });
});

describe('who publishes an image', () => {
  const account = hole({ kind: 'pseudo', name: 'account', scope: '' });
  const scope = node('Scope', '111122223333', { scopeType: 'account', account: '111122223333' });
  test.each([
    [`${account}.dkr.ecr.eu-west-1.amazonaws.com/a:1`, true],
    ['111122223333.dkr.ecr.eu-west-1.amazonaws.com/a:1', true],
    ['999900001111.dkr.ecr.eu-west-1.amazonaws.com/a:1', false],
    ['docker.io/library/a:1', false],
    [`${hole({ kind: 'unknown', key: 'var.image' })}`, false],
  ])('%s', (location, own) => {
    const a = node('Artifact', 'image', { artifactType: 'image', location, pinned: false });
    expect(ownArtifacts(graph([a, scope], [edge('IN_SCOPE', a, scope)])).has(a.id)).toBe(own);
  });
});
