import { open } from 'node:fs/promises';
import type { InputFile } from './define.ts';
import { ProblemError } from './problem.ts';

const MB = 1024 * 1024;
/** Largest file that is read as a whole; dumps and plans are streamed and have no such limit. */
export const MAX_TEXT_BYTES = 20 * MB;

/** Number of bytes as people say it. */
export const showBytes = (n: number): string => (n >= MB ? `${(n / MB).toFixed(n >= 10 * MB ? 0 : 1)} MB` : `${Math.ceil(n / 1024)} kB`);

/** JSON that somebody keeps: not what a tool has put into its working folder. */
export const isKeptJson = ({ path }: InputFile): boolean => /\.json$/i.test(path) && !path.includes('.terraform/');

export function inputFile(path: string, absolute: string, size: number): InputFile {
  return { path, absolute, size, text: (maxBytes) => wholeText(path, absolute, maxBytes ?? MAX_TEXT_BYTES) };
}

async function wholeText(path: string, absolute: string, maxBytes: number): Promise<string> {
  const handle = await open(absolute, 'r');
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) throw new ProblemError('too-large', `the file has ${showBytes(size)}; at most ${showBytes(maxBytes)} are read`, { source: 'discovery', file: path });
    const bytes = await handle.readFile();
    return decode(bytes, path);
  } finally {
    await handle.close();
  }
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const at = firstBadByte(bytes);
    throw new ProblemError('unreadable', 'the file is not UTF-8 text', { source: 'discovery', file: path, startLine: at });
  }
}

/** Line of the first byte that is not UTF-8. */
function firstBadByte(bytes: Buffer): number {
  let line = 1;
  let start = 0;
  const strict = new TextDecoder('utf-8', { fatal: true });
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    try {
      strict.decode(end < 0 ? bytes.subarray(start) : bytes.subarray(start, end));
    } catch {
      return line;
    }
    if (end < 0) return line;
    start = end + 1;
    line++;
  }
}

const heads = new WeakMap<InputFile, Promise<string>>();

/** The first bytes of a file as text, read once however many readers ask. Never fails: a file that cannot be opened has an empty head. */
export function headOf(file: InputFile): Promise<string> {
  let head = heads.get(file);
  if (!head) heads.set(file, (head = readHead(file.absolute)));
  return head;
}

async function readHead(absolute: string): Promise<string> {
  const buffer = Buffer.alloc(64 * 1024);
  try {
    const handle = await open(absolute, 'r');
    try {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
      return new TextDecoder('utf-8').decode(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch {
    return '';
  }
}
