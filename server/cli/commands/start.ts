import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../../schema/index.ts';
import type { CliCommand } from '../command.ts';
import { writeResult } from '../output.ts';
import { scanRequest } from '../scan-options.ts';
import { serveUntilStopped } from '../serving.ts';
import { storeOf, storePlace } from '../store.ts';

/** `npm start`: the example estate, its worst path, and the API, without touching any file of the user. */
export const command: CliCommand = {
  name: 'start',
  define: (c) => c.description('scan the example estate that comes with the source, show its worst path and serve GraphQL')
    .option('--port <number>', 'port, 0 = any free one', '4310')
    .option('--no-serve', 'only scan and print'),
  async run(cli, _, o) {
    const examples = join(cli.cwd, 'examples', 'estate');
    if (!existsSync(examples)) throw new UserError('there is no examples/estate here: run this in a clone of the repository, or use `overreach scan <folder>`');
    const options: Record<string, unknown> = { store: join(mkdtempSync(join(tmpdir(), 'overreach-')), 'graph.db'), workspace: 'default', format: 'table' };
    const store = await storeOf(cli, options);
    const { scan } = await import('../../service/scan.ts');
    const { serveConfig } = await import('../../service/config.ts');
    const result = await scan(store, await scanRequest(cli, [examples], options), { env: cli.env, now: cli.now, newId: cli.newId, progress: cli.log, version: cli.version });
    writeResult(cli, result, options);
    if (o['serve'] === false) { await store.close(); return 0; }
    return serveUntilStopped(cli, store, storePlace(cli, options), serveConfig({ port: o['port'] }, {}, cli.cwd));
  },
};
