import { z } from 'zod';
import { EffectClass, StartClass } from '../../../schema/index.ts';
import { isSensitive } from '../../derive/sensitivity/index.ts';
import type { Row } from '../rows.ts';
import { strength } from '../starts.ts';
import { weight } from '../weights.ts';
import { predicate, type RuleInput } from '../predicate.ts';

const Params = z.strictObject({
  invoker: z.array(StartClass).min(1),
  /** Effects that count wherever they fall. */
  effects: z.array(EffectClass),
  /** Effects that count on sensitive assets only. */
  onSensitive: z.array(EffectClass).default([]),
});

/**
 * What an invoker gains through an agent over its own rights (model 6.4). The rows already leave out what the invoker holds itself (L7), so
 * the gap is their weight; a class of people without an identity in the input owns nothing. Stronger starts make it another rule's matter.
 */
export const gap = predicate('effects gained through an agent over one’s own', Params, (p, input) => {
  const strongest = new Map<string, number>();
  for (const r of input.rows) strongest.set(r.key, Math.min(strongest.get(r.key) ?? Infinity, strength(r.startClass)));
  const least = Math.min(...p.invoker.map(strength));
  const labels = new Map<string, Record<string, number>>();
  const gained = input.rows.filter((r) => p.invoker.includes(r.startClass) && r.agent !== undefined && strongest.get(r.key)! >= least && counts(r, p, input));
  for (const r of gained) labels.set(r.key, { cdg: ratio(r, gained, input) });
  return { labels, matches: [] };
});

const counts = (r: Row, p: z.infer<typeof Params>, input: RuleInput): boolean => p.effects.includes(r.effect) || (p.onSensitive.includes(r.effect) && isSensitive(input.estate.sensitivity.get(r.asset.id)));

/** CDG = w(gained) / w(everything the agent gives): 1 for an invoker that owns none of it. */
function ratio(r: Row, gained: readonly Row[], input: RuleInput): number {
  const sum = (rows: readonly Row[]): number => [...new Map(rows.map((x) => [`${x.effect}|${x.asset.id}`, weight(x.effect, x.asset, input.estate)])).values()].reduce((a, b) => a + b, 0);
  const all = input.rows.filter((x) => x.agent?.id === r.agent?.id);
  const total = sum(all);
  return total === 0 ? 0 : sum(gained.filter((x) => x.agent?.id === r.agent?.id)) / total;
}
