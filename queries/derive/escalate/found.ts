import { worstVerdict, type Evidence, type Verdict } from '../../../schema/index.ts';
import { verdictOf, type Decision } from '../../policy/types.ts';

/** Something that holds, how surely, and why. */
export interface Found { verdict: Verdict; requires: readonly string[]; evidence: readonly Evidence[] }

export const PROVEN: Found = { verdict: 'proven', requires: [], evidence: [] };

export const onlyIf = (...requires: string[]): Found => ({ verdict: 'conditional', requires, evidence: [] });
export const unreadFact = (what: string): Found => ({ verdict: 'unknown', requires: [what], evidence: [] });

export const both = (a: Found, b: Found): Found =>
  (a === PROVEN ? b : b === PROVEN ? a : { verdict: worstVerdict(a.verdict, b.verdict), requires: [...a.requires, ...b.requires], evidence: [...a.evidence, ...b.evidence] });

/** A decision as a fact: undefined when it is denied. The evidence is every statement that allows. */
export function foundBy(d: Decision): Found | undefined {
  const verdict = verdictOf(d.outcome);
  if (!verdict) return undefined;
  return { verdict, requires: d.requires, evidence: d.because.filter((b) => b.effect === 'Allow' && b.match !== 'no').flatMap((b) => b.evidence) };
}
