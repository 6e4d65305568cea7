import { beginAlike, globMatch, type Tri } from './glob.ts';
import { COLON, isHoleToken, isWideHole, STAR, type Tokens } from './tokens.ts';

const ANY: Tokens = [STAR];

/**
 * Matches a resource pattern of a policy against the resource of a request. The first five fields of an ARN are matched one by one,
 * so a wildcard does not reach over a colon there; fields that are missing at the end of the pattern are `*`
 * (IAM user guide, element Resource). Where a hole hides the fields, the text is compared as a whole.
 */
export function resourceMatch(pattern: Tokens, text: Tokens): Tri {
  if (pattern.length === 1 && pattern[0] === STAR) return 2;
  if (beginAlike(pattern, text) < 0) return 0;
  const p = fields(pattern);
  const t = fields(text);
  return !p || !t || t.length < 6 ? globMatch(pattern, text) : least(p, t);
}

/** ARN condition operators: six fields, each with its own wildcards; nothing is completed. */
export function arnMatch(pattern: Tokens, text: Tokens): Tri {
  if (pattern.length === 1 && pattern[0] === STAR) return 2;
  const p = fields(pattern);
  const t = fields(text);
  if (!p || !t) return pattern.some(isHoleToken) || text.some(isHoleToken) ? globMatch(pattern, text) : 0;
  return p.length < 6 || t.length < 6 ? 0 : least(p, t);
}

/** The least of six fields; one that the pattern leaves out is anything. */
function least(p: readonly Tokens[], t: readonly Tokens[]): Tri {
  let out: Tri = 2;
  for (let i = 0; i < 6 && out > 0; i++) {
    const one = globMatch(p[i] ?? ANY, t[i]!);
    if (one < out) out = one;
  }
  return out;
}

const split = new WeakMap<Tokens, readonly Tokens[] | null>();

/** The six fields of an ARN; undefined for text that is not one or whose first fields are hidden by a hole. */
function fields(tokens: Tokens): readonly Tokens[] | undefined {
  let found = split.get(tokens);
  if (found === undefined) split.set(tokens, (found = fieldsOf(tokens) ?? null));
  return found ?? undefined;
}

function fieldsOf(tokens: Tokens): Tokens[] | undefined {
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
