import { tmpdir } from 'node:os';
import type { StoreOptions } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { TokenBook } from '../auth/tokens.ts';
import { Answers } from './answers.ts';
import { Decisions } from './decisions.ts';
import { Jobs } from './jobs.ts';
import { jsonLogger, type Logger } from './log.ts';
import { Metrics } from './metrics.ts';
import { Studies } from './studies.ts';
import type { ConfiguredTracker } from './tracker-config.ts';
import { ScopedAnswers } from './scoped/answers.ts';
import type { Analysing, ScanWorld } from './scan.ts';
import { Uploads } from './uploads.ts';

export interface ServiceOptions {
  /** Folder below which `ingest` may read; none: no paths. */
  ingestRoot?: string;
  spool?: string;
  /** Bytes of one upload. */
  uploadLimit?: number;
  keepRuns?: number;
  /** Where another process finds the store; none: nothing can be loaded. */
  place?: { where: string; options: StoreOptions };
  /** Milliseconds for which the list of runs, acceptances and tokens is not asked for again. */
  freshForMs?: number;
  /** Seconds after which another process may take over from one that went away while it loaded or analysed. */
  leaseSeconds?: number;
  /** Trackers that tickets may be written to, by name. */
  trackers?: ReadonlyMap<string, ConfiguredTracker>;
  /** Rules, techniques and words of own folders, for everything that is loaded or analysed here. */
  own?: Analysing;
  /** Milliseconds that one request waits for a long answer. */
  patienceMs?: number;
}

/** Everything behind the API, apart from how it is asked. */
export interface Service {
  store: GraphStore; answers: Answers; scoped: ScopedAnswers; decisions: Decisions; tokens: TokenBook; jobs: Jobs; uploads: Uploads; metrics: Metrics; log: Logger; studies: Studies; trackers: ReadonlyMap<string, ConfiguredTracker>;
  now: () => Date; newId: () => string; place: ServiceOptions['place']; options: { ingestRoot?: string; keepRuns: number; own: Analysing };
  /** Set while the service stops: it is alive, but not ready. */
  stopping: boolean;
}

const GB = 1_000_000_000;

export function createService(store: GraphStore, world: ScanWorld, write: (line: string) => void, o: ServiceOptions = {}): Service {
  const log = jsonLogger(write, world.now);
  const own = o.own ?? { extraRules: [] };
  const answers = new Answers(store, { ...world, lease: { seconds: o.leaseSeconds ?? 60 }, progress: (message) => { log('info', message); } }, o.freshForMs ?? 0, own);
  return {
    store, answers, scoped: new ScopedAnswers(answers), log, decisions: new Decisions(store, answers, world.now), tokens: new TokenBook(store.ledger, world.now, o.freshForMs ?? 0), jobs: new Jobs(log, world.now, world.env, store.leases, o.leaseSeconds ?? 60),
    uploads: new Uploads(o.spool ?? tmpdir(), o.uploadLimit ?? GB), metrics: new Metrics(), now: world.now, newId: world.newId, place: o.place,
    studies: new Studies(log, world.env, o.patienceMs), trackers: o.trackers ?? new Map(),
    options: { own, keepRuns: o.keepRuns ?? 10, ...(o.ingestRoot === undefined ? {} : { ingestRoot: o.ingestRoot }) }, stopping: false,
  };
}
