import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A new private folder that an archive is written to. Modes, owners and times of the archive do not count. */
export class Target {
  readonly #root: string;
  readonly #made = new Set<string>(['.']);
  constructor(root: string) { this.#root = root; }

  async folder(path: string | undefined): Promise<void> {
    if (path === undefined || this.#made.has(path)) return;
    await mkdir(join(this.#root, path), { recursive: true, mode: 0o700 });
    this.#made.add(path);
  }

  /** `count` is told of every piece before it is written, and may throw. `cut`: no more will come. */
  async file(path: string, content: Readable, count: (bytes: number) => void, cut?: AbortSignal): Promise<void> {
    await this.folder(dirname(path));
    const counted = new Transform({ transform: (chunk: Buffer, _, done) => { try { count(chunk.length); done(null, chunk); } catch (e) { done(e as Error); } } });
    await pipeline(content, counted, createWriteStream(join(this.#root, path), { flags: 'wx', mode: 0o600 }), { signal: cut });
  }
}
