import type { Severity } from '../../schema/index.ts';
import type { Block } from './text/document.ts';

/** What a tracker is given for one fix. `meta` goes into the text, hidden, and is how the ticket is found again. */
export interface Ticket { fixId: string; title: string; blocks: readonly Block[]; severity: Severity; labels: string[]; assignee?: string; meta: TicketMeta }
/**
 * `due`: day of the first run, or earlier. `scope`: of the estate that was read, and its folder. `findings`: fingerprints. `sources`: reader and file that must
 * be read before it may close.
 */
export interface TicketMeta { fix: string; hash: string; due: string; scope?: string; findings: string[]; sources: { source: string; file: string }[] }
/** A ticket that is there. `ref` is what the tracker calls it; `since`: when it was last opened or closed, as far as we know. */
export interface Known { ref: string; open: boolean; meta: TicketMeta; url?: string; since?: string }
export type Found = Pick<Known, 'ref' | 'open' | 'url'>;

/** Somewhere tickets live. A tracker is one file here. What we know of its tickets is in the store; the hidden id finds those the store does not know. */
export interface Tracker {
  name: string;
  /** All tickets of ours, open or closed, the oldest first. undefined: this tracker cannot be asked. */
  find(): Promise<Known[] | undefined>;
  /** One ticket by its name, whatever is left of its text. undefined: it is gone. */
  get?(ref: string): Promise<Found | undefined>;
  /** Safe to repeat: what was made although the answer was lost is found, not made again. */
  create(t: Ticket): Promise<Found>;
  update(known: Known, t: Ticket): Promise<void>;
  close(known: Known, why: string): Promise<void>;
  reopen(known: Known, t: Ticket): Promise<void>;
}

/** The tracker said no for a reason that holds for other tickets as well: token, permission, place, a limit that lasts. `lasting`: asking again makes no sense. */
export class TrackerRefused extends Error {
  readonly lasting: boolean;
  constructor(message: string, lasting = false) {
    super(message);
    this.lasting = lasting;
  }
}

const packed = (m: TicketMeta): string => Buffer.from(JSON.stringify(m)).toString('base64url');
const OPEN = '<!-- overreach-fix ';
/** Base64, so that nothing in it can end the comment. */
export const hidden = (m: TicketMeta): string => `${OPEN}${packed(m)} -->`;
/** One word that a text search finds, where there are no comments to hide in. */
export const MARKER = 'overreachfix';
export const marker = (m: TicketMeta): string => `${MARKER} ${packed(m)}`;

/** The id hidden in a text; the last one, since ours is written last. */
export function metaOf(body: string): TicketMeta | undefined {
  const [at, begin] = [OPEN, `${MARKER} `].map((b) => [body.lastIndexOf(b), b] as const).sort((a, b) => b[0] - a[0])[0]!;
  if (at < 0) return undefined;
  try {
    const m = JSON.parse(Buffer.from(/^[\w+/=-]*/.exec(body.slice(at + begin.length))![0], 'base64').toString()) as TicketMeta;
    return typeof m.fix === 'string' && typeof m.due === 'string' && strings(m.findings) && Array.isArray(m.sources) ? m : undefined;
  } catch {
    return undefined;
  }
}
const strings = (v: unknown): boolean => Array.isArray(v) && v.every((x) => typeof x === 'string');
