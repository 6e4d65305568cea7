import { GraphQLObjectType, GraphQLSchema } from 'graphql';
import type { ApiContext } from './context.ts';
import { changeFields, serviceFields } from './fields/changes.ts';
import { fixFields, ticketFields } from './fields/fixes.ts';
import { findingFields } from './fields/findings.ts';
import { intentFields } from './fields/intent.ts';
import { inventoryFields } from './fields/inventory.ts';
import { overrideChanges, overrideQueries } from './fields/overrides.ts';
import { progressFields } from './fields/progress.ts';
import { questionFields } from './fields/questions.ts';
import { reviewFields } from './fields/reviews.ts';
import { guarded } from './guard.ts';
import { types } from './types.ts';

/** The API, code-first over the schema's declarations. The printed form is committed as schema/generated/overreach.graphql. */
export function apiSchema(): GraphQLSchema {
  const book = types();
  return new GraphQLSchema({
    query: new GraphQLObjectType<unknown, ApiContext>({
      name: 'Query',
      description: 'Answers of the last complete run, unless a cursor pins an older one.',
      fields: guarded('Query', { ...findingFields(book), ...inventoryFields(book), ...questionFields(book), ...intentFields(book), ...fixFields(book), ...reviewFields(book), ...serviceFields(), ...overrideQueries() }),
    }),
    mutation: new GraphQLObjectType<unknown, ApiContext>({ name: 'Mutation', description: 'Changes. Each leaves an entry in the audit trail.', fields: guarded('Mutation', { ...changeFields(book), ...ticketFields(), ...overrideChanges() }) }),
    subscription: new GraphQLObjectType<unknown, ApiContext>({ name: 'Subscription', description: 'Over Server-Sent Events at POST /graphql/stream.', fields: guarded('Subscription', progressFields()) }),
  });
}
