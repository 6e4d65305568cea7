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
  const placeOf = placesOf(evidence.map(evidenceKey));
  const out = new Map<string, number[]>();
  for (const choices of ways) {
    const most = choices.reduce((n, c) => Math.max(n, c.length), 0);
    for (let i = 0; i < most; i++) {
      const places: number[] = [];
      for (const c of choices) for (const e of c[i % c.length]!) {
        const at = placeOf(evidenceKey(e));
        if (at !== undefined && at >= 0) insert(places, at);
      }
      if (places.length === 0) continue;
      if (ways.length === 1 && most === 1) return [places];
      out.set(places.join(), places);
    }
  }
  return [...out.values()];
}

/** Into its place among few, unless it stands there. */
function insert(places: number[], at: number): void {
  let i = places.length;
  while (i > 0 && places[i - 1]! > at) i--;
  if (i > 0 && places[i - 1] === at) return;
  places.push(at);
  places.copyWithin(i + 1, i, places.length - 1);
  places[i] = at;
}

/** Lists of this length are looked through sooner than they are indexed. */
const SHORT = 16;

/** Where a key stands last. */
function placesOf(keys: readonly string[]): (key: string) => number | undefined {
  if (keys.length <= SHORT) return (key) => keys.lastIndexOf(key);
  const at = new Map(keys.map((key, i) => [key, i] as const));
  return (key) => at.get(key);
}
