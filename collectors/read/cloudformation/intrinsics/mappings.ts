import { hasHole, unknown } from '../../../../schema/index.ts';
import { entriesOf, get, itemsOf, type Node } from '../syntax/node.ts';
import { malformed, type Call } from './call.ts';
import { asText, same, type Result } from './text.ts';

/** `FindInMap`. A key that is not decided leaves the values it may choose: if all agree, that is the value. */
export function findInMap(argument: Node, call: Call): Result {
  const { e, node, at, pointer } = call;
  const [map, top, second, more] = itemsOf(argument);
  if (!map || !top || !second) return malformed(call, 'a map and two keys are expected');
  const name = e.text(map);
  const fallback = get(more, 'DefaultValue');
  const table = get(get(e.scope.template, 'Mappings'), name);
  if (!table) {
    if (fallback && !hasHole(name)) return e.value(fallback, pointer);
    e.problem(`there is no mapping ${e.scope.readable(name)}`, at);
    return unknown(`mapping ${e.scope.readable(name)}`);
  }
  const found = chosen(table, e.text(top)).flatMap((row) => chosen(row, e.text(second)));
  if (found.length === 0) {
    if (fallback) return e.value(fallback, pointer);
    e.problem(`mapping ${name} has no such key`, at);
    return e.opaque(node);
  }
  if (found.length === 1) return e.value(found[0]!, pointer);
  const values = found.map((f) => e.value(f));
  if (values.every((v) => same(v, values[0]!) === true)) return values[0]!;
  return values.every((v) => asText(v) !== undefined) ? e.opaque(node) : unknown(`which entry of mapping ${name} is not decided`);
}

/** Values below a key: the one it names, or every one that it may name. */
function chosen(of: Node, key: string): Node[] {
  if (!hasHole(key)) { const one = get(of, key); return one ? [one] : []; }
  return entriesOf(of).filter((x) => same(x.key, key) !== false).map((x) => x.value);
}
