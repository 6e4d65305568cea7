import { hole, unknown, type Value } from '../../../../schema/index.ts';
import type { Call } from './call.ts';
import { NOTHING, type Result } from './text.ts';

const PSEUDO: Readonly<Record<string, string>> = { 'AWS::AccountId': 'account', 'AWS::Region': 'region', 'AWS::Partition': 'partition', 'AWS::URLSuffix': 'url-suffix' };
/** Pseudo parameters that differ from stack to stack. */
const STACK: Readonly<Record<string, string>> = { 'AWS::StackName': 'stack-name', 'AWS::StackId': 'stack-id' };

/** Meaning of `Ref` and of `${Name}`: a pseudo parameter, a parameter, or a resource as a whole. */
export function reference(id: string, call: Call): Result {
  const { e } = call;
  const { scope } = e;
  if (id === 'AWS::NoValue') return NOTHING;
  if (id === 'AWS::NotificationARNs') return unknown('notification topics of the stack');
  if (PSEUDO[id]) return scope.pseudo(id) ?? hole({ kind: 'pseudo', name: PSEUDO[id], scope: '' });
  if (STACK[id]) return scope.pseudo(id) ?? hole({ kind: 'pseudo', name: STACK[id], scope: scope.prefix });
  const parameter = scope.parameters.get(id);
  if (parameter !== undefined) return parameter;
  return attribute(id, '', call);
}

/** Attribute of a resource as a hole; an output of a nested stack as its value. '' = the whole reference. */
export function attribute(id: string, name: string, call: Call): Value {
  const { e, at } = call;
  const { scope } = e;
  const presence = scope.presence(id);
  if (presence === undefined) {
    e.problem(`${id} is neither a parameter nor a resource of the template`, at);
    return e.opaque({ kind: 'scalar', value: `Ref ${id}`, at });
  }
  if (presence === 'absent') {
    e.problem(`${id} is not made: its condition is false`, at);
    return e.opaque({ kind: 'scalar', value: `Ref ${id}`, at });
  }
  e.references.add(scope.address(id));
  const output = /^Outputs\.(.+)$/.exec(name)?.[1];
  if (output !== undefined && scope.isNested(id)) {
    const value = scope.nested(id)?.output(output);
    if (value !== undefined) return value;
  }
  return hole({ kind: 'ref', address: scope.address(id), attribute: name });
}
