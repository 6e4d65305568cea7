import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { join } from 'node:path';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { READY } from '../../server/graphql/explorer.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { createService } from '../../server/service/service.ts';
import { commandLine, EXAMPLE } from '../helpers/cli.ts';

let running: Running;
let store: GraphStore;
beforeAll(async () => {
  const c = commandLine();
  await c.run('scan', EXAMPLE);
  store = await openStore(join(c.cwd, '.overreach', 'graph.db'));
  running = await serve(createService(store, { env: {}, now: () => new Date(0), newId: () => 'x', progress: () => undefined, version: 't' }, () => undefined), { host: '127.0.0.1', port: 0, introspection: true });
}, 120_000);
afterAll(async () => { await running.close(); await store.close(); });

interface Answer { data?: Record<string, any>; errors?: { message: string; extensions?: { code?: string; stacktrace?: unknown } }[] }
const ask = async (query: string, variables: object = {}): Promise<Answer> =>
  (await (await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) })).json()) as Answer;

describe('questions', () => {
  test.each(READY.map((r) => [r.title, r.query] as const))('ready query: %s', async (_, query) => {
    const a = await ask(query);
    expect(a.errors).toBeUndefined();
    expect(JSON.stringify(a.data).length).toBeGreaterThan(20);
  });

  test('findings with filter, and every hop with its line', async () => {
    const a = await ask('{ findings(filterBy: {rule: ["AGT-007"], startClass: [E0], asset: "harbourline-customers"}) { nodes { startClass subject { name } asset { name } path { hops { fact node { definedAt { file startLine } } evidence { source { file startLine } } } } } } }');
    expect(a.data!['findings'].nodes.length).toBeGreaterThan(0);
    for (const f of a.data!['findings'].nodes) expect([f.startClass, f.asset.name]).toEqual(['E0', 'harbourline-customers']);
    for (const h of a.data!['findings'].nodes[0].path.hops) expect(h.evidence.some((e: any) => e.source?.startLine) || h.node.definedAt?.startLine).toBeTruthy();
  });

  test('principals by what they are and can become', async () => {
    const row = '{ totalCount nodes { identity { id } isAdmin { value } canBecomeAdmin { value steps { technique } } } }';
    const { all, admins, others, become, by } = (await ask(`{ all: principals(first: 500) ${row} admins: principals(isAdmin: true) ${row} others: principals(first: 500, isAdmin: false) ${row} become: principals(canBecomeAdmin: true) ${row} by: principals(technique: "lambda-003") ${row} }`)).data!;
    expect(admins.nodes).toEqual(all.nodes.filter((p: any) => p.isAdmin.value));
    expect(admins.totalCount + others.totalCount).toBe(all.totalCount);
    expect(become.nodes).toEqual(all.nodes.filter((p: any) => p.canBecomeAdmin.value && !p.isAdmin.value));
    expect(by.nodes).toEqual(all.nodes.filter((p: any) => p.canBecomeAdmin.steps.some((s: any) => s.technique === 'lambda-003')));
    expect([admins, become, by].every((l: any) => l.totalCount > 0)).toBe(true);
  });

  test('pages join without gap or repetition', async () => {
    const all = (await ask('{ findings(first: 500) { totalCount nodes { fingerprint } } }')).data!['findings'];
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const p: any = (await ask('query($after: String) { findings(first: 3, after: $after) { nodes { fingerprint } pageInfo { hasNextPage endCursor } } }', { after })).data!['findings'];
      seen.push(...p.nodes.map((n: any) => n.fingerprint));
      if (!p.pageInfo.hasNextPage) break;
      after = p.pageInfo.endCursor;
    }
    expect(seen).toEqual(all.nodes.map((n: any) => n.fingerprint));
    expect(seen).toHaveLength(all.totalCount);
  });

  test('definedAt: which findings does this line cause', async () => {
    const f = (await ask('{ findings(first: 1) { nodes { fingerprint path { hops { node { definedAt { file startLine } } } } } } }')).data!['findings'].nodes[0];
    const at = f.path.hops.map((h: any) => h.node.definedAt).find((s: any) => s?.file);
    const a = await ask('query($file: String!, $line: Int) { definedAt(file: $file, line: $line, first: 500) { nodes { fingerprint } } }', { file: at.file, line: at.startLine });
    expect(a.data!['definedAt'].nodes.map((n: any) => n.fingerprint)).toContain(f.fingerprint);
  });

  test('identities, data stores, node by id, paths, blast radius, who can', async () => {
    const a = await ask('{ identities(name: "shipment-chat-tool") { nodes { id name kind } } dataStores(name: "customers") { nodes { id name } } pathsBetween(from: "E0", to: "harbourline-customers") { truncated paths { verdict hops { fact } } } blastRadius(agent: "harbourline-shipment-chat") { influence { weight } } whoCan(what: "write", asset: "harbourline-customers") { identity { name } verdict } }');
    expect(a.errors).toBeUndefined();
    expect(a.data!['pathsBetween'].paths.length).toBe(1);
    const n = await ask('query($id: ID!) { node(id: $id) { name kind props definedAt { file startLine } } }', { id: a.data!['dataStores'].nodes[0].id });
    expect(n.data!['node']).toMatchObject({ name: 'harbourline-customers', kind: 'DataStore', definedAt: { file: 'modules/data/main.tf' } });
  });
});

describe('bad requests get a typed error, no stack, and the service stays up', () => {
  const code = async (query: string, variables = {}): Promise<string | undefined> => {
    const a = await ask(query, variables);
    expect(JSON.stringify(a)).not.toMatch(/node_modules|\.ts:\d+|stacktrace/);
    return a.errors?.[0]?.extensions?.code;
  };
  test('unknown field, syntax, foreign cursor, page size, ambiguous and unknown names', async () => {
    expect(await code('{ nonsense }')).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(await code('{')).toMatch(/^GRAPHQL_(PARSE|VALIDATION)_FAILED$/);
    expect(await code('{ findings(after: "bm9uc2Vuc2U") { totalCount } }')).toBe('BAD_CURSOR');
    expect(await code('{ findings(first: 0) { totalCount } }')).toBe('BAD_PAGE_SIZE');
    expect(await code('{ findings(first: 100000) { totalCount } }')).toBeTruthy();
    expect(await code('{ blastRadius(agent: "nobody") { amplification } }')).toBe('NOT_FOUND');
    expect(await code('{ blastRadius(agent: "harbourline-*") { amplification } }')).toBe('AMBIGUOUS');
  });
  test('10,000 aliases and depth 200 are refused', async () => {
    expect((await ask(`{ ${Array.from({ length: 10_000 }, (_, i) => `a${i}: missingLayers`).join(' ')} }`)).errors).toBeTruthy();
    expect((await ask('{ findings { '.repeat(1) + 'nodes { path { hops { node { definedAt { moduleChain { name } } } } } } '.repeat(1) + '} }')).errors).toBeUndefined();
    expect((await ask('{ __schema { types ' + '{ fields { type '.repeat(100) + '{ name }' + ' } }'.repeat(100) + ' } }')).errors).toBeTruthy();
  });
  test('bodies over 1 MB, other hosts, other paths, cross-site posts', async () => {
    expect((await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: ' '.repeat(1_100_000) }) })).status).toBe(413);
    expect((await fetch(running.url.replace('/graphql', '/etc/passwd'))).status).toBe(404);
    expect((await fetch(running.url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"{missingLayers}"}' })).ok).toBe(false);
    const status = await new Promise<number>((ok) => { request(running.url, { method: 'POST', headers: { host: 'evil.example', 'content-type': 'application/json' } }, (r) => ok(r.statusCode!)).end('{}'); });
    expect(status).toBe(421);
    expect((await ask('{ missingLayers }')).errors).toBeUndefined();
  });
  test('a bind that others reach is refused without tokens', async () => {
    await expect(serve(createService(store, { now: () => new Date() } as never, () => undefined), { host: '0.0.0.0', port: 0, introspection: true })).rejects.toThrow(/demands authentication/);
  });
});

test('the page at /graphql works without anything from elsewhere', async () => {
  const page = await fetch(running.url, { headers: { accept: 'text/html' } });
  const html = await page.text();
  expect(html).toContain('<title>Overreach GraphQL</title>');
  expect(html).not.toMatch(/https?:\/\//);
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  expect((await fetch(running.url.replace('/graphql', '/explorer.js'))).ok).toBe(true);
});
