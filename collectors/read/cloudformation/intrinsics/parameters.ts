import { hasHole, isUnknown, unknown, type Value } from '../../../../schema/index.ts';
import { entriesOf, get, itemsOf, textOf, type Node } from '../syntax/node.ts';
import type { Session } from './session.ts';
import { asText, opaque } from './text.ts';

const isList = (type: string): boolean => /^(List<|CommaDelimitedList$)/.test(type) || /^AWS::SSM::Parameter::Value<(List<|CommaDelimitedList)/.test(type);

/**
 * Values of the parameters of a template: as given, else by default, else unknown. What is never shown (`NoEcho`) and what stands in
 * the parameter store is unknown whatever the default says.
 */
export function parametersOf(template: Node | undefined, given: ReadonlyMap<string, Value>, prefix: string, session: Session): Map<string, Value> {
  const out = new Map<string, Value>();
  for (const { key: name, value: node, at } of entriesOf(get(template, 'Parameters'))) {
    const type = textOf(get(node, 'Type')) ?? 'String';
    const list = isList(type);
    const undecided = (why: string): Value => (list ? unknown(why) : opaque(prefix + name));
    const here = given.get(name) ?? plain(get(node, 'Default'));
    if (/^true$/i.test(textOf(get(node, 'NoEcho')) ?? '')) out.set(name, undecided(`parameter ${name} is never shown`));
    else if (type.startsWith('AWS::SSM::Parameter::Value<')) out.set(name, undecided(`parameter ${name} is read from the parameter store`));
    else if (here === undefined) {
      const only = itemsOf(get(node, 'AllowedValues'));
      if (only.length === 1 && textOf(only[0]) !== undefined) out.set(name, typed(textOf(only[0])!, type, list));
      else {
        session.problem('missing-variable', `parameter ${name} has no value: what depends on it is unknown`, at, name);
        out.set(name, undecided(`parameter ${name} has no value`));
      }
    } else out.set(name, typed(here, type, list));
  }
  return out;
}

function plain(n: Node | undefined): Value | undefined {
  if (n?.kind === 'scalar') return n.value === null ? '' : n.value;
  return n?.kind === 'list' ? n.items.map((i) => textOf(i) ?? '') : n?.kind === 'unknown' ? unknown(n.reason) : undefined;
}

function typed(v: Value, type: string, list: boolean): Value {
  if (isUnknown(v)) return v;
  const text = asText(v);
  if (list) {
    if (text === undefined) return v;
    // A hole may hold commas.
    if (hasHole(text) && !text.includes(',')) return text.length > 0 ? unknown('the list is not decided') : [];
    return text === '' ? [] : text.split(',').map((t) => t.trim());
  }
  if (type === 'Number' && text !== undefined && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  return text ?? v;
}
