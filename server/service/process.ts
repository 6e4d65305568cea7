import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A process of our own beside the service: its file stands beside this one, as source or as bundled. */
export function entryProcess(entry: 'ingest-child' | 'study-child', env: Record<string, string | undefined>): ChildProcess {
  const source = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(new URL(`./${entry}.${source ? 'ts' : 'mjs'}`, import.meta.url));
  const execArgv = source ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
  return fork(file, [], { execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: env as NodeJS.ProcessEnv, serialization: 'advanced' });
}
