import { showHoles, type FixEdit } from '../../schema/index.ts';
import type { Cli } from '../cli/command.ts';
import { placeText } from '../text/hops.ts';
import type { Cut } from '../text/plan.ts';
import type { PlanReview } from './plan.ts';

/** Analyses a review may cost beyond its own two. */
const MAX_RUNS = 16;

/** The three changes to the planned estate that close most of what the plan opens, each proven by analysing again. */
export async function cutsOf(cli: Cli, review: PlanReview): Promise<Cut[]> {
  const opened = new Set(review.comparison.opened.map((c) => c.finding.fingerprint));
  if (opened.size === 0) return [];
  const { fixPlan } = await import('../../queries/remedy/plan.ts');
  cli.log('looking for the places to cut');
  const { chokePoints, fewestChanges, fewestCuts } = await import('../../queries/remedy/choke-points.ts');
  const base = review.pass;
  const plan = fixPlan(review.afterGraph, review.after.findings, { ...review.derive, base, only: opened, maxFixes: 3, maxRuns: MAX_RUNS });
  const findings = review.comparison.opened.map((c) => c.finding);
  const all = chokePoints(base.attack, findings).filter((c) => c.passedBy.length === findings.length);
  if (all.length > 0) review.comparison.notes.push(`every opened path passes ${all.slice(0, 4).map((c) => `${showHoles(c.node.name)}${placeText(c.node.sources[0]) === '' ? '' : ` (${placeText(c.node.sources[0])})`}`).filter((x, i, list) => list.indexOf(x) === i).join(', ')}`);
  else {
    const fewest = fewestCuts(base.attack, findings);
    if (fewest !== undefined && fewest > 1) review.comparison.notes.push(`no single place decides all opened paths: at least ${fewest} transitions have to go`);
  }
  const least = fewestChanges([...plan.fixes, ...plan.alternatives].map((f) => f.closes));
  if (plan.fixes.length > 0 && least > plan.fixes.length) review.comparison.notes.push(`at least ${least} of the changes that were tried are needed to close all that they can close`);
  const fixes = [...plan.fixes, ...plan.alternatives.sort((a, b) => b.closes.length - a.closes.length)].slice(0, 3);
  const together = plan.closedTogether.length;
  return fixes.map((f, i) => ({
    place: placeText(f.source) || f.node.address || f.node.name, text: f.text, closes: f.closes.length, of: opened.size, change: changeLines(f.edit), mightBreak: f.mightBreak,
    ...(i === plan.fixes.length - 1 && plan.fixes.length > 1 ? { together } : {}),
  }));
}

/** The change as a reader of the code sees it; nothing where a sentence says it better. */
function changeLines(edit: FixEdit): string[] {
  const list = (items: readonly string[]): string => `[${items.map((x) => JSON.stringify(showHoles(x))).join(', ')}]`;
  switch (edit.kind) {
    case 'actions': return [`- Action = ${list(edit.from)}`, ...(edit.to.length > 0 ? [`+ Action = ${list(edit.to)}`] : [])];
    case 'auth': return [`- ${edit.from}`, `+ ${edit.to}`];
    case 'statement': return [...(edit.to.actions ? [`+ Action = ${list(edit.to.actions)}`] : []), ...(edit.to.resources ? [`+ Resource = ${list(edit.to.resources)}`] : [])];
    default: return [];
  }
}
