import type { Token } from './lexer.ts';
import { MAX_DEPTH, type SourceFile, type Span, type SyntaxProblem } from './source.ts';
import type { Expression } from './tree.ts';

/** Carries the parser out of the item it cannot read; caught where recovery is possible. */
export class SyntaxFailure extends Error {
  readonly problem: SyntaxProblem;
  /** Too deep to look for the end of what is open. */
  readonly tooDeep: boolean;
  constructor(problem: SyntaxProblem, tooDeep = false) {
    super(problem.message);
    this.problem = problem;
    this.tooDeep = tooDeep;
  }
}

/** Position in the tokens of one file. Newlines are tokens only where they mean something. */
export class Cursor {
  readonly file: SourceFile;
  readonly tokens: Token[];
  readonly problems: SyntaxProblem[];
  index = 0;
  depth = 0;
  /** End of the last token read. */
  lastEnd = 0;
  #skipNewlines = false;
  #expression: (cursor: Cursor) => Expression;

  /** `expression` reads what templates and collections hold. */
  constructor(file: SourceFile, tokens: Token[], problems: SyntaxProblem[], expression: (cursor: Cursor) => Expression) {
    this.file = file;
    this.tokens = tokens;
    this.problems = problems;
    this.#expression = expression;
  }

  expression(): Expression {
    return this.#expression(this);
  }

  peek(): Token {
    if (this.#skipNewlines) this.skipNewlines();
    return this.tokens[this.index]!;
  }

  /** The token after the next one, newlines skipped if they are skipped here. */
  peekAfter(): Token {
    this.peek();
    let at = this.index + 1;
    while (this.#skipNewlines && this.tokens[at]?.kind === 'newline') at++;
    return this.tokens[at] ?? this.tokens.at(-1)!;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.index++;
    this.lastEnd = token.end;
    return token;
  }

  is(kind: string): boolean {
    return this.peek().kind === kind;
  }

  take(kind: string): Token | undefined {
    return this.is(kind) ? this.next() : undefined;
  }

  expect(kind: string, what: string): Token {
    return this.take(kind) ?? this.fail(`expected ${what}, found ${this.describe(this.peek())}`);
  }

  isWord(text: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && this.text(token) === text;
  }

  text(token: Token): string {
    return this.file.text.slice(token.start, token.end);
  }

  skipNewlines(): void {
    while (this.tokens[this.index]?.kind === 'newline') this.index++;
  }

  /** Reads with newlines skipped (inside brackets) or kept (bodies, objects). */
  newlines<T>(mode: 'skipped' | 'kept', read: () => T): T {
    const before = this.#skipNewlines;
    this.#skipNewlines = mode === 'skipped';
    try {
      return read();
    } finally {
      this.#skipNewlines = before;
    }
  }

  nested<T>(read: () => T): T {
    if (this.depth >= MAX_DEPTH) {
      const { start, end } = this.peek();
      throw new SyntaxFailure({ message: `nested deeper than ${MAX_DEPTH} levels`, start, end }, true);
    }
    this.depth++;
    try {
      return read();
    } finally {
      this.depth--;
    }
  }

  describe(token: Token): string {
    if (token.kind === 'end') return 'the end of the file';
    if (token.kind === 'newline') return 'the end of the line';
    const text = this.text(token);
    return `"${text.length > 30 ? text.slice(0, 30) + '…' : text}"`;
  }

  fail(message: string, span: Span = this.peek()): never {
    throw new SyntaxFailure({ message, start: span.start, end: span.end });
  }

  note(message: string, span: Span): void {
    this.problems.push({ message, start: span.start, end: span.end });
  }
}
