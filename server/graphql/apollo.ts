import type { Server } from 'node:http';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { ApolloArmor } from '@escape.tech/graphql-armor';
import type { GraphQLSchema } from 'graphql';
import type { Service } from '../service/service.ts';
import { compiledExecution, stringifyResult } from './compiled/plugin.ts';
import type { ApiContext } from './context.ts';
import { errorFormatter } from './errors.ts';

/** Depth, cost, alias and token limits: a query that could cost more than a page of everything is refused before it runs. */
const armor = (): ApolloArmor => new ApolloArmor({
  maxDepth: { n: 16 }, maxAliases: { n: 30, allowList: [] }, maxTokens: { enabled: false }, maxDirectives: { n: 30 },
  costLimit: { maxCost: 100_000, objectCost: 2, scalarCost: 1, depthCostFactor: 1.2, ignoreIntrospection: true },
  blockFieldSuggestion: { enabled: true },
});

/** Apollo with our schema, limits and errors. Requests in flight end before it stops, for at most ten seconds. */
export function apolloServer(service: Service, schema: GraphQLSchema, http: Server, introspection: boolean, compiled: boolean): ApolloServer<ApiContext> {
  const protection = armor().protect();
  const failed = (code: string): void => { service.metrics.count('overreach_graphql_errors_total', 'Errors of GraphQL answers by code.', { code }); };
  return new ApolloServer<ApiContext>({
    // A query kept by its hash would be work that anybody can leave behind.
    persistedQueries: false,
    schema, introspection, csrfPrevention: true, cache: 'bounded', stopOnTerminationSignals: false,
    // The parser's own limit: it answers 400, the plugin would answer 500.
    parseOptions: { maxTokens: 5_000 },
    ...(compiled ? { stringifyResult } : {}),
    ...protection, includeStacktraceInErrorResponses: false, formatError: errorFormatter(service.log, failed),
    // Cache hints would wrap every resolver at the first query of the executor, and nothing could be compiled from then on.
    // These plugins look at no context; their types name the base one.
    plugins: [...protection.plugins, ApolloServerPluginDrainHttpServer({ httpServer: http, stopGracePeriodMillis: 10_000 }), ApolloServerPluginLandingPageDisabled(), ...(compiled ? [ApolloServerPluginCacheControlDisabled(), compiledExecution()] : [])] as unknown as ApolloServerPlugin<ApiContext>[],
  });
}
