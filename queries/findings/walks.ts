import { FactKind, type StartClass } from '../../schema/index.ts';
import type { FactPattern, Start, Step } from '../attack/query.ts';
import { rowsOf, type Row } from './rows.ts';
import { factPattern, step } from './language/pattern.ts';
import type { RuleInput } from './predicate.ts';

/** Starts that a rule's `from` means; `steered` is every agent, assumed steered. */
export function startsOf(from: readonly StartClass[], input: RuleInput): Start[] {
  return from.flatMap((c) => {
    if (c === 'steered') return input.estate.snapshot.ofKind('Agent').filter((a) => a.completeness !== 'none').map((a): Start => ({ agent: a.id }));
    return [...(input.starts.get(c) ?? [])];
  });
}

/** Rows that start where the rule says and obey its steps. Without steps these are rows already found. */
export function walks(from: readonly StartClass[], mustPass: readonly (string | Step)[], mustNotPass: readonly (string | Step)[], input: RuleInput): Row[] {
  if (mustPass.length === 0 && mustNotPass.length === 0) {
    const classes = new Set(from);
    return input.rows.filter((r) => classes.has(r.startClass) || classes.has('steered'));
  }
  const parsed = (list: readonly (string | Step)[]): Step[] => list.map((x) => (typeof x === 'string' ? step(x, input.estate) : x));
  const ask = (): Row[] => rowsOf(input.attack, { from: startsOf(from, input), mustPass: parsed(mustPass), mustNotPass: parsed(mustNotPass), own: true }, input.estate);
  // Rules ask alike: the same words are answered once.
  const words = [...mustPass, ...mustNotPass];
  if (words.some((w) => typeof w !== 'string')) return ask();
  const key = JSON.stringify([from, mustPass, mustNotPass]);
  let rows = input.asked.get(key);
  if (!rows) input.asked.set(key, (rows = ask()));
  return rows;
}

/** Does a row end as one of the patterns says (`EFFECT(…)` or `GOAL(…)`)? */
export function endsIn(patterns: readonly string[], input: RuleInput): (r: Row) => boolean {
  const tests = patterns.map((p) => ({ p: factPattern(p, input.estate), visible: /;\s*visible/.test(p) }));
  return (r) => tests.some(({ p, visible }) => {
    const node = p.nodes === undefined || (typeof p.nodes === 'function' ? p.nodes(r.asset) : p.nodes.has(r.asset.id));
    if (p.fact === 'GOAL') return node && (p.goals === undefined || p.goals.includes(r.goal));
    return p.fact === 'EFFECT' && node && (p.effects === undefined || p.effects.includes(r.effect)) && (!visible || r.deed.visible);
  });
}

/** A step over any fact about one of these nodes. */
export const over = (nodes: Iterable<string>): FactPattern => ({ fact: FactKind.options, nodes: new Set(nodes) });
