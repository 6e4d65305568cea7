import type { ReadOptions, ReadResult } from '../../collectors/define.ts';
import { discover } from '../../collectors/discovery.ts';
import { readAll } from '../../collectors/read-all.ts';
import { READERS } from '../../collectors/read/index.ts';
import { withFiles } from './scan.ts';

export const readOptions = (base: string): ReadOptions => ({ base, variables: {}, varFiles: [], roots: [], workspace: 'default', env: {}, progress: () => {} });

/** What the readers say about these files, before anything is mapped; optionally of one reader only. */
export const readFiles = (files: Record<string, string | Buffer>, reader?: string): Promise<ReadResult[]> => withFiles(files, async (folder) => {
  const readers = (await Promise.all(READERS.map((load) => load()))).filter((r) => reader === undefined || r.name === reader);
  const out: ReadResult[] = [];
  for await (const { result } of readAll(readers, (await discover(folder, folder)).files, readOptions(folder))) out.push(result);
  return out;
});
