import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownOf } from './text/markdown.ts';
import { plain } from './text/document.ts';
import { hidden, metaOf, type Found, type Ticket, type Tracker } from './tracker.ts';

/** A folder of Markdown files, one per fix. A file is written beside and renamed, so that a killed run leaves none in halves. */
export function fileTracker(folder: string): Tracker {
  const pathOf = (fixId: string): string => join(folder, `${fixId}.md`);
  const write = (fixId: string, text: string): void => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${pathOf(fixId)}.part`, text);
    renameSync(`${pathOf(fixId)}.part`, pathOf(fixId));
  };
  const put = async (t: Ticket): Promise<Found> => {
    write(t.fixId, `# ${plain(t.title)}\n\nState: open\n\n${markdownOf(t.blocks)}\n\n${hidden(t.meta)}\n`);
    return { ref: `${t.fixId}.md`, open: true };
  };
  const isOpen = (text: string): boolean => !/^State: closed/m.test(text);
  return {
    name: 'file',
    find: async () => (!existsSync(folder) ? [] : readdirSync(folder).filter((f) => f.endsWith('.md')).sort().flatMap((f) => {
      const text = readFileSync(join(folder, f), 'utf8');
      const meta = metaOf(text);
      return meta ? [{ ref: f, open: isOpen(text), meta }] : [];
    })),
    get: async (ref) => (existsSync(join(folder, ref)) ? { ref, open: isOpen(readFileSync(join(folder, ref), 'utf8')) } : undefined),
    create: put,
    update: async (_, t) => { await put(t); },
    reopen: async (_, t) => { await put(t); },
    close: async (known, why) => { write(known.meta.fix, readFileSync(pathOf(known.meta.fix), 'utf8').replace(/^State: open$/m, `State: closed, ${why}`)); },
  };
}
