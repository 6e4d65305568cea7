import { unknown, type Value } from '../../../schema/index.ts';
import { keyCount, keysWritten, repeatedKeys } from '../repeated-keys.ts';

/** Stands where a document cannot be used as it was parsed. */
export class Unusable {
  readonly problem: string;
  constructor(problem: string) { this.problem = problem; }
}

export const repeatedKey = (key: string): string => `the policy document has the key "${key}" twice in one object`;

/**
 * A policy document as IAM answers it: an object (command line), or URL-encoded or plain JSON text (raw API).
 * `problem` is set when it is none of these; what depends on it is then unknown.
 */
export function policyDocument(raw: unknown): { document: Value; problem?: string } {
  if (raw instanceof Unusable) return failed(raw.problem);
  if (raw !== null && typeof raw === 'object' && !Array.isArray(raw)) return { document: raw as Value };
  if (typeof raw !== 'string') return failed(raw === undefined || raw === null ? 'the policy document is missing' : 'the policy document is neither an object nor text');
  const text = raw.trimStart().startsWith('{') ? raw : decoded(raw);
  if (text === undefined) return failed('the policy document is not valid URL encoding');
  try {
    const document: unknown = JSON.parse(text);
    if (document === null || typeof document !== 'object' || Array.isArray(document)) return failed('the policy document is not a JSON object');
    return keyCount(document) < keysWritten(text) ? failed(repeatedKey(repeatedKeys(text)[0]?.key ?? '')) : { document: document as Value };
  } catch (error) {
    return failed(`the policy document is not valid JSON: ${(error as Error).message.replace(/ in JSON.*| \(line.*|"[^"]*" is not.*/s, '')}`);
  }
}

const failed = (problem: string): { document: Value; problem: string } => ({ document: unknown(problem), problem });

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
