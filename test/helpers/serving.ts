import { spawn, type ChildProcess } from 'node:child_process';

const MAIN = new URL('../../server/main.ts', import.meta.url).pathname;
const PROJECT = new URL('../..', import.meta.url).pathname;

export interface Serving {
  url: string;
  log: () => string;
  child: ChildProcess;
  ask: (query: string, variables?: object) => Promise<any>;
  /** Without warning; its own children end when they notice. */
  kill: () => Promise<void>;
}

/** `overreach serve` as a process of its own, on a free port. */
export async function serving(store: string, argv: readonly string[] = [], env: Record<string, string> = {}): Promise<Serving> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, 'serve', '--store', store, '--port', '0', ...argv], { cwd: PROJECT, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1', ...env } });
  let [out, log] = ['', ''];
  child.stdout!.on('data', (d) => { out += String(d); });
  child.stderr!.on('data', (d) => { log += String(d); });
  const gone = new Promise<void>((ok) => { child.once('exit', () => { ok(); }); });
  process.once('exit', () => { child.kill('SIGKILL'); });
  for (;;) {
    const url = /GraphQL: (\S+)/.exec(out)?.[1];
    if (url) {
      const ask = async (query: string, variables: object = {}): Promise<any> => (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) })).json();
      return { url, log: () => log, child, ask, kill: async () => { child.kill('SIGKILL'); await gone; } };
    }
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(log);
    await new Promise((ok) => setTimeout(ok, 50));
  }
}
