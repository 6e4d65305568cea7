import { createHash } from 'node:crypto';
import type { ChildProcess } from 'node:child_process';
import { Refused } from './errors.ts';
import type { Logger } from './log.ts';
import { entryProcess } from './process.ts';
import type { Question, StudyAnswer, StudyTold } from './study-child.ts';

const WAITING = 8;
/** Of one caller, waiting or at work. */
const EACH = 3;
const KEPT = 16;
const LIMIT_MS = 10 * 60_000;
/** How long an answer about files stays, which may change meanwhile. */
const FRESH_MS = 120_000;

interface Study { question: Question; by: string; answer: Promise<StudyAnswer>; settle: { ok: (a: StudyAnswer) => void; no: (e: Error) => void }; ended: boolean }

/**
 * Long questions (fixes, a plan, a what-if), one at a time and each in a process of its own, so that no question of somebody else waits for
 * them. An answer is kept: who was told to ask again gets it, and so does the next who asks the same.
 */
export class Studies {
  readonly #known = new Map<string, Study>();
  readonly #queue: Study[] = [];
  readonly #log: Logger;
  readonly #env: Record<string, string | undefined>;
  readonly #patienceMs: number;
  #running: ChildProcess | undefined;
  #stopping = false;

  /** `patienceMs`: how long one request waits for its answer. */
  constructor(log: Logger, env: Record<string, string | undefined>, patienceMs = 60_000) {
    this.#log = log;
    this.#env = env;
    this.#patienceMs = patienceMs;
  }

  /** `by`: who asks. `basis`: what the answer depends on beside the question; undefined: on files, which are not looked into to see. */
  async ask(by: string, question: Question, basis: unknown): Promise<StudyAnswer> {
    const key = createHash('sha256').update(JSON.stringify([question, basis ?? null])).digest('hex');
    const study = this.#known.get(key) ?? this.#begin(key, by, question, basis === undefined);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, no) => { timer = setTimeout(() => { no(new Refused('STILL_WORKING', 'this takes longer than one request waits: ask the same again, the work goes on')); }, this.#patienceMs); });
    try { return await Promise.race([study.answer, late]); } finally { clearTimeout(timer); }
  }

  #begin(key: string, by: string, question: Question, passing: boolean): Study {
    if (this.#stopping) throw new Refused('SHUTTING_DOWN', 'the service is stopping');
    if (this.#queue.length >= WAITING) throw new Refused('BUSY', `${WAITING} long questions are waiting already: try again later`);
    if ([...this.#known.values()].filter((s) => s.by === by && !s.ended).length >= EACH) throw new Refused('BUSY', `${EACH} long questions of yours are being answered already: try again later`);
    let settle!: Study['settle'];
    const answer = new Promise<StudyAnswer>((ok, no) => { settle = { ok, no }; });
    const study: Study = { question, by, answer, settle, ended: false };
    answer.then(() => { study.ended = true; if (passing) setTimeout(() => { if (this.#known.get(key) === study) this.#known.delete(key); }, FRESH_MS).unref(); }, () => { this.#known.delete(key); });
    this.#known.set(key, study);
    for (const [old, s] of this.#known) if (this.#known.size > KEPT && s.ended) this.#known.delete(old);
    this.#queue.push(study);
    this.#next();
    return study;
  }

  #next(): void {
    if (this.#running || this.#stopping) return;
    const study = this.#queue.shift();
    if (!study) return;
    const process = (this.#running = entryProcess('study-child', this.#env));
    let errors = '';
    let told: StudyTold | undefined;
    const limit = setTimeout(() => { told = { failed: { code: 'TOO_EXPENSIVE', message: `no answer after ${LIMIT_MS / 60_000} minutes` } }; process.kill('SIGKILL'); }, LIMIT_MS);
    process.stderr!.on('data', (d) => { errors = (errors + String(d)).slice(-4_000); });
    process.on('message', (t: StudyTold) => { if (!('progress' in t)) told = t; });
    process.on('error', (e) => { errors += e.message; });
    process.once('close', () => {
      clearTimeout(limit);
      if (errors !== '') this.#log('error', 'a study wrote to its error output', { kind: study.question.kind, text: errors });
      this.#running = undefined;
      if (told && 'done' in told) study.settle.ok(told.done);
      else if (told && 'failed' in told && told.failed.code !== 'INTERNAL_SERVER_ERROR') study.settle.no(new Refused(told.failed.code, told.failed.message));
      else study.settle.no(this.#stopping ? new Refused('SHUTTING_DOWN', 'the service is stopping') : new Error('a study ended before it was done'));
      this.#next();
    });
    process.send(study.question, () => undefined);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const s of this.#queue.splice(0)) s.settle.no(new Refused('SHUTTING_DOWN', 'the service is stopping'));
    const running = this.#running;
    if (running) { const gone = new Promise<void>((ok) => { running.once('close', () => { ok(); }); }); running.kill('SIGKILL'); await gone; }
  }
}
