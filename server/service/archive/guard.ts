import { Refused } from '../errors.ts';

/** What an archive may cost. Bytes and counts are of what comes out of it. */
export interface ArchiveLimits { entries: number; bytes: number; depth: number; ratio: number }
export const ARCHIVE_LIMITS: ArchiveLimits = { entries: 100_000, bytes: 4_000_000_000, depth: 64, ratio: 200 };

/** Below this a high ratio is no attack: text of one letter packs to nothing. */
const RATIO_FROM = 20_000_000;
const shown = (name: string): string => JSON.stringify(name.slice(0, 120));
export const unsafe = (why: string): Refused => new Refused('ARCHIVE_UNSAFE', `the archive is not unpacked: ${why}`);
export const tooMuch = (why: string): Refused => new Refused('ARCHIVE_TOO_LARGE', `the archive is not unpacked: ${why}`);
export const broken = (): Refused => new Refused('ARCHIVE_BROKEN', 'the archive cannot be read: it is damaged, cut off or of another kind than its name says');

/** Decides on every entry before anything of it is written. One guard, one archive. */
export class ArchiveGuard {
  readonly #limits: ArchiveLimits;
  /** Folded path → the path as written, and whether it is a folder. */
  readonly #seen = new Map<string, { path: string; folder: boolean }>();
  #entries = 0;
  #bytes = 0;

  constructor(limits: ArchiveLimits) { this.#limits = limits; }

  get bytes(): number { return this.#bytes; }
  get files(): number { return [...this.#seen.values()].filter((e) => !e.folder).length; }

  /** The path below the target folder; undefined for the folder itself. */
  place(name: string, folder: boolean): string | undefined {
    if (++this.#entries > this.#limits.entries) throw tooMuch(`it holds more than ${this.#limits.entries} entries`);
    if (/[\p{Cc}\\]/u.test(name) || /^[a-z]:/i.test(name) || name.startsWith('/')) throw unsafe(`the name ${shown(name)} is absolute or holds characters that no plain path has`);
    const parts = name.normalize('NFC').split('/').filter((p) => p !== '' && p !== '.');
    if (parts.includes('..')) throw unsafe(`the name ${shown(name)} leads out of it`);
    if (parts.length > this.#limits.depth) throw tooMuch(`folders are nested deeper than ${this.#limits.depth}`);
    if (parts.some((p) => Buffer.byteLength(p) > 255)) throw unsafe(`the name ${shown(name)} is too long`);
    if (parts.length === 0) { if (folder) return undefined; throw unsafe('an entry has no name'); }
    for (let i = 1; i < parts.length; i++) this.#take(parts.slice(0, i).join('/'), true, name, true);
    this.#take(parts.join('/'), folder, name, folder);
    return parts.join('/');
  }

  #take(path: string, folder: boolean, name: string, again: boolean): void {
    const key = path.toLowerCase();
    const before = this.#seen.get(key);
    if (before && (before.path !== path || before.folder !== folder || !again)) throw unsafe(`${shown(name)} and ${shown(before.path)} would be one file on some systems`);
    this.#seen.set(key, { path, folder });
  }

  /** Counts bytes as they come out. `packed`: bytes of the archive they came from, as far as it was read. */
  grow(by: number, packed: number): void {
    this.#bytes += by;
    if (this.#bytes > this.#limits.bytes) throw tooMuch(`unpacked it has more than ${this.#limits.bytes} bytes`);
    if (this.#bytes > RATIO_FROM && this.#bytes > packed * this.#limits.ratio) throw tooMuch(`it grows to more than ${this.#limits.ratio} times its size`);
  }
}
