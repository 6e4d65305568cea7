import { HOLE_OPEN } from '../../../../schema/index.ts';
import { type Box, box, Dict, Handle, List, type Origin, Undecided, undecided } from './box.ts';
import { show } from './inspect.ts';
import { toNumber, toText } from './convert.ts';
import { argumentOf, type Declared } from './declarations.ts';
import { EvaluationFailure } from './failure.ts';
import { evaluate } from './expression.ts';
import { originOf, type Scope } from './scope.ts';

/** Instances of one block beyond this are cut, with a problem. */
export const MAX_INSTANCES = 10_000;

/** One instance of a resource or module: `suffix` is `[0]`, `["key"]`, `[*]` or nothing. */
export interface Instance { suffix: string; key?: string | number; scope: Scope }

/** `unknown`: the input does not decide which instances there are; one stands for all. */
export interface Repetition { kind: 'single' | 'count' | 'each' | 'unknown'; instances: Instance[] }

/** Instances that `count` or `for_each` of a block make. */
export function repeat(d: Declared, scope: Scope): Repetition {
  const { session } = scope.names;
  const count = argumentOf(d, 'count');
  const forEach = argumentOf(d, 'for_each');
  const meta = count ?? forEach;
  if (!meta) return { kind: 'single', instances: [{ suffix: '', scope }] };
  const here: Scope = { ...scope, file: meta.file };
  const at = originOf(here, meta.node);
  try {
    const value = evaluate(meta.node.value, here);
    return count ? counted(value, scope, at) : eached(value, scope, at);
  } catch (failure) {
    if (!(failure instanceof EvaluationFailure)) throw failure;
    session.failure(failure, meta.file, meta.node.value, scope.owner);
    return count ? unknownCount(scope) : unknownKeys(undecided(`${scope.owner}[*]`), scope);
  }
}

const owned = (scope: Scope, suffix: string): Scope => ({ ...scope, owner: scope.owner + suffix });

function counted(value: Box, scope: Scope, at: Origin): Repetition {
  const { session } = scope.names;
  const n = value.data === null ? 1 : toNumber(value);
  if (n instanceof Undecided) {
    session.problem('unresolved', `how many instances there are is not decided: ${show(n)}`, at, scope.owner);
    return unknownCount(scope);
  }
  if (n > MAX_INSTANCES) session.problem('limit', `${n} instances, the first ${MAX_INSTANCES} are read`, at, scope.owner);
  const instances = Array.from({ length: Math.max(0, Math.min(MAX_INSTANCES, Math.floor(n))) }, (_, i): Instance => ({ suffix: `[${i}]`, key: i, scope: { ...owned(scope, `[${i}]`), count: box(i) } }));
  return { kind: 'count', instances };
}

/** If there is an instance at all, there is the first. */
const unknownCount = (scope: Scope): Repetition => ({ kind: 'unknown', instances: [{ suffix: '[0]', key: 0, scope: { ...owned(scope, '[0]'), count: box(0) } }] });

function unknownKeys(what: Undecided, scope: Scope): Repetition {
  const item = what.type.kind === 'set' || what.type.kind === 'map' ? what.type.of : undefined;
  const key = box(undecided(`${show(what)} key`, { kind: 'string' }));
  const value = what.type.kind === 'set' ? key : box(undecided(`${show(what)}[*]`, item));
  return { kind: 'unknown', instances: [{ suffix: '[*]', scope: { ...owned(scope, '[*]'), each: { key, value } } }] };
}

function eached(value: Box, scope: Scope, at: Origin): Repetition {
  const { session } = scope.names;
  const d = value.data;
  if (d instanceof Undecided || d instanceof Handle) {
    session.problem('unresolved', `which instances there are is not decided: ${show(value)}`, at, scope.owner);
    return unknownKeys(d instanceof Undecided ? d : d.source.whole, scope);
  }
  const entries: [string, Box][] = d instanceof Dict ? d.sorted() : d instanceof List ? d.items.map((i) => [toText(i), i]) : [];
  if (!(d instanceof Dict) && !(d instanceof List)) throw new EvaluationFailure('for_each needs a map or a set of strings');
  if (entries.length > MAX_INSTANCES) session.problem('limit', `${entries.length} instances, the first ${MAX_INSTANCES} are read`, at, scope.owner);
  const instances = entries.slice(0, MAX_INSTANCES).map(([k, v]): Instance => {
    const suffix = `[${JSON.stringify(k.includes(HOLE_OPEN) ? show(k) : k)}]`;
    return { suffix, key: k, scope: { ...owned(scope, suffix), each: { key: box(k, v.at), value: v } } };
  });
  return { kind: 'each', instances };
}

/** The block as a value: one object, a list, or a map of them. */
export function asValue(repetition: Repetition, one: (i: Instance) => Handle, unknown: () => Handle): Box {
  const { kind, instances } = repetition;
  if (kind === 'unknown') return box(unknown());
  if (kind === 'single') return box(one(instances[0]!));
  if (kind === 'count') return box(new List(instances.map((i) => box(one(i)))));
  return box(new Dict(new Map(instances.map((i) => [String(i.key), box(one(i))]))));
}
