import { showHoles } from '../../../schema/index.ts';

/** `at`: where the word that leads to it stands in it. */
interface Entry { text: string; file: boolean; at: number }
const WORD = /[\p{L}\p{N}_-]+/gu;
const wordAt = (s: string, i: number): boolean => i >= 0 && i < s.length && /[\p{L}\p{N}_-]/u.test(s[i]!);

/** Names that a caller must not read, found in any text in time that depends on the text alone. */
export class HiddenNames {
  readonly #byWord = new Map<string, Entry[]>();
  readonly #added = new Set<string>();
  readonly #known = new Map<string, boolean>();
  readonly #seen: ReadonlySet<string>;

  /** `seen`: lower-case names that the caller's own things carry as well. */
  constructor(seen: ReadonlySet<string>) { this.#seen = seen; }

  /** `file`: a path; it does not count as the end of a longer path. */
  add(name: string | undefined, file = false): void {
    if (name === undefined) return;
    for (const text of new Set([name, showHoles(name)].map((t) => t.toLowerCase().replace(/^[^\p{L}\p{N}_-]+/u, '')))) {
      if (this.#seen.has(text) || this.#added.has(text)) continue;
      this.#added.add(text);
      // Filed under its rarest word so far: addresses and ARNs begin and files end alike.
      let best: { word: string; at: number; list: Entry[] } | undefined;
      for (const m of text.matchAll(WORD)) {
        const list = this.#byWord.get(m[0]) ?? [];
        if (!best || list.length <= best.list.length) best = { word: m[0], at: m.index, list };
      }
      if (!best) continue;
      best.list.push({ text, file, at: best.at });
      this.#byWord.set(best.word, best.list);
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
        const start = m.index - e.at;
        if (start < 0 || !text.startsWith(e.text, start)) continue;
        const end = start + e.text.length;
        if (wordAt(e.text, 0) && wordAt(text, start - 1) || wordAt(e.text, e.text.length - 1) && wordAt(text, end)) continue;
        if (e.file && start > 0 && text[start - 1] === '/') continue;
        return true;
      }
    }
    return false;
  }
}
