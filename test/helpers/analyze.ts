import { analyze, type AnalyzeOptions } from '../../queries/analyze.ts';
import type { AnalysisResult } from '../../schema/index.ts';
import { collectText } from './scan.ts';

/** What a scan of these files answers, without a store in between. */
export async function analyzeText(files: Record<string, string | Buffer>, options: AnalyzeOptions = {}, before?: Record<string, string>): Promise<AnalysisResult> {
  const graph = before && (await collectText(before));
  const batch = await collectText(files);
  const run = { id: 'test', startedAt: '2026-11-01T00:00:00Z', status: 'complete' as const, scope: batch.scope, inputs: [], version: 'test' };
  return analyze({ run, nodes: batch.nodes, edges: batch.edges, coverage: batch.coverage }, { now: '2026-11-01T00:00:00Z', ...options, ...(graph ? { baseline: { graph } } : {}) });
}
