import type { ChildProcess } from 'node:child_process';
import type { Lease, Leases } from '../../graph/store/port.ts';
import type { Logger } from './log.ts';
import { Refused } from './errors.ts';
import type { Order, Told } from './ingest-child.ts';
import { entryProcess } from './process.ts';

export interface Job {
  id: string; kind: Order['kind']; run: string; status: 'queued' | 'running' | 'complete' | 'failed' | 'abandoned';
  progress: string; askedBy: string; askedAt: string; finishedAt?: string; findings?: number; problem?: { code: string; message: string };
}

const QUEUE = 20;
const REMEMBERED = 200;

/** Long work, one piece at a time, each in a process of its own. A job tells how far it is as long as the service runs; its run is in the store. */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #queue: { job: Job; order: Order; after: (job: Job) => void }[] = [];
  readonly #log: Logger;
  readonly #now: () => Date;
  readonly #env: Record<string, string | undefined>;
  readonly #leases: Leases;
  readonly #leaseSeconds: number;
  #running: { job: Job; process: ChildProcess; gone: Promise<void> } | undefined;
  #stopping = false;

  constructor(log: Logger, now: () => Date, env: Record<string, string | undefined>, leases: Leases, leaseSeconds: number) {
    this.#leases = leases;
    this.#leaseSeconds = leaseSeconds;
    this.#log = log;
    this.#now = now;
    this.#env = env;
  }

  get(id: string): Job | undefined { return this.#jobs.get(id); }
  /** Newest first. */
  list(): Job[] { return [...this.#jobs.values()].toReversed(); }
  get busy(): number { return this.#queue.length + (this.#running ? 1 : 0); }

  /** Throws when no more can be taken. Called before a job is promised to anybody. */
  demandRoom(): void {
    if (this.#stopping) throw new Refused('SHUTTING_DOWN', 'the service is stopping');
    if (this.#queue.length >= QUEUE) throw new Refused('BUSY', `${QUEUE} jobs are waiting already: try again later`);
  }

  start(id: string, order: Order, askedBy: string, after: (job: Job) => void): Job {
    const job: Job = { id, kind: order.kind, run: order.run, status: 'queued', progress: 'waiting', askedBy, askedAt: this.#now().toISOString() };
    this.#jobs.set(id, job);
    for (const [old, j] of this.#jobs) if (this.#jobs.size > REMEMBERED && j.finishedAt !== undefined) this.#jobs.delete(old);
    this.#queue.push({ job, order, after });
    this.#next();
    return job;
  }

  #next(): void {
    if (this.#running || this.#stopping) return;
    const next = this.#queue.shift();
    if (!next) return;
    const { job, order, after } = next;
    Object.assign(job, { status: 'running', progress: 'starting' });
    const process = entryProcess('ingest-child', this.#env);
    let errors = '';
    process.stderr!.on('data', (d) => { errors = (errors + String(d)).slice(-4_000); });
    const kept = new KeptLease(this.#leases, this.#leaseSeconds, () => { Object.assign(job, { status: 'failed', progress: 'failed', problem: { code: 'LEASE_LOST', message: 'this replica was silent for too long: another one has taken over' } }); process.kill('SIGKILL'); });
    process.on('message', (t: Told) => {
      if ('progress' in t) job.progress = t.progress;
      else if ('lease' in t) kept.begin(t.lease);
      else if ('done' in t) Object.assign(job, { status: 'complete', progress: 'complete', findings: t.done.findings });
      else Object.assign(job, { status: 'failed', progress: 'failed', problem: t.failed });
    });
    process.on('error', (e) => { errors += e.message; });
    const gone = new Promise<void>((ok) => {
      process.once('close', () => {
        kept.end();
        if (job.status === 'running') Object.assign(job, this.#stopping ? { status: 'abandoned', progress: 'abandoned' } : { status: 'failed', progress: 'failed', problem: { code: 'INTERNAL_SERVER_ERROR', message: 'the job ended before it was done' } });
        job.finishedAt = this.#now().toISOString();
        if (errors !== '') this.#log('error', 'a job wrote to its error output', { job: job.id, text: errors });
        this.#log('info', 'job ended', { job: job.id, kind: job.kind, status: job.status, run: job.run });
        this.#running = undefined;
        after(job);
        this.#next();
        ok();
      });
    });
    this.#running = { job, process, gone };
    process.send({ ...order, leaseSeconds: this.#leaseSeconds }, () => undefined);
    this.#log('info', 'job started', { job: job.id, kind: job.kind, run: job.run });
  }

  /** Waiting jobs are given up, the running one is killed: its run is never completed, the last complete one stays. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const { job, after } of this.#queue.splice(0)) { Object.assign(job, { status: 'abandoned', progress: 'abandoned', finishedAt: this.#now().toISOString() }); after(job); }
    const running = this.#running;
    if (running) { running.process.kill('SIGKILL'); await running.gone; }
  }
}

/** Renews what the child claimed for as long as it lives, and gives it back when it went away without doing so. */
class KeptLease {
  readonly #leases: Leases;
  readonly #forMs: number;
  readonly #lost: () => void;
  #lease: Lease | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(leases: Leases, seconds: number, lost: () => void) {
    this.#leases = leases;
    this.#forMs = seconds * 1_000;
    this.#lost = lost;
  }

  begin(lease: Lease): void {
    this.#lease = lease;
    this.#timer = setInterval(() => { this.#leases.renew(lease, this.#forMs).then((mine) => { if (!mine && this.#lease) this.#lost(); }, () => undefined); }, this.#forMs / 3);
  }

  end(): void {
    clearInterval(this.#timer);
    const lease = this.#lease;
    this.#lease = undefined;
    if (lease) this.#leases.release(lease).catch(() => undefined);
  }
}
