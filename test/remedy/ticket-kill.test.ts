import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import { metaOf } from '../../server/trackers/tracker.ts';
import { fakeGithub } from '../helpers/trackers/github.ts';
import { commandLine } from '../helpers/cli.ts';
import { CHAT, CLOSED_DOOR, edit } from '../review/chat.ts';

const FIXES = 50;
const MAIN = new URL('../../server/main.ts', import.meta.url).pathname;
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const g = await fakeGithub();
afterAll(() => { g.close(); });

/** A store with a run of fifty agents, each with a tool, a role and a statement of its own: one fix each. */
async function estate(): Promise<string> {
  const cli = commandLine();
  for (let i = 0; i < FIXES; i++) {
    mkdirSync(join(cli.cwd, 'code', `a${i}`), { recursive: true });
    writeFileSync(join(cli.cwd, 'code', `a${i}`, 'main.tf'), edit(CHAT, CLOSED_DOOR).replaceAll(/= "(chat|customers|support|update_customer|support-tool|support-agent)"/g, `= "$1-${i}"`));
  }
  expect((await cli.run('scan', 'code')).code).toBe(0);
  return cli.cwd;
}

/** The real command line in a process of its own; killed without warning as soon as `when` says so. */
async function run(cwd: string, when?: () => boolean): Promise<{ code: number | null; signal: string | null; out: string; log: string }> {
  const child = spawn(process.execPath, ['--import', TSX, MAIN, 'ticket', 'latest', '--tracker', 'github', '--to', 'acme/estate', '--apply'], { cwd, env: { PATH: process.env['PATH'], HOME: cwd, GITHUB_TOKEN: 't', GITHUB_API_URL: g.url } });
  const said = { out: '', log: '' };
  child.stdout.on('data', (d) => { said.out += String(d); });
  child.stderr.on('data', (d) => { said.log += String(d); });
  const watch = when && setInterval(() => { if (when()) child.kill('SIGKILL'); }, 1);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearInterval(watch);
  return { code, signal, ...said };
}

test(`${FIXES} fixes, the command killed in the middle, again and again, then run: exactly ${FIXES} tickets`, async () => {
  const cwd = await estate();
  // Once while an answer is on its way and once in between; the last time the ticket is made and its answer never comes.
  const first = await run(cwd, () => g.issues.length >= 17);
  expect([first.signal, g.issues.length >= 17, g.issues.length < FIXES], first.log).toEqual(['SIGKILL', true, true]);
  g.fail(({ method }) => (method === 'POST' && g.issues.length >= 30 ? { after: true, stall: true } : undefined));
  const second = await run(cwd, () => g.issues.length >= 31);
  expect([second.signal, g.issues.length]).toEqual(['SIGKILL', 31]);
  g.fail(({ method }, n) => (method === 'POST' && n % 7 === 0 ? { status: 502, after: true } : undefined));
  const third = await run(cwd);
  expect([third.code, third.log.includes('error')]).toEqual([0, false]);
  const made = g.issues.map((i) => metaOf(i.body)!.fix);
  expect([made.length, new Set(made).size]).toEqual([FIXES, FIXES]);
  const store = await openStore(join(cwd, '.overreach', 'graph.db'));
  try {
    expect((await store.ledger.tickets()).map((t) => [t.state, t.holder])).toEqual(made.map(() => ['open', undefined]));
    expect((await store.ledger.tickets()).map((t) => t.ref).sort()).toEqual(g.issues.map((i) => String(i.number)).sort());
  } finally {
    await store.close();
  }
  const writes = g.writes();
  expect((await run(cwd)).out).toMatch(/^(keep .*\n){50}50 of 50 done\n$/);
  expect(g.writes()).toBe(writes);
}, 240_000);
