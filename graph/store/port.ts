import type { Batch, EdgeRecord, NodeRecord, Run } from '../../schema/index.ts';

export interface Acceptance { fingerprint: string; owner: string; reason: string; until?: string; at: string }
/** An access token as kept: its secret only as a hash. Times are ISO texts. */
export interface StoredToken { id: string; hash: string; label: string; role: string; createdAt: string; createdBy: string; expires?: string; revokedAt?: string; /** What it is limited to; none = everything. */ scopes?: string[] }
/**
 * Who did what and when, with the state before and after. `key` is an idempotency key, unique in the store; `asked` identifies the
 * request that came with it and `answer` is what it was told, so that a repeated request gets the same answer and changes nothing.
 */
export interface AuditEntry { id: string; at: string; who: string; what: string; subject: string; before: unknown; after: unknown; request?: string; key?: string; asked?: string; answer?: string }
/**
 * The ticket of a fix at one place (`github acme/estate`). It is written before the tracker is asked: `intended` with a `holder` says that a process
 * set out to make it, and does not say whether it was made. `mark` is another with each write; `at` is when it was written.
 */
export interface StoredTicket {
  place: string; fix: string; state: 'intended' | 'open' | 'closed'; mark: string; at: string; holder?: string;
  title: string; severity: string; due: string; ref?: string; url?: string; why?: string;
  /** Of the text the tracker has. */
  hash?: string;
  /** When it was last opened or closed, as far as we know. */
  since?: string;
  /** Of the estate it is about. */
  scope?: string;
  findings: string[]; sources: { source: string; file: string }[];
}
/** What somebody decided about a node, against what its signals say. One a node; counts until it expires, from the next analysis on. */
export interface StoredOverride { node: string; level?: 'restricted' | 'confidential' | 'internal' | 'public'; integrity?: 'normal' | 'high'; reason: string; expires?: string; by: string; at: string }
/** What an entry goes with; entry and change are written together or not at all. `unoverride`: id of a node. */
export interface Change { accept?: Acceptance; unaccept?: string; token?: StoredToken; override?: StoredOverride; unoverride?: string }

/** What people decided, and the record of it. Entries are only ever added. */
export interface Ledger {
  /** Throws KeyTaken when an entry with the same idempotency key is there. */
  write(change: Change, entry: AuditEntry): Promise<void>;
  tokens(): Promise<StoredToken[]>;
  /** Ordered by node. */
  overrides(): Promise<StoredOverride[]>;
  /** Newest first, at most `first`, those written before entry number `before`. */
  audit(first: number, before?: number): Promise<(AuditEntry & { seq: number })[]>;
  entryOfKey(key: string): Promise<AuditEntry | undefined>;
  /** Ordered by place and fix. */
  tickets(place?: string): Promise<StoredTicket[]>;
  /** Writes if the row still has the mark `was` (undefined: if there is no row). False when somebody else was faster. */
  putTicket(t: StoredTicket, was: string | undefined): Promise<boolean>;
}
/** Another request with this idempotency key came first. */
export class KeyTaken extends Error {}

export interface StoredGraph { run: Run; nodes: NodeRecord[]; edges: EdgeRecord[]; coverage: Batch['coverage'] }

type Scalar = string | number | boolean | string[];
/** A finding as people query it in the store itself: flat properties, the nodes it is about, and its path in order. */
export interface PublishedFinding {
  fingerprint: string;
  props: Record<string, Scalar>;
  ends: { SUBJECT: string[]; ACTS_AS: string[]; TARGETS: string[] };
  hops: { node: string; props: Record<string, Scalar> }[];
}
/** A relation as people query it: one of a derived edge, under our name or one that another tool has for it. */
export interface PublishedEdge { relation: string; id: string; from: string; to: string; props: Record<string, Scalar> }
/** What an analysis adds to the stored graph, for people to query: nodes that only it makes, derived edges, findings. */
export interface Publication { nodes: readonly NodeRecord[]; edges: readonly PublishedEdge[]; findings: readonly PublishedFinding[] }

/** The right to write runs, for one process at a time. `fence` grows whenever it changes hands, so that a process that lost it unnoticed can be told from its successor. */
export interface Lease { name: string; holder: string; fence: number }
export interface Leases {
  /** Undefined while another holds it. The time is the store's own, so that clocks of machines need not agree. */
  claim(name: string, holder: string, forMs: number): Promise<Lease | undefined>;
  /** False when it expired and another has it now. */
  renew(lease: Lease, forMs: number): Promise<boolean>;
  /** Does nothing when it is not held any more. */
  release(lease: Lease): Promise<void>;
}

/**
 * Where a graph lives. A run is begun, batches are applied, the parts of the graph that this run covers and did not see again are swept,
 * and the run is completed; readers see the last complete run only. A killed run leaves the previous one as it was.
 * The clock and the run id come in from the caller. Both stores answer the same calls with byte-equal results, rows ordered by id.
 */
export interface GraphStore {
  /** Creates or migrates tables/constraints. Safe to call again. Throws UserError when the store is of a newer version. */
  open(): Promise<void>;
  readonly ledger: Ledger;
  readonly leases: Leases;
  close(): Promise<void>;
  /** With a lease, each later step of the run fails once the lease has another fence: a stalled writer can finish nothing. */
  beginRun(run: Run, lease?: Lease): Promise<void>;
  applyBatch(runId: string, batch: Batch): Promise<void>;
  /**
   * Sweeps and completes. Sweep: a node or edge that an earlier run put there under a `covers` key which a *complete* batch of this run
   * also carries, and that this run did not see again, is gone from the new run. Everything else is carried over.
   */
  completeRun(runId: string, completedAt: string, graphHash: string): Promise<void>;
  abandonRun(runId: string): Promise<void>;
  /** Newest first. */
  runs(): Promise<Run[]>;
  /** Graph of a complete run (default: the last one), nodes and edges ordered by id; undefined when there is none. */
  load(runId?: string): Promise<StoredGraph | undefined>;
  /** The serialised AnalysisResult of a run, beside its graph. */
  saveResult(runId: string, result: string): Promise<void>;
  loadResult(runId?: string): Promise<string | undefined>;
  /** Makes what was found in a run askable in the store's own language, where it has one. Never read back. */
  publish?(runId: string, what: Publication): Promise<void>;
  accept(a: Acceptance): Promise<void>;
  unaccept(fingerprint: string): Promise<void>;
  acceptances(): Promise<Acceptance[]>;
  /** Keeps the newest `keep` complete runs and removes abandoned ones. */
  prune(keep: number): Promise<void>;
}
