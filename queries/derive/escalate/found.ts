import { verdictRank, worstVerdict, type Evidence, type Verdict } from '../../../schema/index.ts';
import { verdictOf, type Decision } from '../../policy/types.ts';
import { joint, setsOf, type Choice } from './sets.ts';

/** Something that holds, how surely, and why. `choices`: one for each thing that had to be allowed, the sets of statements that each are enough for it. */
export interface Found { verdict: Verdict; requires: readonly string[]; evidence: readonly Evidence[]; choices: readonly Choice[] }

export const PROVEN: Found = { verdict: 'proven', requires: [], evidence: [], choices: [] };

export const onlyIf = (...requires: string[]): Found => ({ verdict: 'conditional', requires, evidence: [], choices: [] });
export const unreadFact = (what: string): Found => ({ verdict: 'unknown', requires: [what], evidence: [], choices: [] });
/** Holds by these statements taken together. */
export const stated = (evidence: readonly Evidence[]): Found => ({ ...PROVEN, evidence, choices: evidence.length > 0 ? [[evidence]] : [] });

export const both = (a: Found, b: Found): Found =>
  (a === PROVEN ? b : b === PROVEN ? a : { verdict: worstVerdict(a.verdict, b.verdict), requires: [...a.requires, ...b.requires], evidence: [...a.evidence, ...b.evidence], choices: [...a.choices, ...b.choices] });

/** Three things that hold together, in one step. */
export function allOf(a: Found, b: Found, c: Found): Found {
  if (a === PROVEN) return both(b, c);
  if (b === PROVEN) return both(a, c);
  if (c === PROVEN) return both(a, b);
  return { verdict: worstVerdict(worstVerdict(a.verdict, b.verdict), c.verdict), requires: [...a.requires, ...b.requires, ...c.requires], evidence: [...a.evidence, ...b.evidence, ...c.evidence], choices: [...a.choices, ...b.choices, ...c.choices] };
}

/** Two ways in which one thing holds: as surely as the better, with the evidence of both, since taking one away leaves the other. */
export function either(a: Found | undefined, b: Found): Found {
  if (!a) return b;
  const [best, other] = score(b) < score(a) ? [b, a] : [a, b];
  if (sameEvidence(best.evidence, other.evidence)) return best;
  return { verdict: best.verdict, requires: best.requires, evidence: [...best.evidence, ...other.evidence], choices: [[...joint(best.choices), ...joint(other.choices)]] };
}

const score = (f: Found): number => verdictRank(f.verdict) * 1000 + f.requires.length;
const sameEvidence = (a: readonly Evidence[], b: readonly Evidence[]): boolean => a.length === b.length && a.every((x, i) => x.source === b[i]!.source && x.text === b[i]!.text);

/** A decision as a fact: undefined when it is denied. The evidence is every statement that allows. */
export function foundBy(d: Decision): Found | undefined {
  const verdict = verdictOf(d.outcome);
  if (!verdict) return undefined;
  const sets = setsOf(d);
  return { verdict, requires: d.requires, evidence: d.because.filter((b) => b.effect === 'Allow' && b.match !== 'no').flatMap((b) => b.evidence), choices: sets.length > 0 ? [sets] : [] };
}
