import { createHash } from 'node:crypto';
import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { StoredOverride } from '../../graph/store/port.ts';
import { ignoresOf, overridesOf } from '../../queries/findings/config.ts';
import { inForce } from '../../schema/index.ts';
import { asSensitivity } from './overrides.ts';
import type { Analysing } from './scan.ts';

/**
 * What an answer rests on beside its graph and the acceptances: the version that gave it, own rules and words, levels that were decided, and which
 * of all that has an end is in force. Two answers of equal basis to one graph are equal, whenever they were given.
 */
export function basisOf(graph: GraphSnapshot, knows: Analysing, overrides: readonly StoredOverride[], version: string, now: string): string {
  const levels = [...overridesOf(graph), ...overrides].map((o) => inForce(o.expires, now));
  const ignores = ignoresOf(graph).map((i) => inForce(i.until, now));
  return createHash('sha256').update(JSON.stringify([version, knows.extraRules, knows.own?.techniques ?? [], knows.own?.words ?? {}, asSensitivity(overrides), levels, ignores, knows.baseline !== undefined])).digest('hex').slice(0, 32);
}
