import { join } from 'node:path/posix';
import { JsonFailure, memberOf, parseJson } from '../syntax/json.ts';
import { isConfiguration } from './declarations.ts';
import { EvaluationFailure } from './failure.ts';
import type { Files } from './files.ts';

/** Where the modules of one root are: local paths, and what `terraform init` fetched and listed. */
export class ModuleSources {
  #files: Files;
  #root: string;
  #fetched: Map<string, string> | undefined;

  constructor(files: Files, root: string) {
    this.#files = files;
    this.#root = root;
  }

  /** Folder of a module, undefined when it is not here. `key` is the path of the call, `vpc.subnets`. */
  folder(source: string | undefined, from: string, key: string): string | undefined {
    if (source !== undefined && isLocalSource(source)) {
      const folder = this.#files.resolve(from, source);
      return this.#hasConfiguration(folder) ? folder : undefined;
    }
    const fetched = this.#list().get(key);
    return fetched !== undefined && this.#hasConfiguration(fetched) ? fetched : undefined;
  }

  #hasConfiguration(folder: string): boolean {
    return this.#files.names(folder || '.').some(isConfiguration);
  }

  #list(): Map<string, string> {
    if (this.#fetched) return this.#fetched;
    this.#fetched = new Map();
    try {
      const path = join(this.#root, '.terraform/modules/modules.json');
      if (!this.#files.isFile(path)) return this.#fetched;
      const modules = memberOf(parseJson(this.#files.text(path).text), 'Modules');
      for (const m of modules?.kind === 'array' ? modules.items : []) {
        const [key, dir] = [memberOf(m, 'Key'), memberOf(m, 'Dir')];
        if (key?.kind === 'scalar' && dir?.kind === 'scalar' && typeof key.value === 'string' && typeof dir.value === 'string') this.#fetched.set(key.value, this.#files.resolve(this.#root, dir.value));
      }
    } catch (failure) {
      if (!(failure instanceof EvaluationFailure) && !(failure instanceof JsonFailure)) throw failure;
    }
    return this.#fetched;
  }
}

export const isLocalSource = (source: string): boolean => /^\.\.?(\/|$)/.test(source);
