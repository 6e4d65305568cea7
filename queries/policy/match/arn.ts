import { globMatch, type Tri } from './glob.ts';
import { COLON, isHoleToken, isWideHole, STAR, type Tokens } from './tokens.ts';

const ANY: Tokens = [STAR];

/**
 * Matches a resource pattern of a policy against the resource of a request. The first five fields of an ARN are matched one by one,
 * so a wildcard does not reach over a colon there; fields that are missing at the end of the pattern are `*`
 * (IAM user guide, element Resource). Where a hole hides the fields, the text is compared as a whole.
 */
export function resourceMatch(pattern: Tokens, text: Tokens): Tri {
  if (pattern.length === 1 && pattern[0] === STAR) return 2;
  const p = fields(pattern);
  const t = fields(text);
  if (!p || !t || t.length < 6) return globMatch(pattern, text);
  while (p.length < 6) p.push(ANY);
  return min(p.map((x, i) => globMatch(x, t[i]!)));
}

/** ARN condition operators: six fields, each with its own wildcards; nothing is completed. */
export function arnMatch(pattern: Tokens, text: Tokens): Tri {
  if (pattern.length === 1 && pattern[0] === STAR) return 2;
  const p = fields(pattern);
  const t = fields(text);
  if (!p || !t) return pattern.some(isHoleToken) || text.some(isHoleToken) ? globMatch(pattern, text) : 0;
  if (p.length < 6 || t.length < 6) return 0;
  return min(p.map((x, i) => globMatch(x, t[i]!)));
}

const min = (list: Tri[]): Tri => list.reduce<Tri>((a, b) => (a < b ? a : b), 2);

/** The six fields of an ARN; undefined for text that is not one or whose first fields are hidden by a hole. */
function fields(tokens: Tokens): Tokens[] | undefined {
  if (tokens[0] !== 97 || tokens[1] !== 114 || tokens[2] !== 110 || tokens[3] !== COLON) return undefined;
  const out: Tokens[] = [];
  let start = 0;
  for (let i = 0; i < tokens.length && out.length < 5; i++) {
    const c = tokens[i]!;
    if (isWideHole(c)) return undefined;
    if (c === COLON) { out.push(tokens.slice(start, i)); start = i + 1; }
  }
  out.push(tokens.slice(start));
  return out;
}
