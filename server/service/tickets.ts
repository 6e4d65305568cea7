import type { Ledger } from '../../graph/store/port.ts';
import { TrackerRefused, type Found, type Known, type Ticket, type Tracker } from '../trackers/tracker.ts';
import type { Remedies } from './remedies.ts';
import { markdownOf } from '../trackers/text/markdown.ts';
import { knownOf, LEASE_MS, TicketBook } from './ticket-book.ts';
import { hasLanded } from './ticket-landed.ts';
import { ticketOf, type TextOptions } from './ticket-text.ts';

export interface TicketOptions extends TextOptions {
  dryRun: boolean;
  /** Where what is known of tickets is kept, and under which name of the place. */
  ledger: Ledger | undefined; place: string; now: () => Date;
  /** How to wait for another process that makes a ticket. */
  wait: (milliseconds: number) => Promise<void>;
  /** Only these fixes; no ticket of another is touched. */
  only?: ReadonlySet<string>;
  /** The text of an open ticket stays: what is known here may be less than what made it (no patches). */
  keepText?: boolean;
}
export interface Done { action: 'create' | 'update' | 'reopen' | 'close' | 'keep' | 'busy' | 'failed'; fix: string; title: string; ref?: string; url?: string; why?: string; /** What a dry run would write, as Markdown. */ text?: string }
/** `stopped`: why the rest was not tried. */
export interface Synced { done: Done[]; stopped?: string }

/** Refusals in a row after which the others would be refused as well. */
const REFUSALS = 3;
const POLL_MS = 500;

/**
 * Brings the tracker in line with the plan, each ticket by itself: what fails is said and the rest is done. Every ticket is written down before
 * it is asked for, so that a process that ends in the middle leaves either a ticket that is known, or an intent whose ticket is looked up.
 */
export async function syncTickets(tracker: Tracker, r: Remedies, o: TicketOptions): Promise<Synced> {
  const book = await TicketBook.open(o.ledger, o.place, o.now);
  let there: Known[] | undefined;
  try { there = await tracker.find(); } catch (e) { return { done: [], stopped: (e as Error).message }; }
  const s = new Sync(tracker, book, o);
  const known = oldest(there ?? [], book);
  const wanted = r.plan.fixes.filter((f) => o.only?.has(f.id) ?? true);
  for (const k of there ?? []) {
    const first = known.get(k.meta.fix);
    if (first && first.ref !== k.ref && k.open && (o.only?.has(k.meta.fix) ?? true)) await s.duplicate(k, first);
  }
  for (const fix of wanted) {
    await s.step({ action: 'failed', fix: fix.id, title: fix.text.slice(0, 120) }, async () => {
      const k = known.get(fix.id) ?? (await s.unseen(fix.id, there === undefined));
      await s.bring(ticketOf(fix, r, o, k?.open === false ? undefined : (k?.meta.due ?? book.rows.get(fix.id)?.due)), k);
    });
  }
  if (o.only) return s.end();
  const still = new Set(wanted.map((f) => f.id));
  const rest = [...new Set([...known.keys(), ...[...book.rows.values()].filter((x) => x.state === 'open').map((x) => x.fix)])].filter((f) => !still.has(f));
  for (const fix of rest) {
    await s.step({ action: 'failed', fix, title: book.rows.get(fix)?.title ?? fix }, async () => {
      const k = known.get(fix) ?? (await s.unseen(fix, there === undefined));
      if (k?.open) await s.finish(k, hasLanded(k.meta, r));
      else if (k) await s.learn(k);
    });
  }
  return s.end();
}

/** Of several tickets with one fix the one the store knows, else the oldest. */
function oldest(there: readonly Known[], book: TicketBook): Map<string, Known> {
  const out = new Map<string, Known>();
  for (const k of there) if (!out.has(k.meta.fix) || book.rows.get(k.meta.fix)?.ref === k.ref) out.set(k.meta.fix, k);
  return out;
}

class Sync {
  readonly #done: Done[] = [];
  readonly #tracker: Tracker;
  readonly #book: TicketBook;
  readonly #dry: boolean;
  readonly #keepText: boolean;
  readonly #wait: TicketOptions['wait'];
  #refused = 0;
  #stopped: string | undefined;

  constructor(tracker: Tracker, book: TicketBook, o: TicketOptions) {
    this.#keepText = o.keepText === true;
    this.#wait = o.wait;
    this.#tracker = tracker;
    this.#book = book;
    this.#dry = o.dryRun;
  }

  end(): Synced { return { done: this.#done, ...(this.#stopped !== undefined && { stopped: this.#stopped }) }; }

  /** One ticket: whatever goes wrong is its own. */
  async step(about: Done, work: () => Promise<void>): Promise<void> {
    if (this.#stopped !== undefined) { this.#done.push({ ...about, action: 'failed', why: 'not tried' }); return; }
    try {
      await work();
      this.#refused = 0;
    } catch (e) {
      const message = (e as Error).message;
      this.#done.push({ ...about, action: 'failed', why: message });
      if (!(e instanceof TrackerRefused)) { this.#refused = 0; return; }
      if (++this.#refused >= REFUSALS || e.lasting) this.#stopped = message;
    }
  }

  /** A ticket the store knows and the listing does not: its text was changed by somebody, or it is gone. */
  async unseen(fix: string, blind: boolean): Promise<Known | undefined> {
    const k = knownOf(this.#book.rows.get(fix));
    if (!k || blind) return k;
    const found = await this.#tracker.get?.(k.ref);
    return found && { ...k, ...found };
  }

  async bring(t: Ticket, k: Known | undefined): Promise<void> {
    const about = { fix: t.fixId, title: t.title, ...(k && { ref: k.ref, ...(k.url !== undefined && { url: k.url }) }) };
    if (!k) return this.#make(t);
    const row = this.#book.rows.get(t.fixId);
    if (!k.open) {
      const why = row?.why?.startsWith('accepted') ? 'its acceptance has ended' : row?.state === 'open' ? 'somebody closed it, and its paths are still there' : 'the path is back';
      if (!this.#dry) { await this.#tracker.reopen(k, t); await this.#book.know({ ...k, open: true }, t.meta, t); }
      this.#done.push({ action: 'reopen', ...about, why });
    } else if (k.meta.hash !== t.meta.hash && !this.#keepText) {
      if (!this.#dry) { await this.#tracker.update(k, t); await this.#book.know(k, t.meta, t); }
      this.#done.push({ action: 'update', ...about, ...this.#shown(t) });
    } else {
      if (!this.#dry && (row?.state !== 'open' || row.ref !== k.ref || row.hash !== k.meta.hash)) await this.#book.know(k, k.meta, t);
      this.#done.push({ action: 'keep', ...about });
    }
  }

  async #make(t: Ticket): Promise<void> {
    const about = { fix: t.fixId, title: t.title };
    const former = this.#book.rows.get(t.fixId)?.ref;
    const turn = await this.#turn(t);
    if (turn !== 'ours') { this.#done.push(turn === 'busy' ? { action: 'busy', ...about, why: 'another process is making it' } : { action: 'keep', ...about, ref: turn.ref, ...(turn.url !== undefined && { url: turn.url }) }); return; }
    const why = former === undefined ? {} : { why: `${former} is gone` };
    if (this.#dry) { this.#done.push({ action: 'create', ...about, ...why, ...this.#shown(t) }); return; }
    try {
      const k = await this.#book.holding(t, () => this.#tracker.create(t));
      await this.#book.know(k, t.meta, t);
      this.#done.push({ action: 'create', ...about, ref: k.ref, ...(k.url !== undefined && { url: k.url }), ...why });
    } catch (e) {
      await this.#book.failed(t, (e as Error).message);
      throw e;
    }
  }

  /** Ours to make, or who made it, after waiting for the one that is at it for as long as its intent lasts. */
  async #turn(t: Ticket): Promise<'ours' | 'busy' | Found> {
    let waited = 0;
    for (;;) {
      if (!this.#book.taken(t.fixId)) {
        if (waited > 0) {
          const made = knownOf(this.#book.rows.get(t.fixId)) ?? (await this.#tracker.find())?.find((k) => k.meta.fix === t.fixId);
          if (made) { await this.#book.know(made, made.meta, t); return made; }
        }
        if (this.#dry || (await this.#book.intend(t))) return 'ours';
      } else if (this.#dry || waited > 2 * LEASE_MS) return 'busy';
      await this.#wait(POLL_MS);
      waited += POLL_MS;
      await this.#book.refresh(t.fixId);
    }
  }

  #shown(t: Ticket): { text?: string } { return this.#dry ? { text: markdownOf(t.blocks) } : {}; }

  async duplicate(k: Known, first: Known): Promise<void> {
    const why = `the same fix as ${first.ref}`;
    await this.step({ action: 'failed', fix: k.meta.fix, title: k.ref, ref: k.ref }, async () => {
      if (!this.#dry) await this.#tracker.close(k, why);
      this.#done.push({ action: 'close', fix: k.meta.fix, title: this.#titleOf(k), ref: k.ref, why });
    });
  }

  async finish(k: Known, landed: { close: boolean; why: string }): Promise<void> {
    const about = { fix: k.meta.fix, title: this.#titleOf(k), ref: k.ref, why: landed.why };
    if (landed.close && !this.#dry) { await this.#tracker.close(k, landed.why); await this.#book.know({ ...k, open: false }, k.meta, this.#text(k), landed.why); }
    this.#done.push({ action: landed.close ? 'close' : 'keep', ...about });
  }

  /** Somebody closed it: the store should know. */
  async learn(k: Known): Promise<void> {
    if (!this.#dry && this.#book.rows.get(k.meta.fix)?.state !== 'closed') await this.#book.know(k, k.meta, this.#text(k), 'closed in the tracker');
  }

  #titleOf(k: Known): string { return this.#book.rows.get(k.meta.fix)?.title ?? k.ref; }
  #text(k: Known): { title: string; severity: string } { const row = this.#book.rows.get(k.meta.fix); return { title: row?.title ?? k.ref, severity: row?.severity ?? 'unknown' }; }
}
