import { TrackerRefused } from './tracker.ts';

export type Wait = (milliseconds: number) => Promise<void>;
const TRIES = 4;
const LONGEST = 60_000;

/**
 * Tries again after 429, 5xx, limits and broken connections, as long as the answer asks for. What was sent may have been done although the
 * answer was lost: `done` is asked first, and its answer is the result.
 */
export async function retried<T>(work: () => Promise<T>, wait: Wait, done?: () => Promise<T | undefined>): Promise<T> {
  for (let n = 1; ; n++) {
    try {
      return await work();
    } catch (e) {
      const { status, retryAfter } = e as { status?: number; retryAfter?: number };
      const again = status === undefined || status === 429 || status >= 500 || retryAfter !== undefined;
      if (e instanceof TrackerRefused || !again || n >= TRIES) throw e;
      await wait(Math.min(LONGEST, retryAfter !== undefined ? retryAfter * 1000 : 500 * 2 ** n));
      const there = await done?.();
      if (there !== undefined) return there;
    }
  }
}
