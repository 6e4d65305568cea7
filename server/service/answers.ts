import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { Acceptance, GraphStore } from '../../graph/store/port.ts';
import { UserError, type AnalysisResult, type NodeRecord, type Run } from '../../schema/index.ts';
import type { Inquiry } from '../../queries/review/inquiry.ts';
import { withAcceptances } from './acceptances.ts';
import { Busy } from './lease.ts';
import { asSensitivity } from './overrides.ts';
import { analyzeRun, type Analysing, type ScanWorld } from './scan.ts';

export interface Loaded { run: Run; result: AnalysisResult; snapshot: GraphSnapshot }
/** The asked run was pruned, never completed, or never was. */
export class RunGone extends UserError {}

/** Another process analyses it at this moment. */
class NotYet extends RunGone {}

interface Stored { loaded: Loaded; inquiry?: Inquiry; view?: { key: string; loaded: Loaded } }
const KEPT = 3;

/** What the doors ask: results and graphs of complete runs, loaded once each; the least recently asked one is forgotten first. */
export class Answers {
  readonly #store: GraphStore;
  readonly #world: ScanWorld;
  readonly #freshForMs: number;
  readonly #own: Analysing;
  readonly #cache = new Map<string, Promise<Stored>>();
  #state: { at: number; runs: Run[]; acceptances: Acceptance[] } | undefined;

  /** `own`: rules, techniques and words beside ours. `freshForMs`: how long the list of runs and acceptances may be reused; what this process changes is seen at once. */
  constructor(store: GraphStore, world: ScanWorld, freshForMs = 0, own: Analysing = { extraRules: [] }) {
    this.#own = own;
    this.#store = store;
    this.#world = world;
    this.#freshForMs = freshForMs;
  }

  runs(): Promise<Run[]> { return this.#store.runs(); }

  /** A complete run, by default the last that is analysed, with today's acceptances. Throws RunGone when there is none, or it was pruned. */
  async run(runId?: string): Promise<Loaded> {
    const { runs, acceptances } = await this.#now();
    const wanted = runs.filter((r) => r.status === 'complete' && (runId === undefined || r.id === runId));
    if (wanted.length === 0) throw new RunGone(runId === undefined ? 'there is no complete run yet: run `overreach scan <folder>` first' : `run ${runId} is not kept any more`);
    const stored = await this.#firstAnalysed(wanted);
    const now = this.#world.now().toISOString();
    const key = `${now.slice(0, 10)} ${JSON.stringify(acceptances)}`;
    if (stored.view?.key !== key) stored.view = { key, loaded: withAcceptances(stored.loaded, acceptances, now) };
    return stored.view.loaded;
  }

  async #firstAnalysed(runs: readonly Run[]): Promise<Stored> {
    for (const run of runs) try { return await this.#stored(run); } catch (e) { if (!(e instanceof NotYet) || run === runs.at(-1)) throw e; }
    throw new RunGone('there is no complete run yet');
  }

  async #now(): Promise<{ runs: Run[]; acceptances: Acceptance[] }> {
    if (!this.#state || performance.now() - this.#state.at >= this.#freshForMs) this.#state = { runs: await this.#store.runs(), acceptances: await this.#store.acceptances(), at: performance.now() };
    return this.#state;
  }

  #stored(run: Run): Promise<Stored> {
    const stored = this.#cache.get(run.id) ?? this.#load(run);
    this.#cache.delete(run.id);
    this.#cache.set(run.id, stored);
    stored.catch(() => this.#cache.delete(run.id));
    for (const old of [...this.#cache.keys()].slice(0, -KEPT)) this.#cache.delete(old);
    return stored;
  }

  async #load(run: Run): Promise<Stored> {
    const text = await this.#store.loadResult(run.id);
    // Who loaded it went away before it was analysed, or is about to: of all processes one does it.
    const result = text === undefined ? await this.#analyze(run) : (JSON.parse(text) as AnalysisResult);
    const stored = await this.#store.load(run.id);
    if (!stored) throw new RunGone(`run ${run.id} is not kept any more`);
    return { loaded: { run, result, snapshot: new GraphSnapshot(stored.nodes, stored.edges) } };
  }

  async #analyze(run: Run): Promise<AnalysisResult> {
    try {
      return await analyzeRun(this.#store, run.id, this.#own, { ...this.#world, lease: { ...this.#world.lease, wait: 0 } });
    } catch (e) {
      if (e instanceof Busy) throw new NotYet(`run ${run.id} is being analysed: ask again in a moment`);
      throw e;
    }
  }

  /** The engine behind single questions (paths, who-can, blast radius), built on first use. */
  async inquiry(runId?: string): Promise<Inquiry> {
    const { run, snapshot } = await this.run(runId);
    const stored = await this.#stored(run);
    if (!stored.inquiry) {
      const { inquire } = await import('../../queries/review/inquiry.ts');
      this.#world.progress('building the attack graph');
      stored.inquiry = inquire(snapshot, { ...this.#own.own, now: this.#world.now().toISOString(), sensitivity: asSensitivity(await this.#store.ledger.overrides()) });
    }
    return stored.inquiry;
  }

  async nodesOfKind(kind: NodeRecord['kind'], runId?: string): Promise<NodeRecord[]> { return (await this.run(runId)).snapshot.ofKind(kind); }

  /** What this process wrote is seen by the next question. `run`: its result was made anew. */
  refresh(run?: string): void {
    this.#state = undefined;
    if (run !== undefined) this.#cache.delete(run);
  }
}
