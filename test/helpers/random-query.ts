import * as fc from 'fast-check';
import { getNamedType, isCompositeType, isEnumType, isInputObjectType, isInterfaceType, isLeafType, isListType, isNonNullType, isObjectType, type GraphQLArgument, type GraphQLField, type GraphQLInputType, type GraphQLNamedType, type GraphQLObjectType, type GraphQLSchema } from 'graphql';

/** Texts that something in the estate answers to, so that random arguments also find things. */
export type Known = readonly string[];

const literal = (v: unknown): string => JSON.stringify(v);
const AWKWARD = ['', ' ', '*', '../../etc/passwd', 'E0', 'E9', '\u0000', '\uE000ref|a|b\uE001', 'ü'.repeat(300), "'; MATCH (n) DETACH DELETE n //", '__proto__', '${7*7}', '1e999', 'a'.repeat(2_000), '\u202e', 'ovr:identity:aws:*', '2999-12-31'];

/** GraphQL text of a random valid value of a type. */
function value(type: GraphQLInputType, known: Known, depth = 0): fc.Arbitrary<string> {
  if (isNonNullType(type)) return value(type.ofType as GraphQLInputType, known, depth);
  if (isListType(type)) return fc.array(value(type.ofType as GraphQLInputType, known, depth + 1), { maxLength: 3 }).map((l) => `[${l.join(', ')}]`);
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map((v) => v.name));
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    return fc.tuple(...fields.map((f) => fc.tuple(fc.boolean(), value(f.type, known, depth + 1)))).map((vs) => `{${fields.flatMap((f, i) => (isNonNullType(f.type) || (vs[i]![0] && depth < 3) ? [`${f.name}: ${vs[i]![1]}`] : [])).join(', ')}}`);
  }
  switch (getNamedType(type).name) {
    case 'Int': return fc.oneof(fc.integer({ min: -2, max: 12 }), fc.constantFrom(0, 500, 501, 2_147_483_647, -2_147_483_648)).map(String);
    case 'Float': return fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
    case 'Boolean': return fc.boolean().map(String);
    default: return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, fc.constantFrom(...AWKWARD), fc.string({ unit: 'grapheme', maxLength: 20 })).map(literal);
  }
}

function args(of: readonly GraphQLArgument[], known: Known): fc.Arbitrary<string> {
  return fc.tuple(...of.map((a) => fc.tuple(fc.boolean(), value(a.type, known)))).map((vs) => {
    const given = of.flatMap((a, i) => (isNonNullType(a.type) || vs[i]![0] ? [`${a.name}: ${vs[i]![1]}`] : []));
    return given.length > 0 ? `(${given.join(', ')})` : '';
  });
}

function selection(type: GraphQLNamedType, known: Known, schema: GraphQLSchema, depth: number): fc.Arbitrary<string> {
  if (!isCompositeType(type)) return fc.constant('');
  const object = isObjectType(type) || isInterfaceType(type) ? type : (schema.getPossibleTypes(type)[0] as GraphQLObjectType);
  const fields = Object.values(object.getFields()).filter((f) => isLeafType(getNamedType(f.type)) || depth > 0);
  if (fields.length === 0) return fc.constant(' { __typename }');
  return fc.subarray(fields, { minLength: 1, maxLength: Math.min(fields.length, 4) }).chain((some) => fc.tuple(...some.map((f) => field(f, known, schema, depth - 1)))).map((l) => ` { ${l.join(' ')} }`);
}

const field = (f: GraphQLField<unknown, unknown>, known: Known, schema: GraphQLSchema, depth: number): fc.Arbitrary<string> =>
  fc.tuple(args(f.args, known), selection(getNamedType(f.type), known, schema, depth)).map(([a, s]) => f.name + a + s);

/** A random operation that the schema allows: one to three fields of the query, or one mutation. */
export function operation(schema: GraphQLSchema, known: Known, skip: ReadonlySet<string> = new Set()): fc.Arbitrary<string> {
  const of = (t: GraphQLObjectType): GraphQLField<unknown, unknown>[] => Object.values(t.getFields()).filter((f) => !skip.has(f.name));
  const query = fc.subarray(of(schema.getQueryType()!), { minLength: 1, maxLength: 3 }).chain((some) => fc.tuple(...some.map((f) => field(f, known, schema, 4)))).map((l) => `{ ${l.join(' ')} }`);
  const mutation = fc.constantFrom(...of(schema.getMutationType()!)).chain((f) => field(f, known, schema, 2)).map((l) => `mutation { ${l} }`);
  return fc.oneof({ weight: 5, arbitrary: query }, { weight: 1, arbitrary: mutation });
}

/** The same text with something wrong in it. */
export const spoilt = (text: string): fc.Arbitrary<string> => fc.tuple(fc.nat({ max: text.length - 1 }), fc.constantFrom('cut', 'drop', '{', '}', '(', '"', '$x', '@include(if: 7)', '...F', 'nonsense', '\uD800', ': null')).map(([at, how]) =>
  how === 'cut' ? text.slice(0, at) : how === 'drop' ? text.slice(0, at) + text.slice(at + 1) : `${text.slice(0, at)} ${how} ${text.slice(at)}`);
