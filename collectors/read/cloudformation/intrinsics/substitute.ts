import { get, textOf, type Node } from '../syntax/node.ts';
import { withReferences } from './dynamic.ts';
import { embedded } from './embedded.ts';
import { malformed, type Call } from './call.ts';
import { attribute, reference } from './references.ts';
import { asText, NOTHING, type Result } from './text.ts';

const PLACE = /\$\{(!?)([^{}]+)\}/g;

/** `Sub`: a text, or a text and a map of own names. `${!Name}` stays as `${Name}`. */
export function substitute(argument: Node, call: Call): Result {
  const { e, node } = call;
  const [text, names] = argument.kind === 'list' ? argument.items : [argument];
  const template = text && textOf(text);
  if (template === undefined || (text!.kind !== 'scalar')) return malformed(call, 'a text, or a text and a map, are expected');
  if (call.pointer !== undefined) embedded(text!, call.pointer, (at, p) => e.record(at, p));
  const filled = template.replace(PLACE, (_, literal: string, inside: string) => {
    if (literal) return `\${${inside}}`;
    const name = inside.trim();
    const own = get(names, name);
    if (own) return e.text(own);
    const dot = name.indexOf('.');
    const v = dot < 0 ? reference(name, call) : attribute(name.slice(0, dot), name.slice(dot + 1), call);
    return v === NOTHING ? '' : asText(v) ?? e.opaque({ kind: 'call', name: 'Ref', argument: { kind: 'scalar', value: name, at: node.at }, at: node.at });
  });
  return filled.includes('{{resolve:') ? withReferences(filled, e, node.at) : filled;
}
