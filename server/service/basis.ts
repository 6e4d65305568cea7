import { createHash } from 'node:crypto';
import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { StoredOverride } from '../../graph/store/port.ts';
import { ignoresOf, overridesOf } from '../../queries/findings/config.ts';
import { asSensitivity } from './overrides.ts';
import type { Analysing } from './scan.ts';

/**
 * What an answer rests on beside its graph and the acceptances: the version that gave it, own rules and words, levels that were decided, and which
 * of all that has an end is in force. Two answers of equal basis to one graph are equal, whenever they were given.
 */
export function basisOf(graph: GraphSnapshot, knows: Analysing, overrides: readonly StoredOverride[], version: string, now: string): string {
  // As levels and ignores read their ends: the first against the instant, the others against their last day.
  const levels = [...overridesOf(graph), ...overrides].map((o) => o.expires === undefined || o.expires >= now);
  const ignores = ignoresOf(graph).map((i) => i.until === undefined || i.until >= now.slice(0, i.until.length));
  return createHash('sha256').update(JSON.stringify([version, knows.extraRules, knows.own?.techniques ?? [], knows.own?.words ?? {}, asSensitivity(overrides), levels, ignores, knows.baseline !== undefined])).digest('hex').slice(0, 32);
}
