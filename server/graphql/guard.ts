import { defaultFieldResolver, type GraphQLFieldConfigMap } from 'graphql';
import { allowed, OPERATIONS } from '../auth/matrix.ts';
import { may } from '../auth/roles.ts';
import { problem } from './connection.ts';
import type { ApiContext } from './context.ts';

/** Puts the matrix before every operation of a root type. A field without a row is refused to everybody. */
export function guarded(type: 'Query' | 'Mutation' | 'Subscription', fields: GraphQLFieldConfigMap<unknown, ApiContext>): GraphQLFieldConfigMap<unknown, ApiContext> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => {
    const operation = `${type}.${name}`;
    const demand = (ctx: ApiContext): void => {
      if (!allowed(ctx.caller, operation)) throw problem('FORBIDDEN', may(ctx.caller, OPERATIONS[operation]) ? `${operation} is not for callers limited to a scope` : `your role may not use ${operation}`);
    };
    const { resolve = defaultFieldResolver, subscribe } = field;
    return [name, {
      ...field,
      resolve: (source, args, ctx, info) => { demand(ctx); return resolve(source, args, ctx, info); },
      ...(subscribe ? { subscribe: (source, args, ctx, info) => { demand(ctx); return subscribe(source, args, ctx, info); } } : {}),
    } satisfies typeof field];
  }));
}
