import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { builtForm } from '../built.ts';
import { print } from './clock.ts';

// One process for each measurement: `npm run bench:iam [-- large account principals dump]`, a dump of `OVERREACH_DUMP_MB` (200). On one thread, but for
// `principals`, which answers as the package does.
const TASKS: Record<string, (() => void | Promise<void>) | undefined> = {
  large: async () => (await import('./compile.ts')).measureCompile('large'),
  account: async () => (await import('./compile.ts')).measureCompile('account'),
  principals: async () => (await import('./principals.ts')).measurePrincipals(),
  dump: async () => (await import('./dump.ts')).measureDump(Number(process.env.OVERREACH_DUMP_MB ?? 200)),
};

async function main(args: readonly string[]): Promise<void> {
  if (args[0] === '--task') return TASKS[args[1]!]!();
  print(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, load ${loadavg().map((x) => x.toFixed(1)).join(' ')}; processor time of all threads of the process, and the clock on the wall`);
  const asked = args.length > 0 ? args : Object.keys(TASKS);
  const unknown = asked.find((a) => !TASKS[a]);
  if (unknown !== undefined) throw new Error(`no measurement ${unknown}: ${Object.keys(TASKS).join(', ')}`);
  const built = await builtForm(import.meta.url);
  for (const task of asked) {
    const { status } = spawnSync(process.execPath, [...(task === 'principals' ? [] : ['--single-threaded']), built, '--task', task], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
}

await main(process.argv.slice(2));
