/** Entry of the process that answers a long question for the service: many analyses, apart from who asks. */
import { randomUUID } from 'node:crypto';
import { UserError, type Comparison, type CoverageEntry, type FixEdit, type FixPlan, type LetIn, type RadiusDelta, type Severity } from '../../schema/index.ts';
import type { Cli } from '../cli/command.ts';
import type { Cut } from '../text/plan.ts';
import { VERSION } from '../version.ts';
import type { Exit } from './exit-code.ts';
import type { Analysing } from './scan.ts';
import { whatIf, type WhatIfAnswer } from './what-if.ts';

/** `store`: as the store option of the command line names it. Paths are absolute. */
export type Question =
  | { kind: 'fixes'; store: string; run: string; code?: string; maxRuns: number; knows: Analysing }
  | { kind: 'plan'; store: string; file: string; over: string; scope?: string; failOn?: Severity }
  | { kind: 'what-if'; store: string; run: string; edits: FixEdit[]; knows: Analysing };

/** `diffs` and `patched`: fix id → its patch, and whether there is one, in words. */
export interface FixesAnswer { plan: FixPlan; patched: [string, string][]; diffs: [string, string][]; diff?: string; proof?: string; coverage: CoverageEntry[]; run: string }
export interface PlanAnswer { comparison: Comparison; letIn: LetIn[]; radii: RadiusDelta[]; cuts: Cut[]; markdown: string; exit: Exit }
export type StudyAnswer = { fixes: FixesAnswer } | { plan: PlanAnswer } | { whatIf: WhatIfAnswer };
export type StudyTold = { progress: string } | { done: StudyAnswer } | { failed: { code: string; message: string } };

async function answer(q: Question, tell: (t: StudyTold) => void): Promise<StudyAnswer> {
  const cli: Cli = { out: () => undefined, log: (progress) => { tell({ progress }); }, env: process.env, cwd: '/', now: () => new Date(), newId: randomUUID, color: false, width: 120, version: VERSION };
  const o = { store: q.store };
  if (q.kind === 'fixes') {
    const { remedies } = await import('./remedies.ts');
    const { sideOf } = await import('./sides.ts');
    const scope = q.code === undefined ? undefined : (await sideOf(cli, q.run, o)).result.run.scope;
    const r = await remedies(cli, q.code ?? q.run, { ...o, ...(scope !== undefined && { scope }) }, q.maxRuns, q.code !== undefined, q.knows);
    return { fixes: { plan: r.plan, patched: [...r.patched], diffs: [...(r.diffs ?? [])], ...(r.diff !== undefined && { diff: r.diff }), ...(r.proof && { proof: r.proof.says }), coverage: r.coverage, run: q.run } };
  }
  if (q.kind === 'plan') {
    const { reviewPlan } = await import('./plan.ts');
    const { cutsOf } = await import('./cuts.ts');
    const { gateOf, leftOut } = await import('./gate.ts');
    const { packOf } = await import('../../queries/rules/packs.ts');
    const { planMarkdown } = await import('../text/plan.ts');
    const review = await reviewPlan(cli, q.file, { ...o, ...(q.over !== 'plan' && { over: q.over }), ...(q.scope !== undefined && { scope: q.scope }) });
    const cuts = await cutsOf(cli, review);
    const pack = packOf('plan');
    const exit = gateOf(review.comparison, q.failOn, [review.after], pack, review.letIn);
    const passed = leftOut(review.comparison, q.failOn, pack);
    if (passed !== undefined) review.comparison.notes.push(passed);
    return { plan: { comparison: review.comparison, letIn: review.letIn, radii: review.radii, cuts, exit, markdown: planMarkdown(review, cuts, exit) } };
  }
  return { whatIf: await whatIf(cli, q) };
}

if (process.send) {
  const tell = (t: StudyTold): void => { process.send?.(t); };
  process.once('disconnect', () => { process.exit(1); });
  process.once('message', (q: Question) => {
    answer(q, tell).then((done) => { tell({ done }); }, (e: unknown) => {
      if (e instanceof UserError) tell({ failed: { code: e.exitCode === 4 ? 'STORE_UNAVAILABLE' : 'BAD_INPUT', message: e.message } });
      else { process.stderr.write(`${e instanceof Error ? e.stack : String(e)}\n`); tell({ failed: { code: 'INTERNAL_SERVER_ERROR', message: 'internal error' } }); }
    }).finally(() => { process.disconnect(); });
  });
}
