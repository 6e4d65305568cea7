import { type Finding, type Fix, type FixPlan } from '../../schema/index.ts';
import { severityOf } from '../../queries/remedy/plan.ts';
import { escape } from '../formats/markdown.ts';
import { placeText } from './hops.ts';

export const placeOf = (f: Fix): string => placeText(f.source) || f.node.address || f.node.name;
const ending = (plan: FixPlan, findings: number): string => `${plan.fixes.length} change${plan.fixes.length === 1 ? '' : 's'} close ${plan.closedTogether.length} of ${findings} findings; ${plan.remaining.length} remain. Each was applied to the graph and analysed again (${plan.runs} analyses${plan.truncated ? ', not all candidates were tried: --max-runs' : ''}); none opens a path.`;

/** For a terminal. */
export function fixLines(plan: FixPlan, findings: readonly Finding[], patched: ReadonlyMap<string, string>): string[] {
  const titles = new Map(findings.map((f) => [f.fingerprint, f]));
  const out = [ending(plan, plan.closedTogether.length + plan.remaining.length), ''];
  plan.fixes.forEach((f, i) => {
    out.push(`${i + 1}. ${f.op} ${f.what}  ${placeOf(f)}  closes ${f.closes.length} (${severityOf(f, findings)})${f.weakens.length > 0 ? `, weakens ${f.weakens.length}` : ''}  ${patched.get(f.id) ?? ''}`.trimEnd(), `   ${f.text}`);
    if (f.effect) out.push(`   ${f.effect}`);
    for (const b of f.mightBreak) out.push(`   might break: ${b}`);
    for (const c of f.adds.slice(0, 3)) out.push(`   closes: ${titles.get(c)?.title ?? c}`);
    if (f.adds.length > 3) out.push(`   closes: … and ${f.adds.length - 3} more`);
  });
  if (plan.hardening && plan.hardening.length > 0) {
    out.push('', 'these close no path, and make one harder or rarer:');
    for (const f of plan.hardening) out.push(`   ${f.op} ${f.what}  ${placeOf(f)}  ${doesOf(f)}  ${patched.get(f.id) ?? ''}`.trimEnd(), `      ${f.text}`, ...f.mightBreak.map((b) => `      might break: ${b}`));
  }
  const left = plan.remaining.flatMap((f) => titles.get(f) ?? []);
  if (left.length > 0) out.push('', 'no change that is known here closes:', ...left.slice(0, 10).map((f) => `   ${f.severity} ${f.title}: ${f.rules.join(' ')}`), ...(left.length > 10 ? [`   … and ${left.length - 10} more`] : []));
  return out;
}

/** What a change that closes nothing does. */
function doesOf(f: Fix): string {
  const [lowers, settles] = [f.lowers ?? [], f.settles ?? []];
  const weakens = f.weakens.length;
  const says = [weakens > 0 ? `weakens ${weakens} finding${weakens === 1 ? '' : 's'}` : '', lowers.length > 0 ? `lowers ${lowers.length} finding${lowers.length === 1 ? '' : 's'}` : '', settles.length > 0 ? `settles ${settles.length} row${settles.length === 1 ? '' : 's'}` : ''].filter(Boolean).join(', ');
  return says || f.effect || 'advice';
}

export function fixesMarkdown(plan: FixPlan, findings: readonly Finding[], patched: ReadonlyMap<string, string>): string {
  const titles = new Map(findings.map((f) => [f.fingerprint, f.title]));
  return [
    '# Fixes', '', ending(plan, plan.closedTogether.length + plan.remaining.length), '',
    ...plan.fixes.flatMap((f, i) => [
      `## ${i + 1}. ${escape(f.text)}`, '', `\`${placeOf(f).replace(/`/g, '')}\` · ${f.op} ${escape(f.what)} · rules ${f.rules.join(', ') || 'none'} · id \`${f.id}\`${patched.has(f.id) ? ` · ${escape(patched.get(f.id)!)}` : ''}`, '',
      'Closes:', '', ...f.closes.map((c) => `- ${escape(titles.get(c) ?? c)}`), '', ...(f.mightBreak.length > 0 ? ['Might break:', '', ...f.mightBreak.map((b) => `- ${escape(b)}`), ''] : []),
    ]),
    ...((plan.hardening ?? []).length > 0 ? ['## Harder or rarer', '', 'These close no path by themselves.', '', ...plan.hardening!.map((f) => `- \`${placeOf(f).replace(/`/g, '')}\` ${escape(f.text)}: ${escape(doesOf(f))}${patched.has(f.id) ? `; ${escape(patched.get(f.id)!)}` : ''}`), ''] : []),
    ...(plan.remaining.length > 0 ? ['## Remaining', '', ...plan.remaining.map((r) => `- ${escape(titles.get(r) ?? r)}`), ''] : []),
  ].join('\n');
}
