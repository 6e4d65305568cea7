import { visit } from 'jsonc-parser';

/** How many keys the objects of a parsed value have, nested ones included. */
export function keyCount(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0;
  let n = 0;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const x: unknown = value[i];
      if (typeof x === 'object') n += keyCount(x);
    }
    return n;
  }
  for (const key in value) {
    n++;
    const x = (value as Record<string, unknown>)[key];
    if (typeof x === 'object') n += keyCount(x);
  }
  return n;
}

/** How many keys the objects of a JSON text have as written: colons outside of strings. */
export function keysWritten(text: string): number {
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x3a) n++;
    else if (c === 0x22) for (i++; i < text.length && text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c) i++;
  }
  return n;
}

export interface RepeatedKey { key: string; path: readonly (string | number)[]; line: number }

/** Keys that stand twice in one object of a valid JSON text, with the path of that object. A parser silently keeps the last of them. */
export function repeatedKeys(text: string, firstLine = 1): RepeatedKey[] {
  const open: Set<string>[] = [];
  const found: RepeatedKey[] = [];
  visit(text, {
    onObjectBegin: () => { open.push(new Set()); },
    onObjectEnd: () => { open.pop(); },
    onObjectProperty: (key, _offset, _length, line, _column, pathSupplier) => {
      const keys = open.at(-1)!;
      if (keys.has(key)) found.push({ key, path: pathSupplier(), line: firstLine + line });
      keys.add(key);
    },
  });
  return found;
}
