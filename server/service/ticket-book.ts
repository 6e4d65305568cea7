import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Ledger, StoredTicket } from '../../graph/store/port.ts';
import type { Known, Ticket, TicketMeta } from '../trackers/tracker.ts';

/** An intent whose holder was not heard of for so long is nobody's. It is renewed while the tracker is asked. */
export const LEASE_MS = 20_000;
const RENEWED_MS = 5_000;
const STARTED = Math.round(performance.timeOrigin);
const HOLDER = `${hostname()}|${process.pid}|${STARTED}`;

/** What the store knows of the tickets at one place. Without a ledger (a dry run without a store) nothing is known and nothing is kept. */
export class TicketBook {
  readonly rows: ReadonlyMap<string, StoredTicket>;
  readonly #rows: Map<string, StoredTicket>;
  readonly #ledger: Ledger | undefined;
  readonly #place: string;
  readonly #now: () => Date;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(rows: readonly StoredTicket[], ledger: Ledger | undefined, place: string, now: () => Date) {
    this.rows = this.#rows = new Map(rows.map((r) => [r.fix, r]));
    this.#ledger = ledger;
    this.#place = place;
    this.#now = now;
  }

  static async open(ledger: Ledger | undefined, place: string, now: () => Date): Promise<TicketBook> {
    return new TicketBook((await ledger?.tickets(place)) ?? [], ledger, place, now);
  }

  /** Another process, or another request of this one, said it makes this ticket, and may be at it. */
  taken(fix: string): boolean {
    const row = this.#rows.get(fix);
    return row?.state === 'intended' && row.holder !== undefined && atWork(row.holder, this.#now().getTime() - Date.parse(row.at));
  }

  /** Before the tracker is asked. False: somebody else was faster. */
  intend(t: Ticket): Promise<boolean> { return this.#write({ ...about(t), state: 'intended', holder: HOLDER, ...this.#since(t.fixId) }); }

  /** Keeps the intent ours while the tracker is asked. */
  async holding<T>(t: Ticket, work: () => Promise<T>): Promise<T> {
    const beat = setInterval(() => { this.intend(t).catch(() => undefined); }, RENEWED_MS);
    try { return await work(); } finally { clearInterval(beat); }
  }

  /** What others wrote of one ticket meanwhile. */
  async refresh(fix: string): Promise<void> {
    const row = (await this.#ledger?.tickets(this.#place))?.find((r) => r.fix === fix);
    if (row) this.#rows.set(fix, row); else this.#rows.delete(fix);
  }

  /** It was not made, and the next run may try. */
  failed(t: Ticket, why: string): Promise<boolean> { return this.#write({ ...about(t), state: 'intended', why: why.slice(0, 500), ...this.#since(t.fixId) }); }

  /** What the tracker has now. */
  know(k: Omit<Known, 'meta'>, meta: TicketMeta, text: { title: string; severity: string }, why?: string): Promise<boolean> {
    const row = this.#rows.get(meta.fix);
    const state = k.open ? 'open' : 'closed';
    const since = row?.state === state && row.since !== undefined ? row.since : this.#now().toISOString();
    return this.#write({ fix: meta.fix, state, ref: k.ref, ...(k.url !== undefined && { url: k.url }), ...text, hash: meta.hash, due: meta.due, findings: meta.findings, sources: meta.sources, ...(meta.scope !== undefined && { scope: meta.scope }), since, ...(why !== undefined && { why }) });
  }

  #since(fix: string): { since?: string } { const since = this.#rows.get(fix)?.since; return since === undefined ? {} : { since }; }

  /** One write after the other: each must know the mark of the one before. */
  #write(t: Omit<StoredTicket, 'place' | 'mark' | 'at'>): Promise<boolean> {
    const turn = this.#last.then(() => this.#put(t));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #put(t: Omit<StoredTicket, 'place' | 'mark' | 'at'>): Promise<boolean> {
    if (!this.#ledger) return true;
    const row: StoredTicket = { place: this.#place, ...t, mark: randomUUID(), at: this.#now().toISOString() };
    const done = await this.#ledger.putTicket(row, this.#rows.get(t.fix)?.mark);
    if (done) this.#rows.set(t.fix, row);
    return done;
  }
}

const about = (t: Ticket): Pick<StoredTicket, 'fix' | 'title' | 'severity' | 'due' | 'findings' | 'sources' | 'scope'> => ({ fix: t.fixId, title: t.title, severity: t.severity, due: t.meta.due, findings: t.meta.findings, sources: t.meta.sources, ...(t.meta.scope !== undefined && { scope: t.meta.scope }) });

/** As far as one can tell: a process of this machine is looked for, one of another machine has its lease. */
function atWork(holder: string, age: number): boolean {
  if (age > LEASE_MS) return false;
  const [host, pid, started] = holder.split('|');
  if (host !== hostname()) return true;
  if (Number(pid) === process.pid) return Number(started) === STARTED;
  try { process.kill(Number(pid), 0); return true; } catch (e) { return (e as NodeJS.ErrnoException).code === 'EPERM'; }
}

/** A ticket as the store last knew it; undefined where it was never made. */
export function knownOf(row: StoredTicket | undefined): Known | undefined {
  if (row?.ref === undefined || row.hash === undefined || row.state === 'intended') return undefined;
  const meta: TicketMeta = { fix: row.fix, hash: row.hash, due: row.due, findings: row.findings, sources: row.sources, ...(row.scope !== undefined && { scope: row.scope }) };
  return { ref: row.ref, open: row.state === 'open', meta, ...(row.url !== undefined && { url: row.url }), ...(row.since !== undefined && { since: row.since }) };
}
