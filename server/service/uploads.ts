import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isArchive, unpack } from './archive/unpack.ts';
import { Refused } from './errors.ts';

/** `bytes`: what it takes on disk, an archive unpacked. */
export interface Upload { id: string; name: string; bytes: number; files: number; by: string }

/** A plain file name: no folder, no leading dot, nothing a shell, a terminal or another system reads differently. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/;
const KEPT = 100;

/** Files on their way into the graph, each in a folder of its own below a private spool folder. */
export class Uploads {
  readonly #dir: string;
  readonly #limit: number;
  readonly #all = new Map<string, Upload>();
  #pending = 0;

  /** `limit`: bytes of one upload; four times as much may wait in all. */
  constructor(spool: string, limit: number) {
    mkdirSync(spool, { recursive: true, mode: 0o700 });
    this.#dir = mkdtempSync(join(spool, 'uploads-'));
    this.#limit = limit;
  }

  async receive(body: Readable, name: string, by: string, announced?: number): Promise<Upload> {
    if (!NAME.test(name) || name.includes('..')) throw new Refused('BAD_NAME', 'the file name may hold letters, digits, dot, dash and underscore only, and no folder');
    const tooLarge = (): Refused => new Refused('TOO_LARGE', `an upload may have ${this.#limit} bytes`);
    if (announced !== undefined && announced > this.#limit) throw tooLarge();
    if (this.#all.size >= KEPT || this.#waiting() >= 4 * this.#limit) throw new Refused('SPOOL_FULL', 'too many uploads wait for their ingest');
    const id = randomBytes(16).toString('hex');
    const folder = join(this.#dir, id);
    mkdirSync(folder, { mode: 0o700 });
    let bytes = 0;
    const count = new Transform({
      transform: (chunk: Buffer, _, done) => {
        bytes += chunk.length;
        this.#pending += chunk.length;
        if (bytes > this.#limit) done(tooLarge());
        else if (this.#waiting() > 4 * this.#limit) done(new Refused('SPOOL_FULL', 'too many uploads wait for their ingest'));
        else done(null, chunk);
      },
    });
    try {
      await pipeline(body, count, createWriteStream(join(folder, name), { flags: 'wx', mode: 0o600 }));
    } catch (e) {
      await rm(folder, { recursive: true, force: true });
      if ((e as NodeJS.ErrnoException).code === 'ENOSPC') throw new Refused('DISK_FULL', 'there is no space left for uploads');
      throw e;
    } finally {
      this.#pending -= bytes;
    }
    const content = isArchive(name) ? await this.#unpacked(folder, name, bytes) : { files: 1, bytes };
    const upload = { id, name, ...content, by };
    this.#all.set(id, upload);
    return upload;
  }

  /** Puts what an archive holds in its place. What cannot be unpacked leaves nothing. */
  async #unpacked(folder: string, name: string, packed: number): Promise<{ files: number; bytes: number }> {
    const room = Math.max(0, 4 * this.#limit - this.#waiting());
    this.#pending += packed;
    try {
      const content = await unpack(join(folder, name), `${folder}.content`, { bytes: room });
      if (this.#waiting() - packed + content.bytes > 4 * this.#limit) { await rm(`${folder}.content`, { recursive: true, force: true }); throw new Refused('SPOOL_FULL', 'too many uploads wait for their ingest'); }
      await rm(folder, { recursive: true, force: true });
      await rename(`${folder}.content`, folder);
      return content;
    } catch (e) {
      await rm(folder, { recursive: true, force: true });
      throw e;
    } finally {
      this.#pending -= packed;
    }
  }

  #waiting(): number { return this.#pending + [...this.#all.values()].reduce((n, u) => n + u.bytes, 0); }

  /** Folder of a caller's own upload; somebody else's is as unknown as one that never was. */
  folder(id: string, by: string): string {
    if (this.#all.get(id)?.by !== by) throw new Refused('NOT_FOUND', `there is no upload ${id.slice(0, 40)}`);
    return join(this.#dir, id);
  }

  async remove(id: string): Promise<void> {
    if (this.#all.delete(id)) await rm(join(this.#dir, id), { recursive: true, force: true });
  }

  close(): void { rmSync(this.#dir, { recursive: true, force: true }); }
}
