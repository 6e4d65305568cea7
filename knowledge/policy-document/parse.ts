import { isUnknown, showHoles, type Statement, type Value, wholeHole } from '../../schema/index.ts';
import { parseStatement, unknownStatements } from './statement.ts';
import { parsePolicyText } from './text.ts';

export interface ParsedPolicy {
  statements: Statement[];
  /**
   * `partial`: some statement has a part that was not understood; it is kept with `unresolved` and decides nothing alone.
   * `failed`: there is no document to speak of; whatever depends on it is unknown.
   */
  parse: 'ok' | 'partial' | 'failed';
  problems: string[];
}

/**
 * Quotas of the vendor in characters (IAM counts without white space).
 * AWS: IAM and STS quotas; Organizations quotas; KMS key policy 32 KB; bucket policy 20 KB.
 */
export const POLICY_SIZE_LIMITS = { managed: 6_144, inlineUser: 2_048, inlineRole: 10_240, inlineGroup: 5_120, trust: 4_096, scp: 10_240, resource: 20_480, key: 32_768 } as const;

/** Far above any quota, and above the largest document that AWS itself publishes: a bound against hostile input. */
const HARD_LIMIT = 1 << 20;
const DOCUMENT_KEYS = new Set(['Version', 'Id', 'Statement']);

/**
 * Reads an IAM policy document given as a value or as JSON text, by the published grammar of the policy language.
 * `sourceAt` gives the index into the node's sources for a JSON pointer (`/Statement/2`); `limit` is a size quota in characters.
 */
export function parsePolicyDocument(doc: Value, sourceAt?: (pointer: string) => number | undefined, limit: number = HARD_LIMIT): ParsedPolicy {
  if (isUnknown(doc)) return failed(`policy document is not known: ${doc.$unknown}`);
  const size = sizeOf(doc);
  if (size > limit) return failed(`policy has ${size} characters, over the limit of ${limit}`);
  let document: Value = doc;
  if (typeof doc === 'string') {
    if (wholeHole(doc)) return failed(`policy document is not known: ${showHoles(doc)}`);
    const read = parsePolicyText(doc);
    if (read.value === undefined) return failed(...read.problems);
    document = read.value;
  }
  if (isUnknown(document)) return failed(`policy document is not known: ${document.$unknown}`);
  if (document === null || typeof document !== 'object' || Array.isArray(document)) return failed('policy document is not an object');
  return parseDocument(document, sourceAt ?? (() => undefined));
}

const failed = (...problems: string[]): ParsedPolicy => ({ statements: [], parse: 'failed', problems });

function parseDocument(document: { [key: string]: Value }, sourceAt: (pointer: string) => number | undefined): ParsedPolicy {
  const problems: string[] = [];
  for (const key of Object.keys(document)) if (!DOCUMENT_KEYS.has(key)) problems.push(`unknown element ${key} in the policy document`);
  const list = document.Statement;
  if (list === undefined || list === null) return failed(...problems, 'policy document has no Statement');
  if (isUnknown(list) || typeof list === 'string') return failed(...problems, `Statement is not known${isUnknown(list) ? `: ${list.$unknown}` : ''}`);
  const variables = usesVariables(document.Version, problems);
  const statements: Statement[] = [];
  const items = Array.isArray(list) ? list : [list];
  items.forEach((item, i) => {
    const pointer = Array.isArray(list) ? `/Statement/${i}` : '/Statement';
    const source = sourceAt(pointer) ?? (Array.isArray(list) ? undefined : sourceAt('/Statement/0'));
    const read = isUnknown(item) || typeof item === 'string' ? unknownStatements(pointer, isUnknown(item) ? item.$unknown : showHoles(item)) : parseStatement(item, pointer, variables);
    problems.push(...read.problems);
    for (const s of read.statements) statements.push(source === undefined ? s : { ...s, source });
  });
  return { statements, parse: problems.length > 0 ? 'partial' : 'ok', problems };
}

/** Policy variables exist only since version 2012-10-17; before (also when Version is missing) `${…}` is plain text. */
function usesVariables(version: Value | undefined, problems: string[]): boolean {
  if (version === '2012-10-17') return true;
  if (version === undefined || version === '2008-10-17') return false;
  if (isUnknown(version) || (typeof version === 'string' && wholeHole(version))) return true;
  problems.push('Version is neither 2012-10-17 nor 2008-10-17');
  return true;
}

/** Characters without white space for text, sum of the strings and keys for a value. */
function sizeOf(v: Value): number {
  if (typeof v === 'string') return v.length <= 2_048 ? v.length : v.replace(/\s+/g, '').length;
  if (v === null || typeof v !== 'object') return 4;
  let n = 2;
  for (const [k, x] of Object.entries(v)) n += (Array.isArray(v) ? 1 : k.length + 3) + sizeOf(x as Value) + 2;
  return n;
}
