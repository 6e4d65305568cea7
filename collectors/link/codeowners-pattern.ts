import ignore from 'ignore';
import type { Host } from './codeowners.ts';

/**
 * A pattern of a CODEOWNERS file as a test of a path from the top of the repository. GitHub reads it like a line of .gitignore, except that
 * `docs/*` means the files of that folder only. GitLab reads it like a file name pattern: without a leading slash it may begin in any folder,
 * and only a trailing slash reaches what lies below (docs.gitlab.com, “Code Owners syntax”). A pattern that cannot be read owns nothing.
 */
export function ownerMatcher(pattern: string, host: Host): (path: string) => boolean {
  const plain = pattern.replace(/\\([ #])/g, '$1');
  const folder = plain.endsWith('/');
  const parts = plain.replace(/^\/+/, '').replace(/\/+$/, '').split('/');
  if (parts[0] === '') return () => folder && host === 'gitlab';
  if (host === 'gitlab') return (path) => matchFrom(parts, path.split('/'), plain.startsWith('/'), folder);
  if (parts.length > 1 && parts.at(-1) === '*' && !folder) return (path) => matchFrom(parts, path.split('/'), true, false);
  try {
    const lines = ignore({ ignorecase: false }).add(plain);
    return (path) => lines.ignores(path);
  } catch {
    return () => false;
  }
}

function matchFrom(parts: readonly string[], path: readonly string[], rooted: boolean, folder: boolean): boolean {
  for (let start = 0; start < (rooted ? 1 : path.length); start++) if (walk(parts, path, start, folder)) return true;
  return false;
}

/** Whole segments; `**` stands for any number of them; a `folder` means what lies below it. Linear in parts × path. */
function walk(parts: readonly string[], path: readonly string[], start: number, folder: boolean): boolean {
  let at = new Set([start]);
  for (const [i, part] of parts.entries()) {
    const next = new Set<number>();
    for (const p of at) {
      if (part === '**') {
        for (let q = i === parts.length - 1 ? p + 1 : p; q <= path.length; q++) next.add(q);
      } else if (p < path.length && segment(part).test(path[p]!)) next.add(p + 1);
    }
    if (next.size === 0) return false;
    at = next;
  }
  for (const p of at) if ((p < path.length) === folder) return true;
  return false;
}

const known = new Map<string, RegExp>();
/** `*` and `?` inside one segment; runs of stars are one, so that no pattern is slow. */
function segment(part: string): RegExp {
  let re = known.get(part);
  if (!re) known.set(part, (re = new RegExp(`^${part.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '[^/]*').replace(/\?/g, '[^/]')}$`)));
  return re;
}
