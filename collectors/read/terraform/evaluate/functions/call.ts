import type { CallExpression, Expression } from '../../syntax/tree.ts';
import { BOOL, type Box, box, type Data, List, Undecided, undecided } from '../box.ts';
import { isKnown } from '../inspect.ts';
import { EvaluationFailure, fail } from '../failure.ts';
import type { Origin } from '../box.ts';
import type { Scope } from '../scope.ts';
import { Arguments } from './define.ts';
import { FUNCTIONS } from './index.ts';

/** Elements of a list; a text may have twenty times as many characters. */
const MAX_SIZE = 1_000_000;

/** Value of a function call. `try` and `can` look at their arguments before these are evaluated; the others do not. */
export function callFunction(call: CallExpression, scope: Scope, at: Origin): Box {
  const name = call.name.replace(/^core::/, '');
  if (name === 'try') return firstThatWorks(call, scope);
  if (name === 'can') return box(works(call, scope), at);
  const definition = FUNCTIONS.get(name) ?? fail(`function "${name}" is not known`, 'unknown-function');
  const args = new Arguments(evaluateArguments(call, scope));
  if (call.expand && args.all.at(-1)?.data instanceof Undecided) return box(undecided(`${name}(${args.shown}...)`, definition.returns), at);
  if (args.count < definition.least || args.count > definition.most) return fail(`${name}: ${args.count} arguments do not fit`);
  if (definition.strict && !args.all.every(isKnown)) return box(undecided(`${name}(${args.shown})`, definition.returns), at);
  try {
    const result = bounded(definition.apply(args, { scope, call, at }));
    return typeof result === 'object' && result !== null && 'data' in result ? (result.at ? result : { ...result, at }) : box(result, at);
  } catch (failure) {
    if (failure instanceof EvaluationFailure && !failure.span) throw new EvaluationFailure(`${name}: ${failure.message}`, failure.code, { start: call.start, end: call.end });
    throw failure;
  }
}

/** Values that double with every call are stopped before they fill the memory. */
function bounded(result: Data | Box): Data | Box {
  const data = typeof result === 'object' && result !== null && 'data' in result ? result.data : result;
  const size = typeof data === 'string' ? data.length / 20 : data instanceof List ? data.items.length : 0;
  return size > MAX_SIZE ? fail('the value is too large', 'limit') : result;
}

/** With `...`, the elements of the last argument are arguments; when it is undecided, it stays as it is. */
function evaluateArguments(call: CallExpression, scope: Scope): Box[] {
  const args = call.args.map((a) => scope.names.session.evaluate(a, scope));
  const last = args.at(-1);
  if (!call.expand || !last || last.data instanceof Undecided) return args;
  return last.data instanceof List ? [...args.slice(0, -1), ...last.data.items] : fail('"..." needs a list');
}

function firstThatWorks(call: CallExpression, scope: Scope): Box {
  let last: EvaluationFailure | undefined;
  for (const arg of call.args) {
    const value = attempt(arg, scope);
    if (!(value instanceof EvaluationFailure)) return value;
    last = value;
  }
  throw last ?? new EvaluationFailure('try needs an argument');
}

function works(call: CallExpression, scope: Scope): boolean | Undecided {
  const arg = call.args[0];
  if (!arg || call.args.length > 1) return fail('can takes one argument');
  const value = attempt(arg, scope);
  if (value instanceof EvaluationFailure) return false;
  return isKnown(value) ? true : undecided(`can(${new Arguments([value]).shown})`, BOOL);
}

function attempt(e: Expression, scope: Scope): Box | EvaluationFailure {
  try {
    return scope.names.session.evaluate(e, scope);
  } catch (failure) {
    if (failure instanceof EvaluationFailure && failure.code !== 'limit') return failure;
    throw failure;
  }
}
