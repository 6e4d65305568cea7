import { atLeast, isFatalInput, type AnalysisResult, type Severity } from '../../schema/index.ts';

export interface Exit { code: number; reasons: { code: number; reason: string }[] }

/**
 * Architecture §7: 1 = a finding at or above `failOn` is proven or conditional; 3 = a named input could not be read or parsed;
 * 2 = only unknown findings reach `failOn`; 4 = output failed; else 0. Order 1 > 3 > 2 > 4 > 0, all reasons are kept.
 */
export function exitOf(result: AnalysisResult, failOn: Severity | undefined, isNew: (fingerprint: string) => boolean = () => true): Exit {
  const reasons: Exit['reasons'] = [];
  if (failOn) {
    const hits = result.findings.filter((f) => f.state === 'open' && atLeast(f.severity, failOn) && isNew(f.fingerprint));
    const sure = hits.filter((f) => f.verdict !== 'unknown').length;
    if (sure > 0) reasons.push({ code: 1, reason: `${sure} finding${sure === 1 ? '' : 's'} at or above ${failOn}` });
    else if (hits.length > 0) reasons.push({ code: 2, reason: `${hits.length} undecided finding${hits.length === 1 ? '' : 's'} at or above ${failOn}` });
  }
  const broken = result.coverage.flatMap((c) => c.problems).filter(isFatalInput);
  if (broken.length > 0) reasons.push({ code: 3, reason: `${broken.length} input${broken.length === 1 ? '' : 's'} could not be read or parsed` });
  const order = [1, 3, 2, 4];
  reasons.sort((a, b) => order.indexOf(a.code) - order.indexOf(b.code));
  return { code: reasons[0]?.code ?? 0, reasons };
}
