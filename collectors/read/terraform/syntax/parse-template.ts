import type { Cursor } from './cursor.ts';
import { MAX_DEPTH, type Span } from './source.ts';
import type { Expression, LiteralPart, TemplateExpression, TemplatePart } from './tree.ts';

/** Template pieces in the order written, before directives are paired. */
type Piece =
  | LiteralPart
  | (Span & { kind: 'interpolation'; value: Expression })
  | (Span & { kind: 'if'; condition: Expression })
  | (Span & { kind: 'for'; keyName: string | undefined; valueName: string; collection: Expression })
  | (Span & { kind: 'else' | 'endif' | 'endfor' });

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** A quoted string; the cursor stands on its opening quote. */
export function parseQuoted(cursor: Cursor): TemplateExpression {
  const open = cursor.next();
  const parts = pair(cursor, pieces(cursor, 'unquote', true));
  return { kind: 'template', parts, heredoc: false, start: open.start, end: cursor.lastEnd };
}

/** A heredoc; the cursor stands on its marker line. */
export function parseHeredoc(cursor: Cursor): TemplateExpression {
  const open = cursor.next();
  const all = pieces(cursor, 'unheredoc', false);
  if (cursor.file.text[open.start + 2] === '-') stripIndent(all);
  return { kind: 'template', parts: pair(cursor, all), heredoc: true, start: open.start, end: cursor.lastEnd };
}

/** A whole template file. */
export function parseTemplateFile(cursor: Cursor): TemplateExpression {
  const parts = pair(cursor, pieces(cursor, 'end', false));
  return { kind: 'template', parts, heredoc: true, start: 0, end: cursor.file.text.length };
}

function pieces(cursor: Cursor, until: string, quoted: boolean): Piece[] {
  const out: Piece[] = [];
  let stripNext = false;
  for (;;) {
    const token = cursor.next();
    if (token.kind === until) return out;
    const strip = stripNext;
    stripNext = false;
    if (token.kind === 'text') {
      const piece = literal(cursor, token, quoted);
      out.push(strip ? trimmed(piece, 'left') : piece);
    } else if (token.kind === 'interpolate' || token.kind === 'directive') {
      const previous = out.at(-1);
      if (cursor.file.text[token.start + 2] === '~' && previous?.kind === 'literal') out[out.length - 1] = trimmed(previous, 'right');
      const piece = cursor.newlines('skipped', () => (token.kind === 'interpolate' ? { kind: 'interpolation' as const, value: cursor.expression() } : directive(cursor)));
      const close = cursor.newlines('skipped', () => cursor.expect('close', 'the } that ends the template sequence'));
      stripNext = cursor.file.text[close.start] === '~';
      out.push({ ...piece, start: token.start, end: close.end } as Piece);
    } else cursor.fail('string is not closed', token);
  }
}

function directive(cursor: Cursor): { kind: Piece['kind'] } {
  const word = cursor.expect('word', 'if, else, endif, for or endfor');
  switch (cursor.text(word)) {
    case 'if': return { kind: 'if', condition: cursor.expression() } as { kind: 'if' };
    case 'else': return { kind: 'else' };
    case 'endif': return { kind: 'endif' };
    case 'endfor': return { kind: 'endfor' };
    case 'for': {
      const first = cursor.text(cursor.expect('word', 'the name of the loop variable'));
      const second = cursor.take(',') ? cursor.text(cursor.expect('word', 'the name of the loop variable')) : undefined;
      if (!cursor.isWord('in')) cursor.fail('expected "in"');
      cursor.next();
      return { kind: 'for', keyName: second === undefined ? undefined : first, valueName: second ?? first, collection: cursor.expression() } as { kind: 'for' };
    }
    default: return cursor.fail(`${cursor.describe(word)} is not a template directive`, word);
  }
}

/** Matches `if … else … endif` and `for … endfor`. */
function pair(cursor: Cursor, all: Piece[]): TemplatePart[] {
  const root: TemplatePart[] = [];
  const open: { part: TemplatePart & { kind: 'if' | 'for' }; into: TemplatePart[] }[] = [];
  for (const piece of all) {
    const top = open.at(-1);
    const into = top?.into ?? root;
    if (piece.kind === 'literal') {
      if (piece.text !== '') into.push(piece);
    } else if (piece.kind === 'interpolation') into.push(piece);
    else if (piece.kind === 'if' || piece.kind === 'for') {
      if (open.length + cursor.depth > MAX_DEPTH) cursor.fail(`nested deeper than ${MAX_DEPTH} levels`, piece);
      const part = piece.kind === 'if' ? { ...piece, whenTrue: [], whenFalse: [] } : { ...piece, body: [] };
      into.push(part);
      open.push({ part, into: part.kind === 'if' ? part.whenTrue : part.body });
    } else if (piece.kind === 'else') {
      if (top?.part.kind !== 'if' || top.into === top.part.whenFalse) cursor.fail('else without if', piece);
      top.into = top.part.whenFalse;
    } else {
      if (top?.part.kind !== (piece.kind === 'endif' ? 'if' : 'for')) cursor.fail(`${piece.kind} without its beginning`, piece);
      top.part.end = piece.end;
      open.pop();
    }
  }
  const unclosed = open.at(-1);
  if (unclosed) cursor.fail(`%{ ${unclosed.part.kind} } has no end`, unclosed.part);
  return root;
}

function literal(cursor: Cursor, token: Span, quoted: boolean): LiteralPart {
  const raw = cursor.file.text.slice(token.start, token.end);
  const text = quoted ? unescape(cursor, raw, token.start) : raw.replace(/(\$|%)\1\{/g, '$1{');
  return { kind: 'literal', text, exact: text.length === raw.length, start: token.start, end: token.end };
}

function unescape(cursor: Cursor, raw: string, offset: number): string {
  if (!raw.includes('\\') && !raw.includes('{')) return raw;
  return raw.replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S]|$)|(\$|%)\2\{/g, (all, escape: string | undefined, sign: string | undefined, at: number) => {
    if (sign) return sign + '{';
    const code = escape!.length > 1 ? Number.parseInt(escape!.slice(1), 16) : -1;
    const text = code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ESCAPES[escape!];
    if (text === undefined) cursor.note(`${all} is not an escape sequence`, { start: offset + at, end: offset + at + all.length });
    return text ?? all;
  });
}

function trimmed(part: LiteralPart, side: 'left' | 'right'): LiteralPart {
  if (side === 'right') return { ...part, text: part.text.trimEnd() };
  const text = part.text.trimStart();
  return { ...part, text, start: part.exact ? part.start + part.text.length - text.length : part.start };
}

/** `<<-`: takes the smallest indentation of the lines that have text off every such line. */
function stripIndent(all: Piece[]): void {
  let least = Number.POSITIVE_INFINITY;
  let lineStart = true;
  const lines: number[] = [];
  for (const [index, piece] of all.entries()) {
    if (lineStart) {
      const text = piece.kind === 'literal' ? piece.text : undefined;
      if (text === undefined) least = 0;
      else if (text.trim() !== '' || !text.endsWith('\n')) {
        least = Math.min(least, text.length - text.trimStart().length);
        lines.push(index);
      }
    }
    lineStart = piece.kind === 'literal' && piece.text.endsWith('\n');
  }
  for (const index of lines) {
    const piece = all[index] as LiteralPart;
    all[index] = { ...piece, text: piece.text.slice(least), start: piece.start + least };
  }
}
