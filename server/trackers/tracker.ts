import type { Severity } from '../../schema/index.ts';

/** What a tracker is given for one fix. `meta` goes into the body, hidden, and is how the ticket is found again. */
export interface Ticket { fixId: string; title: string; body: string; severity: Severity; labels: string[]; assignee?: string; meta: TicketMeta }
/** `due`: day of the first run, kept by later ones. `findings`: fingerprints; `sources`: reader and file that must be read before it may close. */
export interface TicketMeta { fix: string; hash: string; due: string; findings: string[]; sources: { source: string; file: string }[] }
/** A ticket that is there. `ref` is what the tracker calls it. */
export interface Known { ref: string; open: boolean; meta: TicketMeta; url?: string }

/** Somewhere tickets live. A tracker is one file here. It keeps no state of ours: a ticket is found by the id hidden in it. */
export interface Tracker {
  name: string;
  /** All tickets of ours, open or closed, the oldest first. undefined: this tracker cannot be asked. */
  find(): Promise<Known[] | undefined>;
  create(t: Ticket): Promise<Known>;
  update(known: Known, t: Ticket): Promise<void>;
  close(known: Known, why: string): Promise<void>;
  reopen(known: Known, t: Ticket): Promise<void>;
}

/** The tracker said no to everything (401, 403, no such repository): going on makes no sense. */
export class TrackerRefused extends Error {}

const OPEN = '<!-- overreach-fix ';
/** Base64, so that nothing in it can end the comment. */
export const hidden = (m: TicketMeta): string => `${OPEN}${Buffer.from(JSON.stringify(m)).toString('base64')} -->`;

export function metaOf(body: string): TicketMeta | undefined {
  const at = body.lastIndexOf(OPEN);
  if (at < 0) return undefined;
  try {
    const m = JSON.parse(Buffer.from(body.slice(at + OPEN.length, body.indexOf(' -->', at)), 'base64').toString()) as TicketMeta;
    return typeof m.fix === 'string' && Array.isArray(m.findings) && Array.isArray(m.sources) ? m : undefined;
  } catch {
    return undefined;
  }
}
