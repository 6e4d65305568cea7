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
  const plan = fixPlan(review.afterGraph, review.after.findings, { only: opened, maxFixes: 3, maxRuns: MAX_RUNS, now: cli.now().toISOString() });
  const fixes = [...plan.fixes, ...plan.alternatives.sort((a, b) => b.closes.length - a.closes.length)].slice(0, 3);
  return fixes.map((f) => ({ place: placeText(f.source) || f.node.address || f.node.name, text: f.text, closes: f.closes.length, of: opened.size }));
}
