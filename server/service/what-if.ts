import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { applyAll } from '../../queries/remedy/batch.ts';
import { compare } from '../../queries/review/compare.ts';
import type { Comparison, FixEdit } from '../../schema/index.ts';
import type { Cli } from '../cli/command.ts';
import { storeOf } from '../cli/store.ts';
import { withAcceptances } from './acceptances.ts';
import { basisOf } from './basis.ts';
import { asSensitivity } from './overrides.ts';
import type { Analysing } from './scan.ts';
import { sideOf } from './sides.ts';

/** `taken`: the stored answer of the run stood for the first side. */
export interface WhatIfAnswer { comparison: Comparison; taken: boolean }

/**
 * A run and the same with changes. What is compared is made in one way: the answer that is stored with the run counts where it rests on what the
 * second one rests on, otherwise it is given anew. Acceptances count on neither side.
 */
export async function whatIf(cli: Cli, q: { store: string; run: string; edits: readonly FixEdit[]; knows: Analysing }): Promise<WhatIfAnswer> {
  const o = { store: q.store };
  const side = await sideOf(cli, q.run, o);
  const graph = side.graph!;
  const store = await storeOf(cli, o, true);
  const overrides = await store.ledger.overrides().finally(() => store.close());
  const now = cli.now().toISOString();
  const { analyze } = await import('../../queries/analyze.ts');
  const answer = (g: typeof graph): ReturnType<typeof analyze> => { cli.log('analysing'); return analyze(g, { now, extraRules: q.knows.extraRules, ...q.knows.own, sensitivity: asSensitivity(overrides) }); };
  const snapshot = new GraphSnapshot(graph.nodes, graph.edges);
  const taken = side.result.basis === basisOf(snapshot, q.knows, overrides, cli.version, now);
  const before = taken ? withAcceptances({ run: graph.run, result: side.result, snapshot }, [], now).result : answer(graph);
  const edited = applyAll(graph, q.edits);
  const after = answer({ ...graph, nodes: [...edited.nodes], edges: [...edited.edges] });
  return { comparison: compare(before, after, { before: side.name, after: `with ${q.edits.length} change${q.edits.length === 1 ? '' : 's'}` }), taken };
}
