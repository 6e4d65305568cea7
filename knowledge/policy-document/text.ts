import { type ParseError, printParseErrorCode, visit } from 'jsonc-parser';
import { HOLE_CLOSE, HOLE_OPEN, type Value, showHoles } from '../../schema/index.ts';

export interface ParsedText { value?: Value; problems: string[] }

/**
 * Reads the JSON text of a policy. IAM answers may be percent-encoded. A hole that stands where JSON wants a value
 * (`"Resource": ⟨var.arns⟩`) becomes an unknown value; a hole inside a string stays in the string.
 * Duplicate keys are an error: IAM refuses them, and keeping one of two would be a guess.
 */
export function parsePolicyText(raw: string): ParsedText {
  const text = holesAsValues(decode(raw.trim()));
  const problems = duplicateKeys(text);
  if (problems.length > 0) return { problems };
  try {
    return { value: JSON.parse(text) as Value, problems: [] };
  } catch {
    return { problems: [firstError(text)] };
  }
}

function decode(text: string): string {
  if (!/^%7b/i.test(text)) return text;
  try { return decodeURIComponent(text.replace(/\+/g, '%20')); } catch { return text; }
}

function holesAsValues(text: string): string {
  if (!text.includes(HOLE_OPEN)) return text;
  let out = '';
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === HOLE_OPEN) {
      const end = text.indexOf(HOLE_CLOSE, i);
      if (end < 0) return text;
      const body = text.slice(i, end + 1);
      out += inString ? body : JSON.stringify({ $unknown: showHoles(body) });
      i = end;
      continue;
    }
    out += c;
    if (inString && c === '\\') out += text[++i] ?? '';
    else if (c === '"') inString = !inString;
  }
  return out;
}

function duplicateKeys(text: string): string[] {
  const open: Set<string>[] = [];
  const found: string[] = [];
  visit(text, {
    onObjectBegin: () => { open.push(new Set()); },
    onObjectEnd: () => { open.pop(); },
    onObjectProperty: (key, _offset, _length, line, column) => {
      const keys = open.at(-1);
      if (keys?.has(key)) found.push(`duplicate key "${key}" at line ${line + 1}, column ${column + 1} of the document`);
      keys?.add(key);
    },
  }, { disallowComments: true });
  return found;
}

function firstError(text: string): string {
  let message: string | undefined;
  visit(text, {
    onError: (code: ParseError['error'], _offset, _length, line, column) => {
      message ??= `policy is not valid JSON: ${printParseErrorCode(code)} at line ${line + 1}, column ${column + 1} of the document`;
    },
  }, { disallowComments: true });
  return message ?? 'policy is not valid JSON';
}
