import type { Cursor } from './cursor.ts';
import { parseCollection } from './parse-collection.ts';
import { parseHeredoc, parseQuoted } from './parse-template.ts';
import type { BinaryOperator, Expression, Step } from './tree.ts';

const PRECEDENCE: Readonly<Record<string, number>> = { '||': 1, '&&': 2, '==': 3, '!=': 3, '<': 4, '<=': 4, '>': 4, '>=': 4, '+': 5, '-': 5, '*': 6, '/': 6, '%': 6 };

export function parseExpression(cursor: Cursor): Expression {
  return cursor.nested(() => {
    const condition = parseBinary(cursor, 1);
    if (!cursor.take('?')) return condition;
    const whenTrue = parseExpression(cursor);
    cursor.expect(':', '":" of the conditional');
    const whenFalse = parseExpression(cursor);
    return { kind: 'conditional', condition, whenTrue, whenFalse, start: condition.start, end: whenFalse.end };
  });
}

/** Operators that bind at least as tightly as `least`; all are left-associative. */
function parseBinary(cursor: Cursor, least: number): Expression {
  let left = parseUnary(cursor);
  for (;;) {
    const precedence = PRECEDENCE[cursor.peek().kind] ?? 0;
    if (precedence < least) return left;
    const operator = cursor.next().kind as BinaryOperator;
    const right = parseBinary(cursor, precedence + 1);
    left = { kind: 'binary', operator, left, right, start: left.start, end: right.end };
  }
}

function parseUnary(cursor: Cursor): Expression {
  const token = cursor.peek();
  if (token.kind !== '-' && token.kind !== '!') return parsePostfix(cursor);
  return cursor.nested(() => {
    cursor.next();
    const operand = parseUnary(cursor);
    return { kind: 'unary', operator: token.kind as '-' | '!', operand, start: token.start, end: operand.end };
  });
}

function parsePostfix(cursor: Cursor): Expression {
  const target = parseTerm(cursor);
  const steps = parseSteps(cursor);
  return steps.length ? { kind: 'traversal', target, steps, start: target.start, end: cursor.lastEnd } : target;
}

/** `.name`, `.0`, `[key]`, `.*`, `[*]` as many as follow. */
function parseSteps(cursor: Cursor, only: 'all' | 'attributes' = 'all'): Step[] {
  const steps: Step[] = [];
  for (;;) {
    const token = cursor.peek();
    if (token.kind === '.') {
      if (only === 'attributes' && cursor.peekAfter().kind === '*') return steps;
      cursor.next();
      if (cursor.take('*')) {
        steps.push({ kind: 'splat', full: false, steps: parseSteps(cursor, 'attributes'), start: token.start, end: cursor.lastEnd });
      } else steps.push(...attributeSteps(cursor, token.start));
    } else if (token.kind === '[' && only === 'all') {
      cursor.next();
      const step = cursor.newlines('skipped', (): Step => {
        if (cursor.is('*') && cursor.peekAfter().kind === ']') {
          cursor.next();
          cursor.next();
          return { kind: 'splat', full: true, steps: [], start: token.start, end: cursor.lastEnd };
        }
        const key = parseExpression(cursor);
        cursor.expect(']', '"]" of the index');
        return { kind: 'index', key, start: token.start, end: cursor.lastEnd };
      });
      if (step.kind === 'splat') {
        step.steps = cursor.nested(() => parseSteps(cursor));
        step.end = cursor.lastEnd;
        return [...steps, step];
      }
      steps.push(step);
    } else return steps;
  }
}

/** A name after a dot, or the old form of an index, where `.0.1` reads as one number. */
function attributeSteps(cursor: Cursor, start: number): Step[] {
  const token = cursor.peek();
  if (token.kind === 'word') {
    cursor.next();
    return [{ kind: 'attribute', name: cursor.text(token), start, end: token.end }];
  }
  if (token.kind === 'number' && /^\d+(\.\d+)?$/.test(cursor.text(token))) {
    cursor.next();
    let at = token.start;
    return cursor.text(token).split('.').map((digits): Step => {
      const span = { start: at, end: at + digits.length };
      at = span.end + 1;
      return { kind: 'index', key: { kind: 'literal', value: Number(digits), ...span }, ...span };
    });
  }
  return cursor.fail(`expected an attribute name after ".", found ${cursor.describe(token)}`);
}

function parseTerm(cursor: Cursor): Expression {
  const token = cursor.peek();
  switch (token.kind) {
    case 'number':
      cursor.next();
      return { kind: 'literal', value: Number(cursor.text(token)), start: token.start, end: token.end };
    case 'quote': return parseQuoted(cursor);
    case 'heredoc': return parseHeredoc(cursor);
    case '[':
    case '{': return parseCollection(cursor);
    case '(': {
      cursor.next();
      return cursor.newlines('skipped', () => {
        const inner = parseExpression(cursor);
        cursor.expect(')', '")"');
        return { kind: 'parentheses', inner, start: token.start, end: cursor.lastEnd };
      });
    }
    case 'word': return parseWord(cursor);
    default: return cursor.fail(`expected an expression, found ${cursor.describe(token)}`);
  }
}

function parseWord(cursor: Cursor): Expression {
  const token = cursor.next();
  let name = cursor.text(token);
  while (cursor.take('::')) name += '::' + cursor.text(cursor.expect('word', 'the function name'));
  if (cursor.is('(')) return parseCall(cursor, name, token.start);
  if (name.includes('::')) cursor.fail('expected "(" after the function name');
  const span = { start: token.start, end: token.end };
  if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true', ...span };
  if (name === 'null') return { kind: 'literal', value: null, ...span };
  return { kind: 'variable', name, ...span };
}

function parseCall(cursor: Cursor, name: string, start: number): Expression {
  cursor.next();
  return cursor.newlines('skipped', () => {
    const args: Expression[] = [];
    let expand = false;
    while (!cursor.is(')')) {
      args.push(parseExpression(cursor));
      if (cursor.take('...')) { expand = true; break; }
      if (!cursor.take(',')) break;
    }
    cursor.expect(')', '"," or ")" in the arguments');
    return { kind: 'call', name, args, expand, start, end: cursor.lastEnd };
  });
}
