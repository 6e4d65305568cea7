import { itemsOf, textOf, get, type Node } from '../syntax/node.ts';
import type { Evaluation } from './evaluate.ts';
import { asText, NOTHING, same } from './text.ts';

/** Three-valued truth of a condition expression. */
export function decide(n: Node, e: Evaluation): boolean | undefined {
  e.scope.session.step();
  if (n.kind === 'map') {
    const named = textOf(get(n, 'Condition'));
    return named === undefined || n.entries.length !== 1 ? complain(n, e) : e.scope.condition(named, n.at);
  }
  if (n.kind === 'scalar') return truth(n.value);
  if (n.kind !== 'call') return n.kind === 'unknown' ? undefined : complain(n, e);
  const items = itemsOf(n.argument);
  switch (n.name) {
    case 'Condition': { const name = textOf(n.argument); return name === undefined ? complain(n, e) : e.scope.condition(name, n.at); }
    case 'Equals': return items.length === 2 ? same(e.value(items[0]!), e.value(items[1]!)) : complain(n, e);
    case 'Not': { const v = items.length === 1 ? decide(items[0]!, e) : complain(n, e); return v === undefined ? undefined : !v; }
    case 'And': return all(items.map((i) => decide(i, e)));
    case 'Or': { const none = all(items.map((i) => { const v = decide(i, e); return v === undefined ? undefined : !v; })); return none === undefined ? undefined : !none; }
    case 'Contains': {
      const list = items[0] && e.elements(items[0]);
      const wanted = items[1] && e.value(items[1]);
      if (!list || wanted === undefined) return undefined;
      const found = list.map((x) => same(x, wanted));
      return found.includes(true) ? true : found.includes(undefined) ? undefined : false;
    }
    default: {
      const v = e.value(n);
      return v === NOTHING ? undefined : truth(asText(v) ?? null);
    }
  }
}

const truth = (v: unknown): boolean | undefined => (v === true || v === 'true' ? true : v === false || v === 'false' ? false : undefined);

function all(values: readonly (boolean | undefined)[]): boolean | undefined {
  return values.includes(false) ? false : values.includes(undefined) ? undefined : true;
}

function complain(n: Node, e: Evaluation): undefined {
  e.problem('this is no condition', n.at);
  return undefined;
}
