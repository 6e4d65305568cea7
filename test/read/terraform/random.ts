import * as fc from 'fast-check';
import { type Expression, literalString, type Step } from '../../../collectors/read/terraform/syntax/tree.ts';

const span = { start: 0, end: 0 };
const name = fc.constantFrom('a', 'b1', 'c_d', 'e-f', 'var', 'über');
const text = fc.string({ unit: fc.constantFrom('x', ' ', '\n', '"', '\\', '{', '}', '%', 'é', '日', '\t', '#', '/'), maxLength: 8 }).filter((t) => !t.endsWith('%'));

/** Random expressions that have a text in the language. */
export const expressions: fc.Arbitrary<Expression> = fc.letrec<{ e: Expression; step: Step }>((tie) => ({
  step: fc.oneof(
    name.map((n): Step => ({ kind: 'attribute', name: n, ...span })),
    tie('e').map((key): Step => ({ kind: 'index', key, ...span })),
  ),
  e: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(fc.constantFrom(true, false, null), fc.nat(), fc.constantFrom(0.5, 1.25, 1e21)).map((value): Expression => ({ kind: 'literal', value, ...span })),
    name.map((n): Expression => ({ kind: 'variable', name: n, ...span })),
    text.map((t): Expression => literalString(t, span)),
    fc.tuple(text, tie('e'), text).map(([before, value, after]): Expression => ({
      kind: 'template', heredoc: false, ...span,
      parts: [...(before ? [{ kind: 'literal' as const, text: before, exact: false, ...span }] : []), { kind: 'interpolation' as const, value, ...span }, ...(after ? [{ kind: 'literal' as const, text: after, exact: false, ...span }] : [])],
    })),
    fc.array(tie('e'), { maxLength: 3 }).map((items): Expression => ({ kind: 'tuple', items, ...span })),
    fc.array(fc.tuple(tie('e'), tie('e')), { maxLength: 3 }).map((items): Expression => ({ kind: 'object', items: items.map(([key, value]) => ({ key: key.kind === 'variable' ? literalString(key.name, span) : key, value, ...span })), ...span })),
    fc.tuple(fc.option(name, { nil: undefined }), name, tie('e'), fc.option(tie('e'), { nil: undefined }), tie('e'), fc.option(tie('e'), { nil: undefined }), fc.boolean()).map(([keyName, valueName, collection, key, value, condition, group]): Expression => ({ kind: 'for', keyName, valueName, collection, key, value, condition, group: group && key !== undefined, ...span })),
    fc.tuple(tie('e'), fc.array(tie('step'), { minLength: 1, maxLength: 3 })).filter(([t]) => t.kind !== 'traversal').map(([target, steps]): Expression => ({ kind: 'traversal', target, steps, ...span })),
    fc.tuple(tie('e'), fc.boolean(), fc.array(name, { maxLength: 2 })).filter(([t]) => t.kind !== 'traversal').map(([target, full, names]): Expression => ({ kind: 'traversal', target, steps: [{ kind: 'splat', full, steps: names.map((n): Step => ({ kind: 'attribute', name: n, ...span })), ...span }], ...span })),
    fc.tuple(fc.constantFrom('f', 'provider::aws::arn_parse'), fc.array(tie('e'), { maxLength: 3 }), fc.boolean()).map(([n, args, expand]): Expression => ({ kind: 'call', name: n, args, expand: expand && args.length > 0, ...span })),
    fc.tuple(fc.constantFrom('-' as const, '!' as const), tie('e')).map(([operator, operand]): Expression => ({ kind: 'unary', operator, operand, ...span })),
    fc.tuple(fc.constantFrom('||', '&&', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%'), tie('e'), tie('e')).map(([operator, left, right]) => ({ kind: 'binary', operator, left, right, ...span }) as Expression),
    fc.tuple(tie('e'), tie('e'), tie('e')).map(([condition, whenTrue, whenFalse]): Expression => ({ kind: 'conditional', condition, whenTrue, whenFalse, ...span })),
  ),
})).e;
