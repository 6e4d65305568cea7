import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import { KeyTaken, type AuditEntry, type GraphStore, type StoredTicket } from '../../graph/store/port.ts';
import { edgeId, type Batch, type EdgeRecord, type NodeRecord, type Run } from '../../schema/index.ts';
import { NEO4J_VERSIONS, startNeo4j, TURN, type Neo4jServer } from '../helpers/neo4j/start.ts';
import neo4j from 'neo4j-driver';

const node = (name: string, extra: Partial<NodeRecord> = {}): NodeRecord => ({
  id: `ovr:identity:aws:${name}`, kind: 'Identity', type: 'aws.iam.role', name, provider: 'aws', scope: 's', environment: 'unknown', tags: {}, state: 'declared', completeness: 'full',
  sources: [{ source: 'terraform', file: 'main.tf', startLine: 3, endLine: 9 }], aliases: [], props: { arn: `arn:aws:iam::111122223333:role/${name}`, nested: { a: [1, { b: 'ü' }] }, list: ['x', 'y'] }, ...extra,
});
const edge = (from: string, to: string, props: Record<string, unknown> = {}): EdgeRecord => {
  const [a, b] = [`ovr:identity:aws:${from}`, `ovr:identity:aws:${to}`];
  return { id: edgeId('MEMBER_OF', a, b), kind: 'MEMBER_OF', from: a, to: b, discriminator: '', verdict: 'proven', requires: [], evidence: [{ basis: 'code', text: 'member' }], props };
};
const run = (id: string): Run => ({ id, startedAt: '2026-01-01T00:00:00Z', status: 'running', scope: 's', inputs: ['.'], version: '0' });
const batch = (covers: string, nodes: NodeRecord[], edges: EdgeRecord[] = [], complete = true): Batch => ({
  source: 'terraform', scope: 's', covers, complete, nodes, edges, coverage: [{ source: 'terraform', input: covers, status: 'read', resources: nodes.length, unmapped: {}, missing: [], problems: [] }],
});

const dir = mkdtempSync(join(tmpdir(), 'overreach-store-'));
let server: Neo4jServer | undefined;
const answers: Record<string, string[]> = {};
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

async function wipe(): Promise<void> {
  const d = neo4j.driver(server!.uri, server!.password ? neo4j.auth.basic('neo4j', server!.password) : undefined);
  await d.executeQuery('MATCH (n) DETACH DELETE n');
  await d.close();
}

let files = 0;
describe.each(['embedded', ...NEO4J_VERSIONS])('store conformance: %s', (which) => {
  const remote = which !== 'embedded';
  beforeAll(async () => { server = remote ? await startNeo4j(which) : undefined; }, TURN);
  afterAll(async () => { await server?.stop(); });
  const withStore = (name: string, body: (s: GraphStore, reopen: () => Promise<GraphStore>, keep: (x: unknown) => void) => Promise<void>): void => {
    test(name, async (ctx) => {
      if (remote && !server) return ctx.skip();
      if (remote) await wipe();
      const where = remote ? server!.uri : join(dir, `s${files++}.db`);
      const open = (): Promise<GraphStore> => openStore(where, { password: server?.password });
      let s = await open();
      try {
        await body(s, async () => { await s.close(); s = await open(); return s; }, (x) => (answers[which] ??= []).push(JSON.stringify(x)));
      } finally {
        await s.close();
      }
    });
  };
  const complete = async (s: GraphStore, id: string, ...batches: Batch[]): Promise<void> => {
    await s.beginRun(run(id));
    for (const b of batches) await s.applyBatch(id, b);
    await s.completeRun(id, '2026-01-01T00:00:01Z', `hash-${id}`);
  };
  const names = async (s: GraphStore): Promise<string[]> => (await s.load())!.nodes.map((n) => n.name);

  withStore('gives back what was put in, ordered by id, after a reopen', async (s, reopen, keep) => {
    expect(await s.load()).toBeUndefined();
    await complete(s, 'r1', batch('a', [node('z'), node('b'), node('m')], [edge('z', 'b', { deep: { k: [null, true] } }), edge('b', 'm')]));
    const got = (await (await reopen()).load())!;
    expect(got.nodes).toEqual([node('b'), node('m'), node('z')]);
    expect(got.edges.map((e) => e.id)).toEqual([edge('z', 'b').id, edge('b', 'm').id].sort());
    expect(got.run).toMatchObject({ id: 'r1', status: 'complete', graphHash: 'hash-r1' });
    keep(got);
  });

  withStore('a run that was not completed is never read', async (s, reopen, keep) => {
    await complete(s, 'r1', batch('a', [node('one')]));
    await s.beginRun(run('r2'));
    await s.applyBatch('r2', batch('a', [node('two')]));
    const again = await reopen();
    expect(await names(again)).toEqual(['one']);
    await complete(again, 'r3', batch('a', [node('three')]));
    expect(await names(again)).toEqual(['three']);
    expect((await again.runs()).map((r) => [r.id, r.status])).toEqual([['r3', 'complete'], ['r2', 'abandoned'], ['r1', 'complete']]);
    await expect(again.completeRun('r2', 'x', 'h')).rejects.toThrow(/not running/);
    keep(await again.runs());
  });

  withStore('sweeps only inside complete coverage', async (s, _, keep) => {
    await complete(s, 'r1', batch('a', [node('a1'), node('a2'), node('both')], [edge('a1', 'a2'), edge('a1', 'both')]), batch('b', [node('b1'), node('both')], [edge('b1', 'both')]));
    await complete(s, 'r2', batch('a', [node('a1')]));
    expect(await names(s)).toEqual(['a1', 'b1', 'both']);
    expect((await s.load())!.edges.map((e) => e.id)).toEqual([edge('b1', 'both').id]);
    await complete(s, 'r3', batch('b', [], [], false));
    expect(await names(s)).toEqual(['a1', 'b1', 'both']);
    await complete(s, 'r4', batch('b', [node('both', { name: 'both, again' })]));
    expect(await names(s)).toEqual(['a1', 'both, again']);
    keep(await s.load());
  });

  withStore('a node seen again keeps the inputs that were not read this time', async (s) => {
    await complete(s, 'r1', batch('a', [node('x')]), batch('b', [node('x')]));
    await complete(s, 'r2', batch('a', [node('x')]));
    await complete(s, 'r3', batch('a', []));
    expect(await names(s)).toEqual(['x']);
    await complete(s, 'r4', batch('b', []));
    expect(await names(s)).toEqual([]);
  });

  withStore('two equal scans give equal graphs', async (s, _, keep) => {
    const b = batch('a', [node('p'), node('q')], [edge('p', 'q')]);
    await complete(s, 'r1', b);
    const first = (await s.load())!;
    await complete(s, 'r2', b);
    const second = (await s.load())!;
    expect([second.nodes, second.edges]).toEqual([first.nodes, first.edges]);
    expect(await s.load('r1')).toEqual(first);
    keep(second.nodes);
  });

  withStore('results, acceptances and pruning', async (s, _, keep) => {
    for (const id of ['r1', 'r2', 'r3']) await complete(s, id, batch('a', [node(id)]));
    const big = JSON.stringify({ text: 'ä'.repeat(1_500_000) });
    await s.saveResult('r2', 'old');
    await s.saveResult('r2', big);
    expect(await s.loadResult('r2')).toBe(big);
    expect(await s.loadResult()).toBeUndefined();
    await s.accept({ fingerprint: 'f', owner: 'o', reason: 'r', at: 't' });
    await s.accept({ fingerprint: 'f', owner: 'o2', reason: 'r', until: 'u', at: 't' });
    expect(await s.acceptances()).toEqual([{ fingerprint: 'f', owner: 'o2', reason: 'r', until: 'u', at: 't' }]);
    await s.unaccept('f');
    expect(await s.acceptances()).toEqual([]);
    await s.prune(1);
    expect((await s.runs()).map((r) => r.id)).toEqual(['r3']);
    expect(await names(s)).toEqual(['r3']);
    expect(await s.load('r2')).toBeUndefined();
    keep(await s.load());
  });

  withStore('an override is kept with its entry, replaced by the next, and taken back', async (s, _, keep) => {
    const entry = (id: string): AuditEntry => ({ id, at: 't', who: 'ann', what: 'setOverride', subject: 'n', before: null, after: null });
    const [a, b] = [{ node: 'ovr:b', level: 'public' as const, reason: 'r', expires: '2027-01-01', by: 'ann', at: 't1' }, { node: 'ovr:a', integrity: 'high' as const, reason: 'r', by: 'ann', at: 't2' }];
    expect(await s.ledger.overrides()).toEqual([]);
    await s.ledger.write({ override: a }, entry('o1'));
    await s.ledger.write({ override: b }, entry('o2'));
    await s.ledger.write({ override: { ...a, level: 'internal' } }, entry('o3'));
    expect(await s.ledger.overrides()).toEqual([b, { ...a, level: 'internal' }]);
    await s.ledger.write({ unoverride: 'ovr:b' }, entry('o4'));
    await s.ledger.write({ unoverride: 'never there' }, entry('o5'));
    expect([await s.ledger.overrides(), (await s.ledger.audit(10)).map((e) => e.id)]).toEqual([[b], ['o5', 'o4', 'o3', 'o2', 'o1']]);
    keep(await s.ledger.overrides());
  });

  withStore('decisions and their record are written together, once per key, and stay', async (s, reopen, keep) => {
    const entry = (id: string, extra: object = {}): AuditEntry => ({ id, at: '2026-01-01T00:00:00Z', who: 'ann', what: 'acceptRisk', subject: 'f', before: null, after: { owner: 'o', nested: [1, 'ü'] }, ...extra });
    await s.ledger.write({ accept: { fingerprint: 'f', owner: 'o', reason: 'r', at: 't' } }, entry('e1', { key: 'ann:1', asked: 'h', answer: '{}' }));
    await expect(s.ledger.write({ accept: { fingerprint: 'g', owner: 'o', reason: 'r', at: 't' } }, entry('e2', { key: 'ann:1' }))).rejects.toThrow(KeyTaken);
    expect((await s.acceptances()).map((a) => a.fingerprint)).toEqual(['f']);
    expect(await s.ledger.entryOfKey('ann:1')).toEqual(entry('e1', { key: 'ann:1', asked: 'h', answer: '{}' }));
    expect(await s.ledger.entryOfKey('ann:2')).toBeUndefined();
    const token = { id: 't1', hash: 'h', label: 'ci', role: 'viewer', createdAt: 't', createdBy: 'ann' };
    await s.ledger.write({ token }, entry('e3', { what: 'token.create' }));
    await s.ledger.write({ token: { ...token, revokedAt: 'later' }, unaccept: 'f' }, entry('e4', { what: 'token.revoke' }));
    await s.ledger.write({ unaccept: 'never there' }, entry('e5'));
    const again = await reopen();
    expect(await again.acceptances()).toEqual([]);
    expect(await again.ledger.tokens()).toEqual([{ ...token, revokedAt: 'later' }]);
    const all = await again.ledger.audit(10);
    expect(all.map((e) => e.id)).toEqual(['e5', 'e4', 'e3', 'e1']);
    expect((await again.ledger.audit(2, all[1]!.seq)).map((e) => e.id)).toEqual(['e3', 'e1']);
    keep(all.map((e) => ({ ...e, seq: 0 })));
  });

  withStore('the right to write runs is held by one at a time, can be taken over, and a stalled writer finishes nothing', async (s, reopen, keep) => {
    const first = (await s.leases.claim('runs', 'a', 60_000))!;
    expect(first).toEqual({ name: 'runs', holder: 'a', fence: 1 });
    expect(await s.leases.claim('runs', 'b', 60_000)).toBeUndefined();
    expect((await s.leases.claim('other', 'b', 60_000))?.fence).toBe(1);
    expect(await s.leases.renew(first, 1)).toBe(true);
    await s.beginRun(run('stalled'), first);
    await s.applyBatch('stalled', batch('a', [node('stale')]));
    await new Promise((ok) => setTimeout(ok, 20));
    const again = await reopen();
    const race = await Promise.all(['b', 'c', 'd'].map((h) => again.leases.claim('runs', h, 60_000)));
    expect(race.filter(Boolean)).toHaveLength(1);
    const second = race.find(Boolean)!;
    expect(second.fence).toBe(2);
    expect(await again.leases.renew(first, 60_000)).toBe(false);
    await expect(again.applyBatch('stalled', batch('b', []))).rejects.toThrow(/lost the right to write/);
    await expect(again.completeRun('stalled', 't', 'h')).rejects.toThrow(/lost the right to write/);
    await again.leases.release(first);
    expect(await again.leases.claim('runs', 'e', 1)).toBeUndefined();
    await again.beginRun(run('fresh'), second);
    await again.applyBatch('fresh', batch('a', [node('new')]));
    await again.completeRun('fresh', 't', 'h');
    await again.leases.release(second);
    expect((await again.leases.claim('runs', 'f', 1))?.fence).toBe(3);
    expect((await again.runs()).map((r) => [r.id, r.status])).toEqual([['fresh', 'complete'], ['stalled', 'abandoned']]);
    keep(await again.load());
  });

  withStore('a ticket is written by one writer at a time, and stays', async (s, reopen, keep) => {
    const t: StoredTicket = { place: 'github a/b', fix: 'f1', state: 'intended', mark: 'm1', at: 't', title: 'a | "ü"', severity: 'high', due: '2026-01-02', findings: ['x'], sources: [] };
    expect(await s.ledger.putTicket(t, undefined)).toBe(true);
    expect(await s.ledger.putTicket({ ...t, mark: 'm2' }, undefined)).toBe(false);
    const race = await Promise.all(['m3', 'm4', 'm5'].map((mark) => s.ledger.putTicket({ ...t, mark, state: 'open', ref: mark }, 'm1')));
    expect(race.filter(Boolean)).toHaveLength(1);
    expect(await s.ledger.putTicket({ ...t, mark: 'm6' }, 'm1')).toBe(false);
    expect(await s.ledger.putTicket({ ...t, fix: 'f2' }, 'none')).toBe(false);
    await s.ledger.putTicket({ ...t, place: 'file x' }, undefined);
    const again = await reopen();
    const [mine] = await again.ledger.tickets('github a/b');
    expect(mine).toMatchObject({ state: 'open', ref: mine!.mark });
    expect((await again.ledger.tickets()).map((x) => x.place)).toEqual(['file x', 'github a/b']);
    keep((await again.ledger.tickets()).map((x) => ({ ...x, mark: '', ref: '' })));
  });
});

test.each(NEO4J_VERSIONS)('Neo4j %s gave the bytes of the embedded store', (version) => {
  expect(answers['embedded']!.length).toBeGreaterThan(0);
  // Without a server there is nothing to compare: one loud line was said.
  if (answers[version]) expect(answers[version]).toEqual(answers['embedded']);
});
