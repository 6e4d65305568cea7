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

/** Keys whose value is the moment of the request or of its session. */
const MOMENTS = new Set(['aws:currenttime', 'aws:epochtime', 'aws:tokenissuetime']);
/** No request that matters is older than this: an analysis speaks about requests to come, and has no clock. */
const EARLIEST = Date.UTC(2026, 0, 1);

/** A condition that only requests and sessions of the past can meet: every bound lies before what is still to come. */
export function onlyInThePast(operator: string, key: string, values: readonly string[]): boolean {
  if (!MOMENTS.has(key.toLowerCase()) || !/^date(lessthan(equals)?|equals)$/.test(operator)) return false;
  return values.length > 0 && values.every((v) => instant(v) < EARLIEST);
}
