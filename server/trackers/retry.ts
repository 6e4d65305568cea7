import { TrackerRefused } from './tracker.ts';

export type Wait = (milliseconds: number) => Promise<void>;
const TRIES = 4;
/** A limit that lasts longer is not waited for. */
export const PATIENCE_S = 120;

/** What an HTTP answer means for trying again. `retryAfter` in seconds. */
export interface HttpFailure { status?: number; retryAfter?: number }

/**
 * Tries again after 429, 5xx, limits and broken connections, as long as the answer asks for. What was sent may have been done although the
 * answer was lost: `done` is asked first, and its answer is the result.
 */
export async function retried<T>(work: () => Promise<T>, wait: Wait, done?: () => Promise<T | undefined>): Promise<T> {
  for (let n = 1; ; n++) {
    try {
      return await work();
    } catch (e) {
      const { status, retryAfter } = e as HttpFailure;
      const again = status === undefined || status === 429 || status >= 500 || retryAfter !== undefined;
      if (e instanceof TrackerRefused || !again || n >= TRIES) throw e;
      await wait(retryAfter !== undefined ? retryAfter * 1000 : 500 * 2 ** n);
      const there = await done?.();
      if (there !== undefined) return there;
    }
  }
}

/** Seconds that a `Retry-After` header names, as a number or a date; undefined without one. */
export function retryAfterOf(header: string | number | null | undefined, now = Date.now()): number | undefined {
  if (header === undefined || header === null || header === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(String(header));
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}

/** An error for a limit: waited for when it is short, else the end of this run. */
export function limited(who: string, seconds: number): Error {
  if (seconds > PATIENCE_S) return new TrackerRefused(`${who} limits requests for another ${Math.ceil(seconds / 60)} minutes: run again then`, true);
  return Object.assign(new Error(`${who} limits requests`), { status: 429, retryAfter: seconds });
}
