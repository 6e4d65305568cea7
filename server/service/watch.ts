import { Refused } from './errors.ts';
import { jobOf } from './ingest.ts';
import type { Job } from './jobs.ts';
import type { Service } from './service.ts';

const EVERY_MS = 200;
const CHECKED_EVERY_MS = 5_000;

/** A job by its id, or the last one about a run. */
async function jobAbout(s: Service, id: string): Promise<Job> {
  const known = s.jobs.get(id) ?? s.jobs.list().find((j) => j.run === id);
  return known ? { ...known } : jobOf(s, id);
}

/**
 * The states of a job as they change, the present one first. Ends when the job does, when the service stops, or when `good` says that who
 * asked may ask no more. Throws Refused NOT_FOUND. What another process loads is seen through the store.
 */
export async function* watchJob(s: Service, id: string, good: () => Promise<boolean>): AsyncGenerator<Job, void> {
  const first = await jobAbout(s, id);
  let last = '';
  let checked = performance.now();
  for (let job: Job | undefined = first; job; job = await jobAbout(s, id).catch((e: unknown) => { if (e instanceof Refused) return undefined; throw e; })) {
    const state = JSON.stringify(job);
    if (state !== last) yield job;
    last = state;
    if (job.finishedAt !== undefined || s.stopping) return;
    await new Promise((ok) => { setTimeout(ok, s.jobs.get(job!.id) ? EVERY_MS : 10 * EVERY_MS); });
    if (performance.now() - checked > CHECKED_EVERY_MS) {
      if (!(await good())) return;
      checked = performance.now();
    }
  }
}
