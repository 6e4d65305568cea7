import { arnMatch, patternTokens, textTokens } from '../match/index.ts';
import { type Compare, type Family, pair } from './operator.ts';

const arn: Compare = (p, v, variables) => {
  const pattern = patternTokens(p, variables);
  return pattern ? arnMatch(pattern, textTokens(v)) : undefined;
};

/** `ArnEquals` and `ArnLike` behave the same: each of the six fields may hold wildcards. */
export const arns: Family = { ...pair('arnequals', 'arnnotequals', arn), ...pair('arnlike', 'arnnotlike', arn) };
