import { hasHole, isUnknown, splitHoles, unknown, type Value } from '../../../../schema/index.ts';
import { get, itemsOf, textOf, type Node } from '../syntax/node.ts';
import { malformed, type Intrinsic } from './call.ts';
import { cidrBlocks } from './cidr.ts';
import type { Evaluation } from './evaluate.ts';
import { findInMap } from './mappings.ts';
import { attribute, reference } from './references.ts';
import { substitute } from './substitute.ts';
import { asText, NOTHING, same } from './text.ts';

const two = (n: Node): readonly [Node | undefined, Node | undefined, Node | undefined] => { const [a, b, c] = itemsOf(n); return [a, b, c]; };

const logic: Intrinsic = (_, { e, node }) => e.scope.decide(node, e) ?? unknown('the condition is not decided');

/** `GetAtt` as `A.B` or `[A, B]`; the attribute may be an expression. */
const getAtt: Intrinsic = (argument, call) => {
  const whole = textOf(argument);
  if (whole !== undefined) return attribute(whole.slice(0, whole.indexOf('.') < 0 ? undefined : whole.indexOf('.')), whole.includes('.') ? whole.slice(whole.indexOf('.') + 1) : '', call);
  const [id, name] = two(argument);
  const logical = id && textOf(id);
  if (logical === undefined || !name) return malformed(call, 'a logical id and an attribute are expected');
  const text = call.e.text(name);
  return hasHole(text) ? call.e.opaque(call.node) : attribute(logical, text, call);
};

/** The chosen branch. Both alike: no matter which; else the value is not decided. */
const choose: Intrinsic = (argument, { e, node, at, pointer }) => {
  const [name, yes, no] = two(argument);
  if (!name || !yes || !no) return malformed({ e, node, at, pointer }, 'a condition and two values are expected');
  const decided = e.scope.decide(name.kind === 'scalar' ? { kind: 'call', name: 'Condition', argument: name, at: name.at } : name, e);
  if (decided !== undefined) return e.value(decided ? yes : no, pointer);
  const a = e.value(yes);
  const b = e.value(no);
  if (same(a, b) === true) return a;
  e.problem(`which value stands here is not decided: condition ${textOf(name) ?? '?'}`, at);
  return asText(a) !== undefined && asText(b) !== undefined ? e.opaque(node) : unknown(`condition ${textOf(name) ?? '?'} is not decided`);
};

const join: Intrinsic = (argument, { e, node, at, pointer }) => {
  const [by, over] = two(argument);
  const separator = textOf(by);
  if (separator === undefined || !over) return malformed({ e, node, at, pointer }, 'a separator and a list are expected');
  const parts = over.kind === 'list' ? elementsOf(over, e) : e.elements(over);
  if (!parts) return e.opaque(node);
  return parts.map((p, i) => asText(p) ?? (p === null ? '' : e.opaque({ ...node, argument: { kind: 'list', items: [node, { kind: 'scalar', value: i, at }], at } }))).join(separator);
};

/** Elements, where one that is not decided does not hide the others. */
function elementsOf(n: Node & { kind: 'list' }, e: Evaluation): Value[] {
  return n.items.flatMap((i) => {
    const v = e.value(i);
    return v === NOTHING ? [] : isUnknown(v) ? [e.opaque(i)] : [v];
  });
}

const select: Intrinsic = (argument, { e, node, at, pointer }) => {
  const [index, from] = two(argument);
  if (!index || !from) return malformed({ e, node, at, pointer }, 'an index and a list are expected');
  const i = Number(e.text(index));
  const list = e.elements(from);
  if (!list || !Number.isInteger(i)) return e.opaque(node);
  const chosen = list[i];
  if (chosen === undefined) {
    e.problem(`the list has no element ${i}`, at);
    return e.opaque(node);
  }
  return chosen;
};

/** Splits where the separator surely stands. A hole that may hold it decides nothing after it. */
const split: Intrinsic = (argument, { e, node, at, pointer }) => {
  const [by, source] = two(argument);
  const separator = textOf(by);
  if (!separator || !source) return malformed({ e, node, at, pointer }, 'a separator and a text are expected');
  const text = e.text(source);
  if (!splitHoles(text).every((p) => typeof p === 'string' || cannotHold(p, separator))) return unknown('what is split is not decided');
  return text.split(separator);
};

/** Values of the provider have a known shape: no account, partition or region has a slash in it. */
const cannotHold = (h: Exclude<ReturnType<typeof splitHoles>[number], string>, separator: string): boolean =>
  h.kind === 'pseudo' && (h.name === 'account' || (['region', 'partition', 'url-suffix', 'stack-name'].includes(h.name) && /[^a-z0-9.A-Z-]/.test(separator)));

const base64: Intrinsic = (argument, { e, node }) => {
  const v = e.value(argument);
  const text = asText(v);
  if (text === undefined) return e.opaque(node);
  // Text with holes cannot be encoded; kept as it reads, it still says what it refers to.
  return hasHole(text) ? text : Buffer.from(text).toString('base64');
};

const cidr: Intrinsic = (argument, { e, node }) => {
  const [block, count, bits] = two(argument);
  if (!block || !count) return unknown('a block and a count are expected');
  const of = [e.text(block), e.text(count), bits ? e.text(bits) : ''];
  return (of.some(hasHole) ? undefined : cidrBlocks(of[0]!, Number(of[1]), of[2] === '' ? undefined : Number(of[2]))) ?? unknown(`the blocks of ${e.scope.shown(node)}`);
};

const zones: Intrinsic = (argument, { e }) => unknown(`availability zones of ${e.scope.shown(argument)}`);

const importValue: Intrinsic = (argument, { e, node, at }) => {
  const name = e.text(argument);
  const found = e.scope.session.around.imported(name, e.scope.session.root);
  if (found?.note) e.problem(found.note, at);
  if (found) return found.value;
  e.problem(`no template of the input exports ${e.scope.readable(name)}`, at);
  return e.opaque(node);
};

const length: Intrinsic = (argument, { e }) => e.elements(argument)?.length ?? unknown('the length of the list is not decided');

const toJson: Intrinsic = (argument, { e, node }) => {
  const v = e.value(argument);
  const json = JSON.stringify(v === NOTHING ? null : withoutUnknown(v, e.opaque(node)));
  return json;
};

const withoutUnknown = (v: Value, mark: string): Value => {
  if (isUnknown(v)) return mark;
  if (Array.isArray(v)) return v.map((x) => withoutUnknown(x, mark));
  return v !== null && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, withoutUnknown(x, mark)])) : v;
};

const macro: Intrinsic = (argument, { e, at, node }) => {
  e.problem(`the macro ${textOf(get(argument, 'Name')) ?? '?'} is not run: what it makes is unknown`, at);
  return unknown(`made by ${e.scope.shown(node)}`);
};

/** Every intrinsic function of the service, by its name without `Fn::`. */
export const FUNCTIONS: { readonly [name: string]: Intrinsic | undefined } = Object.assign(Object.create(null) as object, {
  Ref: ((argument, call) => { const id = textOf(argument); return id === undefined ? malformed(call, 'a name is expected') : reference(id, call); }) satisfies Intrinsic,
  GetAtt: getAtt, Sub: substitute, Join: join, If: choose, Select: select, Split: split, Base64: base64, Cidr: cidr, GetAZs: zones, FindInMap: findInMap,
  ImportValue: importValue, Length: length, ToJsonString: toJson, Transform: macro,
  Equals: logic, And: logic, Or: logic, Not: logic, Condition: logic, Contains: logic,
});

