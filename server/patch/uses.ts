import type { SourceRef } from '../../schema/index.ts';
import type { Document } from './document.ts';
import { cutItems } from './lists.ts';
import { removeEntry } from './maps.ts';
import { walk, type Entry, type Item } from './tree.ts';
import type { FileEdit } from './edits.ts';

/**
 * What becomes of the mentions of a block that goes: it leaves the lists of what others wait for; anything else that names it is a reason to
 * leave it.
 */
export function withoutUses(name: string, at: SourceRef, docs: readonly Document[]): FileEdit[] | string {
  const edits: FileEdit[] = [];
  for (const doc of docs) {
    const mention = mentions(name, doc.language);
    const waiting = doc.root ? waits(doc.root) : [];
    for (const { entry, above } of waiting) {
      const { value } = entry;
      if (!mention.test(doc.text.slice(value.start, value.end))) continue;
      const gone = value.kind === 'list' ? new Set(value.items.flatMap((i, n) => (mention.test(doc.text.slice(i.start, i.end)) ? [n] : []))) : undefined;
      const cut = gone && value.kind === 'list' && gone.size < value.items.length ? cutItems(doc.text, value, gone) : undefined;
      const whole = cut ? undefined : above.kind === 'map' ? removeEntry(doc.text, above, entry) : undefined;
      if (!cut && !whole) return `${name} is waited for in ${doc.path}`;
      edits.push(...(cut ?? [whole!]).map((edit) => ({ path: doc.path, edit })));
    }
    const rest = masked(doc, [...waiting.map((w) => w.entry), ...own(doc, name, at)]);
    if (mention.test(rest)) return `${name} is used elsewhere in ${doc.path}`;
  }
  return edits;
}

function mentions(name: string, language: Document['language']): RegExp {
  const n = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return language === 'hcl' ? new RegExp(`(?<![\\w.-])${n}(?![\\w-])`) : new RegExp(`(?<![\\w-])${n}(?![\\w-])`);
}

/** Entries that say what must be there first. */
function waits(root: Item): { entry: Entry; above: Item }[] {
  const out: { entry: Entry; above: Item }[] = [];
  for (const { item } of walk(root)) if (item.kind === 'map') for (const entry of item.entries) if (entry.key === 'depends_on' || entry.key === 'DependsOn') out.push({ entry, above: item });
  return out;
}

/** The block itself, which may well name itself. */
function own(doc: Document, name: string, at: SourceRef): Entry[] {
  if (doc.path !== at.file || doc.root?.kind !== 'map') return [];
  for (const { item } of walk(doc.root)) if (item.kind === 'map') { const e = item.entries.find((x) => (doc.language === 'hcl' ? x.block && x.value.kind === 'map' && x.value.labels?.join('.') === name : x.key === name)); if (e) return [e]; }
  return [];
}

const masked = (doc: Document, ranges: readonly { start: number; end: number }[]): string => [...ranges].sort((a, b) => b.start - a.start).reduce((text, r) => text.slice(0, r.start) + ' '.repeat(r.end - r.start) + text.slice(r.end), withoutComments(doc));

const withoutComments = (doc: Document): string => doc.text.replace(/(^|\s)(#|\/\/)[^\n]*/g, (s) => ' '.repeat(s.length));
