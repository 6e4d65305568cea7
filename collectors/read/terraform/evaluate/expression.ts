import type { Expression, ForExpression, ObjectExpression, Step, TraversalExpression } from '../syntax/tree.ts';
import { printExpression } from '../syntax/print.ts';
import { ANY, type Box, box, Dict, LIST, List, MAP, placed, Undecided, undecided } from './box.ts';
import { show } from './inspect.ts';
import { equal } from './compare.ts';
import { toBool, toItems, toText, typeOf } from './convert.ts';
import { EvaluationFailure, fail } from './failure.ts';
import { callFunction } from './functions/call.ts';
import { binary, unary } from './operators.ts';
import { resolveName } from './resolve.ts';
import { originOf, type Scope, withLoop } from './scope.ts';
import { evaluateTemplate } from './template.ts';
import { attribute, index, splat } from './traverse.ts';

/** Value of an expression. Throws EvaluationFailure, located, where the language reports an error. */
export function evaluate(e: Expression, scope: Scope): Box {
  scope.names.session.step();
  try {
    return scope.names.session.deeper(() => evaluateKind(e, scope));
  } catch (failure) {
    if (failure instanceof EvaluationFailure && !failure.span) failure.span = { start: e.start, end: e.end };
    throw failure;
  }
}

function evaluateKind(e: Expression, scope: Scope): Box {
  const at = originOf(scope, e);
  switch (e.kind) {
    case 'literal': return box(e.value, at);
    case 'template': return evaluateTemplate(e, scope);
    case 'tuple': return box(new List(e.items.map((i) => placed(evaluate(i, scope), originOf(scope, i)))), at);
    case 'object': return evaluateObject(e, scope);
    case 'for': return evaluateFor(e, scope);
    case 'variable': return resolveName(e.name, [], scope, at).value;
    case 'traversal': return evaluateTraversal(e, scope);
    case 'call': return callFunction(e, scope, at);
    case 'unary': return box(unary(e.operator, evaluate(e.operand, scope)), at);
    case 'binary': return evaluateBinary(e, scope);
    case 'conditional': return evaluateConditional(e, scope);
    case 'parentheses': return evaluate(e.inner, scope);
  }
}

/** Chains such as `a + b + c …` lean left and may be long: worked off without recursion. */
function evaluateBinary(e: Expression & { kind: 'binary' }, scope: Scope): Box {
  const chain = [e];
  let first: Expression = e.left;
  while (first.kind === 'binary') {
    chain.push(first);
    first = first.left;
  }
  let value = evaluate(first, scope);
  for (const node of chain.reverse()) value = box(binary(node.operator, value, () => evaluate(node.right, scope)), originOf(scope, node));
  return value;
}

function evaluateObject(e: ObjectExpression, scope: Scope): Box {
  const entries = new Map<string, Box>();
  for (const item of e.items) {
    const key = evaluate(item.key, scope);
    entries.set(toText(key), placed(evaluate(item.value, scope), originOf(scope, item)));
  }
  return box(new Dict(entries), originOf(scope, e));
}

function evaluateTraversal(e: TraversalExpression, scope: Scope): Box {
  const at = originOf(scope, e);
  if (e.target.kind !== 'variable') return walk(evaluate(e.target, scope), e.steps, scope, at);
  const { value, used } = resolveName(e.target.name, e.steps, scope, at);
  return walk(value, e.steps.slice(used), scope, at);
}

function walk(start: Box, steps: readonly Step[], scope: Scope, at: NonNullable<Box['at']>): Box {
  let value = start;
  for (const step of steps) {
    if (step.kind === 'attribute') value = attribute(value, step.name, at);
    else if (step.kind === 'index') value = index(value, evaluate(step.key, scope), at);
    else value = splat(value, (item) => walk(item, step.steps, scope, at), step.steps.map((s) => stepText(s)).join(''), at);
  }
  return value;
}

const stepText = (s: Step): string => (s.kind === 'attribute' ? `.${s.name}` : s.kind === 'index' ? `[${printExpression(s.key)}]` : '[*]');

function evaluateConditional(e: Expression & { kind: 'conditional' }, scope: Scope): Box {
  const condition = toBool(evaluate(e.condition, scope));
  if (!(condition instanceof Undecided)) return evaluate(condition ? e.whenTrue : e.whenFalse, scope);
  const [a, b] = [e.whenTrue, e.whenFalse].map((branch) => attempt(branch, scope));
  if (!a || !b) return box(undecided(`${show(condition)} ? ${keyText(e.whenTrue, scope)} : ${keyText(e.whenFalse, scope)}`), originOf(scope, e));
  if (equal(a, b)) return a;
  const [x, y] = [typeOf(a), typeOf(b)];
  const type = a.data === null ? y : b.data === null || x.kind === y.kind ? x : ANY;
  return box(undecided(`${show(condition)} ? ${show(a)} : ${show(b)}`, type), originOf(scope, e));
}

function attempt(e: Expression, scope: Scope): Box | undefined {
  try {
    return evaluate(e, scope);
  } catch (failure) {
    if (failure instanceof EvaluationFailure && failure.code !== 'limit') return undefined;
    throw failure;
  }
}

function evaluateFor(e: ForExpression, scope: Scope): Box {
  const at = originOf(scope, e);
  const collection = evaluate(e.collection, scope);
  const items = toItems(collection);
  if (!items) {
    const key = `${keyText(e, scope)} over ${show(collection)}`;
    attempt(e.value, withLoop(withLoop(scope, e.keyName, box(undecided(`${show(collection)}[*] key`), at)), e.valueName, box(undecided(`${show(collection)}[*]`), at)));
    return box(undecided(key, e.key ? MAP : LIST), at);
  }
  const list: Box[] = [];
  const groups = new Map<string, Box[]>();
  for (const item of items) {
    const inner = withLoop(withLoop(scope, e.keyName, item.key), e.valueName, item.value);
    if (e.condition) {
      const keep = toBool(evaluate(e.condition, inner));
      if (keep instanceof Undecided) return box(undecided(`${keyText(e, scope)} over ${show(collection)}`, e.key ? MAP : LIST), at);
      if (!keep) continue;
    }
    const value = evaluate(e.value, inner);
    const here = value.at?.file === scope.file ? value : placed(value, originOf(scope, e.value));
    if (!e.key) list.push(here);
    else {
      const key = toText(evaluate(e.key, inner));
      const group = groups.get(key);
      if (!group) groups.set(key, [here]);
      else if (e.group) group.push(here);
      else fail(`the key "${show(key)}" occurs twice`);
    }
  }
  if (!e.key) return box(new List(list), at);
  return box(new Dict(new Map([...groups].map(([k, v]) => [k, e.group ? box(new List(v), at) : v[0]!]))), at);
}

/** Text that is equal for expressions of equal value, as far as it stands in the key of an unknown value. */
function keyText(e: Expression, scope: Scope): string {
  const text = printExpression(e);
  const where = scope.loop || /\b(each|count|self)\./.test(text) ? `${scope.owner} at ${e.start}` : scope.names.address;
  return where ? `${text} in ${where}` : text;
}
