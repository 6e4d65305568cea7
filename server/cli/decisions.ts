import type { GraphStore } from '../../graph/store/port.ts';
import { Answers } from '../service/answers.ts';
import { Decisions, type Asker } from '../service/decisions.ts';
import type { Cli } from './command.ts';

/** The audit trail names the user of the command line as the system does. */
export const askerOf = (cli: Cli): Asker => ({ who: `cli:${(cli.env['USER'] ?? cli.env['USERNAME'] ?? 'unknown').slice(0, 64)}` });

export const decisionsOf = (cli: Cli, store: GraphStore): Decisions =>
  new Decisions(store, new Answers(store, { env: cli.env, now: cli.now, newId: cli.newId, progress: cli.log, version: cli.version }), cli.now);
