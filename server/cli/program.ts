import { Command, CommanderError } from 'commander';
import { UserError } from '../../schema/index.ts';
import { COMMAND_LIST } from './commands.gen.ts';
import type { Cli } from './command.ts';

/** Runs one command line. Returns the exit code (architecture §7); never throws, never shows a user a stack. */
export async function runCli(argv: readonly string[], cli: Cli): Promise<number> {
  let code = 0;
  const program = new Command('overreach')
    .description('Finds how an AI agent can be turned against its owner, and the line of code that makes it possible.')
    .version(cli.version)
    .option('-q, --quiet', 'no progress on stderr')
    .exitOverride()
    .configureOutput({ writeOut: cli.out, writeErr: (s) => { cli.log(s.trimEnd()); } })
    .showHelpAfterError('(--help shows the options)');
  for (const entry of COMMAND_LIST) {
    const c = entry.define(program.command(entry.name)).exitOverride().configureOutput({ writeOut: cli.out, writeErr: (s) => { cli.log(s.trimEnd()); } });
    c.action(async () => {
      const args = c.processedArgs.flat().filter((x): x is string => typeof x === 'string');
      const quiet = program.opts()['quiet'] === true;
      code = await entry.run(quiet ? { ...cli, log: (t) => { if (/^(exit|error)/.test(t)) cli.log(t); } } : cli, args, c.opts());
    });
  }
  try {
    await program.parseAsync(['node', 'overreach', ...argv]);
  } catch (e) {
    if (e instanceof CommanderError) return e.exitCode === 0 ? 0 : 3;
    if (e instanceof UserError) { cli.log(`error: ${e.message}`); return e.exitCode; }
    const err = e as NodeJS.ErrnoException;
    cli.log(`error: ${err.message || String(e)}`);
    if (cli.env['OVERREACH_DEBUG']) cli.log(String(err.stack));
    else cli.log('error: this should not happen; OVERREACH_DEBUG=1 shows where it came from');
    return 3;
  }
  return code;
}
