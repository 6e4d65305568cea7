import type { SourceFile, SyntaxProblem } from './source.ts';

/**
 * Kinds: `word`, `number`, `newline`, `end`, `invalid`; `quote` and `unquote` around `text` pieces of a string; `heredoc` (with its
 * marker line) and `unheredoc`; `interpolate` (`${`, `${~`), `directive` (`%{`, `%{~`) and `close` (`}`, `~}`) around what they hold;
 * everything else is punctuation and is its own kind.
 */
export interface Token { kind: string; start: number; end: number }

type Mode =
  | { in: 'code'; braces: number }
  | { in: 'string' }
  | { in: 'heredoc'; marker: string }
  | { in: 'template' };

const WORD = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const HEREDOC = /<<(-?)([\p{ID_Start}_][\p{ID_Continue}-]*)[ \t]*\r?\n/uy;
const PUNCTUATION = ['...', '&&', '||', '==', '!=', '<=', '>=', '=>', '::', '{', '}', '[', ']', '(', ')', '=', '.', ',', '?', ':', '+', '-', '*', '/', '%', '!', '<', '>'];

export interface Lexed { tokens: Token[]; problems: SyntaxProblem[] }

/** Tokens of a configuration file, or with `template` of a template file. Never throws; comments are dropped. */
export function lex(file: SourceFile, template = false, from = 0, to = file.text.length): Lexed {
  return new Lexer(file.text, from, to).run(template);
}

class Lexer {
  #text: string;
  #at: number;
  #to: number;
  #modes: Mode[] = [];
  #tokens: Token[] = [];
  #problems: SyntaxProblem[] = [];

  constructor(text: string, from: number, to: number) {
    this.#text = text;
    this.#at = from;
    this.#to = to;
  }

  run(template: boolean): Lexed {
    this.#modes.push(template ? { in: 'template' } : { in: 'code', braces: 0 });
    while (this.#at < this.#to) {
      const mode = this.#modes.at(-1)!;
      if (mode.in === 'code') this.#code(mode);
      else if (mode.in === 'string') this.#string();
      else if (mode.in === 'heredoc') this.#heredoc(mode.marker);
      else this.#template();
    }
    this.#closeAll();
    this.#push('end', this.#to, this.#to);
    return { tokens: this.#tokens, problems: this.#problems };
  }

  #push(kind: string, start: number, end: number): void {
    this.#tokens.push({ kind, start, end });
    this.#at = end;
  }

  #problem(message: string, start: number, end: number): void {
    this.#problems.push({ message, start, end });
  }

  /** What is still open at the end of the text is closed, so that the parser sees balanced templates. */
  #closeAll(): void {
    for (let mode = this.#modes.pop(); mode && this.#modes.length; mode = this.#modes.pop()) {
      const kind = mode.in === 'code' ? 'close' : mode.in === 'string' ? 'unquote' : 'unheredoc';
      this.#problem(mode.in === 'heredoc' ? `heredoc ${mode.marker} is not closed` : mode.in === 'string' ? 'string is not closed' : 'template sequence is not closed', this.#to, this.#to);
      this.#push(kind, this.#to, this.#to);
    }
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    return found && this.#at + found[0].length <= this.#to ? found : null;
  }

  #code(mode: Mode & { in: 'code' }): void {
    const c = this.#text[this.#at]!;
    const at = this.#at;
    if (c === ' ' || c === '\t' || c === '\r') { this.#at++; return; }
    if (c === '\n') return this.#push('newline', at, at + 1);
    if (c === '#' || this.#text.startsWith('//', at)) {
      const end = this.#text.indexOf('\n', at);
      this.#at = end < 0 || end > this.#to ? this.#to : end;
      return;
    }
    if (this.#text.startsWith('/*', at)) return this.#comment();
    if (c === '"') { this.#push('quote', at, at + 1); this.#modes.push({ in: 'string' }); return; }
    if (c === '<') {
      const opening = this.#match(HEREDOC);
      if (opening) {
        this.#push('heredoc', at, at + opening[0].length);
        this.#modes.push({ in: 'heredoc', marker: opening[2]! });
        return;
      }
    }
    const inside = this.#modes.length > 1;
    if (inside && mode.braces === 0 && (c === '}' || this.#text.startsWith('~}', at))) {
      this.#push('close', at, at + (c === '}' ? 1 : 2));
      this.#modes.pop();
      return;
    }
    const word = this.#match(WORD);
    if (word) return this.#push('word', at, at + word[0].length);
    const number = this.#match(NUMBER);
    if (number) return this.#push('number', at, at + number[0].length);
    const mark = PUNCTUATION.find((p) => this.#text.startsWith(p, at));
    if (mark) {
      if (mark === '{') mode.braces++;
      if (mark === '}') mode.braces = Math.max(0, mode.braces - 1);
      return this.#push(mark, at, at + mark.length);
    }
    const width = this.#text.codePointAt(at)! > 0xffff ? 2 : 1;
    this.#push('invalid', at, at + width);
  }

  #comment(): void {
    const end = this.#text.indexOf('*/', this.#at + 2);
    if (end < 0 || end + 2 > this.#to) {
      this.#problem('comment is not closed', this.#at, this.#at + 2);
      this.#at = this.#to;
    } else this.#at = end + 2;
  }

  /** `${`, `%{` with an optional strip marker. */
  #sequence(): boolean {
    const c = this.#text[this.#at];
    if ((c !== '$' && c !== '%') || this.#text[this.#at + 1] !== '{') return false;
    const strip = this.#text[this.#at + 2] === '~';
    this.#push(c === '$' ? 'interpolate' : 'directive', this.#at, this.#at + (strip ? 3 : 2));
    this.#modes.push({ in: 'code', braces: 0 });
    return true;
  }

  /** End of the literal text that starts here: a sequence, or a character of `stops` (which is not consumed). */
  #literalEnd(stops: string, escapes: boolean): number {
    let at = this.#at;
    for (; at < this.#to; at++) {
      const c = this.#text[at]!;
      if (stops.includes(c)) break;
      if (escapes && c === '\\') {
        if (at + 1 < this.#to && this.#text[at + 1] !== '\n') at++;
      } else if (c === '$' || c === '%') {
        if (this.#text[at + 1] === c && this.#text[at + 2] === '{') at += 2;
        else if (this.#text[at + 1] === '{') break;
      }
    }
    return Math.min(at, this.#to);
  }

  #string(): void {
    const at = this.#at;
    if (this.#text[at] === '"') { this.#push('unquote', at, at + 1); this.#modes.pop(); return; }
    if (this.#text[at] === '\n') {
      this.#problem('string is not closed on its line', at, at);
      this.#push('unquote', at, at);
      this.#modes.pop();
      return;
    }
    if (this.#sequence()) return;
    this.#push('text', at, this.#literalEnd('"\n', true));
  }

  #heredoc(marker: string): void {
    const at = this.#at;
    if (this.#text[at - 1] === '\n') {
      const lineEnd = this.#text.indexOf('\n', at);
      const line = this.#text.slice(at, lineEnd < 0 ? this.#to : Math.min(lineEnd, this.#to));
      if (line.trim() === marker) {
        this.#push('unheredoc', at, at + line.trimEnd().length);
        this.#modes.pop();
        return;
      }
    }
    this.#template();
  }

  /** Literal text of heredocs and template files: one piece per line. */
  #template(): void {
    if (this.#sequence()) return;
    const end = this.#literalEnd('\n', false);
    this.#push('text', this.#at, this.#text[end] === '\n' && end < this.#to ? end + 1 : end);
  }
}
