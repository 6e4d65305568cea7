import { GraphQLObjectType, GraphQLSchema } from 'graphql';
import type { ApiContext } from './context.ts';
import { findingFields } from './fields/findings.ts';
import { inventoryFields } from './fields/inventory.ts';
import { questionFields } from './fields/questions.ts';
import { types } from './types.ts';

/** The API, code-first over the schema's declarations. The printed form is committed as schema/generated/overreach.graphql. */
export function apiSchema(): GraphQLSchema {
  const book = types();
  return new GraphQLSchema({
    query: new GraphQLObjectType<unknown, ApiContext>({
      name: 'Query',
      description: 'Answers of the last complete run, unless a cursor pins an older one.',
      fields: { ...findingFields(book), ...inventoryFields(book), ...questionFields(book) },
    }),
  });
}
