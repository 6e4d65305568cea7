import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { EdgeRecord, NodeRecord } from '../../schema/index.ts';

const node = (id: string): NodeRecord => ({ id, kind: 'Identity', type: 'aws.iam.user', name: id, provider: 'aws', scope: 's', environment: 'unknown', tags: {}, state: 'live', completeness: 'full', sources: [], aliases: [], props: {} });
const edge = (id: string): EdgeRecord => ({ id, kind: 'CAN_ASSUME', from: 'a', to: 'b', discriminator: '', verdict: 'proven', requires: [], evidence: [], props: {} });
const inOrder = (ids: readonly string[]): string[] => [...ids].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

test('a snapshot stands in the order of ids, whatever they are made of and however it grew', () => {
  const hash = fc.stringMatching(/^[0-9a-f]{8}$/);
  const any = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '~', '\u007f', '\u0080', '\u0100', '\u0200', '\ue000', '\uffff', ':'), maxLength: 6 });
  const ids = fc.uniqueArray(fc.oneof(hash, any, any.map((x) => `ovr:${x}`)), { maxLength: 200, size: 'max' });
  fc.assert(fc.property(ids, ids, (first, second) => {
    const later = second.filter((id) => !first.includes(id));
    const s = new GraphSnapshot([node('b'), node('a')], first.map(edge)).with(later.map(edge));
    expect(s.edges.map((e) => e.id)).toEqual(inOrder([...first, ...later]));
    const nodes = [...new Set([...first, ...later])];
    expect(new GraphSnapshot(nodes.map(node), []).nodes.map((n) => n.id)).toEqual(inOrder(nodes));
  }), { numRuns: 300 });
});
