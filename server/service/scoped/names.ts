import { showHoles } from '../../../schema/index.ts';

interface Entry { text: string; file: boolean }
const WORD = /[\p{L}\p{N}_-]+/gu;
const wordAt = (s: string, i: number): boolean => i >= 0 && i < s.length && /[\p{L}\p{N}_-]/u.test(s[i]!);

/** Names that a caller must not read, found in any text in time that depends on the text alone. */
export class HiddenNames {
  readonly #byWord = new Map<string, Entry[]>();
  readonly #known = new Map<string, boolean>();
  readonly #seen: ReadonlySet<string>;

  /** `seen`: lower-case names that the caller's own things carry as well. */
  constructor(seen: ReadonlySet<string>) { this.#seen = seen; }

  /** `file`: a path; it does not count as the end of a longer path. */
  add(name: string | undefined, file = false): void {
    if (name === undefined) return;
    for (const text of new Set([name, showHoles(name)].map((t) => t.toLowerCase()))) {
      const first = WORD.exec(text);
      WORD.lastIndex = 0;
      if (!first || this.#seen.has(text)) continue;
      const list = this.#byWord.get(first[0]);
      const entry = { text: text.slice(first.index), file: file && first.index === 0 };
      if (!list) this.#byWord.set(first[0], [entry]);
      else if (!list.some((e) => e.text === entry.text && e.file === entry.file)) list.push(entry);
    }
  }

  /** Whether a text says one of them, as a whole word. */
  in(text: string): boolean {
    let known = this.#known.get(text);
    if (known === undefined) {
      if (this.#known.size > 200_000) this.#known.clear();
      this.#known.set(text, (known = this.#search(text.toLowerCase())));
    }
    return known;
  }

  #search(text: string): boolean {
    for (const m of text.matchAll(WORD)) {
      for (const e of this.#byWord.get(m[0]) ?? []) {
        if (e.file && m.index > 0 && text[m.index - 1] === '/') continue;
        if (text.startsWith(e.text, m.index) && !(wordAt(e.text, e.text.length - 1) && wordAt(text, m.index + e.text.length))) return true;
      }
    }
    return false;
  }
}
