import { atLeast, isFatalInput, type AnalysisResult, type Comparison, type CoverageEntry, type Finding, type LetIn, type Severity } from '../../schema/index.ts';
import type { Exit } from './exit-code.ts';

/**
 * As exitOf, for a change: only what it opens counts. What it leaves undetermined at that severity is 2, never clean. With a `pack` a finding
 * whose rules are all outside of it does not count; one that no rule names does. `letIn`: whom policies let in beside the paths counts by what
 * could be got, as opened, or as undetermined where it is unknown who that is.
 */
export function gateOf(c: Comparison, failOn: Severity | undefined, read: readonly AnalysisResult[], pack?: ReadonlySet<string>, letIn: readonly LetIn[] = []): Exit {
  const reasons: Exit['reasons'] = [];
  const some = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'} at or above ${failOn}`;
  if (failOn) {
    const counts = (f: Finding): boolean => !outside(f, pack);
    const opened = c.opened.filter((x) => counts(x.finding) && atLeast(x.finding.severity, failOn)).length;
    const open = c.undetermined.filter((x) => counts(x.finding) && atLeast(x.finding.severity, failOn) && x.finding.verdict === 'unknown').length;
    const lets = letIn.filter((x) => x.severity !== 'info' && atLeast(x.severity, failOn));
    const wider = lets.filter((x) => x.verdict !== 'unknown').length;
    const unseen = lets.length - wider;
    if (opened + wider > 0) reasons.push({ code: 1, reason: [...(opened > 0 ? [some(opened, 'opened path')] : []), ...(wider > 0 ? [some(wider, 'widened trust')] : [])].join('; ') });
    const undecided = [...(open > 0 ? [some(open, 'undetermined path')] : []), ...(unseen > 0 ? [`${unseen} polic${unseen === 1 ? 'y' : 'ies'} at or above ${failOn} of which is not known whom ${unseen === 1 ? 'it lets' : 'they let'} in`] : [])];
    const lacking = distinct(read.flatMap((r) => leftOpen(r.coverage)));
    if (lacking.length > 0) undecided.push(`the plan is not complete: ${lacking.join('; ')}`);
    if (opened + wider === 0 && undecided.length > 0) reasons.push({ code: 2, reason: undecided.join('; ') });
  }
  const broken = read.flatMap((r) => r.coverage).flatMap((x) => x.problems).filter(isFatalInput).length;
  if (broken > 0) reasons.push({ code: 3, reason: `${broken} input${broken === 1 ? '' : 's'} could not be read or parsed` });
  const order = [1, 3, 2, 4];
  reasons.sort((a, b) => order.indexOf(a.code) - order.indexOf(b.code));
  return { code: reasons[0]?.code ?? 0, reasons };
}

const distinct = (list: readonly string[]): string[] => [...new Set(list)];
/** Why a plan does not say all that will change. */
export const leftOpen = (coverage: readonly CoverageEntry[]): string[] => coverage.filter((c) => c.source === 'terraform-plan').flatMap((c) => c.problems.flatMap((p) => (p.code === 'not-read' ? [p.message] : [])));

const outside = (f: Finding, pack: ReadonlySet<string> | undefined): boolean => pack !== undefined && f.rules.length > 0 && !f.rules.some((r) => pack.has(r));

/** What the gate looked over, so that nothing passes in silence. */
export function leftOut(c: Comparison, failOn: Severity | undefined, pack: ReadonlySet<string> | undefined): string | undefined {
  if (!failOn) return undefined;
  const list = c.opened.filter((x) => atLeast(x.finding.severity, failOn) && outside(x.finding, pack));
  return list.length === 0 ? undefined : `${list.length} opened path${list.length === 1 ? '' : 's'} at or above ${failOn} ${list.length === 1 ? 'is' : 'are'} of rules outside the plan pack (${[...new Set(list.flatMap((x) => x.finding.rules))].sort().join(', ')}) and not counted: --rules-pack all counts them`;
}
