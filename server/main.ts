import { randomUUID } from 'node:crypto';
import { runCli } from './cli/program.ts';
import { VERSION } from './version.ts';

const { env, stdout, stderr } = process;
const plain = env['NO_COLOR'] !== undefined || env['CI'] !== undefined || !stdout.isTTY;
const ticking = stderr.isTTY && env['CI'] === undefined;
let lastLine = 0;

// A closed pipe (`| head`) is not an error of ours.
stdout.on('error', (e: NodeJS.ErrnoException) => { if (e.code === 'EPIPE') process.exit(0); });

process.exitCode = await runCli(process.argv.slice(2), {
  out: (text) => { stdout.write(text); },
  log: (text) => {
    const now = Date.now();
    if (!ticking && now - lastLine < 200 && !/^(exit|error|GraphQL|\{)/.test(text)) return;
    lastLine = now;
    stderr.write(text + '\n');
  },
  env,
  cwd: process.cwd(),
  now: () => new Date(),
  newId: () => randomUUID(),
  color: !plain,
  width: stdout.isTTY ? Math.max(80, stdout.columns) : 160,
  version: VERSION,
});
