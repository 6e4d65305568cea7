import { atLeast, isFatalInput, type AnalysisResult, type Comparison, type Finding, type Severity } from '../../schema/index.ts';
import type { Exit } from './exit-code.ts';

/**
 * As exitOf, for a change: only what it opens counts. What it leaves undetermined at that severity is 2, never clean. With a `pack` only findings
 * that one of its rules names count.
 */
export function gateOf(c: Comparison, failOn: Severity | undefined, read: readonly AnalysisResult[], pack?: ReadonlySet<string>): Exit {
  const reasons: Exit['reasons'] = [];
  const some = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'} at or above ${failOn}`;
  if (failOn) {
    const counts = (f: Finding): boolean => pack === undefined || f.rules.some((r) => pack.has(r));
    const opened = c.opened.filter((x) => counts(x.finding) && atLeast(x.finding.severity, failOn)).length;
    const open = c.undetermined.filter((x) => counts(x.finding) && atLeast(x.finding.severity, failOn) && x.finding.verdict === 'unknown').length;
    if (opened > 0) reasons.push({ code: 1, reason: some(opened, 'opened path') });
    else if (open > 0) reasons.push({ code: 2, reason: some(open, 'undetermined path') });
  }
  const broken = read.flatMap((r) => r.coverage).flatMap((x) => x.problems).filter(isFatalInput).length;
  if (broken > 0) reasons.push({ code: 3, reason: `${broken} input${broken === 1 ? '' : 's'} could not be read or parsed` });
  const order = [1, 3, 2, 4];
  reasons.sort((a, b) => order.indexOf(a.code) - order.indexOf(b.code));
  return { code: reasons[0]?.code ?? 0, reasons };
}
