import { unknown, type Value } from '../../../schema/index.ts';

/**
 * A policy document as IAM answers it: an object (command line), or URL-encoded or plain JSON text (raw API).
 * `problem` is set when it is none of these; what depends on it is then unknown.
 */
export function policyDocument(raw: unknown): { document: Value; problem?: string } {
  if (raw !== null && typeof raw === 'object' && !Array.isArray(raw)) return { document: raw as Value };
  if (typeof raw !== 'string') return failed(raw === undefined || raw === null ? 'the policy document is missing' : 'the policy document is neither an object nor text');
  const text = raw.trimStart().startsWith('{') ? raw : decoded(raw);
  if (text === undefined) return failed('the policy document is not valid URL encoding');
  try {
    const document: unknown = JSON.parse(text);
    return document !== null && typeof document === 'object' && !Array.isArray(document) ? { document: document as Value } : failed('the policy document is not a JSON object');
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
