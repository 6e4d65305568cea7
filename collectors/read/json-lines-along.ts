/** Which values of a JSON text to place: keys to follow, `*` for every item of a list or every key. */
export interface Route { readonly [key: string]: Route }

/**
 * Lines of the values along the routes, by JSON pointer; everything else is passed over at the speed of a scan. For records that come by
 * the hundred thousand. The text must already have been parsed. Keys with escapes are not followed.
 */
export function linesAlong(text: string, firstLine: number, route: Route): Map<string, number> {
  const lines = new Map<string, number>();
  const n = text.length;
  let at = 0;
  let line = firstLine;

  const space = (): number => {
    for (; at < n; at++) {
      const c = text.charCodeAt(at);
      if (c === 0x0a) line++;
      else if (c > 0x20 && c !== 0x2c && c !== 0x3a) return c;
    }
    return 0;
  };
  const string = (): void => {
    for (at++; at < n; at++) {
      const c = text.charCodeAt(at);
      if (c === 0x5c) at++;
      else if (c === 0x22) { at++; return; }
    }
  };
  const pass = (c: number): void => {
    if (c === 0x22) return string();
    if (c !== 0x7b && c !== 0x5b) {
      for (; at < n; at++) { const d = text.charCodeAt(at); if (d === 0x2c || d === 0x7d || d === 0x5d || d <= 0x20) return; }
      return;
    }
    for (let depth = 0; at < n; ) {
      const d = text.charCodeAt(at);
      if (d === 0x22) { string(); continue; }
      at++;
      if (d === 0x0a) line++;
      else if (d === 0x7b || d === 0x5b) depth++;
      else if ((d === 0x7d || d === 0x5d) && --depth === 0) return;
    }
  };
  const value = (pointer: string, r: Route): void => {
    const c = space();
    lines.set(pointer, line);
    if (c === 0x7b) {
      at++;
      while (at < n && space() !== 0x7d) {
        const from = at + 1;
        string();
        const key = text.slice(from, at - 1);
        const next = Object.hasOwn(r, key) ? r[key] : r['*'];
        if (next) value(`${pointer}/${key}`, next);
        else pass(space());
      }
      at++;
    } else if (c === 0x5b) {
      at++;
      const next = r['*'];
      for (let i = 0; at < n && space() !== 0x5d; i++) {
        if (next) value(`${pointer}/${i}`, next);
        else pass(space());
      }
      at++;
    } else pass(c);
  };
  value('', route);
  return lines;
}
