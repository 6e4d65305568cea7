import { randomUUID } from 'node:crypto';
import type { Express, RequestHandler, Response } from 'express';
import { callerOf, permit, refuse } from '../auth/http.ts';
import { Refused } from '../service/errors.ts';
import type { Service } from '../service/service.ts';

const READY_WITHIN_MS = 3_000;
const STATUS: Record<string, number> = { TOO_LARGE: 413, ARCHIVE_TOO_LARGE: 413, ARCHIVE_UNSAFE: 422, ARCHIVE_BROKEN: 422, BAD_NAME: 400, SPOOL_FULL: 507, DISK_FULL: 507 };
export const requestOf = (res: Response): string => String(res.locals['request']);

/** Gives every request an id (a caller's own is kept when it is a plain word), a log line and its place in the metrics. */
export function observed(s: Service): RequestHandler {
  return (req, res, next) => {
    const given = req.headers['x-request-id'];
    const id = typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    res.locals['request'] = id;
    res.set('X-Request-Id', id);
    const begun = performance.now();
    const route = ['/graphql', '/graphql/stream', '/uploads', '/metrics', '/healthz', '/readyz'].includes(req.path) ? req.path : 'other';
    res.once('close', () => {
      const took = (performance.now() - begun) / 1_000;
      s.metrics.count('overreach_http_requests_total', 'HTTP requests by route and status.', { route, status: String(res.statusCode) });
      s.metrics.seconds('overreach_http_request_seconds', 'Time to answer by route.', took, { route });
      if (route !== '/healthz' && route !== '/readyz') s.log('info', 'request', { request: id, method: req.method, route, status: res.statusCode, ms: Math.round(took * 1_000), caller: callerOf(res)?.name, cut: res.writableFinished ? undefined : true });
    });
    next();
  };
}

/** Open to everybody, so they tell nothing but yes or no. */
export function probes(app: Express, s: Service): void {
  app.get('/healthz', (_, res) => { res.json({ status: 'ok' }); });
  app.get('/readyz', (_, res) => {
    const late = new Promise<never>((_ok, no) => { setTimeout(() => { no(new Error('late')); }, READY_WITHIN_MS).unref(); });
    Promise.race([s.store.runs(), late]).then(
      () => { if (s.stopping) res.status(503).json({ status: 'stopping' }); else res.json({ status: 'ready' }); },
      () => { res.status(503).json({ status: 'store does not answer' }); },
    );
  });
}

/** Behind the gate: metrics for a scraper with a token, uploads for who may ingest. */
export function operations(app: Express, s: Service): void {
  app.get('/metrics', permit('GET /metrics'), (_, res, next) => {
    gauges(s).then(() => { res.set('Content-Type', 'text/plain; version=0.0.4; charset=utf-8').send(s.metrics.print()); }, next);
  });
  app.post('/uploads', permit('POST /uploads'), (req, res, next) => {
    if (req.headers['content-type'] !== 'application/octet-stream') { refuse(res, 415, 'BAD_TYPE', 'send the file itself as application/octet-stream, its name as ?name='); return; }
    const announced = req.headers['content-length'];
    s.uploads.receive(req, typeof req.query['name'] === 'string' ? req.query['name'] : '', callerOf(res)!.id, announced === undefined ? undefined : Number(announced)).then(
      ({ id, name, bytes, files }) => { res.status(201).json({ id, name, bytes, files }); },
      (e: unknown) => {
        if (res.headersSent || res.destroyed) return;
        if (!(e instanceof Refused)) { next(e); return; }
        // The rest of the body is not read.
        res.set('Connection', 'close');
        refuse(res, STATUS[e.code] ?? 400, e.code, e.message);
      },
    );
  });
}

async function gauges(s: Service): Promise<void> {
  const { metrics } = s;
  metrics.set('overreach_jobs_open', 'Jobs that wait or run.', s.jobs.busy);
  metrics.set('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss());
  metrics.set('process_uptime_seconds', 'Seconds since the start.', Math.round(process.uptime()));
  const runs = await s.store.runs();
  metrics.set('overreach_runs_complete', 'Complete runs in the store.', runs.filter((r) => r.status === 'complete').length);
  if (!runs.some((r) => r.status === 'complete')) return;
  const { result, run } = await s.answers.run();
  if (run.completedAt) metrics.set('overreach_last_run_completed_seconds', 'When the last complete run ended, Unix time.', Math.floor(Date.parse(run.completedAt) / 1_000));
  for (const severity of ['critical', 'high', 'medium', 'low', 'info']) metrics.set('overreach_findings_open', 'Open findings of the last run by severity.', result.findings.filter((f) => f.state === 'open' && f.severity === severity).length, { severity });
}
