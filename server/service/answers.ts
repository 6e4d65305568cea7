import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { UserError, type AnalysisResult, type NodeRecord, type Run } from '../../schema/index.ts';
import type { Inquiry } from '../../queries/review/inquiry.ts';
import { analyzeRun, type ScanWorld } from './scan.ts';

interface Loaded { run: Run; result: AnalysisResult; snapshot: GraphSnapshot; inquiry?: Inquiry }
const KEPT = 3;

/** What the doors ask: results and graphs of complete runs, loaded once each and kept while they are the newest asked for. */
export class Answers {
  readonly #store: GraphStore;
  readonly #world: ScanWorld;
  readonly #cache = new Map<string, Promise<Loaded>>();

  constructor(store: GraphStore, world: ScanWorld) {
    this.#store = store;
    this.#world = world;
  }

  runs(): Promise<Run[]> { return this.#store.runs(); }

  /** A complete run, by default the last. Throws UserError when there is none, or it was pruned. */
  async run(runId?: string): Promise<Loaded> {
    const all = (await this.#store.runs()).filter((r) => r.status === 'complete');
    const run = runId === undefined ? all[0] : all.find((r) => r.id === runId);
    if (!run) throw new UserError(runId === undefined ? 'there is no complete run yet: run `overreach scan <folder>` first' : `run ${runId} is not kept any more`);
    let loaded = this.#cache.get(run.id);
    if (!loaded) {
      loaded = this.#load(run);
      this.#cache.set(run.id, loaded);
      loaded.catch(() => this.#cache.delete(run.id));
      for (const old of [...this.#cache.keys()].slice(0, -KEPT)) this.#cache.delete(old);
    }
    return loaded;
  }

  async #load(run: Run): Promise<Loaded> {
    const text = await this.#store.loadResult(run.id);
    const result = text === undefined ? await analyzeRun(this.#store, run.id, { extraRules: [] }, this.#world) : (JSON.parse(text) as AnalysisResult);
    const stored = (await this.#store.load(run.id))!;
    return { run, result, snapshot: new GraphSnapshot(stored.nodes, stored.edges) };
  }

  /** The engine behind single questions (paths, who-can, blast radius), built on first use. */
  async inquiry(runId?: string): Promise<Inquiry> {
    const loaded = await this.run(runId);
    if (!loaded.inquiry) {
      const { inquire } = await import('../../queries/review/inquiry.ts');
      this.#world.progress('building the attack graph');
      loaded.inquiry = inquire(loaded.snapshot);
    }
    return loaded.inquiry;
  }

  async nodesOfKind(kind: NodeRecord['kind'], runId?: string): Promise<NodeRecord[]> { return (await this.run(runId)).snapshot.ofKind(kind); }

  /** Forgets loaded runs: after a scan or an acceptance. */
  refresh(): void { this.#cache.clear(); }
}
