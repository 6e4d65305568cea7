import { globMatch, patternTokens, textTokens } from '../match/index.ts';
import { type Compare, type Family, pair } from './operator.ts';

const text = (wild: boolean, fold = false): Compare => (p, v, variables) => {
  const pattern = patternTokens(p, fold ? (k) => variables(k)?.toLowerCase() : variables, wild);
  if (!pattern) return undefined;
  return fold ? globMatch(patternTokens(p.toLowerCase(), (k) => variables(k)?.toLowerCase(), wild) ?? [], textTokens(v.toLowerCase())) : globMatch(pattern, textTokens(v));
};

/** String operators: `Like` knows `*` and `?`, the others compare letter by letter. */
export const strings: Family = {
  ...pair('stringequals', 'stringnotequals', text(false)),
  ...pair('stringequalsignorecase', 'stringnotequalsignorecase', text(false, true)),
  ...pair('stringlike', 'stringnotlike', text(true)),
};
