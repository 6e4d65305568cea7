import { Cursor, SyntaxFailure } from './cursor.ts';
import { lex } from './lexer.ts';
import { parseFileBody } from './parse-body.ts';
import { parseExpression } from './parse-expression.ts';
import { parseTemplateFile } from './parse-template.ts';
import type { SourceFile, SyntaxProblem } from './source.ts';
import { type Body, type Expression, literalString, type TemplateExpression } from './tree.ts';

export interface Parsed<T> { tree: T; problems: SyntaxProblem[] }

/** A `.tf` or `.tfvars` file in native syntax. Never throws: what could not be read is in `problems` and missing from the tree. */
export function parseFile(file: SourceFile): Parsed<Body> {
  const { tokens, problems } = lex(file);
  const cursor = new Cursor(file, tokens, problems, parseExpression);
  const tree = parseFileBody(cursor);
  problems.sort((a, b) => a.start - b.start);
  return { tree, problems: atMost(problems) };
}

/** Errors that are shown of one file; the last one says how many more there are. */
const MAX_PROBLEMS = 50;

function atMost(problems: SyntaxProblem[]): SyntaxProblem[] {
  const next = problems[MAX_PROBLEMS];
  return next ? [...problems.slice(0, MAX_PROBLEMS), { ...next, message: `${next.message}; ${problems.length - MAX_PROBLEMS - 1} more errors follow` }] : problems;
}

/** One expression that fills the whole text; undefined when it has no valid form. */
export function parseExpressionText(file: SourceFile): Parsed<Expression | undefined> {
  const { tokens, problems } = lex(file);
  const cursor = new Cursor(file, tokens, problems, parseExpression);
  try {
    const tree = cursor.newlines('skipped', () => {
      const expression = parseExpression(cursor);
      if (!cursor.is('end')) cursor.fail(`expected the end of the expression, found ${cursor.describe(cursor.peek())}`);
      return expression;
    });
    return { tree, problems };
  } catch (failure) {
    if (!(failure instanceof SyntaxFailure)) throw failure;
    return { tree: undefined, problems: [...problems, failure.problem] };
  }
}

/** A template file, or the string between two offsets of a file (the strings of `.tf.json`). */
export function parseTemplate(file: SourceFile, from = 0, to = file.text.length): Parsed<TemplateExpression> {
  const { tokens, problems } = lex(file, true, from, to);
  const cursor = new Cursor(file, tokens, problems, parseExpression);
  try {
    return { tree: { ...parseTemplateFile(cursor), start: from, end: to }, problems };
  } catch (failure) {
    if (!(failure instanceof SyntaxFailure)) throw failure;
    return { tree: literalString(file.text.slice(from, to), { start: from, end: to }, true), problems: [...problems, failure.problem] };
  }
}
