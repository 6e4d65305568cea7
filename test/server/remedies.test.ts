import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { Studies } from '../../server/service/studies.ts';
import { scan, type ScanRequest } from '../../server/service/scan.ts';
import { createService, type Service } from '../../server/service/service.ts';
import { configuredTrackers } from '../../server/service/tracker-config.ts';
import { startNeo4j, TURN, type Neo4jServer } from '../helpers/neo4j/start.ts';
import { fakeGithub, type FakeGithub } from '../helpers/trackers/github.ts';
import { CHAT, CLOSED_DOOR, edit, SECOND_STORE } from '../review/chat.ts';
import { allow, change, TABLE } from '../review/plan-file.ts';

const TOKEN = 'gh_never_shown';
const PLANNED = change({ 'aws_lambda_function_url.chat': { authorization_type: 'NONE' }, 'aws_iam_role_policy.tool': { policy: allow('dynamodb:PutItem', TABLE) } });
const dir = mkdtempSync(join(tmpdir(), 'overreach-remedies-'));
const root = join(dir, 'root');
let neo4j: Neo4jServer | undefined;
beforeAll(async () => { neo4j = await startNeo4j(); }, TURN);
afterAll(async () => { await neo4j?.stop(); rmSync(dir, { recursive: true, force: true }); });

describe.each(['embedded', 'neo4j'] as const)('%s', (which) => {
  let g: FakeGithub;
  let store: GraphStore;
  let service: Service;
  let running: Running;
  const tokens = { operator: '', viewer: '', admin: '' };
  const bodies: string[] = [];

  beforeAll(async () => {
    if (which === 'neo4j' && !neo4j) return;
    g = await fakeGithub([TOKEN]);
    mkdirSync(join(root, 'code'), { recursive: true });
    writeFileSync(join(root, 'tfplan.json'), PLANNED);
    const place = which === 'neo4j' ? { where: neo4j!.uri, options: { password: neo4j!.password } } : { where: join(dir, 'graph.db'), options: {} };
    const env = { ...process.env, GITHUB_TOKEN: TOKEN, GITHUB_API_URL: g.url, ...(neo4j?.password !== undefined && { NEO4J_PASSWORD: neo4j.password }) };
    store = await openStore(place.where, place.options);
    const request: ScanRequest = { paths: [join(root, 'code')], scope: 'acme', roots: [], variables: {}, varFiles: [], workspace: 'default', accounts: [], allRules: true, extraRules: [], keepRuns: 10 };
    for (const [id, text] of [['r1', edit(CHAT, CLOSED_DOOR)], ['r2', CHAT + SECOND_STORE]] as const) {
      writeFileSync(join(root, 'code', 'main.tf'), text);
      await scan(store, request, { env, now: () => new Date(), newId: () => id, progress: () => undefined, version: 't' });
    }
    const trackers = await configuredTrackers({ security: { tracker: 'github', to: 'acme/estate', labels: ['overreach'], linkBase: 'https://git.example/' } }, { env, cwd: dir, wait: async () => undefined, log: () => undefined });
    service = createService(store, { env, now: () => new Date(), newId: randomUUID, progress: () => undefined, version: 't' }, () => undefined, { ingestRoot: root, spool: dir, place, trackers, patienceMs: 300_000 });
    for (const role of ['operator', 'viewer', 'admin'] as const) tokens[role] = (await service.decisions.createToken({ who: 'test' }, { role, label: role })).text;
    running = await serve(service, { host: '127.0.0.1', port: 0, introspection: true });
  }, 120_000);
  afterAll(async () => { if (running) await running.close(); await store?.close(); g?.close(); });

  interface Answer { data?: any; errors?: { message: string; extensions: { code: string } }[] }
  async function ask(as: keyof typeof tokens, query: string, variables: object = {}): Promise<Answer> {
    const text = await (await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[as]}` }, body: JSON.stringify({ query, variables }) })).text();
    bodies.push(text);
    return JSON.parse(text) as Answer;
  }
  const code = (a: Answer): string | undefined => a.errors?.[0]?.extensions.code;
  const on = (name: string, body: () => Promise<void>): void => { test(name, async (ctx) => { if (which === 'neo4j' && !neo4j) return ctx.skip(); await body(); }, 300_000); };
  /** Where the store makes no difference. */
  const once = which === 'embedded' ? on : (): void => undefined;

  const FIXES = 'query($first: Int, $after: String, $code: String) { fixes(first: $first, after: $after, code: $code) { totalCount truncated closedTogether remaining patch pageInfo { hasNextPage endCursor } nodes { id op text chosen severity closes patch patchStatus source { file startLine } } } }';
  const fixes = async (): Promise<any[]> => (await ask('viewer', FIXES)).data.fixes.nodes;

  on('fixes: of the last run, in pages; patches only for who may read the code', async () => {
    const all = (await ask('viewer', FIXES)).data.fixes;
    expect(all).toMatchObject({ truncated: false, patch: null });
    expect(all.nodes[0]).toMatchObject({ chosen: true, patch: null, source: { file: 'main.tf', startLine: expect.any(Number) }, severity: expect.stringMatching(/critical|high/) });
    const first = (await ask('viewer', FIXES, { first: 1 })).data.fixes;
    const second = (await ask('viewer', FIXES, { first: 1, after: first.pageInfo.endCursor })).data.fixes;
    expect([...first.nodes, ...second.nodes].map((f) => f.id)).toEqual(all.nodes.slice(0, 2).map((f: any) => f.id));
  });

  once('patches only for who may read the code', async () => {
    const patched = (await ask('operator', FIXES, { code: 'code' })).data.fixes;
    expect(patched.nodes.some((f: any) => /^\+\+\+ b\/main\.tf$/m.test(f.patch ?? ''))).toBe(true);
    expect(patched.patch).toMatch(/^--- a\/main\.tf$/m);
    expect(code(await ask('viewer', FIXES, { code: 'code' }))).toBe('FORBIDDEN');
    expect(code(await ask('operator', FIXES, { code: '..' }))).toBe('OUTSIDE_ROOT');
  });

  const CREATE = 'mutation($fix: ID!, $tracker: String!, $dry: Boolean, $key: String) { createTicket(fix: $fix, tracker: $tracker, dryRun: $dry, idempotencyKey: $key) { action why title text ticket { place state ref url due fix findings } } }';
  const create = (fix: string, more: object = {}, as: keyof typeof tokens = 'operator'): Promise<Answer> => ask(as, CREATE, { fix, tracker: 'security', ...more });
  const trail = async (): Promise<any[]> => (await ask('admin', '{ audit(first: 100) { who what subject after } }')).data.audit;

  on('createTicket: dry first, once, audited, told the same with one key; never a second one', async () => {
    const [a, b] = await fixes();
    expect(code(await create(a.id, {}, 'viewer'))).toBe('FORBIDDEN');
    const dry = (await create(a.id, { dry: true })).data.createTicket;
    expect([dry.action, dry.ticket, g.issues.length]).toEqual(['create', null, 0]);
    expect(dry.text).toMatch(/## What to change[\s\S]*https:\/\/git\.example\/main\.tf#L\d+/);
    const before = (await trail()).length;
    const made = await Promise.all([1, 2, 3].map(() => create(a.id, { key: 'k1' })));
    expect(g.issues).toHaveLength(1);
    expect(made.map((m) => m.data.createTicket.action)).toEqual(['create', 'create', 'create']);
    const again = (await create(a.id, { key: 'k2' })).data.createTicket;
    expect(again).toMatchObject({ action: 'keep', ticket: { place: 'github acme/estate', state: 'OPEN', ref: '1', url: 'https://github.com/acme/estate/issues/1', fix: a.id, findings: a.closes } });
    expect((await create(a.id, { key: 'k2' })).data.createTicket.action).toBe('keep');
    expect(code(await create(b.id, { key: 'k2' }))).toBe('IDEMPOTENCY_CONFLICT');
    expect(g.issues).toHaveLength(1);
    const entries = (await trail()).slice(0, -before || undefined);
    expect(entries.filter((e) => e.what === 'createTicket').every((e) => e.subject === a.id && e.after.place === 'github acme/estate' && /^token:\w+ operator$/.test(e.who))).toBe(true);
    expect(code(await create('0000000000000000'))).toBe('NOT_FOUND');
    expect(code(await create(a.id, { tracker: 'elsewhere' }))).toBe('NOT_FOUND');
  });

  on('a tracker that refuses: said with a code, kept as an intent, finished by asking again', async () => {
    const [, b] = await fixes();
    g.fail(({ method }) => (method === 'POST' ? { status: 401 } : undefined));
    expect(code(await create(b.id, { key: 'k3' }))).toBe('TRACKER_FAILED');
    const intended = '{ tickets(state: INTENDED) { totalCount nodes { fix state why ref } } }';
    expect((await ask('viewer', intended)).data.tickets).toMatchObject({ totalCount: 1, nodes: [{ fix: b.id, state: 'INTENDED', ref: null, why: expect.stringContaining('401') }] });
    g.fail(() => undefined);
    expect((await create(b.id, { key: 'k3' })).data.createTicket).toMatchObject({ action: 'create', ticket: { state: 'OPEN', ref: '2' } });
    expect((await ask('viewer', intended)).data.tickets.totalCount).toBe(0);
  });

  on('tickets in pages, trackers by name; no sign-in in any answer', async () => {
    const page = async (after?: string): Promise<any> => (await ask('viewer', 'query($after: String) { tickets(first: 1, after: $after) { totalCount nodes { fix } pageInfo { hasNextPage endCursor } } trackers { name kind place } }', { after })).data;
    const first = await page();
    const second = await page(first.tickets.pageInfo.endCursor);
    expect([first.tickets.totalCount, first.tickets.pageInfo.hasNextPage, second.tickets.pageInfo.hasNextPage]).toEqual([2, true, false]);
    expect(first.tickets.nodes[0].fix).not.toBe(second.tickets.nodes[0].fix);
    expect(first.trackers).toEqual([{ name: 'security', kind: 'github', place: 'github acme/estate' }]);
    expect(bodies.filter((t) => t.includes(TOKEN))).toEqual([]);
  });

  once('compareRuns: what the second run opened, in pages, both ways', async () => {
    const query = 'query($base: ID!, $head: ID, $after: String) { compareRuns(base: $base, head: $head) { same markdown opened(first: 1, after: $after) { totalCount nodes { what finding { title severity path { hops { says } } } } pageInfo { hasNextPage endCursor } } closed { totalCount } agentsAdded { name } } }';
    const there = (await ask('viewer', query, { base: 'r1' })).data.compareRuns;
    expect(there.opened.totalCount).toBeGreaterThan(1);
    expect(there.opened.nodes[0].finding.path.hops.length).toBeGreaterThan(0);
    const next = (await ask('viewer', query, { base: 'r1', after: there.opened.pageInfo.endCursor })).data.compareRuns;
    expect(next.opened.nodes[0]).not.toEqual(there.opened.nodes[0]);
    const back = (await ask('viewer', query, { base: 'r2', head: 'r1' })).data.compareRuns;
    expect(back.closed.totalCount).toBeGreaterThan(0);
    expect(code(await ask('viewer', query, { base: 'r2', after: there.opened.pageInfo.endCursor }))).toBe('BAD_CURSOR');
    expect((await ask('viewer', query, { base: 'never' })).errors).toHaveLength(1);
  });

  const WHAT_IF = 'query($edits: [WhatIfEdit!]!) { whatIf(edits: $edits) { opened { totalCount } closed { totalCount nodes { finding { fingerprint } } } undetermined { totalCount } same } }';
  once('whatIf: a fix, a thing that goes, a property; nonsense is refused', async () => {
    const [fix] = await fixes();
    const made = (await ask('viewer', WHAT_IF, { edits: [{ fix: fix.id }] })).data.whatIf;
    expect(made.opened.totalCount).toBe(0);
    const closed = made.closed.nodes.map((n: any) => n.finding.fingerprint);
    expect(fix.closes.filter((f: string) => !closed.includes(f))).toEqual([]);
    const { data } = await ask('viewer', '{ agents { nodes { agent { id } } } }');
    const gone = (await ask('viewer', WHAT_IF, { edits: [{ removeNode: data.agents.nodes[0].agent.id }] })).data.whatIf;
    expect([gone.opened.totalCount, gone.closed.totalCount > 0]).toEqual([0, true]);
    expect(code(await ask('viewer', WHAT_IF, { edits: [] }))).toBe('BAD_INPUT');
    expect(code(await ask('viewer', WHAT_IF, { edits: [{ removeNode: 'ovr:none' }] }))).toBe('NOT_FOUND');
    expect(code(await ask('viewer', WHAT_IF, { edits: [{ properties: { node: data.agents.nodes[0].agent.id, to: { nothing: 1 } } }] }))).toBe('BAD_INPUT');
    expect((await ask('viewer', WHAT_IF, { edits: [{ fix: 'a', removeNode: 'b' }] })).errors).toHaveLength(1);
    const nodes = (await ask('viewer', '{ identities { nodes { id } } dataStores { nodes { id } } }')).data;
    const many = [...nodes.identities.nodes, ...nodes.dataStores.nodes].slice(0, 5);
    const greedy = await ask('viewer', `{ ${many.map((n: any, i: number) => `q${i}: whatIf(edits: [{ removeNode: ${JSON.stringify(n.id)} }]) { same }`).join(' ')} }`);
    expect(new Set(greedy.errors!.map((e) => e.extensions.code))).toEqual(new Set(['BUSY']));
  });

  once('a long answer: the request is told to ask again, and then gets it', async () => {
    const studies = new Studies(() => undefined, process.env, 20);
    const ask = (): ReturnType<Studies['ask']> => studies.ask('somebody', { kind: 'what-if', store: join(dir, 'graph.db'), run: 'r1', edits: [], knows: { extraRules: [] } }, null);
    await expect(ask()).rejects.toMatchObject({ code: 'STILL_WORKING' });
    for (;;) {
      const answer = await ask().catch((e: { code?: string }) => { if (e.code !== 'STILL_WORKING') throw e; });
      if (answer) { expect(answer).toMatchObject({ whatIf: { comparison: { opened: [], closed: [] } } }); break; }
      await new Promise((ok) => setTimeout(ok, 200));
    }
    const waits = studies.ask('somebody', { kind: 'what-if', store: join(dir, 'graph.db'), run: 'r2', edits: [], knows: { extraRules: [] } }, null);
    const ended = expect(waits).rejects.toMatchObject({ code: expect.stringMatching(/STILL_WORKING|SHUTTING_DOWN/) });
    await studies.stop();
    await ended;
    await expect(studies.ask('somebody', { kind: 'what-if', store: 'x', run: 'r3', edits: [], knows: { extraRules: [] } }, null)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });

  const PLAN = 'query($upload: ID, $path: String, $over: String) { plan(upload: $upload, path: $path, over: $over, failOn: high) { markdown gate { code reasons { reason } } letIn { says verdict severity could } cuts { place text closes of } blastRadius { agent { name } after { influence { weight } } } comparison { before markdown opened { totalCount nodes { finding { title } } } postureOpened { nodes { rule detail node { name } } } notes } } }';
  once('plan: uploaded or under the root, over nothing or a run', async () => {
    const r = await fetch(running.url.replace('/graphql', '/uploads?name=tfplan.json'), { method: 'POST', headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${tokens.operator}` }, body: PLANNED });
    const { id } = (await r.json()) as { id: string };
    const a = (await ask('operator', PLAN, { upload: id })).data.plan;
    expect(a.comparison.before).toBe('prior state of the plan');
    expect(a.comparison.opened.totalCount).toBeGreaterThan(0);
    expect(a).toMatchObject({ gate: { code: 1 }, markdown: expect.stringContaining('## Overreach: rejected'), cuts: expect.arrayContaining([expect.objectContaining({ closes: expect.any(Number) })]) });
    expect(a.letIn).toEqual([]);
    const growth = (p: typeof a): string[] => p.comparison.postureOpened.nodes.filter((n: any) => n.rule === 'AGT-057').map((n: any) => n.detail);
    expect([growth(a), a.comparison.markdown]).toEqual([[expect.stringMatching(/new: write customers/)], expect.stringContaining('growth (AGT-057)')]);
    const b = (await ask('operator', PLAN, { path: 'tfplan.json', over: 'nothing' })).data.plan;
    expect(growth(b)).toEqual([]);
    expect([b.comparison.before, b.comparison.opened.totalCount >= a.comparison.opened.totalCount]).toEqual(['nothing', true]);
    expect((await ask('operator', PLAN, { path: 'tfplan.json', over: 'latest' })).data.plan.comparison.before).toBe('run r2');
    expect(code(await ask('viewer', PLAN, { upload: id }))).toBe('FORBIDDEN');
    expect(code(await ask('admin', PLAN, { upload: id }))).toBe('NOT_FOUND');
    expect(code(await ask('operator', PLAN, { path: '../x.json' }))).toBe('OUTSIDE_ROOT');
    expect(code(await ask('operator', PLAN, { path: 'tfplan.json', over: '/etc' }))).toBe('NOT_FOUND');
    expect(code(await ask('operator', PLAN, {}))).toBe('BAD_INPUT');
    expect(code(await ask('operator', PLAN, { path: 'code/main.tf' }))).toBe('BAD_INPUT');
  });
});
