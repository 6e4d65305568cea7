import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import type { GeneratedGraph } from './generate.ts';

/** A generated graph on disk: five counts, then the arrays. Written by the parent, read straight into typed arrays by the measuring child. */
export function storeGraph(file: string, g: GeneratedGraph): void {
  const head = Int32Array.of(g.n, g.from.length, g.agents.length, g.sensitive.length);
  writeFileSync(file, Buffer.concat([head, g.from, g.to, g.agents, g.sensitive].map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength))));
}

export function loadGraph(file: string): Omit<GeneratedGraph, 'hash'> {
  const fd = openSync(file, 'r');
  let at = 0;
  const next = (length: number): Int32Array => {
    const a = new Int32Array(length);
    const bytes = new Uint8Array(a.buffer);
    for (let done = 0; done < bytes.length; ) done += readSync(fd, bytes, done, Math.min(1 << 26, bytes.length - done), at + done);
    at += bytes.length;
    return a;
  };
  const head = next(4);
  const found = { n: head[0]!, from: next(head[1]!), to: next(head[1]!), agents: next(head[2]!), sensitive: next(head[3]!) };
  closeSync(fd);
  return found;
}
