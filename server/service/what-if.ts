import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { applyAll } from '../../queries/remedy/batch.ts';
import { compare } from '../../queries/review/compare.ts';
import type { Comparison, FixEdit } from '../../schema/index.ts';
import type { Cli } from '../cli/command.ts';
import { withAcceptances } from './acceptances.ts';
import type { Analysing } from './scan.ts';
import { sideOf } from './sides.ts';

/** `taken`: the stored answer of the run stood for the first side. */
export interface WhatIfAnswer { comparison: Comparison; taken: boolean }

/**
 * A run and the same with changes. What is compared is made in one way: the answer that is stored with the run counts where it rests on what the
 * second one rests on, otherwise it is given anew. Acceptances count on neither side.
 */
export async function whatIf(cli: Cli, q: { store: string; run: string; edits: readonly FixEdit[]; knows: Analysing }): Promise<WhatIfAnswer> {
  const side = await sideOf(cli, q.run, { store: q.store }, { knows: q.knows });
  const graph = side.graph!;
  const { analyze } = await import('../../queries/analyze.ts');
  const answer = (g: typeof graph): ReturnType<typeof analyze> => { cli.log('analysing'); return analyze(g, { ...side.derive, extraRules: q.knows.extraRules }); };
  const taken = side.rests?.() === true;
  const before = taken ? withAcceptances({ run: graph.run, result: side.result, snapshot: new GraphSnapshot(graph.nodes, graph.edges) }, [], cli.now().toISOString()).result : answer(graph);
  const edited = applyAll(graph, q.edits);
  const after = answer({ ...graph, nodes: [...edited.nodes], edges: [...edited.edges] });
  return { comparison: compare(before, after, { before: side.name, after: `with ${q.edits.length} change${q.edits.length === 1 ? '' : 's'}` }), taken };
}
