import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { collect, type CollectOptions } from '../../collectors/run.ts';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { Batch } from '../../schema/index.ts';

/** Runs `use` with a temporary folder that holds the given files, and removes it afterwards. */
export async function withFiles<T>(files: Record<string, string | Buffer>, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'overreach-test-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a scan of a folder with these files collects. */
export const collectText = (files: Record<string, string | Buffer>, options: Partial<CollectOptions> = {}): Promise<Batch> =>
  withFiles(files, (folder) => collect({ paths: [folder], hashKey: 'test', ...options }));

export const snapshotOf = (batch: Batch): GraphSnapshot => new GraphSnapshot(batch.nodes, batch.edges);
