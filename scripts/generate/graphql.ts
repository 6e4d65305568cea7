import { lexicographicSortSchema, printSchema } from 'graphql';
import { apiSchema } from '../../server/graphql/schema.ts';

/** The SDL of the API. */
export async function generate(): Promise<Record<string, string>> {
  return { 'schema/generated/overreach.graphql': printSchema(lexicographicSortSchema(apiSchema())) + '\n' };
}
