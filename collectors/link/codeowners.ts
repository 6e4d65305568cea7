import { ownerMatcher } from './codeowners-pattern.ts';

interface Rule { matches: (path: string) => boolean; owners: string[]; line: number }
interface Section { name: string; optional: boolean; defaults: string[]; rules: Rule[]; excluded: ((path: string) => boolean)[] }

/** Owners of a file, those whose approval is only asked for (GitLab's optional sections) last. */
export interface FileOwners { owners: string[]; line: number; optional: string[] }
export type Host = 'github' | 'gitlab';

const SECTION = /^(\^?)\[([^\]]+)\](?:\[\d+\])?\s*(.*)$/;

/** Where the hosts look for the file, first hit counts (docs.github.com “About code owners”, docs.gitlab.com “Code Owners”, 2026). */
export const places = (host: Host | undefined): readonly string[] =>
  host === 'gitlab' ? ['CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'] : ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'];

/** By what only one host has: its folder, its address, sections. */
export const hostOf = (file: string, remote: string | undefined, text: string): Host =>
  file.startsWith('.github/') ? 'github' : file.startsWith('.gitlab/') || /gitlab/i.test(remote?.split('/')[0] ?? '') || text.split(/\r?\n/).some((l) => SECTION.test(l.trim())) ? 'gitlab' : 'github';

/**
 * Who owns a file, by the text of a CODEOWNERS file. Of the patterns that match, the last decides; with GitLab sections, the last of each
 * section, and owners add up. A pattern without owners takes those of its section; in GitHub it has none.
 */
export function codeOwners(text: string, host: Host = hostOf('', undefined, text)): (path: string) => FileOwners | undefined {
  const sections: Section[] = [{ name: '', optional: false, defaults: [], rules: [], excluded: [] }];
  let here = sections[0]!;
  text.split(/\r?\n/).forEach((written, i) => {
    const line = written.replace(/(^|\s)#.*$/, '').trim();
    if (!line) return;
    const section = host === 'gitlab' ? SECTION.exec(line) : null;
    if (section) {
      here = sectionNamed(sections, section[2]!.trim(), section[1] === '^', ownersIn(section[3]!));
      return;
    }
    const [pattern, ...rest] = line.split(/(?<!\\)\s+/);
    const excluded = pattern!.startsWith('!');
    if (excluded && host === 'github') return; // GitHub does not know exclusions: the line is invalid there
    const matches = ownerMatcher(excluded ? pattern!.slice(1) : pattern!, host);
    if (excluded) here.excluded.push(matches);
    else {
      const owners = ownersIn(rest.join(' '));
      here.rules.push({ matches, owners: owners.length > 0 ? owners : here.defaults, line: i + 1 });
    }
  });
  return (path) => {
    const hits = sections.filter((s) => !s.excluded.some((x) => x(path))).flatMap((s) => { const rule = s.rules.findLast((r) => r.matches(path)); return rule ? [{ rule, optional: s.optional }] : []; }).sort((a, b) => Number(a.optional) - Number(b.optional));
    const of = (optional: boolean): string[] => hits.filter((h) => h.optional === optional).flatMap((h) => h.rule.owners);
    const required = of(false);
    const owners = [...new Set([...required, ...of(true)])];
    return owners.length > 0 ? { owners, line: hits.find((h) => h.rule.owners.length > 0)!.rule.line, optional: owners.filter((o) => !required.includes(o)) } : undefined;
  };
}

/** Sections of one name are one, letter case aside; the last defaults that are given count for what follows. */
function sectionNamed(sections: Section[], name: string, optional: boolean, defaults: string[]): Section {
  const there = sections.find((s) => s.name === name.toLowerCase());
  if (!there) {
    const section: Section = { name: name.toLowerCase(), optional, defaults, rules: [], excluded: [] };
    sections.push(section);
    return section;
  }
  if (defaults.length > 0) there.defaults = defaults;
  return there;
}

const ownersIn = (text: string): string[] => text.split(/\s+/).filter((o) => /^@|^[^\s@]+@[^\s@]+$/.test(o));
