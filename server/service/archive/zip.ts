import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { unsafe, type ArchiveGuard } from './guard.ts';
import type { Target } from './target.ts';

const FILE = 0o100000;
const FOLDER = 0o040000;
const LINK = 0o120000;

/** Unpacks by the central directory, which is what other programs believe. Sizes that it states are checked against what comes out. */
export async function unpackZip(file: string, guard: ArchiveGuard, target: Target): Promise<void> {
  const packed = (await stat(file)).size;
  const zip: ZipFile = await openPromise(file, { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: true });
  try {
    for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
      const name = entry.fileName;
      const shown = JSON.stringify(name.slice(0, 120));
      if (entry.isEncrypted()) throw unsafe(`${shown} is encrypted`);
      // Made on Unix: the upper half of the attributes is the mode.
      const type = entry.versionMadeBy >>> 8 === 3 ? (entry.externalFileAttributes >>> 16) & 0o170000 : 0;
      if (type === LINK) throw unsafe(`${shown} is a link: pack it without`);
      if (type !== 0 && type !== FILE && type !== FOLDER) throw unsafe(`${shown} is a device or the like: pack it without`);
      if (name.endsWith('/')) { await target.folder(guard.place(name, true)); continue; }
      await target.file(guard.place(name, false)!, (await zip.openReadStreamPromise(entry)) as Readable, (n) => { guard.grow(n, packed); });
    }
  } catch (e) {
    // The reader looks at names before it shows them.
    if (e instanceof Error && /^(invalid relative path|absolute path|invalid characters in fileName)/.test(e.message)) throw unsafe('a name in it leads out of it, is absolute or holds a backslash');
    throw e;
  } finally {
    zip.close();
  }
}
