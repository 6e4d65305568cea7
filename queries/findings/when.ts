import type { Severity } from '../../schema/index.ts';
import { severityRank } from '../../schema/index.ts';

export type Facts = Record<string, string | number | boolean | undefined>;

/**
 * Conditions of severity floors and ceilings: `name == a|b`, `name != a`, `name >= 0.9`, a bare name for true, joined by `and`.
 * A name that is not known is an error at rule load, not a silent false: `check` parses without facts.
 */
export function holdsWhen(when: string | undefined, facts: Facts): boolean {
  return when === undefined || parseWhen(when).every((c) => c(facts));
}

export function parseWhen(when: string): ((f: Facts) => boolean)[] {
  return when.split(/\s+and\s+/).map((part) => {
    const m = /^\s*([A-Za-z]+)\s*(?:(==|!=|>=|<=|>|<)\s*(.+?))?\s*$/.exec(part);
    if (!m) throw new Error(`cannot read condition “${part}”: write name == value`);
    const [, name, op, value] = m;
    if (op === undefined) return (f: Facts) => f[name!] === true;
    const list = value!.split('|').map((v) => v.trim().replace(/^["']|["']$/g, ''));
    if (op === '==') return (f: Facts) => list.includes(String(f[name!]));
    if (op === '!=') return (f: Facts) => !list.includes(String(f[name!]));
    const bound = Number(value);
    if (Number.isNaN(bound)) throw new Error(`“${value}” is no number (in “${when}”)`);
    return (f: Facts) => {
      const v = Number(f[name!]);
      return op === '>=' ? v >= bound : op === '<=' ? v <= bound : op === '>' ? v > bound : v < bound;
    };
  });
}

interface Bounds { floor: readonly { when?: string | undefined; band: Severity }[]; ceiling: readonly { when?: string | undefined; band: Severity }[] }

/** Severity after floors and ceilings of one rule, and which of them changed it. Floors are looked at last: they win. */
export function bounded(severity: Severity, bounds: Bounds, facts: Facts): { severity: Severity; by?: 'floor' | 'ceiling' } {
  let out: { severity: Severity; by?: 'floor' | 'ceiling' } = { severity };
  for (const c of bounds.ceiling) if (holdsWhen(c.when, facts) && severityRank(out.severity) < severityRank(c.band)) out = { severity: c.band, by: 'ceiling' };
  for (const f of bounds.floor) if (holdsWhen(f.when, facts) && severityRank(out.severity) > severityRank(f.band)) out = { severity: f.band, by: 'floor' };
  return out;
}
