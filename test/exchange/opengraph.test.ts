import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { importOpenGraph, isOpenGraph } from '../../collectors/import/opengraph.ts';
import { RECORD, toOpenGraph, type OpenGraph } from '../../graph/exchange/opengraph.ts';
import { openStore } from '../../graph/store/open.ts';
import type { StoredGraph } from '../../graph/store/port.ts';
import { EDGE_KINDS, NODE_KINDS, edgeId, type EdgeRecord, type NodeRecord } from '../../schema/index.ts';
import { commandLine, EXAMPLE } from '../helpers/cli.ts';

/** The rules of the format, as its documentation states them (August 2026). */
function breaches(p: OpenGraph): string[] {
  const scalar = (v: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof v);
  const bad = (where: string, props: object | null | undefined): string[] => Object.entries(props ?? {}).flatMap(([k, v]) => [
    ...(scalar(v) || (Array.isArray(v) && v.every((x) => scalar(x) && typeof x === typeof v[0])) ? [] : [`${where}.${k} is neither scalar nor a list of one type`]),
    ...(['objectid', 'lastseen', 'reconcile'].includes(k) || k !== k.toLowerCase() ? [`${where}.${k} is a reserved name or not in small letters`] : []),
  ]);
  const ids = new Set(p.graph.nodes.map((n) => n.id));
  return [
    ...(Object.keys(p.metadata ?? {}).filter((k) => k !== 'source_kind')),
    ...(ids.size === p.graph.nodes.length ? [] : ['an id twice']),
    ...p.graph.nodes.flatMap((n) => [...(n.id.includes(':') || n.kinds.length < 1 || n.kinds.length > 3 ? [`node ${n.id}`] : []), ...bad('node', n.properties)]),
    ...p.graph.edges.flatMap((e) => [...(/^[A-Za-z0-9_]+$/.test(e.kind) && ids.has(e.start.value!) && ids.has(e.end.value!) ? [] : [`edge ${e.kind}`]), ...bad('edge', e.properties)]),
  ];
}
const again = (p: OpenGraph): StoredGraph => {
  const b = importOpenGraph(JSON.stringify(p), 'x.json', 's');
  const byId = (a: { id: string }, c: { id: string }): number => (a.id < c.id ? -1 : 1);
  return { run: { id: 'r', startedAt: 't', status: 'complete', scope: 's', inputs: [], version: '0' }, nodes: b.nodes.sort(byId), edges: b.edges.sort(byId), coverage: b.coverage };
};

test('the example estate goes out, keeps the rules of the format, and comes back the same: graph, findings and coverage', async () => {
  const c = commandLine();
  const scanned = await c.run('scan', EXAMPLE, '--format', 'json');
  const out = await c.run('export', 'opengraph', '--derived', '--output', 'graph.json');
  expect([out.code, out.log]).toEqual([0, expect.stringContaining('findings, acceptances, tickets')]);
  const payload = JSON.parse(readFileSync(join(c.cwd, 'graph.json'), 'utf8')) as OpenGraph;
  expect(breaches(payload)).toEqual([]);
  expect(payload.graph.edges.some((e) => e.kind === 'Overreach_CAN_ESCALATE' && e.properties?.['derived'] === true)).toBe(true);
  const back = await c.run('import', 'graph.json', '--store', 'back.db', '--format', 'json');
  expect(back.code).toBe(0);
  const [first, second] = await Promise.all(['.overreach/graph.db', 'back.db'].map(async (f) => { const s = await openStore(join(c.cwd, f)); const g = (await s.load())!; await s.close(); return g; }));
  expect(JSON.stringify([second!.nodes, second!.edges])).toBe(JSON.stringify([first!.nodes, first!.edges]));
  expect(second!.coverage).toEqual([expect.objectContaining({ source: 'opengraph', status: 'read', problems: [], unmapped: {} }), ...first!.coverage]);
  const findings = (t: string): unknown => (JSON.parse(t) as { findings: unknown }).findings;
  expect(findings(back.out)).toEqual(findings(scanned.out));
}, 120_000);

test('any graph comes back byte-equal, whatever its texts and properties hold', () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 });
  const node = fc.record({ id: fc.uuid(), kind: fc.constantFrom(...NODE_KINDS), name: text, tags: fc.dictionary(text, text, { maxKeys: 3 }), props: fc.dictionary(text.filter((k) => k !== 'opengraph' && k !== '__proto__'), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }) })
    .map(({ id, ...n }): NodeRecord => ({ ...n, id: `ovr:x:${id}`, type: 't', provider: 'p', scope: 's', environment: 'prod', state: 'live', completeness: 'full', sources: [{ source: 'x', file: 'a.tf', startLine: 2 }], aliases: [n.name], props: JSON.parse(JSON.stringify(n.props)) as NodeRecord['props'] }));
  fc.assert(fc.property(fc.uniqueArray(node, { minLength: 1, maxLength: 6, selector: (n) => n.id }), fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom(...EDGE_KINDS), text), { maxLength: 8 }), (nodes, pairs) => {
    const edges = new Map(pairs.map(([a, b, kind, d]): [string, EdgeRecord] => { const [from, to] = [nodes[a % nodes.length]!.id, nodes[b % nodes.length]!.id]; const id = edgeId(kind, from, to, d); return [id, { id, kind, from, to, discriminator: d, verdict: 'proven', requires: [d], evidence: [{ basis: 'code', text: d }], props: { d } }]; }));
    const byId = (x: { id: string }, y: { id: string }): number => (x.id < y.id ? -1 : 1);
    const g: StoredGraph = { run: { id: 'r', startedAt: 't', status: 'complete', scope: 's', inputs: [], version: '0' }, nodes: [...nodes].sort(byId), edges: [...edges.values()].sort(byId), coverage: [] };
    const { payload, notes } = toOpenGraph(g);
    expect(breaches(payload)).toEqual([]);
    const b = again(payload);
    expect(JSON.stringify([b.nodes, b.edges])).toBe(JSON.stringify([g.nodes, g.edges]));
    const same = g.edges.length - new Set(g.edges.map((e) => `${e.kind} ${e.from} ${e.to}`)).size;
    expect(notes.some((n) => n.startsWith(`${same} edges have the same ends`))).toBe(same > 0);
  }), { numRuns: 60 });
});

const theirs: OpenGraph = {
  metadata: { source_kind: 'GitHub' },
  graph: {
    nodes: [
      { id: 'U1', kinds: ['GH_User'], properties: { name: 'ALICE', active: true, score: 4.5, teams: ['a', 'b'] } },
      { id: 'T1', kinds: ['GH_Team'], properties: { name: 'CORE' } },
      { id: 'R1', kinds: ['GH_Repository'], properties: { name: 'SHOP', visibility: 'private' } },
      { id: 'O1', kinds: ['GH_Organization'], properties: null },
      { id: 'B1', kinds: ['GH_BranchProtectionRule'], properties: { name: 'MAIN' } },
    ],
    edges: [
      { kind: 'GH_MemberOf', start: { value: 'U1' }, end: { match_by: 'name', value: 'CORE', kind: 'GH_Team' }, properties: { since: '2026' } },
      { kind: 'GH_Contains', start: { value: 'O1', match_by: 'id' }, end: { match_by: 'property', property_matchers: [{ key: 'visibility', operator: 'equals', value: 'private' }, { key: 'name', operator: 'equals', value: 'SHOP' }] } },
      { kind: 'GH_CanPwnRequest', start: { value: 'U1' }, end: { value: 'R1' } },
      { kind: 'GH_MemberOf', start: { value: 'U1' }, end: { value: 'NOBODY' } },
    ],
  },
};

test('somebody else’s payload: what means one of our kinds is taken and given back as it was, the rest is counted', () => {
  const b = importOpenGraph(JSON.stringify(theirs), 'gh.json', 's');
  expect(b.nodes.map((n) => [n.kind, n.name])).toEqual([['Identity', 'ALICE'], ['Identity', 'CORE'], ['Repository', 'SHOP'], ['Scope', 'O1']]);
  expect(b.edges.map((e) => [e.kind, e.verdict])).toEqual([['MEMBER_OF', 'conditional'], ['CONTAINS', 'conditional']]);
  expect(b.coverage[0]).toMatchObject({ status: 'read', unmapped: { 'node GH_BranchProtectionRule': 1, 'edge GH_CanPwnRequest': 1 } });
  expect(b.coverage[0]!.problems.map((p) => [p.message, p.source?.jsonPointer])).toEqual([['GH_MemberOf: no node taken is at its end', '/graph/edges/3']]);
  const { payload } = toOpenGraph(again(theirs));
  const taken = theirs.graph.nodes.filter((n) => n.id !== 'B1');
  expect(payload.graph.nodes.filter((n) => !n.kinds.includes('Overreach')).sort((x, y) => (x.id < y.id ? -1 : 1))).toEqual([...taken].sort((x, y) => (x.id < y.id ? -1 : 1)));
  expect(payload.graph.edges.map((e) => JSON.stringify(e)).sort()).toEqual(theirs.graph.edges.slice(0, 2).map((e) => JSON.stringify(e)).sort());
});

test('bad payloads: each breach is located, the rest is taken, nothing is thrown', async () => {
  const broken = { graph: { nodes: [{ id: 'a', kinds: ['User'] }, { id: 'a', kinds: ['User'] }, { kinds: ['User'] }, { id: 'b', kinds: ['User'], properties: { x: { nested: 1 } } }, { id: 'c', kinds: ['1', '2', '3', '4'] }, 7], edges: [{ kind: 'Member Of', start: { value: 'a' }, end: { value: 'a' } }, { kind: 'MemberOf', start: {}, end: { value: 'a' } }] } };
  const b = importOpenGraph(JSON.stringify(broken), 'x.json', 's');
  expect([b.complete, b.nodes.length, b.coverage[0]!.status]).toEqual([false, 1, 'partial']);
  expect(b.coverage[0]!.problems.map((p) => p.source?.jsonPointer)).toEqual(['/graph/nodes/1', '/graph/nodes/2', '/graph/nodes/3', '/graph/nodes/4', '/graph/nodes/5', '/graph/edges/0', '/graph/edges/1']);
  for (const text of ['', '{', '[]', '{"graph":7}', '{"graph":{"nodes":{}}}', 'null']) expect(importOpenGraph(text, 'x.json', 's').coverage[0]).toMatchObject({ status: 'failed', problems: [{ code: 'parse-error' }] });
  // A record that was tampered with is not one of ours.
  const forged = importOpenGraph(JSON.stringify({ graph: { nodes: [{ id: 'a', kinds: ['Overreach_Agent'], properties: { [RECORD]: '{"id":1}' } }], edges: [] } }), 'x.json', 's');
  expect(forged.nodes.map((n) => n.id)).toEqual(['ovr:agent:opengraph:a']);
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (v) => { importOpenGraph(JSON.stringify({ graph: v }), 'x', 's'); importOpenGraph(JSON.stringify(v), 'x', 's'); }), { numRuns: 100 });
  const c = commandLine();
  writeFileSync(join(c.cwd, 'no.json'), '{"graph": {"nodes": [');
  const ran = await c.run('import', 'no.json');
  expect([ran.code, ran.log]).toEqual([3, expect.not.stringMatching(/\.ts:\d+/)]);
  writeFileSync(join(c.cwd, 'other.json'), '{"a": 1}');
  expect((await c.run('import', 'other.json')).log).toMatch(/neither an OpenGraph payload nor a Cartography graph/);
});

test('a payload is told by its first bytes', () => {
  expect([JSON.stringify(theirs), JSON.stringify(theirs, null, 2), '{"graph":{"edges":[]}}'].map(isOpenGraph)).toEqual([true, true, true]);
  expect(['{"nodes":[]}', '{"graph":[]}', '{"Resources":{"graph":{"nodes":1}}}', ''].map(isOpenGraph)).toEqual([false, false, false, false]);
});
