import { realpath, readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Problem } from '../schema/index.ts';
import type { InputFile } from './define.ts';
import { inputFile, MAX_TEXT_BYTES, showBytes } from './input-file.ts';

const IGNORED = new Set(['.git', 'node_modules', '.overreach']);
const MAX_FILES = 500_000;
const MAX_DEPTH = 64;

/** Ends of names that some reader reads as whole text; JSON is not among them, because dumps and plans are streamed. */
const WHOLE = /\.(tf|tfvars|hcl|ya?ml|toml|tf\.json)$/i;
/** Ends of names that a reader may read at all: only for these is an unreadable link worth a word. */
const READABLE = /(\.(tf|tfvars|hcl|ya?ml|toml|json|tfstate)|CODEOWNERS)$/i;

export interface Discovered { files: InputFile[]; problems: Problem[] }

/**
 * Every file below `start` (a folder, or one file) that a reader may look at, ordered by path. Paths are relative to `base`.
 * Links are followed only inside `base` and never twice; nothing outside is opened. No ignore file is honoured:
 * what is in the repository counts.
 */
export async function discover(base: string, start: string): Promise<Discovered> {
  const root = await realpath(base);
  const walk = new Walk(root);
  const from = await realpath(start);
  const info = await stat(from);
  if (info.isDirectory()) await walk.folder(from, [from]);
  else walk.file(from, info.size);
  walk.files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { files: walk.files, problems: walk.problems };
}

class Walk {
  readonly files: InputFile[] = [];
  readonly problems: Problem[] = [];
  readonly #root: string;
  #full = false;

  constructor(root: string) { this.#root = root; }

  /** `trail` holds the real folders from the start down to this one: a link to any of them is a loop. */
  async folder(real: string, trail: readonly string[]): Promise<void> {
    if (this.#full) return;
    if (trail.length > MAX_DEPTH) return this.#refuse('limit', real, `folders nested deeper than ${MAX_DEPTH} are not read`);
    let entries;
    try {
      entries = await readdir(real, { withFileTypes: true });
    } catch (error) {
      return this.#refuse('unreadable', real, `the folder cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'error'}`);
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    for (const entry of entries) {
      const path = join(real, entry.name);
      if (entry.isDirectory()) {
        if (!this.#ignored(real, entry.name)) await this.folder(path, [...trail, path]);
      } else if (entry.isFile()) {
        try {
          this.file(path, (await stat(path)).size);
        } catch {
          this.#refuse('unreadable', path, 'the file cannot be read');
        }
      } else if (entry.isSymbolicLink()) await this.#link(path, trail);
    }
  }

  file(path: string, size: number): void {
    if (this.files.length >= MAX_FILES) {
      if (!this.#full) this.#refuse('limit', path, `more than ${MAX_FILES} files: the rest is not read`);
      this.#full = true;
      return;
    }
    if (size > MAX_TEXT_BYTES && WHOLE.test(path)) return this.#refuse('too-large', path, `the file has ${showBytes(size)}; at most ${showBytes(MAX_TEXT_BYTES)} are read`);
    this.files.push(inputFile(this.#relative(path), path, size));
  }

  /** Of `.terraform` only the modules that `terraform init` fetched are of interest. */
  #ignored(parent: string, name: string): boolean {
    if (IGNORED.has(name)) return true;
    return parent.endsWith(`${sep}.terraform`) && name !== 'modules';
  }

  async #link(path: string, trail: readonly string[]): Promise<void> {
    let real: string;
    try {
      real = await realpath(path);
    } catch (error) {
      const loop = (error as NodeJS.ErrnoException).code === 'ELOOP';
      if (loop) this.#refuse('symlink-loop', path, 'the link points to itself through other links');
      else if (READABLE.test(path)) this.#refuse('unreadable', path, 'the link points to nothing');
      return;
    }
    const folder = (await stat(real)).isDirectory();
    if (real !== this.#root && !real.startsWith(this.#root + sep)) {
      if (folder || READABLE.test(path)) this.#refuse('outside-root', path, 'the link leaves the scanned folder and is not followed');
      return;
    }
    if (trail.includes(real)) return this.#refuse('symlink-loop', path, 'the link leads back to a folder that contains it');
    // A linked folder lies inside the scanned folder, so it is read where it really is; a linked file may have a name that only the link has.
    if (!folder) this.file(path, (await stat(real)).size);
  }

  #refuse(code: Problem['code'], path: string, message: string): void {
    this.problems.push({ code, message, source: { source: 'discovery', file: this.#relative(path) } });
  }

  #relative(path: string): string { return relative(this.#root, path).split(sep).join('/'); }
}
