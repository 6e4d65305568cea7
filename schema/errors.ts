import { z } from 'zod';
import { SourceRef } from './source-ref.ts';

/**
 * Something that could not be read, parsed or resolved. Never thrown across a module border: collected, shown, and counted in coverage.
 * `fatal-input` (a named input could not be read or parsed) is what makes the exit code 3; everything else is coverage.
 */
export const Problem = z.object({
  code: z.enum([
    'parse-error', 'unreadable', 'too-large', // an input could not be read or parsed: exit code 3
    'outside-root', 'symlink-loop', 'missing-module', 'missing-variable', 'cycle', 'unknown-function', 'unresolved', 'unmapped-type', 'not-read', 'invalid-policy', 'unknown-action', 'bad-config', 'limit',
  ]),
  message: z.string(),
  source: SourceRef.optional(),
  subject: z.string().optional().describe('address or node id it concerns'),
});
export type Problem = z.infer<typeof Problem>;

const FATAL = new Set(['parse-error', 'unreadable', 'too-large']);
export const isFatalInput = (p: Problem): boolean => FATAL.has(p.code);

/** An error whose message is meant for the user as it stands; the CLI prints it without a stack. */
export class UserError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 3) {
    super(message);
    this.name = 'UserError';
    this.exitCode = exitCode;
  }
}
