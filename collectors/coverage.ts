import { isFatalInput, type CoverageEntry, type Problem } from '../schema/index.ts';
import type { ReadResult } from './define.ts';

const ORDER: CoverageEntry['status'][] = ['failed', 'partial', 'read', 'skipped', 'recognised-not-read'];
const MAX_PROBLEMS = 200;

/** Gathers what was read of each input, and what was not, from results that come in pieces. */
export class Coverage {
  readonly #entries = new Map<string, CoverageEntry>();
  /** file → key of the input it belongs to, to place problems that a later step finds. */
  readonly #files = new Map<string, string>();
  readonly #inputs = new Map<string, string>();
  readonly #dropped = new Map<string, number>();

  add(result: ReadResult, files: readonly string[]): void {
    const entry = this.#entry(result.source, result.input, result.status);
    entry.status = worse(entry.status, result.status);
    entry.resources += result.resources.length;
    for (const layer of result.missing) if (!entry.missing.includes(layer)) entry.missing.push(layer);
    for (const file of files) this.#files.set(file, keyOf(result));
    for (const p of result.problems) this.#problem(entry, p);
  }

  unmapped(input: string, types: Readonly<Record<string, number>>): void {
    const entry = this.#entries.get(this.#inputs.get(input) ?? '') ?? this.#entry('scan', input, 'read');
    for (const [type, n] of Object.entries(types)) entry.unmapped[type] = (entry.unmapped[type] ?? 0) + n;
  }

  /** A problem found outside a reader: by discovery, or when resources were mapped or joined. */
  problem(p: Problem): void {
    const file = p.source?.file;
    const only = this.#entries.size === 1 ? [...this.#entries.values()][0] : undefined;
    const entry = (file === undefined ? only : this.#entries.get(this.#files.get(file) ?? '')) ?? this.#entry(p.source?.source ?? 'scan', file ?? '.', isFatalInput(p) ? 'failed' : 'read');
    this.#problem(entry, p);
  }

  /** Ordered by source and input; problems by place. */
  entries(): CoverageEntry[] {
    for (const [key, n] of this.#dropped) this.#entries.get(key)!.problems.push({ code: 'limit', message: `${n} more problems of this input are not listed` });
    this.#dropped.clear();
    return [...this.#entries.values()].sort((a, b) => compare(a.source, b.source) || compare(a.input, b.input)).map((e) => ({
      ...e,
      missing: [...e.missing].sort(),
      unmapped: Object.fromEntries(Object.entries(e.unmapped).sort(([a], [b]) => compare(a, b))),
      problems: [...e.problems].sort((a, b) => compare(a.source?.file ?? '', b.source?.file ?? '') || (a.source?.startLine ?? 0) - (b.source?.startLine ?? 0) || compare(a.code, b.code) || compare(a.message, b.message)),
    }));
  }

  #entry(source: string, input: string, status: CoverageEntry['status']): CoverageEntry {
    const key = keyOf({ source, input });
    let entry = this.#entries.get(key);
    if (!entry) {
      this.#entries.set(key, (entry = { source, input, status, resources: 0, unmapped: {}, missing: [], problems: [] }));
      if (!this.#inputs.has(input)) this.#inputs.set(input, key);
    }
    return entry;
  }

  /** An input with thousands of equal faults would bury every other one. */
  #problem(entry: CoverageEntry, p: Problem): void {
    if (isFatalInput(p) && entry.status === 'read') entry.status = 'partial';
    if (entry.problems.length < MAX_PROBLEMS) entry.problems.push(p);
    else this.#dropped.set(keyOf(entry), (this.#dropped.get(keyOf(entry)) ?? 0) + 1);
  }
}

const keyOf = (x: { source: string; input: string }): string => `${x.source}\u0000${x.input}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const worse = (a: CoverageEntry['status'], b: CoverageEntry['status']): CoverageEntry['status'] => (ORDER.indexOf(a) <= ORDER.indexOf(b) ? a : b);
