import type { GraphStore } from '../../graph/store/port.ts';
import { UserError } from '../../schema/index.ts';
import type { Cli } from './command.ts';

/** Serves until SIGINT or SIGTERM; requests in flight end first. */
export async function serveUntilStopped(cli: Cli, store: GraphStore, o: Record<string, unknown>): Promise<number> {
  const { Answers } = await import('../service/answers.ts');
  const { serve } = await import('../graphql/http.ts');
  const port = Number(o['port'] ?? 4310);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UserError(`--port ${String(o['port'])}: a number from 0 to 65535`);
  const answers = new Answers(store, { env: cli.env, now: cli.now, newId: cli.newId, progress: cli.log, version: cli.version });
  try {
    const running = await serve(answers, { host: String(o['host'] ?? '127.0.0.1'), port, introspection: o['introspection'] !== false, log: cli.log });
    cli.out(`GraphQL: ${running.url}  (stop with Ctrl-C)\n`);
    await new Promise<void>((ok) => { for (const s of ['SIGINT', 'SIGTERM'] as const) process.once(s, () => ok()); });
    await running.close();
  } finally {
    await store.close();
  }
  return 0;
}
