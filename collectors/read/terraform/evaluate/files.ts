import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { SourceFile } from '../syntax/source.ts';
import { EvaluationFailure } from './failure.ts';

const MAX_BYTES = 20 * 1024 * 1024;
const MAX_ENTRIES = 100_000;

/**
 * Files of the scanned folder. Nothing outside is opened, not through `..` and not through a link.
 * Paths are relative to the scanned folder, with forward slashes. Fails with outside-root, unreadable or too-large.
 */
export class Files {
  readonly base: string;
  #real: string;
  #texts = new Map<string, SourceFile>();

  constructor(base: string) {
    this.base = base;
    this.#real = realpathSync(base);
  }

  /** A path written in code, relative to folder `from` of the scanned folder. */
  resolve(from: string, path: string): string {
    const full = isAbsolute(path) ? path : join(this.base, from, path);
    const inside = relative(this.base, full);
    if (inside === '..' || inside.startsWith('..' + sep) || isAbsolute(inside)) throw new EvaluationFailure(`path ${show(path)} leaves the scanned folder`, 'outside-root');
    return inside.split(sep).join('/');
  }

  isFile(path: string): boolean {
    return this.#stat(path)?.isFile() ?? false;
  }

  isFolder(path: string): boolean {
    return this.#stat(path)?.isDirectory() ?? false;
  }

  bytes(path: string, maxBytes = MAX_BYTES): Buffer {
    const stat = this.#stat(path);
    if (!stat?.isFile()) throw new EvaluationFailure(`no file ${show(path)}`);
    if (stat.size > maxBytes) throw new EvaluationFailure(`file ${show(path)} has ${stat.size} bytes, more than ${maxBytes}`, 'too-large');
    try {
      return readFileSync(join(this.base, path));
    } catch {
      throw new EvaluationFailure(`file ${show(path)} cannot be read`, 'unreadable');
    }
  }

  /** UTF-8 text, byte order mark removed. */
  text(path: string): SourceFile {
    const known = this.#texts.get(path);
    if (known) return known;
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(this.bytes(path));
    } catch (failure) {
      if (failure instanceof EvaluationFailure) throw failure;
      throw new EvaluationFailure(`file ${show(path)} is not UTF-8 text`, 'unreadable');
    }
    const file = new SourceFile(path, text);
    this.#texts.set(path, file);
    return file;
  }

  hash(path: string, algorithm: string): Buffer {
    return createHash(algorithm).update(this.bytes(path)).digest();
  }

  /** Names in a folder, sorted; empty when it cannot be listed. */
  names(path: string): string[] {
    if (!this.isFolder(path)) return [];
    try {
      return readdirSync(join(this.base, path)).sort();
    } catch {
      return [];
    }
  }

  /** Files below a folder, relative to it, sorted. Links to folders are not followed. */
  walk(path: string): string[] {
    const out: string[] = [];
    const open = [''];
    while (open.length) {
      const folder = open.pop()!;
      for (const name of this.names(join(path, folder))) {
        const inner = folder ? `${folder}/${name}` : name;
        const stat = lstatSync(join(this.base, path, inner), { throwIfNoEntry: false });
        if (stat?.isDirectory()) open.push(inner);
        else if (this.isFile(join(path, inner))) out.push(inner);
        if (out.length > MAX_ENTRIES) throw new EvaluationFailure(`more than ${MAX_ENTRIES} files below ${show(path)}`, 'limit');
      }
    }
    return out.sort();
  }

  #stat(path: string) {
    const full = join(this.base, path);
    let real: string;
    try {
      real = realpathSync(full);
    } catch (failure) {
      if ((failure as NodeJS.ErrnoException).code === 'ELOOP') throw new EvaluationFailure(`${show(path)} is a loop of links`, 'unreadable');
      return undefined;
    }
    const inside = relative(this.#real, real);
    if (inside === '..' || inside.startsWith('..' + sep) || isAbsolute(inside)) throw new EvaluationFailure(`${show(path)} is a link that leaves the scanned folder`, 'outside-root');
    return statSync(real, { throwIfNoEntry: false });
  }
}

/** Absolute paths never reach a message. */
const show = (path: string): string => `"${isAbsolute(path) ? join('…', basename(dirname(path)), basename(path)) : path}"`;
