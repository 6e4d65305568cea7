import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { UserError } from '../../schema/index.ts';
import type { Cli } from './command.ts';

/** Opens the store an option names. `mustExist`: a file that is not there is an error instead of an empty store. */
export async function storeOf(cli: Cli, o: Record<string, unknown>, mustExist = false): Promise<GraphStore> {
  const where = String(o['store'] ?? '.overreach/graph.db');
  const remote = /^[a-z0-9+]+:\/\//i.test(where);
  const path = remote || where === ':memory:' ? where : resolve(cli.cwd, where);
  if (mustExist && !remote && !existsSync(path)) throw new UserError(`there is no store at ${where}: run \`overreach scan <folder>\` first, or give --store`);
  const file = cli.env['NEO4J_PASSWORD_FILE'];
  return openStore(path, { user: cli.env['NEO4J_USERNAME'], password: file ? readFileSync(file, 'utf8').trim() : cli.env['NEO4J_PASSWORD'], database: cli.env['NEO4J_DATABASE'] });
}
