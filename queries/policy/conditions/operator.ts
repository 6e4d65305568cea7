import type { Tri, Variables } from '../match/index.ts';

/**
 * Whether one value of the request fits one value of the policy. A `maybe` comes from a hole or from a variable that is not known.
 * undefined: a variable of the policy value has no value in this request.
 */
export type Compare = (policyValue: string, requestValue: string, variables: Variables) => Tri | undefined;

/** One operator without its prefix and suffix. `negated`: it holds when no policy value fits. */
export interface Operator { compare: Compare; negated: boolean }

export type Family = Readonly<Record<string, Operator>>;

/** An operator and its negation. */
export const pair = (positive: string, negative: string, compare: Compare): Family => ({ [positive]: { compare, negated: false }, [negative]: { compare, negated: true } });

/** Whole values are compared by `test`; a hole in either leaves it open. */
export const whole = (test: (policyValue: string, requestValue: string) => boolean): Compare => (p, v) => (p.includes('\uE000') || v.includes('\uE000') ? (p === v ? 2 : 1) : test(p, v) ? 2 : 0);
