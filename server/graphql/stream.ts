import express, { type Express, type Response } from 'express';
import { getOperationAST, GraphQLError, parse, validate, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { OperationArgs, Response as SseResponse } from 'graphql-sse';
import { createHandler } from 'graphql-sse/lib/use/express';
import { callerOf, refuse } from '../auth/http.ts';
import type { Service } from '../service/service.ts';
import type { ApiContext } from './context.ts';
import { errorFormatter } from './errors.ts';
import { requestOf } from './operations.ts';

/** Streams of one caller, and of all. */
export interface StreamLimits { perCaller: number; all: number }
export const STREAM_LIMITS: StreamLimits = { perCaller: 5, all: 200 };

/**
 * Subscriptions over Server-Sent Events, one stream an operation; nothing but subscriptions, so that no query goes around the limits of
 * the other door. A comment every twelve seconds keeps proxies from closing a quiet stream.
 */
export function streams(app: Express, s: Service, schema: GraphQLSchema, contextOf: (res: Response) => ApiContext, limits: StreamLimits = STREAM_LIMITS): void {
  const open = new Map<string, number>();
  let all = 0;
  const format = errorFormatter(s.log, (code) => { s.metrics.count('overreach_graphql_errors_total', 'Errors of GraphQL answers by code.', { code }); });
  const shown = (r: ExecutionResult): ExecutionResult => (r.errors ? { ...r, errors: r.errors.map((e) => format(e.toJSON(), e)) as unknown as readonly GraphQLError[] } : r);
  const handler = createHandler({
    // No token: streams are not shared between operations.
    authenticate: () => undefined,
    onSubscribe: (req, params) => subscriptionOf(schema, params, contextOf((req.context as unknown as { res: Response }).res)),
    onNext: (_, __, result) => shown(result as ExecutionResult),
  });
  const count = (id: string, by: number): void => {
    const n = (open.get(id) ?? 0) + by;
    if (n > 0) open.set(id, n); else open.delete(id);
    all += by;
    s.metrics.set('overreach_streams_open', 'Open event streams.', all);
  };
  app.post('/graphql/stream', express.json({ limit: '64kb' }), (req, res, next) => {
    const caller = callerOf(res)!;
    if (req.headers.accept !== 'text/event-stream' || !req.is('application/json')) { refuse(res, 406, 'NOT_ACCEPTABLE', 'send JSON and accept text/event-stream'); return; }
    if (s.stopping) { refuse(res, 503, 'SHUTTING_DOWN', 'the service is stopping'); return; }
    if ((open.get(caller.id) ?? 0) >= limits.perCaller || all >= limits.all) { refuse(res, 429, 'TOO_MANY_STREAMS', `at most ${limits.perCaller} streams of one caller are open at a time`); return; }
    count(caller.id, 1);
    res.once('close', () => { count(caller.id, -1); });
    handler(req, res).catch((e: unknown) => { if (res.headersSent) { s.log('error', 'a stream broke off', { request: requestOf(res), text: e instanceof Error ? e.message : String(e) }); res.destroy(); } else next(e); });
  });
  app.all('/graphql/stream', (_, res) => { res.set('Allow', 'POST'); refuse(res, 405, 'METHOD_NOT_ALLOWED', 'subscriptions are asked for by POST'); });
}

const refusal = (code: string, message: string): SseResponse => [JSON.stringify({ errors: [{ message, extensions: { code } }] }), { status: 400, statusText: 'Bad Request', headers: { 'content-type': 'application/json; charset=utf-8' } }];

/** One small valid subscription, or why not. */
function subscriptionOf(schema: GraphQLSchema, p: { query: unknown; operationName?: unknown; variables?: unknown }, contextValue: ApiContext): OperationArgs<never> | SseResponse {
  const operationName = typeof p.operationName === 'string' ? p.operationName : undefined;
  if (typeof p.query !== 'string') return refusal('BAD_REQUEST', 'a query is needed');
  let document;
  try { document = parse(p.query, { maxTokens: 500 }); } catch (e) { return refusal('GRAPHQL_PARSE_FAILED', e instanceof GraphQLError ? e.message : 'bad query'); }
  if (getOperationAST(document, operationName)?.operation !== 'subscription') return refusal('BAD_REQUEST', 'only subscriptions are streamed: send queries and mutations to /graphql');
  const wrong = validate(schema, document);
  if (wrong.length > 0) return refusal('GRAPHQL_VALIDATION_FAILED', wrong[0]!.message.replace(/ Did you mean .*$/s, ''));
  const variableValues = typeof p.variables === 'object' && p.variables !== null ? (p.variables as Record<string, unknown>) : {};
  return { schema, document, operationName, variableValues, contextValue: contextValue as never };
}
