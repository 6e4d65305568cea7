import ignore, { type Ignore } from 'ignore';

interface Rule { matches: Ignore; owners: string[]; line: number }
interface Section { name: string; defaults: string[]; rules: Rule[] }

export interface FileOwners { owners: string[]; line: number }

const SECTION = /^\^?\[([^\]]+)\](?:\[\d+\])?\s*(.*)$/;

/**
 * Who owns a file, by the text of a CODEOWNERS file. Of the patterns that match, the last decides; with GitLab sections, the last of each
 * section, and owners add up. A pattern without owners takes those of its section; in GitHub it has none.
 */
export function codeOwners(text: string): (path: string) => FileOwners | undefined {
  const sections: Section[] = [{ name: '', defaults: [], rules: [] }];
  text.split(/\r?\n/).forEach((written, i) => {
    const line = written.replace(/(^|\s)#.*$/, '').trim();
    if (!line) return;
    const section = SECTION.exec(line);
    if (section) {
      const name = section[1]!.trim().toLowerCase();
      const defaults = ownersIn(section[2]!);
      const there = sections.find((s) => s.name === name);
      if (there) there.defaults = defaults.length ? defaults : there.defaults;
      else sections.push({ name, defaults, rules: [] });
      sections.push(sections.splice(sections.findIndex((s) => s.name === name), 1)[0]!);
      return;
    }
    const [pattern, ...rest] = line.split(/(?<!\\)\s+/);
    const here = sections.at(-1)!;
    const owners = ownersIn(rest.join(' '));
    if (pattern!.startsWith('!')) return;
    try {
      here.rules.push({ matches: ignore({ ignorecase: false }).add(pattern!.replaceAll('\\ ', ' ')), owners: owners.length ? owners : here.defaults, line: i + 1 });
    } catch {
      // A pattern the matcher refuses owns nothing.
    }
  });
  return (path) => {
    const last = sections.flatMap((s) => s.rules.findLast((r) => r.matches.ignores(path)) ?? []);
    const owners = [...new Set(last.flatMap((r) => r.owners))];
    return owners.length ? { owners, line: last.find((r) => r.owners.length)!.line } : undefined;
  };
}

const ownersIn = (text: string): string[] => text.split(/\s+/).filter((o) => /^@|^[^\s@]+@[^\s@]+$/.test(o));
