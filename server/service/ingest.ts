import { realpathSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { ScanRequest } from './scan.ts';
import { Refused } from './errors.ts';
import type { Asker } from './decisions.ts';
import type { Job } from './jobs.ts';
import type { Service } from './service.ts';

export interface IngestInput { paths?: string[] | null; uploads?: string[] | null; scope?: string | null; accountId?: string | null; workspace?: string | null }

/** A path below the ingest root after every link on the way is followed; anything else is refused with the same words, there or not. */
export function insideRoot(root: string | undefined, path: string): string {
  if (root === undefined) throw new Refused('NO_INGEST_ROOT', 'this service reads no paths: it was started without --ingest-root');
  const no = new Refused('OUTSIDE_ROOT', 'this path is not a file or folder under the ingest root');
  if (path.includes('\0')) throw no;
  try {
    const base = realpathSync(root);
    const real = realpathSync(resolve(base, path));
    if (real === base || real.startsWith(base + sep)) return real;
  } catch { /* said below */ }
  throw no;
}

/** Starts loading and analysing. The run of the job becomes the last complete run when it is done. */
export async function ingest(s: Service, asker: Asker, caller: string, input: IngestInput): Promise<Job> {
  const place = placeOf(s);
  const uploads = [...new Set(input.uploads ?? [])];
  let paths: string[] = [];
  const { id } = await s.decisions.once(asker, 'ingest', input, async () => {
    paths = [...(input.paths ?? []).map((p) => insideRoot(s.options.ingestRoot, p)), ...uploads.map((u) => s.uploads.folder(u, caller))];
    if (paths.length === 0 || paths.length > 100) throw new Refused('BAD_INPUT', 'name 1 to 100 paths or uploads');
    if (input.accountId != null && !/^\d{12}$/.test(input.accountId)) throw new Refused('BAD_INPUT', 'an AWS account id has 12 digits');
    if (input.scope != null && !/^[\x21-\x7e]{1,200}$/.test(input.scope)) throw new Refused('BAD_INPUT', 'a scope has 1 to 200 printable characters');
    s.jobs.demandRoom();
    const run = s.newId();
    return { change: {}, subject: run, before: null, after: input, answer: { id: run } };
  }, (answer) => {
    const request = { ...EMPTY, ...s.options.own, paths, scope: input.scope ?? undefined, account: input.accountId ?? undefined, workspace: input.workspace ?? 'default', keepRuns: s.options.keepRuns };
    s.jobs.start(answer.id, { kind: 'ingest', run: answer.id, store: place, request }, asker.who, (job) => { void ended(s, job, uploads); });
  });
  return jobOf(s, id);
}

/** Analyses a complete run anew (default: the last): after an update of the rules, or where its result was lost. */
export async function analyze(s: Service, asker: Asker, wanted: string | undefined): Promise<Job> {
  const place = placeOf(s);
  const { id } = await s.decisions.once(asker, 'analyze', { run: wanted ?? null }, async () => {
    const run = (await s.store.runs()).find((r) => r.status === 'complete' && (wanted === undefined || r.id === wanted));
    if (!run) throw new Refused('NOT_FOUND', wanted === undefined ? 'there is no complete run yet' : `there is no complete run ${wanted.slice(0, 80)}`);
    s.jobs.demandRoom();
    return { change: {}, subject: run.id, before: null, after: { run: run.id }, answer: { id: s.newId(), run: run.id } };
  }, (answer) => { s.jobs.start(answer.id, { kind: 'analyze', run: answer.run, store: place, own: s.options.own }, asker.who, (job) => { void ended(s, job, []); }); });
  return jobOf(s, id);
}

const EMPTY: ScanRequest = { paths: [], roots: [], variables: {}, varFiles: [], workspace: 'default', accounts: [], allRules: true, extraRules: [], keepRuns: 10 };

function placeOf(s: Service): NonNullable<Service['place']> {
  if (!s.place) throw new Refused('UNAVAILABLE', 'loading and analysing need a store that outlives this process');
  return s.place;
}

/** A job of this process; after a restart what the store knows about its run. */
export async function jobOf(s: Service, id: string): Promise<Job> {
  const job = s.jobs.get(id);
  if (job) return job;
  const run = (await s.store.runs()).find((r) => r.id === id);
  if (!run) throw new Refused('NOT_FOUND', `there is no job ${id.slice(0, 80)}`);
  return { id, kind: 'ingest', run: id, status: run.status, progress: run.status, askedBy: 'unknown', askedAt: run.startedAt, ...(run.completedAt === undefined ? {} : { finishedAt: run.completedAt }) };
}

async function ended(s: Service, job: Job, uploads: readonly string[]): Promise<void> {
  try {
    s.metrics.count('overreach_jobs_total', 'Jobs by kind and end.', { kind: job.kind, status: job.status });
    if (job.kind === 'ingest' && job.status !== 'complete') await s.store.abandonRun(job.run);
    s.answers.refresh(job.run);
    await s.decisions.once({ who: job.askedBy }, `${job.kind}.${job.status}`, { id: job.id }, async () => ({ change: {}, subject: job.run, before: null, after: { job: job.id, findings: job.findings ?? null, problem: job.problem ?? null }, answer: {} }));
    for (const u of uploads) await s.uploads.remove(u);
  } catch (e) {
    s.log('error', 'the end of a job could not be recorded', { job: job.id, text: (e as Error).message });
  }
}
