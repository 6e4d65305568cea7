import { statSync } from 'node:fs';
import { fixPlan } from '../../queries/remedy/plan.ts';
import { passOf } from '../../queries/remedy/prove.ts';
import { together } from '../../queries/remedy/together.ts';
import { UserError, type CoverageEntry, type Finding, type FixPlan } from '../../schema/index.ts';
import type { Cli } from '../cli/command.ts';
import type { Analysing } from './scan.ts';
import { acceptancesOf, answerOf, type Side, sideOf } from './sides.ts';

export interface PatchProof { closed: number; of: number; opened: number; says: string }
export interface Remedies { plan: FixPlan; findings: Finding[]; /** fix id → whether there is a patch, in words */ patched: ReadonlyMap<string, string>; diff?: string; diffs?: ReadonlyMap<string, string>; coverage: CoverageEntry[]; proof?: PatchProof; /** Of the estate that was read. */ scope?: string; /** Files that something of the graph stands in. */ files?: ReadonlySet<string> }

/** Fixes of a run or of what is read now, and on request the patch that makes them in the code. `knows`: what the service brings of its own. */
export async function remedies(cli: Cli, source: string, o: Record<string, unknown>, maxRuns: number, patchIfCode = false, knows?: Analysing): Promise<Remedies> {
  const side = await answered(cli, source, o, knows);
  if (!side.graph) throw new UserError(`${source} holds findings and no graph: give a folder or a run`);
  cli.log('trying changes');
  const options = { maxRuns, ...side.derive, base: side.pass ?? passOf(side.graph, side.derive) };
  const single = fixPlan(side.graph, side.result.findings, { ...options, progress: (done, of) => { if (done % 10 === 0) cli.log(`tried ${done} of ${of}`); } });
  const plan = together(side.graph, side.result.findings, single, options);
  if (o['harden'] === true) {
    const { hardeningOf } = await import('../../queries/remedy/harden.ts');
    const known = new Set([...plan.fixes, ...plan.alternatives].map((f) => f.id));
    plan.hardening = hardeningOf(side.graph, side.result, { now: cli.now().toISOString(), extraRules: side.request?.extraRules ?? [] }).filter((f) => !known.has(f.id));
  }
  const answer: Remedies = { plan, findings: side.result.findings, patched: new Map(), coverage: side.result.coverage, scope: side.graph.run.scope, files: new Set(side.graph.nodes.flatMap((n) => n.sources.flatMap((s) => s.file ?? []))) };
  const code = side.request?.paths.length === 1 && statSync(side.request.paths[0]!).isDirectory();
  if (o['patch'] === undefined && !(patchIfCode && code)) return answer;
  if (!side.request) throw new UserError('--patch changes code: give its folder instead of a run');
  const { provenPatch } = await import('../patch/proven.ts');
  return { ...answer, ...(await provenPatch(cli, { ...side, pass: options.base }, plan)) };
}

/** Findings and proofs are made in one way: a stored answer counts where it rests on what changes are proven with, otherwise it is given anew. */
async function answered(cli: Cli, source: string, o: Record<string, unknown>, knows: Analysing | undefined): Promise<Side> {
  const side = await sideOf(cli, source, o, { knows });
  if (!side.graph || !side.knows || side.rests?.() !== false) return side;
  const { result, pass, derive } = await answerOf(cli, side.graph, side.knows, await acceptancesOf(cli, o), side.derive?.sensitivity);
  return { ...side, result, pass, derive };
}
