import type { Entry, Node } from '../syntax/node.ts';
import { mapNode } from '../syntax/node.ts';

export const isLoop = (key: string): boolean => key.startsWith('Fn::ForEach::');

/** A copy of a node in which the identifier of a loop stands for `value`: `${Id}` and `&{Id}` in texts and keys, and `Ref: Id`. */
export function bind(n: Node, identifier: string, value: string): Node {
  const text = (s: string): string => s.replaceAll(`\${${identifier}}`, value).replaceAll(`&{${identifier}}`, value.replace(/[^A-Za-z0-9]/g, ''));
  const walk = (x: Node): Node => {
    switch (x.kind) {
      case 'scalar': return typeof x.value === 'string' && x.value.includes('{') ? { ...x, value: text(x.value) } : x;
      case 'list': return { ...x, items: x.items.map(walk) };
      case 'map': return mapNode(x.entries.map((e): Entry => ({ key: text(e.key), at: e.at, value: walk(e.value) })), x.at);
      case 'call': return x.name === 'Ref' && x.argument.kind === 'scalar' && x.argument.value === identifier ? { kind: 'scalar', value, at: x.at } : { ...x, argument: walk(x.argument) };
      case 'unknown': return x;
    }
  };
  return walk(n);
}
