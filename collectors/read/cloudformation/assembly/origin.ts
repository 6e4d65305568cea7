import type { Trace } from './manifest.ts';

/** A line of the user's own code. */
export interface Origin { file: string; line: number }

const LIBRARY = /(^|\/)(node_modules|site-packages|dist-packages|jsii-kernel[^/]*|cdk\.out)\/|(^|\/)node:|^internal\/|<anonymous>\)?$/;

/** Finds lines of the user's files in recorded traces: the machine that made the assembly had the same files somewhere else. */
export class Origins {
  readonly #byName = new Map<string, string[]>();

  constructor(paths: Iterable<string>) {
    for (const path of paths) {
      if (!/\.(ts|mts|cts|tsx|js|mjs|cjs|py|java|cs|go|fs|kt)$/.test(path) || LIBRARY.test(path)) continue;
      const name = path.slice(path.lastIndexOf('/') + 1);
      const there = this.#byName.get(name);
      if (there) there.push(path);
      else this.#byName.set(name, [path]);
    }
  }

  /** The innermost frame in a file of the input. */
  of(frames: readonly string[] | undefined): Origin | undefined {
    for (const frame of frames ?? []) {
      const place = placeOf(frame);
      const file = place && this.#match(place.path);
      if (file !== undefined) return { file, line: place!.line };
    }
    return undefined;
  }

  /** Origins of a construct and of properties that were set later. */
  all(trace: Trace | undefined): { block: Origin | undefined; properties: ReadonlyMap<string, Origin> } {
    const properties = new Map<string, Origin>();
    for (const [name, frames] of trace?.properties ?? []) { const o = this.of(frames); if (o) properties.set(name, o); }
    return { block: this.of(trace?.frames), properties };
  }

  /** The file that shares the most trailing folders; undefined when two share as many. */
  #match(path: string): string | undefined {
    const parts = path.split('/');
    let best = 0;
    let found: string | undefined;
    for (const candidate of this.#byName.get(parts.at(-1)!) ?? []) {
      const own = candidate.split('/');
      let n = 0;
      while (n < own.length && n < parts.length && own.at(-1 - n) === parts.at(-1 - n)) n++;
      if (n > best) { best = n; found = candidate; }
      else if (n === best) found = undefined;
    }
    return found;
  }
}

/** `at new Stack (/app/lib/stack.ts:12:5)`, `at file:///app/bin/app.ts:3:1`, `File "/app/stack.py", line 12, in __init__`. */
function placeOf(frame: string): { path: string; line: number } | undefined {
  const m = /File "([^"]+)", line (\d+)/.exec(frame) ?? /\(?([^()\s]+?):(\d+)(?::\d+)?\)?\s*$/.exec(frame);
  if (!m) return undefined;
  const path = m[1]!.replace(/^file:\/\//, '').replaceAll('\\', '/');
  return LIBRARY.test(path) ? undefined : { path, line: Number(m[2]) };
}
