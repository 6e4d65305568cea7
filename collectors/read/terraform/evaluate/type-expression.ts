import type { Expression } from '../syntax/tree.ts';
import { ANY, type Box, type Type } from './box.ts';
import { fail } from './failure.ts';

/** Type that a `type = …` argument declares. Defaults of `optional` are evaluated by `value`. */
export function readType(e: Expression, value: (e: Expression) => Box, depth = 0): Type {
  if (depth > 100) return fail('the type is nested too deeply', 'limit');
  if (e.kind === 'variable' || e.kind === 'template') {
    const name = e.kind === 'variable' ? e.name : e.parts.map((p) => (p.kind === 'literal' ? p.text : '')).join('');
    if (name === 'string' || name === 'number' || name === 'bool' || name === 'any') return { kind: name };
    if (name === 'list' || name === 'set' || name === 'map') return { kind: name, of: ANY };
    return fail(`"${name}" is not a type`);
  }
  if (e.kind !== 'call') return fail('not a type');
  const inner = e.args[0];
  switch (e.name) {
    case 'list': case 'set': case 'map': return { kind: e.name, of: inner ? readType(inner, value, depth + 1) : ANY };
    case 'optional': return inner ? readType(inner, value, depth + 1) : ANY;
    case 'tuple': return { kind: 'tuple', items: inner?.kind === 'tuple' ? inner.items.map((i) => readType(i, value, depth + 1)) : fail('tuple needs a list of types') };
    case 'object': {
      if (inner?.kind !== 'object') return fail('object needs its attributes');
      const attributes = new Map<string, { type: Type; optional: boolean; fallback?: Box | undefined }>();
      for (const item of inner.items) {
        const name = item.key.kind === 'template' ? item.key.parts.map((p) => (p.kind === 'literal' ? p.text : '')).join('') : fail('an attribute name must be a word');
        const optional = item.value.kind === 'call' && item.value.name === 'optional';
        const fallback = optional && item.value.kind === 'call' ? item.value.args[1] : undefined;
        attributes.set(name, { type: readType(item.value, value, depth + 1), optional, fallback: fallback && value(fallback) });
      }
      return { kind: 'object', attributes };
    }
    default: return fail(`"${e.name}" is not a type`);
  }
}
