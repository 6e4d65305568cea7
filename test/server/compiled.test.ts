import { join } from 'node:path';
import fc from 'fast-check';
import { getNamedType, isLeafType, isNonNullType, type GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { createServer } from 'node:http';
import { apolloServer } from '../../server/graphql/apollo.ts';
import { compile } from '../../server/graphql/compiled/compile.ts';
import { READY } from '../../server/graphql/explorer.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { apiSchema } from '../../server/graphql/schema.ts';
import { createService } from '../../server/service/service.ts';
import { parse, type OperationDefinitionNode } from 'graphql';
import { commandLine, EXAMPLE } from '../helpers/cli.ts';

let store: GraphStore;
let servers: Running[];
beforeAll(async () => {
  const c = commandLine();
  await c.run('scan', EXAMPLE);
  store = await openStore(join(c.cwd, '.overreach', 'graph.db'));
  const service = createService(store, { env: {}, now: () => new Date(0), newId: () => 'x', progress: () => undefined, version: 't' }, () => undefined);
  servers = [await serve(service, { host: '127.0.0.1', port: 0, introspection: true, compiled: false }), await serve(service, { host: '127.0.0.1', port: 0, introspection: true })];
}, 120_000);
afterAll(async () => { for (const s of servers) await s.close(); await store.close(); });

const bodies = (query: string, variables: object = {}): Promise<[number, string][]> => Promise.all(servers.map(async (s) => {
  const r = await fetch(s.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) });
  return [r.status, await r.text()] as [number, string];
}));
async function same(query: string, variables?: object): Promise<string> {
  const [a, b] = await bodies(query, variables);
  expect([query, b]).toEqual([query, a]);
  return b![1];
}

const schema = apiSchema();
const compiles = (query: string): boolean => { const d = parse(query); return compile(schema, d, d.definitions.find((x): x is OperationDefinitionNode => x.kind === 'OperationDefinition')!) !== undefined; };

test('the ready queries are compiled and give the same bytes, also the second time', async () => {
  for (const { query } of READY) {
    expect([query, compiles(query)]).toEqual([query, true]);
    expect(await same(query)).toBe(await same(query));
  }
});

test('aliases, fragments, merged selections, variables, errors, introspection: the same bytes', async () => {
  const page = '{ findings(first: 2) { nodes { path { hops { says } } ...A a: title } nodes { path { hops { says verdict } start { says } } } } } fragment A on Finding { __typename severity ...B } fragment B on Finding { title fingerprint }';
  expect(compiles(page)).toBe(true);
  expect(await same(page)).toContain('"a":');
  await same('query($n: Int = 2, $o: FindingOrder) { findings(first: $n, orderBy: $o) { nodes { title } pageInfo { endCursor } edges { cursor node { fingerprint } } } }', { o: 'TITLE' });
  await same('query($n: Int!) { findings(first: $n) { totalCount } }', {});
  await same('query($n: Int!) { findings(first: $n) { totalCount } }', { n: 'x' });
  expect(await same('{ a: findings(after: "x") { totalCount } b: missingLayers }')).toContain('BAD_CURSOR');
  await same('{ finding(fingerprint: "none") { title } node(id: "none") { name } }');
  await same('{ findings(first: 1) { nodes { title @skip(if: true) fingerprint @include(if: true) } } }');
  await same('{ __typename __schema { queryType { name } } }');
  await same('query A { missingLayers } query B { rules { id } }');
  await same('mutation { reopen(fingerprint: "00000000") { fingerprint } }');
});

test('what the executor answers leaves the schema as it was: the next document is compiled as well', async () => {
  const own = apiSchema();
  const service = createService(store, { env: {}, now: () => new Date(0), newId: () => 'x', progress: () => undefined, version: 't' }, () => undefined);
  const apollo = apolloServer(service, own, createServer(), true, true);
  await apollo.start();
  const context = { answers: service.answers, service, caller: { id: 'a', name: 'a', role: 'admin' as const }, request: 'r' };
  for (const query of ['mutation { reopen(fingerprint: "00000000") { fingerprint } }', '{ __schema { queryType { name } } }', '{ findings(after: "x") { totalCount } }']) await apollo.executeOperation({ query }, { contextValue: { ...context } });
  const d = parse('{ findings(first: 2) { totalCount nodes { path { hops { says } } } } }');
  expect(compile(own, d, d.definitions[0] as OperationDefinitionNode)).toBeDefined();
  await apollo.stop();
  service.uploads.close();
});

/** A random selection of a type that is valid, two or three levels deep. */
const selection = (type: GraphQLObjectType, depth: number): fc.Arbitrary<string> => {
  const fields = Object.values(type.getFields()).filter((f) => f.args.every((a) => !isNonNullType(a.type)) && (depth > 0 || isLeafType(getNamedType(f.type))));
  if (fields.length === 0) return fc.constant('{ __typename }');
  const field = fc.constantFrom(...fields).chain((f) => {
    const named = getNamedType(f.type);
    return isLeafType(named) ? fc.constant(f.name) : selection(named as GraphQLObjectType, depth - 1).map((s) => `${f.name} ${s}`);
  });
  return fc.uniqueArray(field, { minLength: 1, maxLength: 4, selector: (s) => s.split(' ')[0] }).map((list) => `{ ${list.join(' ')} }`);
};
test('random queries give the same bytes', async () => {
  await fc.assert(fc.asyncProperty(selection(schema.getQueryType()!, 5), async (query) => { await same(query); }), { numRuns: 60, seed: 7 });
}, 120_000);
