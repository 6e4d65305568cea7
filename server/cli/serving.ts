import type { GraphStore } from '../../graph/store/port.ts';
import { oidcOf, type ServeConfig } from '../service/config.ts';
import type { Cli } from './command.ts';
import type { StorePlace } from './store.ts';

/** Serves until SIGINT or SIGTERM; requests in flight end first, a running ingest is given up, the store is closed last. */
export async function serveUntilStopped(cli: Cli, store: GraphStore, place: StorePlace, c: ServeConfig): Promise<number> {
  const { createService } = await import('../service/service.ts');
  const { serve } = await import('../graphql/http.ts');
  const { loadRuleFolders } = await import('../service/rule-folder.ts');
  const { configuredTrackers } = await import('../service/tracker-config.ts');
  try {
    const rules = loadRuleFolders(c.rules ?? []);
    const wait = (ms: number): Promise<void> => new Promise((ok) => { setTimeout(ok, ms).unref(); });
    const trackers = await configuredTrackers(c.trackers, { env: cli.env, cwd: cli.cwd, wait, log: cli.log });
    const service = createService(store, { env: cli.env, now: cli.now, newId: cli.newId, progress: cli.log, version: cli.version }, cli.log, {
      trackers, own: { extraRules: rules.rules, own: { techniques: rules.techniques, words: rules.words } }, keepRuns: c.keepRuns, leaseSeconds: c.leaseSeconds, uploadLimit: c.uploadLimit, freshForMs: 250, ...(place.where === ':memory:' ? {} : { place }),
      ...(c.ingestRoot === undefined ? {} : { ingestRoot: c.ingestRoot }), ...(c.spool === undefined ? {} : { spool: c.spool }),
    });
    const oidc = oidcOf(c);
    const running = await serve(service, { host: c.host, port: c.port, introspection: c.introspection, auth: c.auth, perMinute: c.requestsPerMinute, ...(oidc ? { oidc } : {}) }).catch((e: unknown) => { service.uploads.close(); throw e; });
    cli.out(`GraphQL: ${running.url}  (${running.authenticated ? 'with access token' : 'without authentication, this machine only'}; stop with Ctrl-C)\n`);
    await new Promise<void>((ok) => { for (const s of ['SIGINT', 'SIGTERM'] as const) process.once(s, () => ok()); });
    service.log('info', 'stopping');
    await running.close();
    service.log('info', 'stopped');
  } finally {
    await store.close();
  }
  return 0;
}
