import { HOLE_OPEN, splitHoles } from '../../../../../schema/index.ts';
import { ANY, BOOL, type Box, box, isPlainHole, List, STRING, textData, undecided } from '../box.ts';
import { show } from '../inspect.ts';
import { toText } from '../convert.ts';
import { fail } from '../failure.ts';
import { segmentsOf } from '../segments.ts';
import { type Arguments, type FunctionDefinition, integer, lenient, strict } from './define.ts';
import { compilePattern, matchValue, replaceText, STRINGS } from './pattern.ts';
import { endsDecided, mapPieces } from './holes.ts';

const unsure = (name: string, a: Arguments, type = STRING as Parameters<typeof undecided>[1]) => undecided(`${name}(${a.shown})`, type);

/** The value as it was when nothing changes, with the document it carries; else the new text, its lines where they were. */
const sameOr = (b: Box, text: string): Box => (toText(b) === text ? b : { data: textData(text), at: b.at, segments: segmentsOf(b, text) });

/** Works on each literal piece and on each hole alone: the result does not depend on what stands beside them. */
const piecewise = (name: string, change: (text: string) => string): FunctionDefinition =>
  lenient(name, 1, STRING, (a) => sameOr(a.box(0), mapPieces(a.text(0), change, (shown) => `${name}(${shown})`)));

const trimmer = (name: string, arity: number, cut: (text: string, set: string) => string): FunctionDefinition =>
  lenient(name, arity, STRING, (a) => {
    const set = arity > 1 ? a.text(1) : '';
    const decided = !set.includes(HOLE_OPEN) && endsDecided(a.text(0), (t) => cut(t, set), arity === 1);
    return decided ? sameOr(a.box(0), cut(a.text(0), set)) : unsure(name, a);
  });

function trimCharacters(text: string, set: string): string {
  const all = [...text];
  let from = 0;
  let to = all.length;
  while (from < to && set.includes(all[from]!)) from++;
  while (to > from && set.includes(all[to - 1]!)) to--;
  return all.slice(from, to).join('');
}

/** True or false when the literal beginning (or end) decides it. */
const edge = (name: string, has: (text: string, part: string) => boolean, literal: (text: string) => string): FunctionDefinition =>
  lenient(name, 2, BOOL, (a) => {
    const [text, part] = [a.text(0), a.text(1)];
    if (part.includes(HOLE_OPEN)) return text === part ? true : unsure(name, a, BOOL);
    const known = literal(text);
    if (known === text || known.length >= part.length) return has(known, part);
    return has(part, known) ? unsure(name, a, BOOL) : false;
  });

export const string: readonly FunctionDefinition[] = [
  piecewise('lower', (t) => t.toLowerCase()),
  piecewise('upper', (t) => t.toUpperCase()),
  strict('title', 1, STRING, (a) => a.text(0).replace(/(^|[^\p{L}\p{N}_'])(\p{Ll})/gu, (_, before: string, c: string) => before + c.toUpperCase())),
  strict('strrev', 1, STRING, (a) => [...new Intl.Segmenter('en').segment(a.text(0))].map((s) => s.segment).reverse().join('')),
  trimmer('chomp', 1, (t) => t.replace(/(\r?\n|\r)+$/, '')),
  trimmer('trimspace', 1, (t) => t.trim()),
  trimmer('trim', 2, trimCharacters),
  lenient('trimprefix', 2, STRING, (a) => {
    const [text, part] = [a.text(0), a.text(1)];
    const head = splitHoles(text)[0];
    if (part.includes(HOLE_OPEN) || (text.includes(HOLE_OPEN) && (typeof head !== 'string' || (head.length < part.length && part.startsWith(head))))) return text.startsWith(part) ? text.slice(part.length) : unsure('trimprefix', a);
    return sameOr(a.box(0), text.startsWith(part) ? text.slice(part.length) : text);
  }),
  lenient('trimsuffix', 2, STRING, (a) => {
    const [text, part] = [a.text(0), a.text(1)];
    const tail = splitHoles(text).at(-1);
    if (part.includes(HOLE_OPEN) || (text.includes(HOLE_OPEN) && (typeof tail !== 'string' || (tail.length < part.length && part.endsWith(tail))))) return text.endsWith(part) ? text.slice(0, text.length - part.length) : unsure('trimsuffix', a);
    return sameOr(a.box(0), text.endsWith(part) ? text.slice(0, text.length - part.length) : text);
  }),
  edge('startswith', (t, p) => t.startsWith(p), (t) => (t.includes(HOLE_OPEN) ? t.slice(0, t.indexOf(HOLE_OPEN)) : t)),
  edge('endswith', (t, p) => t.endsWith(p), (t) => t.slice(t.lastIndexOf('\uE001') + 1)),
  lenient('strcontains', 2, BOOL, (a) => {
    const [text, part] = [a.text(0), a.text(1)];
    return text.includes(part) ? true : (text + part).includes(HOLE_OPEN) ? unsure('strcontains', a, BOOL) : false;
  }),
  lenient('join', [1, Infinity], STRING, (a) => {
    const parts: string[] = [];
    for (let i = 1; i < a.count; i++) {
      const items = a.maybeItems(i);
      if (!items) return unsure('join', a);
      parts.push(...items.filter((b) => b.data !== null).map(toText));
    }
    return textData(parts.join(a.text(0)));
  }),
  lenient('split', 2, STRINGS, (a) => {
    const [separator, text] = [a.text(0), a.text(1)];
    const harmless = !separator.includes(HOLE_OPEN) && separator !== '' && splitHoles(text).every((p) => typeof p === 'string' || (isPlainHole(p) && !/^[a-z0-9-]+$/.test(separator)));
    if (text.includes(HOLE_OPEN) && !harmless) return unsure('split', a, STRINGS);
    const pieces = separator === '' ? [...text] : text.split(separator);
    return new List(pieces.map((p) => box(textData(p), a.box(1).at)));
  }),
  lenient('replace', 3, STRING, (a) => {
    const [text, search, by] = [a.text(0), a.text(1), a.text(2)];
    if (search.includes(HOLE_OPEN) || (text.includes(HOLE_OPEN) && (search.length !== 1 || by.includes(HOLE_OPEN)))) return unsure('replace', a);
    if (by.includes(HOLE_OPEN) && search.startsWith('/')) return unsure('replace', a);
    if (!text.includes(HOLE_OPEN)) {
      const done = replaceText(text, search, by);
      return done === undefined ? unsure('replace', a) : sameOr(a.box(0), done);
    }
    return sameOr(a.box(0), mapPieces(text, (t) => replaceText(t, search, by)!, (shown, h) => (isPlainHole(h) && !/[a-z0-9-]/.test(search) ? undefined : `replace(${shown}, ${JSON.stringify(search)}, ${JSON.stringify(by)})`)));
  }),
  lenient('substr', 3, STRING, (a) => {
    const text = a.text(0);
    if (typeof a.box(1).data === 'object' || typeof a.box(2).data === 'object') return unsure('substr', a);
    const [offset, length] = [integer(a.number(1)), integer(a.number(2))];
    if (text.includes(HOLE_OPEN)) {
      const head = Array.from(text.slice(0, text.indexOf(HOLE_OPEN)));
      return offset >= 0 && length >= 0 && offset + length <= head.length ? head.slice(offset, offset + length).join('') : unsure('substr', a);
    }
    const all = [...text];
    const from = offset < 0 ? Math.max(0, all.length + offset) : offset;
    return all.slice(from, length < 0 ? undefined : from + length).join('');
  }),
  lenient('indent', 2, STRING, (a) => {
    if (typeof a.box(0).data === 'object') return unsure('indent', a);
    return sameOr(a.box(1), a.text(1).replace(/\n/g, '\n' + ' '.repeat(Math.min(1000, Math.max(0, a.number(0))))));
  }),
  strict('regex', 2, ANY, (a) => {
    const pattern = compilePattern(a.text(0), a.text(1).length, '');
    if (!pattern) return unsure('regex', a, ANY);
    return matchValue(pattern.exec(a.text(1)) ?? fail(`${JSON.stringify(show(a.box(0)))} does not match`));
  }),
  strict('regexall', 2, { kind: 'list', of: ANY }, (a) => {
    const pattern = compilePattern(a.text(0), a.text(1).length, 'g');
    return pattern ? new List([...a.text(1).matchAll(pattern)].map((m) => ({ data: matchValue(m) }))) : unsure('regexall', a, { kind: 'list', of: ANY });
  }),
];
