import { open } from 'node:fs/promises';
import type { InputFile } from '../define.ts';
import { ProblemError } from '../problem.ts';
import { JsonSplitter, JsonTextError, type Choice, type JsonPath, type Taken } from './json-splitter.ts';

/**
 * The wanted pieces of a JSON file of any size, as they come by. Memory is bounded by the largest piece.
 * Throws ProblemError with the line where the text ends or stops being JSON; what was yielded before stands.
 */
export async function* piecesOf(file: InputFile, source: string, choose: (path: JsonPath) => Choice, maxBytes?: number): AsyncGenerator<Taken> {
  let ready: Taken[] = [];
  const splitter = new JsonSplitter(choose, (taken) => ready.push(taken), maxBytes);
  const drain = (): Taken[] => { const pieces = ready; ready = []; return pieces; };
  const handle = await open(file.absolute, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(512 * 1024);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) break;
      let failed: unknown;
      try { splitter.push(buffer.subarray(0, bytesRead)); } catch (error) { failed = error; }
      yield* drain();
      if (failed) throw failed;
    }
    splitter.end();
    yield* drain();
  } catch (error) {
    if (error instanceof JsonTextError) throw new ProblemError('parse-error', error.message, { source, file: file.path, startLine: error.line, startColumn: error.column });
    throw error;
  } finally {
    await handle.close();
  }
}
