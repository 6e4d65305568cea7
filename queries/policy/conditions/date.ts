import { type Family, pair, whole } from './operator.ts';

/** W3C profile of ISO 8601 (`2026-01-31`, `2026-01-31T12:00:00Z`) or seconds since 1970. Milliseconds; NaN for anything else. */
function instant(s: string): number {
  const t = s.trim();
  if (/^-?\d{5,}(\.\d+)?$/.test(t)) return Number(t) * 1000;
  if (!/^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/i.test(t)) return NaN;
  return Date.parse(/T/i.test(t) && !/(Z|[+-]\d{2}:?\d{2})$/i.test(t) ? `${t}Z` : t);
}
const by = (test: (value: number, bound: number) => boolean) => whole((p, v) => test(instant(v), instant(p)));

export const dates: Family = {
  ...pair('dateequals', 'datenotequals', by((v, p) => v === p)),
  datelessthan: { compare: by((v, p) => v < p), negated: false },
  datelessthanequals: { compare: by((v, p) => v <= p), negated: false },
  dategreaterthan: { compare: by((v, p) => v > p), negated: false },
  dategreaterthanequals: { compare: by((v, p) => v >= p), negated: false },
};
