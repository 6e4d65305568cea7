import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../../../schema/index.ts';
import type { CliCommand } from '../command.ts';
import { withStoreOptions } from '../scan-options.ts';
import { isRemote, storeOf, storePlace } from '../store.ts';

export const command: CliCommand = {
  name: 'store',
  define: (c) => withStoreOptions(c.description('look after the store: check, migrate, backup <file>, restore <file>').argument('<action>', 'check, migrate, backup or restore').argument('[file]', 'of the backup')),
  async run(cli, [action, given], o) {
    if (!['check', 'migrate', 'backup', 'restore'].includes(action!)) throw new UserError(`store ${action}: one of check, migrate, backup, restore`);
    const { where } = storePlace(cli, o);
    if (isRemote(where)) {
      if (action === 'backup' || action === 'restore') throw new UserError(`store ${action} is for the embedded store: use \`neo4j-admin database ${action === 'backup' ? 'dump' : 'load'}\` for Neo4j`);
      const store = await storeOf(cli, o);
      try {
        const runs = await store.runs();
        cli.out(`ok: schema is current, ${runs.length} runs, ${runs.filter((r) => r.status === 'complete').length} complete\n`);
        return 0;
      } finally { await store.close(); }
    }
    const { backupFile, checkFile, restoreFile } = await import('../../../graph/store/embedded/maintenance.ts');
    const file = given === undefined ? undefined : resolve(cli.cwd, given);
    if ((action === 'backup' || action === 'restore') && file === undefined) throw new UserError(`store ${action} <file>: name the file of the backup`);
    if (action !== 'restore' && !existsSync(where)) throw new UserError(`there is no store at ${String(o['store'])}`);
    if (action === 'check') {
      const h = checkFile(where);
      for (const p of h.problems) cli.out(`problem: ${p}\n`);
      if (h.problems.length > 0) return 4;
      cli.out(`ok: schema ${h.schema}${h.schema < h.known ? ` (this version writes ${h.known}; it is migrated when it is opened, or by \`overreach store migrate\`)` : ''}, ${h.runs} runs, ${h.complete} complete\n`);
    } else if (action === 'migrate') {
      const from = checkFile(where).schema;
      await (await storeOf(cli, o, true)).close();
      const { schema } = checkFile(where);
      cli.out(from === schema ? `nothing to do: schema ${schema} is current\n` : `migrated from schema ${from} to ${schema}\n`);
    } else if (action === 'backup') {
      backupFile(where, file!);
      cli.out(`the store was copied to ${given}\n`);
    } else {
      const { kept } = restoreFile(file!, where);
      cli.out(`the store is as in ${given}${kept === undefined ? '' : `; the former one was kept as ${kept}`}\n`);
    }
    return 0;
  },
};
