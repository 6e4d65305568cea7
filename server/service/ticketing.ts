import type { StoredTicket } from '../../graph/store/port.ts';
import { showHoles, type Fix } from '../../schema/index.ts';
import type { Loaded } from './answers.ts';
import type { Asker } from './decisions.ts';
import { Refused } from './errors.ts';
import type { Remedies } from './remedies.ts';
import type { Service } from './service.ts';
import type { FixesAnswer } from './study-child.ts';
import { ticketOf } from './ticket-text.ts';
import { markdownOf } from '../trackers/text/markdown.ts';
import { syncTickets, type Done } from './tickets.ts';
import type { ConfiguredTracker } from './tracker-config.ts';

/** Analyses that may be made as proof of the fixes of a run. */
const MAX_RUNS = 100;

/** The fixes of a complete run, as of today's acceptances; with `code`, a folder that was read as that run, also their patches. */
export async function fixesOf(s: Service, by: string, loaded: Loaded, code?: string): Promise<FixesAnswer> {
  const accepted = loaded.result.findings.filter((f) => f.state !== 'open').map((f) => f.fingerprint);
  const answer = await s.studies.ask(by, { kind: 'fixes', store: storeOf(s), run: loaded.run.id, maxRuns: MAX_RUNS, knows: s.options.own, ...(code !== undefined && { code }) }, code === undefined ? [accepted, await s.store.ledger.overrides()] : undefined);
  if (!('fixes' in answer)) throw new Error('another study answered');
  return answer.fixes;
}

export function storeOf(s: Service): string {
  if (!s.place) throw new Refused('UNAVAILABLE', 'this needs a store that outlives this process');
  return s.place.where;
}

/** `action`: what was done, or would be. `title` and `text`: of the ticket, as Markdown. */
export interface Ticketed { action: Done['action']; why?: string; title: string; text: string; ticket?: StoredTicket }

/**
 * Makes the ticket of one fix, or opens the one there is again; `overreach ticket` over the code keeps the texts up to date. Asked and done are audited apart, since the tracker may fail in
 * between: the same request again, with its key or without, then finishes it.
 */
export async function createTicket(s: Service, asker: Asker, loaded: Loaded, wanted: { fix: string; tracker: string; dryRun: boolean }): Promise<Ticketed> {
  const place = s.trackers.get(wanted.tracker);
  if (!place) throw new Refused('NOT_FOUND', `no tracker ${wanted.tracker.slice(0, 64)} is set up; there are: ${[...s.trackers.keys()].join(', ') || 'none'}`);
  const answer = await fixesOf(s, asker.who, loaded);
  const fix = theFix([...answer.plan.fixes, ...answer.plan.alternatives], wanted.fix);
  const r: Remedies = {
    plan: { ...answer.plan, fixes: [fix] }, findings: loaded.result.findings, patched: new Map(answer.patched), coverage: answer.coverage, scope: loaded.run.scope,
    files: new Set(loaded.snapshot.nodes.flatMap((n) => n.sources.flatMap((x) => x.file ?? []))),
  };
  return inTurn(s, () => carryOut(s, asker, place, fix, r, wanted));
}

const turns = new WeakMap<Service, Promise<unknown>>();
/** Requests of one service wait for each other, so that the second sees what the first has done. */
function inTurn<T>(s: Service, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(s) ?? Promise.resolve()).then(work);
  turns.set(s, turn.catch(() => undefined));
  return turn;
}

async function carryOut(s: Service, asker: Asker, place: ConfiguredTracker, fix: Fix, r: Remedies, wanted: { tracker: string; dryRun: boolean }): Promise<Ticketed> {
  const args = { fix: fix.id, tracker: wanted.tracker };
  const former = wanted.dryRun ? undefined : await s.decisions.former<Pick<Ticketed, 'action' | 'why'>>(asker, 'createTicket', args);
  const keyless: Asker = { who: asker.who, ...(asker.request !== undefined && { request: asker.request }) };
  if (!wanted.dryRun && !former) await s.decisions.once(keyless, 'ticket.asked', args, async () => ({ change: {}, subject: fix.id, before: null, after: { tracker: wanted.tracker, place: place.place }, answer: {} }));
  const done = await write(s, place, fix, r, wanted.dryRun || former !== undefined);
  // Another process is making it: no answer to keep.
  if (wanted.dryRun || done.action === 'busy') return done;
  const told = former ?? (await s.decisions.once(asker, 'createTicket', args, async () => ({ change: {}, subject: fix.id, before: null, after: { place: place.place, action: done.action, ref: done.ticket?.ref ?? null }, answer: { action: done.action, ...(done.why !== undefined && { why: done.why }) } })));
  const { why: _, ...rest } = done;
  return { ...rest, ...told };
}

async function write(s: Service, { config, place, tracker }: ConfiguredTracker, fix: Fix, r: Remedies, dryRun: boolean): Promise<Ticketed> {
  const text = { today: s.now(), linkBase: config.linkBase, labels: config.labels, ...(config.assignee !== undefined && { assignee: config.assignee }) };
  const { done, stopped } = await syncTickets(tracker, r, { ...text, now: s.now, wait: (ms) => new Promise((ok) => { setTimeout(ok, ms); }), ledger: s.store.ledger, place, dryRun, only: new Set([fix.id]), keepText: true });
  const mine = done.findLast((d) => d.fix === fix.id && d.why !== `the same fix as ${d.ref}`);
  const ticket = (await s.store.ledger.tickets(place)).find((t) => t.fix === fix.id);
  if (stopped !== undefined || mine?.action === 'failed') throw new Refused('TRACKER_FAILED', stopped ?? mine!.why!);
  const t = ticketOf(fix, r, text, ticket?.due);
  return { action: mine!.action, ...(mine!.why !== undefined && { why: mine!.why }), title: showHoles(t.title), text: markdownOf(t.blocks), ...(ticket && { ticket }) };
}

/** By id, or by a unique beginning of it (8 characters or more). */
function theFix(fixes: readonly Fix[], want: string): Fix {
  const hits = fixes.filter((f) => f.id === want || (want.length >= 8 && f.id.startsWith(want)));
  if (hits.length !== 1) throw new Refused(hits.length === 0 ? 'NOT_FOUND' : 'AMBIGUOUS', hits.length === 0 ? `the last run has no fix ${want.slice(0, 40)}` : `${want.slice(0, 40)} is the beginning of ${hits.length} fixes: give more characters`);
  return hits[0]!;
}
