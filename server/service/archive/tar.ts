import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { unsafe, type ArchiveGuard } from './guard.ts';
import type { Target } from './target.ts';

/** Unpacks entry by entry as the bytes arrive. Only files and folders are taken. */
export async function unpackTar(file: string, zipped: boolean, guard: ArchiveGuard, target: Target): Promise<void> {
  const source = createReadStream(file);
  const entries = extract();
  const feed = zipped ? pipeline(source, createGunzip(), entries) : pipeline(source, entries);
  // An entry whose end never comes would be waited for.
  const cut = new AbortController();
  feed.catch(() => { cut.abort(); });
  try {
    for await (const entry of entries) {
      const { name, type } = entry.header;
      if (type === 'directory') { await target.folder(guard.place(name, true)); entry.resume(); continue; }
      if (type !== 'file' && type !== 'contiguous-file') throw unsafe(`${JSON.stringify(name.slice(0, 120))} is a ${type === 'symlink' || type === 'link' ? 'link' : 'device or the like'}: pack it without`);
      await target.file(guard.place(name, false)!, entry as unknown as Readable, (n) => { guard.grow(n, source.bytesRead); }, cut.signal);
    }
    await feed;
  } finally {
    source.destroy();
    entries.destroy();
  }
}
