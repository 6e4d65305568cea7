import { join } from 'node:path';
import type { Problem } from '../schema/index.ts';
import type { InputFile, InputGroup, Reader, ReadOptions, ReadResult } from './define.ts';
import { problemOf } from './problem.ts';

export interface Read { result: ReadResult; files: string[] }

/**
 * Offers the files to each reader in turn and reads what it claims. A file belongs to the first reader that claims it.
 * A reader that fails is a problem of its input; the others go on.
 */
export async function* readAll(readers: readonly Reader[], files: readonly InputFile[], options: ReadOptions): AsyncIterable<Read> {
  let free = [...files];
  for (const reader of readers) {
    let groups: InputGroup[];
    try {
      groups = await reader.recognise(free, options);
    } catch (error) {
      yield { result: failedResult(reader, '.', problemOf(error, { source: reader.name })), files: [] };
      continue;
    }
    const claimed = new Set(groups.flatMap((g) => g.files));
    free = free.filter((f) => !claimed.has(f));
    for (const group of groups) yield* readGroup(reader, group, options);
  }
}

async function* readGroup(reader: Reader, group: InputGroup, options: ReadOptions): AsyncIterable<Read> {
  const files = group.files.map((f) => f.path);
  try {
    options.progress(`${reader.name} ${group.input || '.'}`);
    for await (const result of reader.read(group, options)) yield { result, files };
  } catch (error) {
    yield { result: failedResult(reader, group.input, problemOf(error, { source: reader.name, file: files[0] ?? join(group.input, '.') })), files };
  }
}

const failedResult = (reader: Reader, input: string, problem: Problem): ReadResult => ({ source: reader.name, input, status: 'failed', resources: [], problems: [problem], missing: [] });
