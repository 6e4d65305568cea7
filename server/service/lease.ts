import { randomUUID } from 'node:crypto';
import type { GraphStore, Lease } from '../../graph/store/port.ts';
import { UserError } from '../../schema/index.ts';

/** Runs hold the whole graph, not a part of it: there is one right to write them. */
const RUNS = 'runs';
/** What analysing may take while the process can renew nothing. */
const LONG_WORK = 600_000;
const POLL = 300;

export interface LeaseOptions {
  /** Seconds after which somebody else may take over from a process that went away. */
  seconds?: number;
  /** Seconds to wait for a holder; 0 = ask once. */
  wait?: number;
  /** Told of the claim, where another process renews it. */
  told?: (lease: Lease) => void;
}

/** Another process writes to the store. */
export class Busy extends UserError {}
/** It was taken over: this process was silent for too long. */
export class LeaseLost extends UserError {}

export interface Hold {
  lease: Lease;
  /** Before work that lets no timer run, and before each write that must not be a stale one. Throws LeaseLost. */
  keep: (longWork?: boolean) => Promise<void>;
}

/** Does the work while no other process may write runs to the store. */
export async function underLease<T>(store: GraphStore, o: LeaseOptions, progress: (message: string) => void, work: (hold: Hold) => Promise<T>): Promise<T> {
  const [forMs, holder] = [(o.seconds ?? 60) * 1_000, randomUUID()];
  let lease = await store.leases.claim(RUNS, holder, forMs);
  if (!lease && o.wait !== 0) progress('waiting: another process loads or analyses');
  for (const end = performance.now() + (o.wait ?? 600) * 1_000; !lease && performance.now() < end;) {
    await new Promise((ok) => setTimeout(ok, POLL));
    lease = await store.leases.claim(RUNS, holder, forMs);
  }
  if (!lease) throw new Busy('another process loads into this store or analyses it: try again later', 4);
  const held = lease;
  const lost = (): LeaseLost => new LeaseLost('this process was silent for too long: another one has taken over', 4);
  const keep = async (longWork = false): Promise<void> => { if (!(await store.leases.renew(held, longWork ? Math.max(forMs, LONG_WORK) : forMs))) throw lost(); };
  o.told?.(held);
  const timer = setInterval(() => { void store.leases.renew(held, forMs).catch(() => undefined); }, forMs / 3);
  timer.unref();
  try {
    return await work({ lease: held, keep });
  } finally {
    clearInterval(timer);
    await store.leases.release(held).catch(() => undefined);
  }
}
