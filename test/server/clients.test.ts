import { join } from 'node:path';
import { ApolloClient, gql as apolloGql, HttpLink, InMemoryCache } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { relayStylePagination } from '@apollo/client/utilities';
import { cacheExchange, Client, fetchExchange, gql as urqlGql } from '@urql/core';
import { filter, firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { wanted } from '../../server/graphql/accept.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { createService } from '../../server/service/service.ts';
import { commandLine, EXAMPLE } from '../helpers/cli.ts';

let running: Running;
let store: GraphStore;
let token: string;
let apollo: ApolloClient;
let urql: Client;
beforeAll(async () => {
  const c = commandLine();
  await c.run('scan', EXAMPLE);
  store = await openStore(join(c.cwd, '.overreach', 'graph.db'));
  let ids = 0;
  const service = createService(store, { env: {}, now: () => new Date('2026-06-01T12:00:00Z'), newId: () => `id-${++ids}`, progress: () => undefined, version: 't' }, () => undefined);
  token = (await service.decisions.createToken({ who: 'test' }, { role: 'risk-owner', label: 'client' })).text;
  running = await serve(service, { host: '127.0.0.1', port: 0, introspection: true });
  const headers = { authorization: `Bearer ${token}` };
  apollo = new ApolloClient({ link: new HttpLink({ uri: running.url, headers }), cache: new InMemoryCache({ typePolicies: { Query: { fields: { findings: relayStylePagination() } } } }) });
  urql = new Client({ url: running.url, exchanges: [cacheExchange, fetchExchange], fetchOptions: { headers }, preferGetMethod: false });
}, 120_000);
afterAll(async () => { apollo.stop(); await running.close(); await store.close(); });

const PAGE = 'query Page($after: String, $first: Int) { findings(first: $first, after: $after) { totalCount edges { cursor node { fingerprint title severity } } pageInfo { hasNextPage endCursor } } }';
const ACCEPT = 'mutation Accept($f: String!) { acceptRisk(fingerprint: $f, owner: "maria", reason: "known", expires: "2999-12-31") { fingerprint finding { fingerprint state accepted { owner } } } }';
const REOPEN = 'mutation Reopen($f: String!) { reopen(fingerprint: $f) { fingerprint finding { fingerprint state } } }';
const WRONG = '{ findings(after: "bm9uc2Vuc2U") { totalCount } }';

async function wholeList(page: (after: string | null) => Promise<any>): Promise<string[]> {
  const seen: string[] = [];
  for (let after: string | null = null; ;) {
    const { findings } = await page(after);
    seen.push(...findings.edges.map((e: any) => e.node.fingerprint));
    if (!findings.pageInfo.hasNextPage) { expect(seen).toHaveLength(findings.totalCount); return seen; }
    after = findings.pageInfo.endCursor;
  }
}

describe('Apollo Client', () => {
  test('asks, with its cache and its added __typename', async () => {
    const { data } = await apollo.query<any>({ query: apolloGql('{ agents { nodes { agent { name } tools { tool { name } effects } } } }') });
    expect(data.agents.nodes.length).toBeGreaterThan(0);
    expect(data.agents.nodes[0].agent.__typename).toBeTruthy();
  });
  test('pages to the end by cursors, without gap or repetition; fetchMore joins the pages', async () => {
    const query = apolloGql(PAGE);
    const seen = await wholeList(async (after) => (await apollo.query<any>({ query, variables: { first: 7, after }, fetchPolicy: 'no-cache' })).data);
    expect(new Set(seen).size).toBe(seen.length);
    const watched = apollo.watchQuery<any>({ query, variables: { first: 5 } });
    await firstValueFrom(watched.pipe(filter((r) => !r.loading)));
    const { endCursor } = (watched.getCurrentResult().data as any).findings.pageInfo;
    await watched.fetchMore({ variables: { first: 5, after: endCursor } });
    expect((watched.getCurrentResult().data as any).findings.edges.map((e: any) => e.node.fingerprint)).toEqual(seen.slice(0, 10));
  });
  test('changes, and sees the change', async () => {
    const f = (await apollo.query<any>({ query: apolloGql(PAGE), variables: { first: 1 }, fetchPolicy: 'no-cache' })).data.findings.edges[0].node.fingerprint as string;
    expect((await apollo.mutate<any>({ mutation: apolloGql(ACCEPT), variables: { f } })).data.acceptRisk.finding).toMatchObject({ state: 'accepted', accepted: { owner: 'maria' } });
    expect((await apollo.mutate<any>({ mutation: apolloGql(REOPEN), variables: { f } })).data.reopen.finding.state).toBe('open');
  });
  test('is told what is wrong by code: of a cursor, of a field, of a right it lacks', async () => {
    const codes = async (text: string): Promise<unknown> => apollo.query({ query: apolloGql(text), fetchPolicy: 'no-cache' }).then(() => 'no error', (e: unknown) => (e instanceof CombinedGraphQLErrors ? e.errors.map((x) => x.extensions?.['code']) : JSON.parse((e as { bodyText?: string }).bodyText ?? 'null')?.errors.map((x: any) => x.extensions.code)));
    expect(await codes(WRONG)).toEqual(['BAD_CURSOR']);
    expect(await codes('{ nonsense }')).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(await codes('{ audit(first: 1) { who } }')).toEqual(['FORBIDDEN']);
  });
});

describe('urql', () => {
  test('asks, pages and changes', async () => {
    const page = async (after: string | null): Promise<any> => (await urql.query(urqlGql(PAGE), { first: 9, after }, { requestPolicy: 'network-only' }).toPromise()).data;
    const seen = await wholeList(page);
    expect(new Set(seen).size).toBe(seen.length);
    const f = seen.at(-1)!;
    expect((await urql.mutation(urqlGql(ACCEPT), { f }).toPromise()).data.acceptRisk.finding.state).toBe('accepted');
    expect((await urql.mutation(urqlGql(REOPEN), { f }).toPromise()).data.reopen.finding.state).toBe('open');
  });
  test('is told what is wrong by code', async () => {
    const codes = async (text: string): Promise<unknown> => (await urql.query(urqlGql(text), {}, { requestPolicy: 'network-only' }).toPromise()).error?.graphQLErrors.map((e) => e.extensions['code']);
    expect(await codes(WRONG)).toEqual(['BAD_CURSOR']);
    expect(await codes('{ nonsense }')).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(await codes('{ audit(first: 1) { who } }')).toEqual(['FORBIDDEN']);
  });
});

test('no Accept header makes a request fail: lists with weights, unknown types, nonsense', async () => {
  expect(['text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', 'application/json;q=0.5, application/graphql-response+json', 'application/graphql-response+json, application/json;q=0.9', 'image/png', 'nonsense', '', ', ;q=x', 'application/json;q=0, */*'].map(wanted))
    .toEqual(['text/html', 'application/graphql-response+json', 'application/graphql-response+json', 'image/png', '*/*', '*/*', '*/*', '*/*']);
  for (const accept of ['application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed', 'application/json; charset=utf-8, */*;q=0.1', 'nonsense', ';;;,,,', 'a'.repeat(5_000), 'image/png', 'text/html,application/xhtml+xml;q=0.9']) {
    for (const path of ['', '/../healthz', '/../nowhere']) {
      const r = await fetch(new URL(`.${path}`, `${running.url}/`).href.replace(/\/$/, ''), { method: path === '' ? 'POST' : 'GET', headers: { accept, 'content-type': 'application/json', authorization: `Bearer ${token}` }, ...(path === '' ? { body: '{"query":"{ missingLayers }"}' } : {}) });
      expect([accept.slice(0, 40), path, r.status < 500]).toEqual([accept.slice(0, 40), path, true]);
    }
  }
});

test('both get the same answer, and nothing without a token', async () => {
  const text = 'query Same { dataStores(first: 20) { totalCount nodes { id name kind } } }';
  const plain = (v: unknown): unknown => JSON.parse(JSON.stringify(v, (k, x) => (k === '__typename' ? undefined : x)));
  expect(plain((await apollo.query({ query: apolloGql(text), fetchPolicy: 'no-cache' })).data)).toEqual(plain((await urql.query(urqlGql(text), {}).toPromise()).data));
  const stranger = new ApolloClient({ link: new HttpLink({ uri: running.url }), cache: new InMemoryCache() });
  await expect(stranger.query({ query: apolloGql(text) })).rejects.toMatchObject({ statusCode: 401 });
});
