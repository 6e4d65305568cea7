import { GraphQLBoolean, GraphQLFloat, GraphQLInt, GraphQLString, isEnumType, type GraphQLLeafType } from 'graphql';

/** Thrown where only the stock executor gives the right answer: an error to place, a promise, a value that needs coercion. */
export class Stock extends Error {}
export const stock = (): never => { throw new Stock(); };

/** JSON text of one value that is neither null nor undefined. */
export type Write = (value: unknown) => string;

const MAX_INT = 2_147_483_647;

/** Writers for the usual case of each leaf; anything unusual is left to the stock executor. */
export function leafWriter(type: GraphQLLeafType): Write {
  if (type === GraphQLString) return (v) => (typeof v === 'string' ? JSON.stringify(v) : stock());
  if (type === GraphQLBoolean) return (v) => (typeof v === 'boolean' ? (v ? 'true' : 'false') : stock());
  if (type === GraphQLInt) return (v) => (typeof v === 'number' && Number.isInteger(v) && Math.abs(v) <= MAX_INT ? String(v) : stock());
  if (type === GraphQLFloat) return (v) => (typeof v === 'number' && Number.isFinite(v) ? String(v) : stock());
  if (isEnumType(type)) {
    const texts = new Map(type.getValues().map((v) => [v.value as unknown, JSON.stringify(v.name)]));
    return (v) => texts.get(v) ?? stock();
  }
  return (v) => JSON.stringify(type.serialize(v)) ?? stock();
}
