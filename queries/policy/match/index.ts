export { globMatch, type Tri } from './glob.ts';
export { arnMatch, resourceMatch } from './arn.ts';
export { hasVariable, patternTokens, type Variables } from './pattern.ts';
export { textTokens, type Tokens } from './tokens.ts';

import { globMatch, type Tri } from './glob.ts';
import { patternTokens } from './pattern.ts';
import { textTokens } from './tokens.ts';

const cache = new Map<string, Tri>();

/** Action pattern against action, letters without case. */
export function actionMatch(pattern: string, action: string): Tri {
  if (pattern === '*') return 2;
  const key = `${pattern}\u0000${action}`;
  let r = cache.get(key);
  if (r === undefined) {
    r = globMatch(patternTokens(pattern.toLowerCase(), () => undefined) ?? [], textTokens(action.toLowerCase()));
    if (cache.size > 200_000) cache.clear();
    cache.set(key, r);
  }
  return r;
}
