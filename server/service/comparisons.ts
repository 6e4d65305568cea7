import type { AnalysisResult, Comparison } from '../../schema/index.ts';
import type { Cli } from '../cli/command.ts';
import type { Loaded } from './answers.ts';
import { acceptancesOf, type Side } from './sides.ts';

/** Two sides that a person named. Of a result file only the answer is known: there neither growth nor drift can be said. */
export async function comparisonOf(cli: Cli, before: Side, after: Side, o: Record<string, unknown>): Promise<Comparison> {
  const names = { before: before.name, after: after.name };
  const { compare } = await import('../../queries/review/compare.ts');
  if (!before.graph || !after.graph) {
    const c = compare(before.result, after.result, names);
    return { ...c, notes: [...c.notes, 'one side is a result without its graph: what grew (AGT-057) and where code and live part (AGT-006) is not said'] };
  }
  const { compareHalves } = await import('../../queries/review/between.ts');
  const { analyze } = await import('../../queries/analyze.ts');
  const now = cli.now().toISOString();
  const acceptances = await acceptancesOf(cli, o);
  return compareHalves({ graph: before.graph, result: before.result }, { graph: after.graph, result: after.result }, names, {
    now, analyze: (g) => analyze(g, { now, acceptances, extraRules: before.request?.extraRules ?? [] }),
  });
}

const kept = new WeakMap<AnalysisResult, WeakMap<AnalysisResult, Promise<Comparison>>>();

/** Two runs of a store. Pages of one comparison ask again and again: it is made once for each pair of answers. */
export function runComparison(base: Loaded, head: Loaded, now: string): Promise<Comparison> {
  let of = kept.get(base.result);
  if (!of) kept.set(base.result, (of = new WeakMap()));
  let c = of.get(head.result);
  if (!c) of.set(head.result, (c = make(base, head, now)));
  return c;
}

async function make(base: Loaded, head: Loaded, now: string): Promise<Comparison> {
  const { compareHalves } = await import('../../queries/review/between.ts');
  const { analyze } = await import('../../queries/analyze.ts');
  const accepted = base.result.findings.filter((f) => f.state === 'accepted').map((f) => ({ fingerprint: f.fingerprint, owner: f.accepted?.owner ?? '', reason: f.accepted?.reason ?? '', at: now }));
  return compareHalves({ graph: base.snapshot, result: base.result }, { graph: head.snapshot, result: head.result }, { before: `run ${base.run.id}`, after: `run ${head.run.id}` }, { now, analyze: (g) => analyze(g, { now, acceptances: accepted }) });
}
