import type { Evidence } from '../../../schema/index.ts';
import type { Because, Decision } from '../../policy/types.ts';

/** Sets of statements, each enough for one thing to be allowed; nothing else allows it. */
export type Choice = readonly (readonly Evidence[])[];

const allows = (b: Because): boolean => b.effect === 'Allow' && b.match !== 'no';

/**
 * The statements of one decision as sets that each are enough. Statements of the identity stand for each other, certain ones first;
 * those of every other layer (trust, resource, boundary, control policies) stand in all sets.
 */
export function setsOf(d: Decision): Choice {
  const own = d.because.filter((b) => allows(b) && b.layer === 'identity');
  const others = d.because.filter((b) => allows(b) && b.layer !== 'identity').flatMap((b) => b.evidence);
  if (own.length === 0) return others.length > 0 ? [others] : [];
  return [...own.filter((b) => b.match === 'yes'), ...own.filter((b) => b.match !== 'yes')].map((b) => [...b.evidence, ...others]);
}

/** Sets that are enough for all choices together, so many that each statement stands in one: the first of each, the second of each, and so on. */
export function joint(choices: readonly Choice[]): Choice {
  const most = choices.reduce((n, c) => Math.max(n, c.length), 0);
  return Array.from({ length: most }, (_, i) => choices.flatMap((c) => c[i % c.length]!));
}

const keys = new WeakMap<Evidence, string>();

/** Text that two pieces of evidence share when they are the same. */
export function evidenceKey(e: Evidence): string {
  let key = keys.get(e);
  if (key === undefined) keys.set(e, (key = JSON.stringify(e)));
  return key;
}

/** Sets of places in a list of evidence, as an edge carries them: sorted, each once. */
export function placed(ways: readonly (readonly Choice[])[], evidence: readonly Evidence[]): number[][] {
  const at = new Map(evidence.map((e, i) => [evidenceKey(e), i] as const));
  const out = new Map<string, number[]>();
  for (const choices of ways) {
    for (const set of joint(choices)) {
      const places = [...new Set(set.flatMap((e) => at.get(evidenceKey(e)) ?? []))].sort((a, b) => a - b);
      if (places.length > 0) out.set(places.join(), places);
    }
  }
  return [...out.values()];
}
