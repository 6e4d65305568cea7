import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { UserError } from '../../schema/index.ts';
import { Refused } from '../service/errors.ts';
import type { Logger } from '../service/log.ts';

/** Exit code of a UserError that means: the other side (store, tracker, output) failed, not the question. */
const OTHER_SIDE = 4;

/** SQLite and the file system say it in different words. */
const isFull = (e: unknown): boolean => e instanceof Error && !(e instanceof GraphQLError) && /SQLITE_FULL|ENOSPC|disk is full/.test(`${String((e as { code?: unknown }).code)} ${e.message}`);

const codeOf = (e: UserError): string => (e instanceof Refused ? e.code : e.exitCode === OTHER_SIDE ? 'STORE_UNAVAILABLE' : 'USER_ERROR');

/** Our own errors keep their message and get a stable code; anything else is an incident: logged here, told to nobody. */
export function errorFormatter(log: Logger, seen: (code: string) => void) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    if (isFull(original)) { log('error', 'no space left for the store'); seen('DISK_FULL'); return { ...formatted, message: 'there is no space left for the store: nothing was changed', extensions: { code: 'DISK_FULL' } }; }
    // A foreign error under another code is still ours to look at and nobody else's to read.
    const incident = !(original instanceof UserError) && (formatted.extensions?.['code'] === 'INTERNAL_SERVER_ERROR' || !(original instanceof GraphQLError));
    if (incident) log('error', 'internal error', { stack: original instanceof Error ? (original.stack ?? original.message) : String(original) });
    const code = original instanceof UserError ? codeOf(original) : incident ? 'INTERNAL_SERVER_ERROR' : String(formatted.extensions?.['code'] ?? 'INTERNAL_SERVER_ERROR');
    seen(code);
    if (incident) return { message: 'internal error', extensions: { code } };
    return { ...formatted, message: original instanceof UserError && code !== 'STORE_UNAVAILABLE' ? original.message : code === 'STORE_UNAVAILABLE' ? 'the store does not answer: try again later' : formatted.message, extensions: { code } };
  };
}
