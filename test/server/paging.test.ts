import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { createService } from '../../server/service/service.ts';
import { finding, storeFindings } from '../helpers/findings.ts';

const MANY = 100_000;
let running: Running;
let store: GraphStore;
beforeAll(async () => {
  store = await openStore(':memory:');
  await storeFindings(store, 'first', Array.from({ length: MANY }, (_, i) => finding(i)));
  running = await serve(createService(store, { env: {}, now: () => new Date('2026-06-01'), newId: () => 'x', progress: () => undefined, version: 't' }, () => undefined), { host: '127.0.0.1', port: 0, introspection: true });
}, 120_000);
afterAll(async () => { await running.close(); await store.close(); });

interface Page { data?: { findings: { totalCount: number; nodes: { fingerprint: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } }; errors?: { extensions: { code: string } }[] }
async function page(after: string | null, args: string): Promise<Page> {
  const query = `query($after: String) { findings(after: $after, ${args}) { totalCount nodes { fingerprint } pageInfo { hasNextPage endCursor } } }`;
  return (await (await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables: { after } }) })).json()) as Page;
}
async function pull(args: string, between: (n: number, seen: string[]) => Promise<void>): Promise<string[]> {
  const seen: string[] = [];
  for (let after: string | null = null, n = 0; ; n++) {
    const { data, errors } = await page(after, args);
    expect(errors).toBeUndefined();
    seen.push(...data!.findings.nodes.map((x) => x.fingerprint));
    await between(n, seen);
    if (!data!.findings.pageInfo.hasNextPage) return seen;
    after = data!.findings.pageInfo.endCursor;
  }
}

test('100,000 findings page by page while new runs complete: no duplicates, no gaps', async () => {
  const seen = await pull('first: 500', async (n) => {
    if (n === 3) await storeFindings(store, 'second', Array.from({ length: 2_000 }, (_, i) => finding(i * 3)));
    if (n === 90) await storeFindings(store, 'third', []);
  });
  expect(seen).toHaveLength(MANY);
  expect(new Set(seen).size).toBe(MANY);
  expect((await page(null, 'first: 1')).data!.findings.totalCount).toBe(0);
}, 120_000);

test('rows that leave the list between two pages move no other row', async () => {
  await storeFindings(store, 'fourth', Array.from({ length: 300 }, (_, i) => finding(i)));
  const accepted = new Set<string>();
  const seen = await pull('first: 20, orderBy: SCORE, filterBy: {state: ["open"]}', async (n, soFar) => {
    // The last row seen and one of the middle: both are out of the list when the next page is asked for.
    for (const fingerprint of [soFar.at(-1)!, soFar.at(-7)!]) {
      accepted.add(fingerprint);
      await store.accept({ fingerprint, owner: 'o', reason: `r${n}`, at: 't' });
    }
  });
  expect(seen).toHaveLength(300);
  expect(new Set(seen).size).toBe(300);
  expect((await page(null, 'first: 1, filterBy: {state: ["accepted"]}')).data!.findings.totalCount).toBe(accepted.size);
  expect((await page(null, 'first: 1, filterBy: {state: ["open"]}')).data!.findings.totalCount).toBe(300 - accepted.size);
  for (const fingerprint of accepted) await store.unaccept(fingerprint);
  expect((await page(null, 'first: 1, filterBy: {state: ["open"]}')).data!.findings.totalCount).toBe(300);
});

test('a pruned run gives CURSOR_EXPIRED, a foreign cursor BAD_CURSOR', async () => {
  const { endCursor } = (await page(null, 'first: 5')).data!.findings.pageInfo;
  expect((await page(endCursor, 'first: 5, orderBy: TITLE')).errors![0]!.extensions.code).toBe('BAD_CURSOR');
  for (const wrong of ['', 'bm9uc2Vuc2U', Buffer.from('["fourth","findings SEVERITY",-1,"x",[]]').toString('base64url')]) expect((await page(wrong, 'first: 5')).errors![0]!.extensions.code).toBe('BAD_CURSOR');
  await storeFindings(store, 'fifth', [finding(1)]);
  expect((await page(endCursor, 'first: 5')).data!.findings.totalCount).toBe(300);
  await store.prune(1);
  expect((await page(endCursor, 'first: 5')).errors![0]!.extensions.code).toBe('CURSOR_EXPIRED');
  expect((await page(null, 'first: 5')).data!.findings.totalCount).toBe(1);
});
