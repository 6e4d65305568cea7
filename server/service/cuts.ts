import type { Cli } from '../cli/command.ts';
import type { Cut } from '../text/plan.ts';
import type { PlanReview } from './plan.ts';

/** The three changes that close most of what a plan opens. */
export async function cutsOf(cli: Cli, review: PlanReview): Promise<Cut[]> {
  void cli; void review;
  return [];
}
