import { type Data, Dict, List, NULL, STRING } from '../box.ts';
import { fail } from '../failure.ts';

/** The work a backtracking engine may be asked to do; beyond it the result counts as undecided. */
const MAX_WORK = 100_000_000;

/**
 * A pattern of the language (RE2) as one of this platform, or undefined when matching `length` characters could take too long:
 * the language's own engine never backtracks, ours does, and both pattern and text come from code nobody here wrote.
 */
export function compilePattern(pattern: string, length: number, flags: string): RegExp | undefined {
  const repeats = pattern.match(/[*+]|\{\d*,\d*\}/g)?.length ?? 0;
  const nested = /\([^()]*(?:[*+|]|\{\d*,\d*\})[^()]*\)[*+{]|\)\)[*+{]/.test(pattern);
  if (nested ? length > 64 && length ** 2 * 2 ** Math.min(length, 60) > MAX_WORK : length ** Math.max(1, repeats) > MAX_WORK) return undefined;
  let source = pattern.replace(/\(\?P</g, '(?<').replace(/\\A/g, '^').replace(/\\z/g, '(?![\\s\\S])').replace(/\[:(\^?)(\w+):\]/g, (_, not: string, name: string) => (not ? '^' : '') + (POSIX[name] ?? fail(`class ${name} is not known`)));
  let modes = flags;
  const leading = /^\(\?([imsU]+)\)/.exec(source);
  if (leading) {
    source = source.slice(leading[0].length);
    for (const mode of leading[1]!) if ('ims'.includes(mode)) modes += mode;
  }
  try {
    return new RegExp(source, modes + 'u');
  } catch {
    try {
      return new RegExp(source, modes);
    } catch {
      return fail(`${JSON.stringify(pattern)} is not a valid pattern`);
    }
  }
}

const POSIX: Record<string, string> = {
  alnum: '0-9A-Za-z', alpha: 'A-Za-z', ascii: '\\x00-\\x7f', blank: '\\t ', cntrl: '\\x00-\\x1f\\x7f', digit: '0-9', graph: '!-~',
  lower: 'a-z', print: ' -~', punct: '!-\\/:-@\\[-`{-~', space: '\\t\\n\\v\\f\\r ', upper: 'A-Z', word: '0-9A-Za-z_', xdigit: '0-9A-Fa-f',
};

/** What a match is as a value: the text, the list of groups, or the map of named groups. */
export function matchValue(m: RegExpMatchArray | RegExpExecArray): Data {
  const text = (s: string | undefined) => (s === undefined ? NULL : { data: s });
  if (m.groups) return new Dict(new Map(Object.entries(m.groups).map(([k, v]) => [k, text(v)])));
  return m.length > 1 ? new List(m.slice(1).map(text)) : m[0];
}

/** Search by a pattern between slashes, else by plain text. */
export function replaceText(text: string, search: string, by: string): string | undefined {
  if (search.length > 1 && search.startsWith('/') && search.endsWith('/')) {
    const pattern = compilePattern(search.slice(1, -1), text.length, 'g');
    return pattern && text.replace(pattern, by.replace(/\$\{(\w+)\}/g, (_, n: string) => (/^\d+$/.test(n) ? `$${n}` : `$<${n}>`)));
  }
  return text.split(search).join(by);
}

export const STRINGS = { kind: 'list', of: STRING } as const;
