import fc from 'fast-check';
import { expect, test } from 'vitest';
import { teamsEstate } from '../../bench/remedy/generate.ts';
import { collect } from '../../collectors/run.ts';
import { proveAll } from '../../queries/remedy/batch.ts';
import { candidatesOf } from '../../queries/remedy/candidates.ts';
import { applyEdit, type Graph } from '../../queries/remedy/edit.ts';
import { passOf, proofOf, type Pass } from '../../queries/remedy/prove.ts';
import type { Batch, NodeRecord, Statement } from '../../schema/index.ts';
import { collectText } from '../helpers/scan.ts';

const read = new Map<number, Promise<Batch>>();
const EXAMPLE = -1;
/** A small estate of teams that share accounts, roles and stars; the example has servers, admins, pipelines and gateways too. */
function estate(seed: number): Promise<Batch> {
  let batch = read.get(seed);
  if (!batch) read.set(seed, (batch = seed === EXAMPLE ? collect({ paths: ['examples/estate'], hashKey: 'h', scope: 's' }) : collectText(teamsEstate(2, 2, seed), { scope: 's' })));
  return batch;
}

const grants = (p: Pass): unknown => p.stored.ofKind('Identity').map((n) => [n.id, p.access.grantsOf(n.id).map((g) => [g.key, g.effect, g.verdict, g.requires, g.assets, g.actions, g.evidence.length > 0]).sort()]);
const answer = (p: Pass): unknown => ({ any: p.access.anyAssets.map((n) => n.id).sort(), grants: grants(p), rows: [...p.rows].sort(), found: [...p.found].map(([f, x]) => [f, x.start, x.effect, [...x.keys].sort()]).sort(), principals: p.principals });
const statements = (n: NodeRecord): Statement[] => (n.props['statements'] as Statement[] | undefined) ?? [];
const edited = (g: Graph, at: number, change: (s: Statement[]) => Statement[]): Graph => {
  const policies = g.nodes.filter((n) => statements(n).length > 0);
  const p = policies[at % policies.length]!;
  return { ...g, nodes: g.nodes.map((n) => (n === p ? { ...n, props: { ...n.props, statements: change(statements(n)) } } : n)) };
};

/** Random changes, narrowing and widening: what a plan or a person may do. */
const step = fc.record({ kind: fc.constantFrom('drop', 'drop', 'narrow', 'star', 'deny', 'no-edge', 'no-node', 'door', 'bound'), at: fc.nat(10_000), other: fc.nat(10_000) });
function changed(g: Graph, { kind, at, other }: { kind: string; at: number; other: number }): Graph {
  switch (kind) {
    case 'drop': return edited(g, at, (s) => s.filter((_, i) => i !== other % s.length));
    case 'narrow': return edited(g, at, (s) => s.map((x, i) => (i === other % s.length ? { ...x, actions: (x.actions ?? []).slice(1), ...(x.resources ? { resources: x.resources.map((r) => (r === '*' ? 'arn:aws:s3:::only-this/*' : r)) } : {}) } : x)));
    case 'star': return edited(g, at, (s) => s.map((x, i) => (i === other % s.length ? { ...x, resources: ['*'] } : x)));
    case 'deny': return edited(g, at, (s) => [...s, { ...s[other % s.length]!, effect: 'Deny' }]);
    case 'no-edge': return { ...g, edges: g.edges.filter((_, i) => i !== at % g.edges.length) };
    case 'no-node': { const n = g.nodes[at % g.nodes.length]!; return { nodes: g.nodes.filter((x) => x !== n), edges: g.edges.filter((e) => e.from !== n.id && e.to !== n.id) }; }
    case 'door': return { ...g, nodes: g.nodes.map((n) => (n.kind === 'Endpoint' ? { ...n, props: { ...n.props, auth: at % 2 ? 'none' : 'aws-iam' } } : n)) };
    default: {
      const held = g.edges.filter((e) => e.kind === 'HAS_POLICY' && e.props['as'] === 'identity');
      const e = held[at % held.length]!;
      return { ...g, edges: g.edges.map((x) => (x === e ? { ...x, props: { ...x.props, as: 'boundary' } } : x)) };
    }
  }
}

test('a changed graph that is followed from the pass before it has the answers of a pass from nothing', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: EXAMPLE, max: 3 }), fc.array(step, { minLength: 1, maxLength: 4 }), async (seed, steps) => {
    const g = await estate(seed);
    const base = passOf(g);
    const after = steps.reduce<Graph>(changed, g);
    expect(answer(passOf(after, {}, base))).toEqual(answer(passOf(after)));
  }), { numRuns: 40 });
}, 300_000);

test('changes proven in groups have the proofs that each has by itself, in fewer analyses', async () => {
  for (const seed of [1, 5, EXAMPLE]) {
    const g = await estate(seed);
    const base = passOf(g);
    const reached = [...base.found].map(([fingerprint, p]) => ({ fingerprint, effect: p.effect, path: p.path()!, rules: [] }));
    const edits = candidatesOf(reached, g).map((c) => c.fix.edit);
    const { proofs, runs } = proveAll(g, base, edits, { maxRuns: 500 });
    expect(edits.length).toBeGreaterThan(10);
    expect(runs).toBeLessThan(edits.length);
    const sorted = (p: ReturnType<typeof proofOf>): unknown => ({ closes: [...p.closes].sort(), weakens: [...p.weakens].sort(), opens: [...p.opens].sort() });
    edits.forEach((e, i) => { expect([e, sorted(proofs[i]!)]).toEqual([e, sorted(proofOf(base, passOf(applyEdit(g, e))))]); });
  }
}, 300_000);

test('doors that close nothing even when all are shut close nothing by themselves, and are not tried one by one', async () => {
  const g = await collectText(teamsEstate(10, 8), { scope: 's' });
  const base = passOf(g);
  const reached = [...base.found].map(([fingerprint, p]) => ({ fingerprint, effect: p.effect, path: p.path()!, rules: [] }));
  const edits = candidatesOf(reached, g).map((c) => c.fix.edit);
  const { proofs, runs } = proveAll(g, base, edits, { maxRuns: 500 });
  expect(proofs.every((p) => p !== undefined)).toBe(true);
  const vain = edits.filter((e, i) => e.kind === 'auth' && proofs[i]!.closes.length + proofs[i]!.weakens.length + proofs[i]!.opens.length === 0);
  expect(vain.length).toBeGreaterThan(16);
  for (const e of vain.filter((_, i) => i % 8 === 0)) expect(proofOf(base, passOf(applyEdit(g, e)))).toEqual({ closes: [], weakens: [], opens: [] });
  // Each agent has several doors, and every one of them concerns all that the agent does: one by one they would be as many groups.
  expect(runs).toBeLessThan(9);
}, 300_000);
