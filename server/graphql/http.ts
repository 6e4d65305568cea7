import { createServer, type Server } from 'node:http';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import helmet from 'helmet';
import { UserError } from '../../schema/index.ts';
import { authenticate, callerOf, LOOPBACK, onlyLoopbackNames, refuse } from '../auth/http.ts';
import type { Service } from '../service/service.ts';
import { oneMediaType } from './accept.ts';
import { apolloServer } from './apollo.ts';
import type { ApiContext } from './context.ts';
import { explorerPage } from './explorer.ts';
import { Oidc, type OidcOptions } from '../auth/oidc.ts';
import { observed, operations, probes, requestOf } from './operations.ts';
import { apiSchema } from './schema.ts';
import { streams } from './stream.ts';

export interface ServeOptions {
  host: string; port: number; introspection: boolean;
  /** `token`: every request needs one. `none`: loopback only. `auto` (default): `token` when the store holds a usable one or the bind is not loopback. */
  auth?: 'auto' | 'token' | 'none';
  /** Requests a minute of one caller. */
  perMinute?: number;
  failuresPerMinute?: number;
  /** Callers may also come with a signed token of this issuer. */
  oidc?: OidcOptions;
  /** Clock of the rates in milliseconds. */
  clock?: () => number;
  /** false: every query by the stock executor, to compare with. */
  compiled?: boolean;
}
export interface Running { url: string; authenticated: boolean; close: () => Promise<void> }

const CSP = { defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], connectSrc: ["'self'"], imgSrc: ["'self'", 'data:'], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] };

/** Any bind that others can reach demands tokens, and that there is one. */
async function demandsToken(s: Service, o: ServeOptions): Promise<boolean> {
  const [auth, loopback, any] = [o.auth ?? 'auto', LOOPBACK.has(o.host), await s.tokens.any()];
  if (!loopback && auth === 'none') throw new UserError(`host ${o.host}: without authentication only loopback (127.0.0.1) is served`);
  const demanded = auth === 'token' || (auth === 'auto' && (any || !loopback || o.oidc !== undefined));
  if (demanded && !any && !o.oidc) throw new UserError(`host ${o.host}: ${loopback ? 'authentication is asked for' : 'a bind other than loopback demands authentication'}, and the store holds no usable token: run \`overreach token create --role admin\` first`);
  return demanded;
}

const contextOf = (s: Service, res: express.Response): ApiContext => {
  const caller = callerOf(res)!;
  return { answers: s.scoped.of(caller.scopes), service: s, caller, request: requestOf(res) };
};

/** GraphQL over HTTP, with the routes around it. */
export async function serve(s: Service, o: ServeOptions): Promise<Running> {
  const demanded = await demandsToken(s, o);
  const app = express();
  const http: Server = createServer(app);
  // A body has a minute to arrive (an upload ten), headers fifteen seconds. An idle connection outlives the minute after which balancers and
  // clients give one up, so that no request is sent into one that is being closed.
  Object.assign(http, { headersTimeout: 15_000, requestTimeout: 600_000, keepAliveTimeout: 75_000 });
  const schema = apiSchema();
  const apollo = apolloServer(s, schema, http, o.introspection, o.compiled !== false);
  await apollo.start();
  app.disable('x-powered-by');
  // Answers to POST are not revalidated: hashing each body would be for nothing.
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(oneMediaType);
  app.use(observed(s));
  if (!demanded) app.use(onlyLoopbackNames);
  app.use(helmet({ contentSecurityPolicy: { directives: CSP } }));
  probes(app, s);
  explorerPage(app);
  app.use(authenticate({ tokens: s.tokens, demanded, ...(o.oidc ? { oidc: new Oidc(o.oidc, s.now) } : {}), ...(o.clock ? { clock: o.clock } : {}), perMinute: o.perMinute ?? 6_000, failuresPerMinute: o.failuresPerMinute ?? 30, refused: (why) => { s.metrics.count('overreach_refused_total', 'Requests refused for their token or rate.', { why }); } }));
  // Answers are somebody's own.
  app.use((_, res, next) => { res.set('Cache-Control', 'no-store'); next(); });
  operations(app, s);
  streams(app, s, schema, (res) => contextOf(s, res));
  app.use('/graphql', express.json({ limit: '1mb' }), expressMiddleware(apollo, { context: async ({ res }) => contextOf(s, res as express.Response) }));
  app.use((_, res) => { refuse(res, 404, 'NOT_FOUND', 'not found'); });
  app.use((e: { status?: number; type?: string }, _: express.Request, res: express.Response, next: express.NextFunction) => {
    if (res.headersSent) { next(e); return; }
    const down = e instanceof UserError && e.exitCode === 4;
    const status = down ? 503 : e.status && e.status >= 400 && e.status < 500 ? e.status : 500;
    if (status === 500) s.log('error', 'internal error', { request: requestOf(res), stack: e instanceof Error ? e.stack : String(e) });
    if (down) refuse(res, status, 'STORE_UNAVAILABLE', 'the store does not answer: try again later');
    else if (e.type === 'entity.too.large') refuse(res, status, 'TOO_LARGE', 'the request body is larger than 1 MB');
    else if (status === 500) refuse(res, status, 'INTERNAL_SERVER_ERROR', 'internal error');
    else refuse(res, status, 'BAD_REQUEST', 'bad request');
  });
  await new Promise<void>((ok, no) => {
    http.once('error', (e: NodeJS.ErrnoException) => { no(new UserError(e.code === 'EADDRINUSE' ? `port ${o.port} is in use: give another --port (0 = any free one)` : `cannot listen on ${o.host}:${o.port}: ${e.message}`, 4)); });
    http.listen(o.port, o.host, ok);
  });
  const port = (http.address() as { port: number }).port;
  return {
    url: `http://${o.host.includes(':') ? `[${o.host}]` : o.host}:${port}/graphql`, authenticated: demanded,
    close: async () => {
      s.stopping = true;
      await Promise.all([apollo.stop(), s.jobs.stop(), s.studies.stop()]);
      s.uploads.close();
    },
  };
}
