import { showHoles } from '../../../schema/index.ts';
import { hasVariable, type Tri, type Variables } from '../match/index.ts';
import { both, type Held, no, onlyIf, unknownBecause, yes } from '../truth.ts';
import { arns } from './arn.ts';
import { binaries } from './binary.ts';
import { bools } from './bool.ts';
import { dates, onlyInThePast } from './date.ts';
import { ips } from './ip.ts';
import { numerics } from './numeric.ts';
import type { Family, Operator } from './operator.ts';
import { strings } from './string.ts';

/**
 * A key of the request: `known` values (holes allowed), `absent`, `open` (decided by whoever calls or by the moment, so it may be satisfied),
 * or `unread` (has one value, which the input does not hold).
 */
export type KeyState = { state: 'known'; values: readonly string[] } | { state: 'absent' } | { state: 'open' } | { state: 'unread'; what: string };
export type Keys = (key: string) => KeyState;

const OPERATORS: Family = { ...strings, ...numerics, ...dates, ...bools, ...binaries, ...ips, ...arns };

export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** All operators and keys of a Condition block must hold; of several values one is enough (none, for a negated operator). */
export function conditionsHold(conditions: Conditions | undefined, keys: Keys): Held {
  if (!conditions) return yes;
  let held = yes;
  for (const c of testsOf(conditions)) {
    held = both(held, oneHolds(c, keys));
    if (held.v === 0) return no;
  }
  return held;
}

/** One operator on one key. `asked`: as it is said; `satisfied`: what is answered where it may hold; `plain`: no value holds a variable. */
interface Test { name: string; base: string; set: '' | 'any' | 'all'; ifExists: boolean; key: string; values: readonly string[]; plain: boolean; asked: string; satisfied: Held }

const NO_VARIABLES: Variables = () => undefined;
const tests = new WeakMap<Conditions, readonly Test[]>();

function testsOf(conditions: Conditions): readonly Test[] {
  let list = tests.get(conditions);
  if (!list) tests.set(conditions, (list = Object.entries(conditions).flatMap(([name, byKey]) => Object.entries(byKey).map(([key, values]) => testOf(name, key, values)))));
  return list;
}

function testOf(name: string, key: string, values: readonly string[]): Test {
  const lower = name.toLowerCase();
  const set = lower.startsWith('foranyvalue:') ? 'any' : lower.startsWith('forallvalues:') ? 'all' : '';
  const base = set ? lower.slice(lower.indexOf(':') + 1) : lower;
  const ifExists = base.endsWith('ifexists');
  const asked = `${key} ${name} ${showHoles(values.join(' | '))}`;
  return { name, base: ifExists ? base.slice(0, -8) : base, set, ifExists, key, values, plain: !values.some(hasVariable), asked, satisfied: onlyIf(asked) };
}

function oneHolds(test: Test, keys: Keys): Held {
  const { name, base, set, ifExists, key, values, asked } = test;
  const state = keys(key);
  if (base === 'null' && set === '' && !ifExists) return nullHolds(asked, values, state);
  const operator = OPERATORS[base];
  if (!operator) return unknownBecause(`condition operator ${name} is not known`);
  if (state.state === 'unread') return unknownBecause(`${state.what} for ${asked}`);
  if (state.state === 'open') return !ifExists && onlyInThePast(base, key, values) ? no : test.satisfied;
  if (state.state === 'absent' || state.values.length === 0) return ifExists || (set === '' ? operator.negated : set === 'all') ? yes : no;
  const open = test.plain ? undefined : new Set<string>();
  const variables = open ? variablesOf(keys, open) : NO_VARIABLES;
  const every = set === 'all' || (set === '' && operator.negated);
  let result: Tri = every ? 2 : 0;
  for (const v of state.values) {
    const fit = fitsOperator(operator, values, v, variables);
    if (every ? fit < result : fit > result) result = fit;
  }
  if (result === 2) return yes;
  if (result === 0) return no;
  return open && open.size > 0 ? test.satisfied : unknownBecause(`${asked}, where the value is ${showHoles(state.values.join(' | '))}`);
}

function fitsOperator(operator: Operator, policyValues: readonly string[], value: string, variables: Variables): Tri {
  let fit: Tri = 0;
  for (const p of policyValues) {
    const one = operator.compare(p, value, variables);
    // An exception that names nothing makes the statement void; it does not let everything through (IAM user guide, Variables).
    if (one === undefined && operator.negated) return 0;
    if (one !== undefined && one > fit) fit = one;
  }
  return operator.negated ? ((2 - fit) as Tri) : fit;
}

function nullHolds(asked: string, values: readonly string[], state: KeyState): Held {
  const isAbsent = state.state === 'absent' || (state.state === 'known' && state.values.length === 0);
  return values.length === 0 ? no : anyWanted(values.map((v) => v.trim().toLowerCase()), (wantsAbsent) => {
    if (state.state === 'open') return onlyIf(asked);
    if (state.state === 'unread') return unknownBecause(`${state.what} for ${asked}`);
    return wantsAbsent === isAbsent ? yes : no;
  });
}

function anyWanted(values: string[], f: (wantsAbsent: boolean) => Held): Held {
  const wanted = new Set(values.filter((v) => v === 'true' || v === 'false'));
  if (wanted.size === 2) return yes;
  if (wanted.size === 1) return f(wanted.has('true'));
  return values.some((v) => v.includes('\ue000')) ? unknownBecause('the value of a Null condition') : no;
}

/** Text for policy variables: an open or unread key stands as a hole, so that the comparison is left open. */
export function variablesOf(keys: Keys, open?: Set<string>): Variables {
  return (key) => {
    const s = keys(key);
    if (s.state === 'known') return s.values.length === 1 ? s.values[0] : undefined;
    if (s.state === 'absent') return undefined;
    if (s.state === 'open') open?.add(key);
    return `\uE000unknown|request ${key.toLowerCase()}\uE001`;
  };
}
