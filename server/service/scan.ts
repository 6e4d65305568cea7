import { createHash } from 'node:crypto';
import type { GraphStore } from '../../graph/store/port.ts';
import { basisOf } from './basis.ts';
import { batchOf } from './batch.ts';
import { underLease, type Hold, type LeaseOptions } from './lease.ts';
import { asSensitivity } from './overrides.ts';
import { publicationOf } from './published.ts';
import type { OwnKnowledge, RuleFile } from './rule-folder.ts';
import type { AnalyzeOptions } from '../../queries/analyze.ts';
import type { AnalysisResult, Batch } from '../../schema/index.ts';

export interface ScanRequest {
  /** Folders and files to scan, absolute. */
  paths: string[];
  scope?: string;
  roots: string[];
  variables: Record<string, string>;
  varFiles: string[];
  workspace: string;
  accounts: string[];
  account?: string;
  allRules: boolean;
  extraRules: RuleFile[];
  /** Techniques and sensitivity words of a --rules folder. */
  own?: Pick<OwnKnowledge, 'techniques' | 'words'>;
  keepRuns: number;
  /** Inputs must be of one of these sources; otherwise nothing is written. */
  sources?: readonly string[];
  /** An earlier run to compare with. */
  baseline?: AnalyzeOptions['baseline'];
}

export interface ScanWorld { env: Record<string, string | undefined>; now: () => Date; newId: () => string; progress: (message: string) => void; version: string; lease?: LeaseOptions }

/** Hash over what is stored: equal inputs give equal hashes, on every store and from every folder. */
export function graphHash(batch: Pick<Batch, 'nodes' | 'edges'>): string {
  const h = createHash('sha256');
  for (const list of [batch.nodes, batch.edges]) for (const x of [...list].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))) h.update(JSON.stringify(x)).update('\n');
  return h.digest('hex');
}

/** Collect, store, analyse: one run. Only a completed run is ever read; a run that fails is abandoned and the last one stays. */
export async function scan(store: GraphStore, request: ScanRequest, world: ScanWorld): Promise<AnalysisResult> {
  const batch = await batchOf(request, world);
  return underLease(store, world.lease ?? {}, world.progress, (hold) => write(store, batch, request, world, hold));
}

async function write(store: GraphStore, batch: Batch, request: ScanRequest, world: ScanWorld, hold: Hold): Promise<AnalysisResult> {
  const id = world.newId();
  world.progress(`storing ${batch.nodes.length} nodes and ${batch.edges.length} edges`);
  await store.beginRun({ id, startedAt: world.now().toISOString(), status: 'running', scope: batch.scope, inputs: batch.coverage.map((c) => c.input).slice(0, 1000), version: world.version }, hold.lease);
  try {
    await store.applyBatch(id, batch);
    await store.completeRun(id, world.now().toISOString(), graphHash(batch));
  } catch (e) {
    await store.abandonRun(id).catch(() => undefined);
    throw e;
  }
  const result = await analyzeHeld(store, id, request, world, hold);
  await store.prune(request.keepRuns);
  return result;
}

/** What an analysis knows beside the graph. */
export type Analysing = Pick<ScanRequest, 'extraRules' | 'own' | 'baseline'>;

/** Analyses a complete run of the store (default: the last) and keeps the result beside it. Throws Busy where another process does. */
export const analyzeRun = (store: GraphStore, runId: string | undefined, request: Analysing, world: ScanWorld): Promise<AnalysisResult> =>
  underLease(store, world.lease ?? {}, world.progress, (hold) => analyzeHeld(store, runId, request, world, hold));

async function analyzeHeld(store: GraphStore, runId: string | undefined, request: Analysing, world: ScanWorld, hold: Hold): Promise<AnalysisResult> {
  const { analyzed } = await import('../../queries/analyze.ts');
  const stored = await store.load(runId);
  if (!stored) throw new Error(`run ${runId ?? ''} is not in the store`);
  await hold.keep(true);
  world.progress('analysing');
  const now = world.now().toISOString();
  const overrides = await store.ledger.overrides();
  const { result, estate } = analyzed(stored, { now, acceptances: await store.acceptances(), extraRules: request.extraRules, ...request.own, sensitivity: asSensitivity(overrides), ...(request.baseline ? { baseline: request.baseline } : {}) });
  await hold.keep();
  await store.saveResult(stored.run.id, JSON.stringify({ ...result, basis: basisOf(estate.snapshot, request, overrides, world.version, now) }));
  if (store.publish) {
    world.progress('publishing');
    await store.publish(stored.run.id, publicationOf(stored, estate, result));
  }
  return result;
}
