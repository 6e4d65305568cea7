import { fail } from '../failure.ts';

const MAX_WILDCARDS = 12;

/** `*`, `**`, `?`, `[a-z]` and `{a,b}` over relative paths. */
export function globPattern(glob: string): RegExp {
  if ((glob.match(/\*+/g)?.length ?? 0) > MAX_WILDCARDS) return fail('the pattern has too many wildcards', 'limit');
  let out = '';
  let braces = 0;
  for (let i = 0; i < glob.length; i++) {
    const c = glob[i]!;
    if (c === '*' && glob[i + 1] === '*') {
      const folder = glob[i + 2] === '/';
      out += folder ? '(?:[^/]+/)*' : '.*';
      i += folder ? 2 : 1;
    } else if (c === '*') out += '[^/]*';
    else if (c === '?') out += '[^/]';
    else if (c === '{') { out += '(?:'; braces++; }
    else if (c === '}' && braces) { out += ')'; braces--; }
    else if (c === ',' && braces) out += '|';
    else if (c === '[') {
      const end = glob.indexOf(']', i + 2);
      if (end < 0) return fail('"[" is not closed in the pattern');
      out += `[${glob.slice(i + 1, end).replace(/^[!^]/, '^').replace(/[\\\]]/g, '\\$&')}]`;
      i = end;
    } else out += c.replace(/[\\^$.|+()\]]/g, '\\$&');
  }
  if (braces) return fail('"{" is not closed in the pattern');
  return new RegExp(`^${out}$`);
}
