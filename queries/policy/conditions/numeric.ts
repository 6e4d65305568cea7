import { type Family, pair, whole } from './operator.ts';

const number = (s: string): number => (/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(s) ? Number(s) : NaN);
const by = (test: (value: number, bound: number) => boolean) => whole((p, v) => test(number(v), number(p)));

/** Numbers; text that is not a number fits nothing. */
export const numerics: Family = {
  ...pair('numericequals', 'numericnotequals', by((v, p) => v === p)),
  numericlessthan: { compare: by((v, p) => v < p), negated: false },
  numericlessthanequals: { compare: by((v, p) => v <= p), negated: false },
  numericgreaterthan: { compare: by((v, p) => v > p), negated: false },
  numericgreaterthanequals: { compare: by((v, p) => v >= p), negated: false },
};
