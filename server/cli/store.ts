import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openStore, type StoreOptions } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { UserError } from '../../schema/index.ts';
import type { Cli } from './command.ts';

export interface StorePlace { where: string; options: StoreOptions }
export const isRemote = (where: string): boolean => /^[a-z0-9+]+:\/\//i.test(where);

/** What the store option names, with the credentials of the environment. */
export function storePlace(cli: Cli, o: Record<string, unknown>): StorePlace {
  const where = String(o['store'] ?? '.overreach/graph.db');
  const file = cli.env['NEO4J_PASSWORD_FILE'];
  const options = { user: cli.env['NEO4J_USERNAME'], password: file ? readFileSync(file, 'utf8').trim() : cli.env['NEO4J_PASSWORD'], database: cli.env['NEO4J_DATABASE'], certificate: cli.env['NEO4J_CERTIFICATE_FILE'] };
  return { where: isRemote(where) || where === ':memory:' ? where : resolve(cli.cwd, where), options };
}

/** Opens the store an option names. `mustExist`: a file that is not there is an error instead of an empty store. */
export async function storeOf(cli: Cli, o: Record<string, unknown>, mustExist = false): Promise<GraphStore> {
  const { where, options } = storePlace(cli, o);
  if (mustExist && !isRemote(where) && !existsSync(where)) throw new UserError(`there is no store at ${String(o['store'] ?? '.overreach/graph.db')}: run \`overreach scan <folder>\` first, or give --store`);
  return openStore(where, options);
}
