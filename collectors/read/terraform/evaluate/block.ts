import type { Attribute, Block } from '../syntax/tree.ts';
import { type Box, box, Dict, List, placed, undecided, Undecided } from './box.ts';
import { show } from './inspect.ts';
import { toItems } from './convert.ts';
import type { Located } from './declarations.ts';
import { EvaluationFailure } from './failure.ts';
import { evaluate } from './expression.ts';
import { originOf, type Scope, withLoop } from './scope.ts';

/** More blocks than this from one `dynamic` are cut, with a problem. */
const MAX_DYNAMIC = 10_000;

/** Value of one argument. An error of the language becomes a problem and an undecided value. */
export function evaluateArgument({ file, node }: Located<Attribute>, scope: Scope): Box {
  const here = { ...scope, file };
  const at = originOf(here, node);
  try {
    return placed(scope.names.session.budgeted(() => evaluate(node.value, here)), at);
  } catch (failure) {
    const known = failure instanceof RangeError ? new EvaluationFailure('the value is too large or nested too deeply', 'limit') : failure;
    if (!(known instanceof EvaluationFailure)) throw failure;
    scope.names.session.failure(known, file, node.value, scope.owner);
    return box(undecided(`${scope.owner}.${node.name}`), at);
  }
}

/** A body as an object: arguments by name, nested blocks as lists of objects under their type. */
export function evaluateBody(attributes: Iterable<Located<Attribute>>, blocks: readonly Located<Block>[], scope: Scope): Map<string, Box> {
  const out = new Map<string, Box>();
  for (const a of attributes) out.set(a.node.name, evaluateArgument(a, scope));
  const lists = new Map<string, Box[]>();
  for (const b of blocks) {
    const name = b.node.type === 'dynamic' ? b.node.labels[0]?.text ?? 'dynamic' : b.node.type;
    const list = lists.get(name) ?? [];
    lists.set(name, list);
    if (b.node.type === 'dynamic') list.push(...expand(b, name, scope));
    else list.push(evaluateBlock(b, scope));
  }
  for (const [name, items] of lists) if (items.length || !out.has(name)) out.set(name, box(new List(items), items[0]?.at));
  return out;
}

function evaluateBlock({ file, node }: Located<Block>, scope: Scope): Box {
  const inner = scope.names.session.deeper(() => evaluateBody(node.body.attributes.map((a) => ({ file, node: a })), node.body.blocks.map((b) => ({ file, node: b })), scope));
  return box(new Dict(inner), originOf({ file }, node));
}

/** `dynamic "name" { for_each, iterator, content }`: one block for each element. */
function expand({ file, node }: Located<Block>, name: string, scope: Scope): Box[] {
  const { session } = scope.names;
  const forEach = node.body.attributes.find((a) => a.name === 'for_each');
  const content = node.body.blocks.find((b) => b.type === 'content');
  const iterator = node.body.attributes.find((a) => a.name === 'iterator')?.value;
  const loop = iterator?.kind === 'variable' ? iterator.name : name;
  if (!forEach || !content) {
    session.problem('parse-error', `dynamic "${name}" needs for_each and content`, originOf({ file }, node), scope.owner);
    return [];
  }
  const collection = evaluateArgument({ file, node: forEach }, scope);
  const one = (key: Box, value: Box): Box => {
    const inner = withLoop(scope, loop, box(new Dict(new Map([['key', key], ['value', value]]))));
    return placed(evaluateBlock({ file, node: content }, inner), originOf({ file }, node));
  };
  try {
    const items = collection.data === null ? [] : toItems(collection);
    if (!items) {
      session.problem('unresolved', `how many "${name}" blocks there are is not decided: ${show(collection)}`, originOf({ file }, forEach), scope.owner);
      const what = collection.data instanceof Undecided ? show(collection) : `${scope.owner}.${name}`;
      return [one(box(undecided(`${what}[*] key`)), box(undecided(`${what}[*]`)))];
    }
    if (items.length > MAX_DYNAMIC) session.problem('limit', `${items.length} "${name}" blocks, the first ${MAX_DYNAMIC} are read`, originOf({ file }, forEach), scope.owner);
    return items.slice(0, MAX_DYNAMIC).map((i) => one(i.key, i.value));
  } catch (failure) {
    if (!(failure instanceof EvaluationFailure)) throw failure;
    session.failure(failure, file, forEach, scope.owner);
    return [];
  }
}

