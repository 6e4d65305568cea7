import { showHoles, type BlastRadius, type LetIn, type PathChange, type RadiusDelta } from '../../schema/index.ts';
import { escape } from '../formats/markdown.ts';
import type { Exit } from '../service/exit-code.ts';
import type { PlanReview } from '../service/plan.ts';
import { comparisonMarkdown, headline, pathSection } from './comparison.ts';
import { driftMarkdown } from './drift.ts';
import { placeText } from './hops.ts';

/** One piece of advice: where to cut, what to change there, and how many opened paths that closes, by itself and with those before it. */
export interface Cut { place: string; text: string; closes: number; of: number; change: string[]; mightBreak: string[]; together?: number }

/** The answer in one line. What nobody can see yet, or could not be read, is said here and not only in the notes. */
function verdictLine(r: PlanReview, exit: Exit): string {
  const reason = (code: number): string | undefined => exit.reasons.find((x) => x.code === code)?.reason;
  const c = r.comparison;
  const n = r.letIn.filter(isLater).length;
  const wider = r.letIn.some((x) => x.verdict !== 'unknown');
  const outside = r.letIn.some((x) => x.verdict === 'unknown' && !isLater(x));
  const nothing = n > 0 ? `no path opens in what can be seen; ${n} polic${n === 1 ? 'y is' : 'ies are'} known after apply only` : 'no path opens';
  const said = reason(1) !== undefined ? [`rejected, ${reason(1)}`] : [
    ...(c.opened.length > 0 ? ['paths open, below the gate'] : []), ...(wider ? ['trust is widened, below the gate'] : []),
    ...(reason(2) !== undefined ? [`undetermined, ${reason(2)}`] : c.undetermined.length > 0 ? ['some paths are undetermined'] : outside ? ['whom trust goes to is not in the input'] : []),
  ];
  const controls = r.controls.length === 0 ? [] : [`${r.controls.length} control${r.controls.length === 1 ? ' goes or changes' : 's go or change'}`];
  return [...(said.length > 0 ? said : [nothing]), ...controls, ...(reason(3) === undefined ? [] : [`not complete, ${reason(3)}`])].join('; ');
}

/** The comment under a pull request: verdict, what opens and where, what to change, blast radius, then the rest folded away. */
export function planMarkdown(r: PlanReview, cuts: readonly Cut[], exit: Exit): string {
  const c = r.comparison;
  const weighty = r.letIn.filter((x) => x.severity !== 'info');
  const [wider, unknown] = [weighty.filter((x) => x.verdict !== 'unknown'), weighty.filter((x) => x.verdict === 'unknown')];
  const notes = c.notes.filter((n) => !weighty.some((x) => n.startsWith(x.says)));
  return [
    '<!-- overreach-plan -->', `## Overreach: ${verdictLine(r, exit)}`, '',
    `${headline(c)}. Compared with ${escape(c.before)}.`, '',
    ...c.opened.slice(0, 3).flatMap((x) => [...pathSection(x), ...changedHere(r, x)]),
    ...(c.opened.length > 3 ? [...c.opened.slice(3, 20).map((x) => `- **${x.finding.severity}**, ${x.finding.verdict}: ${escape(x.finding.title)}`), ...(c.opened.length > 20 ? [`- … and ${c.opened.length - 20} more`] : []), ''] : []),
    ...(wider.length > 0 ? ['### Lets in', '', ...wider.slice(0, 10).map((x) => letInLine(x)), ''] : []),
    ...cutLines(cuts, c.opened.length),
    ...(c.undetermined.length + unknown.length > 0 ? ['### Undetermined', '', ...unknown.slice(0, 10).map((x) => letInLine(x)), ...c.undetermined.slice(0, 10).map((x) => `- **${x.finding.severity}**: ${escape(x.finding.title)} (${x.what.map(escape).join('; ')}${x.finding.requires.length > 0 ? `; ${x.finding.requires.slice(0, 3).map(escape).join('; ')}` : ''})`), ''] : []),
    ...(c.closed.length > 0 ? ['### Closes', '', ...c.closed.slice(0, 10).map((x) => `- ${x.finding.severity}: ${escape(x.finding.title)}`), ...(c.closed.length > 10 ? [`- … and ${c.closed.length - 10} more`] : []), ''] : []),
    ...radiusTable(r.radii), ...[driftMarkdown(c, '###')].filter((t) => t !== ''), ...(notes.length > 0 ? ['### Notes', '', ...notes.slice(0, 10).map((n) => `- ${escape(n)}`), ''] : []), '<details><summary>Everything that changes</summary>', '', comparisonMarkdown(c).replace(/^# .*\n/, ''), '</details>', '',
  ].join('\n');
}

/** Which of the author's own changes the path rests on. */
function changedHere(r: PlanReview, x: PathChange): string[] {
  const touches = r.near?.of(x.finding) ?? [];
  if (touches.length === 0) return [];
  return ['Changed by this plan, on the path or beside it:', '', ...touches.map((t) => `- \`${t.what.replace(/`/g, '')}\`${placeText(t.source) && !placeText(t.source).startsWith(t.what) ? ` at \`${placeText(t.source).replace(/`/g, '')}\`` : ''}: ${escape(t.how)}`), ''];
}

/** What to change, each proven: the change was made to the planned estate, which was analysed again. */
function cutLines(cuts: readonly Cut[], opened: number): string[] {
  if (opened === 0) return [];
  if (cuts.length === 0) return ['### What to change', '', 'No single change that is known here closes an opened path: look at the hops above, and at `overreach fixes` for the whole estate.', ''];
  const together = cuts.find((k) => k.together !== undefined)?.together;
  return [
    '### What to change', '', `Each change was made to the planned estate, and that analysed again: it opens nothing.${together === undefined ? '' : ` Together they close ${together} of ${opened}.`}`, '',
    ...cuts.flatMap((k, i) => [
      `${i + 1}. \`${k.place.replace(/`/g, '')}\`: ${escape(k.text)} (closes ${k.closes} of ${k.of})`,
      ...(k.change.length > 0 ? ['', '   ```diff', ...k.change.map((l) => `   ${l.replace(/`/g, "'").replace(/[\r\n]+/g, ' ')}`), '   ```'] : []),
      ...k.mightBreak.slice(0, 2).map((m) => `   - might break: ${escape(m)}`),
    ]), '',
  ];
}

const isLater = (x: LetIn): boolean => x.says.startsWith('known after apply only');
const advice = (x: LetIn): string => (isLater(x) ? 'Make the value known to the plan (a variable, a name instead of an attribute), give `--code`, or review again once it is applied.'
  : x.verdict === 'unknown' ? 'Name the principal that needs it, with a condition (`sts:ExternalId`, `aws:PrincipalOrgID`), or add a dump of that account.' : 'Name who needs it in the trust policy, with a condition on the caller.');
const letInLine = (x: LetIn): string => `- **${x.severity}**, ${x.verdict}: ${escape(x.says)}${placeText(x.source) ? ` at \`${placeText(x.source).replace(/`/g, '')}\`` : ''}. Whoever that is could ${escape(x.could)}. ${advice(x)}`;

/** For a terminal. */
export const letInLines = (letIn: readonly LetIn[]): string[] => letIn.filter((x) => x.severity !== 'info').map((x) => `${(x.verdict === 'unknown' ? 'undetermined' : 'lets in').padEnd(13)}${x.severity.padEnd(10)}${x.verdict.padEnd(13)}${showHoles(x.says)}; whoever that is could ${showHoles(x.could)}`);

const number = (b: BlastRadius | undefined, side: 'influence' | 'credential'): string => (b ? `${b[side].weight.toFixed(0)} (${b[side].effects.length})` : 'none');
const sensitive = (b: BlastRadius | undefined): number => b?.credential.effects.filter((e) => e.sensitivity === 'restricted' || e.sensitivity === 'confidential').length ?? 0;

function radiusTable(radii: readonly RadiusDelta[]): string[] {
  if (radii.length === 0) return [];
  return [
    '### Blast radius of the agents it touches', '', 'Weight of what can be done, and to how many assets: by steering the agent, and with its code or credentials.', '',
    '| agent | by influence, before → after | by credential, before → after | sensitive assets | reached from |', '|---|---|---|---|---|',
    ...radii.map((d) => `| ${escape(d.agent.name)} | ${number(d.before, 'influence')} → ${number(d.after, 'influence')} | ${number(d.before, 'credential')} → ${number(d.after, 'credential')} | ${sensitive(d.before)} → ${sensitive(d.after)} | ${escape((d.after ?? d.before)?.upstream.slice(0, 2).join('; ') || 'nobody known')} |`), '',
  ];
}

export const radiusLines = (radii: readonly RadiusDelta[]): string[] => radii.map((d) => `blast radius  ${showHoles(d.agent.name)}: by influence ${number(d.before, 'influence')} → ${number(d.after, 'influence')}, by credential ${number(d.before, 'credential')} → ${number(d.after, 'credential')}`);
