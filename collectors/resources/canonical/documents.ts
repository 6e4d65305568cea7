import { HOLE_CLOSE, HOLE_OPEN, wholeHole, type Value } from '../../../schema/index.ts';

/**
 * The JSON document a string carries, holes kept where they stand. A hole outside quotes (a spliced number, list or object) becomes
 * a string of that hole. Undefined when the text is no JSON object or array, or is one hole as a whole.
 */
export function decodeDocument(text: string): Value | undefined {
  if (wholeHole(text)) return undefined;
  const head = text.trimStart();
  if (head.startsWith('%7B') || head.startsWith('%5B')) return decodeDocument(uriDecoded(text));
  if (head[0] !== '{' && head[0] !== '[') return undefined;
  try {
    const v = JSON.parse(text.includes(HOLE_OPEN) ? quoteBareHoles(text) : text) as Value;
    return typeof v === 'object' && v !== null ? v : undefined;
  } catch {
    return undefined;
  }
}

function uriDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

function quoteBareHoles(text: string): string {
  let out = '';
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === HOLE_OPEN) {
      const end = text.indexOf(HOLE_CLOSE, i);
      const body = end < 0 ? text.slice(i) : text.slice(i, end + 1);
      const safe = body.replace(/["\\]/g, (x) => `\\${x}`);
      out += inString ? safe : `"${safe}"`;
      i += body.length - 1;
      continue;
    }
    if (inString && c === '\\') { out += c + (text[i + 1] ?? ''); i++; continue; }
    if (c === '"') inString = !inString;
    out += c;
  }
  return out;
}
