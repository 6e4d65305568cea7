import type { GraphStore } from '../../graph/store/port.ts';
import { RESULT_VERSION, stableHash, type AnalysisResult, type Finding, type Hop, type NodeRef } from '../../schema/index.ts';

const ref = (kind: NodeRef['kind'], name: string): NodeRef => ({ id: `ovr:${kind.toLowerCase()}:aws:${name}`, kind, type: `aws.${kind.toLowerCase()}`, name, address: `aws_thing.${name}`, definedAt: { source: 'terraform', file: `modules/${name}/main.tf`, startLine: 3, endLine: 19, address: `module.a.aws_thing.${name}` } });
const hop = (i: number, h: number): Hop => ({
  fact: 'TOOL', node: ref('Tool', `tool-${i % 97}-${h}`), variant: {}, transition: 'from-presence/influence', says: `whoever steers the agent calls tool ${h}`, verdict: h % 3 === 0 ? 'conditional' : 'proven', requires: h % 3 === 0 ? ['the user confirms'] : [], edgeIds: [`e${i}-${h}`],
  evidence: Array.from({ length: 5 }, (_, e) => ({ basis: 'code', text: `statement ${e} allows "it" – ${h}`, source: { source: 'terraform', file: `modules/m${i % 31}/main.tf`, startLine: 10 + e, endLine: 12 + e } })) as Hop['evidence'],
});

/** A finding of the given number with `hops` hops; the order of numbers is not the order of any sort key. */
export const finding = (i: number, hops = 1): Finding => ({
  fingerprint: stableHash(`finding ${i}`).slice(0, 32), title: `Agent ${i % 1000} can be turned against store ${i}`, startClass: i % 2 ? 'E0' : 'E1', alsoFrom: [], subject: ref('Agent', `agent-${i % 1000}`), asset: ref('DataStore', `store-${i}`), effect: 'read',
  severity: (['critical', 'high', 'medium', 'low'] as const)[i % 4]!, score: { value: (i * 7919) % 101, likelihood: 0.5, impact: 0.5, breadth: 1, factors: [], why: 'as it is' }, verdict: (['proven', 'conditional', 'unknown'] as const)[i % 3]!, requires: [], rules: ['AGT-001'],
  path: { start: { class: 'E0', says: 'anybody on the internet' }, hops: Array.from({ length: hops }, (_, h) => hop(i, h)), verdict: 'proven', requires: [] }, truncated: false, environment: 'prod', state: 'open',
});

/** Completes a run that holds these findings and an empty graph. */
export async function storeFindings(store: GraphStore, id: string, findings: Finding[]): Promise<void> {
  const run = { id, startedAt: '2026-01-01T00:00:00Z', status: 'running' as const, scope: 's', inputs: [], version: '0' };
  await store.beginRun(run);
  await store.applyBatch(id, { source: 't', scope: 's', covers: 'all', complete: true, nodes: [], edges: [], coverage: [] });
  await store.completeRun(id, '2026-01-01T00:00:01Z', `hash ${id}`);
  const result: AnalysisResult = { resultVersion: RESULT_VERSION, run: { ...run, status: 'complete' }, coverage: [], missingLayers: [], counts: { nodes: 0, edges: 0, facts: 0, transitions: 0, byKind: {} }, principals: [], agents: [], findings, posture: [], undecided: [], rules: [], notes: [] };
  await store.saveResult(id, JSON.stringify(result));
}
