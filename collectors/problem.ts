import type { Problem, SourceRef } from '../schema/index.ts';

/** Carries a located Problem up to the place that collects problems; the message is fit for the user as it stands. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(code: Problem['code'], message: string, source?: SourceRef) {
    super(message);
    this.name = 'ProblemError';
    this.problem = { code, message, ...(source && { source }) };
  }
}

/** Any thrown thing as a Problem. Of an unforeseen error only the message is kept: a stack never reaches the user. */
export function problemOf(error: unknown, source: SourceRef): Problem {
  if (error instanceof ProblemError) return { ...error.problem, source: { ...source, ...error.problem.source } };
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return { code: 'unreadable', message: `cannot be read: ${code}`, source };
  return { code: 'not-read', message: `the reader stopped: ${error instanceof Error ? error.message : String(error)}`, source };
}
