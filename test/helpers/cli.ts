import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../server/cli/program.ts';
import type { Cli } from '../../server/cli/command.ts';

export const EXAMPLE = new URL('../../examples/estate', import.meta.url).pathname;

export interface Ran { code: number; out: string; log: string }

/** A command line in process, in a working folder of its own. Clock and run ids are fixed. */
export function commandLine(env: Record<string, string> = {}): { run: (...argv: string[]) => Promise<Ran>; cwd: string } {
  const cwd = mkdtempSync(join(tmpdir(), 'overreach-cli-'));
  let runs = 0;
  return {
    cwd,
    run: async (...argv) => {
      const said = { out: '', log: '' };
      const cli: Cli = {
        out: (t) => { said.out += t; }, log: (t) => { said.log += t + '\n'; }, env, cwd, now: () => new Date('2026-06-01T12:00:00Z'), newId: () => `run-${++runs}`, color: false, width: 160, version: '0.0.0-test',
      };
      return { code: await runCli(argv, cli), ...said };
    },
  };
}
