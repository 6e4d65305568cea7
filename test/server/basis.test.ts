import { expect, test } from 'vitest';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { StoredOverride } from '../../graph/store/port.ts';
import { basisOf } from '../../server/service/basis.ts';

test('an answer rests on a level through the whole of its last day, and no longer', () => {
  const level: StoredOverride = { node: 'n', level: 'internal', reason: 'synthetic', expires: '2027-01-01', by: 'test', at: '2026-01-01T00:00:00Z' };
  const at = (now: string): string => basisOf(new GraphSnapshot([], []), { extraRules: [] }, [level], '1', now);
  expect(at('2027-01-01T23:59:00Z')).toBe(at('2026-12-01T00:00:00Z'));
  expect(at('2027-01-02T00:00:00Z')).not.toBe(at('2027-01-01T23:59:00Z'));
});
