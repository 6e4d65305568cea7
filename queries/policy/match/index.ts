export { globMatch, type Tri } from './glob.ts';
export { plainGlob } from './plain.ts';
export { arnMatch, resourceMatch } from './arn.ts';
export { hasVariable, patternTokens, spelledOut, type Variables } from './pattern.ts';
export { textTokens, type Tokens } from './tokens.ts';

import { globMatch, type Tri } from './glob.ts';
import { patternTokens } from './pattern.ts';
import { textTokens } from './tokens.ts';

const cache = new Map<string, Map<string, Tri>>();
let kept = 0;

/** Action pattern against action, letters without case. */
export function actionMatch(pattern: string, action: string): Tri {
  if (pattern === '*') return 2;
  let byAction = cache.get(pattern);
  let r = byAction?.get(action);
  if (r === undefined) {
    r = globMatch(patternTokens(pattern.toLowerCase(), () => undefined) ?? [], textTokens(action.toLowerCase()));
    if (kept++ > 200_000) {
      cache.clear();
      kept = 0;
      byAction = undefined;
    }
    if (byAction) byAction.set(action, r);
    else cache.set(pattern, new Map([[action, r]]));
  }
  return r;
}
