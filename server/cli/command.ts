import type { Command } from 'commander';

/** The outside world as a command sees it: nothing else is touched, so that tests run commands in process. */
export interface Cli {
  out: (text: string) => void;
  /** Progress and logs; quiet under --quiet. */
  log: (text: string) => void;
  env: Record<string, string | undefined>;
  cwd: string;
  now: () => Date;
  newId: () => string;
  /** stdout is a terminal that wants color. */
  color: boolean;
  width: number;
  version: string;
}

/** A command is one file in server/cli/commands. Heavy modules are imported inside `run`. The number it returns is the exit code. */
export interface CliCommand {
  name: string;
  /** Adds arguments and options to the prepared sub-command. */
  define(c: Command): Command;
  run(cli: Cli, args: string[], options: Record<string, unknown>): Promise<number>;
}
