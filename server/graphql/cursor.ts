import { GraphQLError } from 'graphql';

/** What rows are sorted by, last part unique. */
export type Key = readonly (number | string)[];

/** Where a reader stopped: the run it reads, the list and its order, and the last row by place, id and sort key. */
export interface Cursor { run: string; list: string; at: number; id: string; key: Key }

export const encodeCursor = (c: Cursor): string => Buffer.from(JSON.stringify([c.run, c.list, c.at, c.id, c.key])).toString('base64url');

/** Throws BAD_CURSOR for anything this API did not give out. */
export function decodeCursor(text: string): Cursor {
  try {
    const [run, list, at, id, key] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    if (typeof run === 'string' && typeof list === 'string' && typeof id === 'string' && Number.isSafeInteger(at) && (at as number) >= 0 && Array.isArray(key) && key.every((k) => typeof k === 'number' || typeof k === 'string')) {
      return { run, list, at: at as number, id, key: key as Key };
    }
  } catch { /* falls through */ }
  throw new GraphQLError('this cursor was not given by this API', { extensions: { code: 'BAD_CURSOR' } });
}

export function compareKeys(a: Key, b: Key): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x !== y) return x < y ? -1 : 1;
  }
  return a.length - b.length;
}
