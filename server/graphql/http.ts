import { createServer, type Server } from 'node:http';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import { ApolloArmor } from '@escape.tech/graphql-armor';
import express from 'express';
import { GraphQLError } from 'graphql';
import helmet from 'helmet';
import { UserError } from '../../schema/index.ts';
import type { Answers } from '../service/answers.ts';
import type { ApiContext } from './context.ts';
import { explorerPage } from './explorer.ts';
import { apiSchema } from './schema.ts';


export interface ServeOptions { host: string; port: number; introspection: boolean; log: (text: string) => void }
export interface Running { url: string; close: () => Promise<void> }

/** Depth, cost, alias and token limits: a query that could cost more than a page of everything is refused before it runs. */
const armor = new ApolloArmor({
  maxDepth: { n: 16 }, maxAliases: { n: 30, allowList: [] }, maxTokens: { n: 5_000 }, maxDirectives: { n: 30 },
  costLimit: { maxCost: 100_000, objectCost: 2, scalarCost: 1, depthCostFactor: 1.2, ignoreIntrospection: true },
  blockFieldSuggestion: { enabled: true },
});

/** Our own errors keep their message and code; anything else is an incident: logged here, told to nobody. */
function formatError(log: (t: string) => void) {
  return (formatted: { message: string; extensions?: Record<string, unknown> }, error: unknown) => {
    const original = error instanceof GraphQLError ? error.originalError ?? error : error;
    if (original instanceof UserError) return { ...formatted, message: original.message, extensions: { code: 'USER_ERROR' } };
    if (formatted.extensions?.['code'] !== 'INTERNAL_SERVER_ERROR') return { ...formatted, extensions: { code: formatted.extensions?.['code'] } };
    log(`error: ${original instanceof Error ? original.stack ?? original.message : String(original)}`);
    return { message: 'internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } };
  };
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** GraphQL over HTTP on loopback. Any other bind is refused: it needs authentication, which this version does not have. */
export async function serve(answers: Answers, o: ServeOptions): Promise<Running> {
  if (!LOOPBACK.has(o.host)) throw new UserError(`--host ${o.host}: without authentication only loopback (127.0.0.1) is served`);
  const app = express();
  const http: Server = createServer(app);
  const protection = armor.protect();
  const apollo = new ApolloServer<ApiContext>({
    schema: apiSchema(), introspection: o.introspection, csrfPrevention: true, cache: 'bounded',
    ...protection, includeStacktraceInErrorResponses: false, formatError: formatError(o.log),
    // These plugins look at no context; their types name the base one.
    plugins: [...protection.plugins, ApolloServerPluginDrainHttpServer({ httpServer: http }), ApolloServerPluginLandingPageDisabled()] as unknown as ApolloServerPlugin<ApiContext>[],
  });
  await apollo.start();
  app.disable('x-powered-by');
  // A page of another site must not talk to us through the user's browser by a rebound name.
  app.use((req, res, next) => {
    const name = (req.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    if (LOOPBACK.has(name)) next(); else res.status(421).json({ errors: [{ message: 'unknown host', extensions: { code: 'MISDIRECTED' } }] });
  });
  app.use(helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], connectSrc: ["'self'"], imgSrc: ["'self'", 'data:'], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] } } }));
  app.get('/healthz', (_, res) => { res.json({ status: 'ok' }); });
  explorerPage(app);
  app.use('/graphql', express.json({ limit: '1mb' }), expressMiddleware(apollo, { context: async () => ({ answers }) }));
  app.use((_, res) => { res.status(404).json({ errors: [{ message: 'not found', extensions: { code: 'NOT_FOUND' } }] }); });
  app.use((e: { status?: number; type?: string }, _: express.Request, res: express.Response, next: express.NextFunction) => {
    if (res.headersSent) { next(e); return; }
    const status = e.status && e.status >= 400 && e.status < 500 ? e.status : 500;
    if (status === 500) o.log(`error: ${e instanceof Error ? e.stack : String(e)}`);
    res.status(status).json({ errors: [{ message: e.type === 'entity.too.large' ? 'the request body is larger than 1 MB' : status === 500 ? 'internal error' : 'bad request', extensions: { code: e.type === 'entity.too.large' ? 'TOO_LARGE' : 'BAD_REQUEST' } }] });
  });
  await new Promise<void>((ok, no) => {
    http.once('error', (e: NodeJS.ErrnoException) => { no(new UserError(e.code === 'EADDRINUSE' ? `port ${o.port} is in use: give another --port (0 = any free one)` : `cannot listen on ${o.host}:${o.port}: ${e.message}`, 4)); });
    http.listen(o.port, o.host, ok);
  });
  const port = (http.address() as { port: number }).port;
  return { url: `http://${o.host === '::1' ? '[::1]' : o.host}:${port}/graphql`, close: async () => { await apollo.stop(); } };
}
