import type { BinaryExpression } from '../syntax/tree.ts';
import { BOOL, type Box, type Data, NUMBER, Undecided, undecided } from './box.ts';
import { show } from './inspect.ts';
import { equal } from './compare.ts';
import { toBool, toNumber } from './convert.ts';
import { fail } from './failure.ts';

/** Logical, comparing and arithmetic operators in three values. `right` is asked for only when the left side does not decide. */
export function binary(operator: BinaryExpression['operator'], left: Box, right: () => Box): Data {
  if (operator === '&&' || operator === '||') {
    const decides = operator === '||';
    const a = toBool(left);
    if (a === decides) return decides;
    const b = toBool(right());
    if (b === decides) return decides;
    if (a instanceof Undecided && b instanceof Undecided) return undecided(`${show(a)} ${operator} ${show(b)}`, BOOL);
    return a instanceof Undecided ? a : b;
  }
  const other = right();
  if (operator === '==' || operator === '!=') {
    const same = equal(left, other);
    return same === undefined ? undecided(`${show(left)} ${operator} ${show(other)}`, BOOL) : same === (operator === '==');
  }
  const a = toNumber(left);
  const b = toNumber(other);
  const compares = operator === '<' || operator === '<=' || operator === '>' || operator === '>=';
  if (a instanceof Undecided || b instanceof Undecided) return undecided(`${show(a)} ${operator} ${show(b)}`, compares ? BOOL : NUMBER);
  switch (operator) {
    case '<': return a < b;
    case '<=': return a <= b;
    case '>': return a > b;
    case '>=': return a >= b;
    case '+': return decimal(a + b);
    case '-': return decimal(a - b);
    case '*': return decimal(a * b);
    case '/': return b === 0 ? fail('division by zero') : a / b;
    case '%': return b === 0 ? fail('division by zero') : decimal(a % b);
  }
}

/** The language counts in decimals of high precision: 0.1 + 0.2 is 0.3. */
const decimal = (n: number): number => (Number.isInteger(n) || !Number.isFinite(n) ? n : Number(n.toPrecision(15)));

export function unary(operator: '-' | '!', operand: Box): Data {
  if (operator === '!') {
    const b = toBool(operand);
    return b instanceof Undecided ? undecided(`!${show(b)}`, BOOL) : !b;
  }
  const n = toNumber(operand);
  return n instanceof Undecided ? undecided(`-${show(n)}`, NUMBER) : -n || 0;
}
