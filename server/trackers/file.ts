import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hidden, metaOf, type Known, type Ticket, type Tracker } from './tracker.ts';

/** A folder of Markdown files, one per fix. A file is written beside and renamed, so that a killed run leaves none in halves. */
export function fileTracker(folder: string): Tracker {
  const pathOf = (fixId: string): string => join(folder, `${fixId}.md`);
  const write = (fixId: string, text: string): void => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${pathOf(fixId)}.part`, text);
    renameSync(`${pathOf(fixId)}.part`, pathOf(fixId));
  };
  const put = (t: Ticket): Promise<Known> => {
    write(t.fixId, `# ${t.title}\n\nState: open\n\n${t.body}\n\n${hidden(t.meta)}\n`);
    return Promise.resolve({ ref: `${t.fixId}.md`, open: true, meta: t.meta });
  };
  return {
    name: 'file',
    find: () => Promise.resolve(!existsSync(folder) ? [] : readdirSync(folder).filter((f) => f.endsWith('.md')).sort().flatMap((f) => {
      const text = readFileSync(join(folder, f), 'utf8');
      const meta = metaOf(text);
      return meta ? [{ ref: f, open: !/^State: closed/m.test(text), meta }] : [];
    })),
    create: put,
    update: async (_, t) => { await put(t); },
    reopen: async (_, t) => { await put(t); },
    close: (known, why) => {
      write(known.meta.fix, readFileSync(pathOf(known.meta.fix), 'utf8').replace(/^State: open$/m, `State: closed, ${why}`));
      return Promise.resolve();
    },
  };
}
