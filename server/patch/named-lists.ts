import type { Document } from './document.ts';
import type { FileEdit } from './edits.ts';
import { rewriteTexts } from './lists.ts';
import type { Naming } from './print.ts';
import { ACTION_KEYS } from './statements.ts';
import { entryOf, textsOf, type Item } from './tree.ts';

/**
 * A list of actions that a statement takes from `local.name`, or from the default of `var.name`, and that reads as expected: changed where it is
 * written. Whoever else takes it is changed too, which reading the code again shows.
 */
export function changeNamedList(doc: Document, startLine: number, endLine: number, now: readonly string[], to: readonly string[], module: readonly Document[], naming: Naming): FileEdit[] | undefined {
  for (const { map } of doc.mapsWithin(startLine, endLine)) {
    const entry = ACTION_KEYS.map((k) => entryOf(map, k)).find((e) => e !== undefined);
    const name = entry && /^(local|var)\.([\w-]+)$/.exec(doc.text.slice(entry.value.start, entry.value.end).trim());
    if (!name) continue;
    for (const d of module) {
      const list = written(d, name[1]!, name[2]!);
      const texts = textsOf(list);
      if (list?.kind !== 'list' || !texts || [...new Set(texts)].sort().join() !== [...new Set(now)].sort().join()) continue;
      const edits = rewriteTexts(d.text, list, texts, to, d.layout(list.style, naming));
      return edits?.map((edit) => ({ path: d.path, edit }));
    }
  }
  return undefined;
}

function written(d: Document, kind: string, name: string): Item | undefined {
  if (d.root?.kind !== 'map') return undefined;
  for (const block of d.root.entries) {
    if (kind === 'local' && block.key === 'locals') { const e = entryOf(block.value, name); if (e) return e.value; }
    if (kind === 'var' && block.key === 'variable' && block.value.kind === 'map' && block.value.labels?.[0] === name) return entryOf(block.value, 'default')?.value;
  }
  return undefined;
}
