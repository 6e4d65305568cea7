import { dirname, join, normalize } from 'node:path/posix';
import type { InputFile } from '../../define.ts';
import { problemOf } from '../../problem.ts';
import { parseTemplate, SOURCE, type Parsed } from './syntax/parse.ts';

/** Path of a file that `from` names relative to itself; undefined for addresses and for what leaves the scanned folder. */
export function localPath(from: string, location: string): string | undefined {
  const text = location.replace(/^file:\/\//, '');
  if (text === '' || /^[a-z][a-z0-9+.-]*:/i.test(text) || text.startsWith('/') || text.includes('\uE000')) return undefined;
  const path = normalize(join(dirname(from), text));
  return path.startsWith('../') ? undefined : path;
}

/** The files that one root template needs, read ahead; each is parsed when it is first asked for. */
export class Loaded {
  readonly #texts = new Map<string, string>();
  readonly #parsed = new Map<string, Parsed>();

  async load(files: readonly InputFile[]): Promise<void> {
    for (const f of files) {
      if (this.#texts.has(f.path) || this.#parsed.has(f.path)) continue;
      try {
        this.#texts.set(f.path, await f.text());
      } catch (error) {
        this.#parsed.set(f.path, { root: undefined, problems: [problemOf(error, { source: SOURCE, file: f.path })] });
      }
    }
  }

  text(path: string): string | undefined { return this.#texts.get(path); }
  has(path: string): boolean { return this.#texts.has(path) || this.#parsed.has(path); }

  tree(path: string): Parsed | undefined {
    let parsed = this.#parsed.get(path);
    const text = this.#texts.get(path);
    if (!parsed && text !== undefined) this.#parsed.set(path, parsed = parseTemplate(text, path));
    return parsed;
  }

  locate(from: string, location: string): string | undefined {
    const path = localPath(from, location);
    return path !== undefined && this.has(path) ? path : undefined;
  }
}
