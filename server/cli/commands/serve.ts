import type { CliCommand } from '../command.ts';
import { withStoreOptions } from '../scan-options.ts';
import { storeOf } from '../store.ts';
import { serveUntilStopped } from '../serving.ts';

export const command: CliCommand = {
  name: 'serve',
  define: (c) => withStoreOptions(c.description('serve GraphQL over the last complete run on loopback'))
    .option('--host <address>', 'loopback address to bind', '127.0.0.1')
    .option('--port <number>', 'port, 0 = any free one', '4310')
    .option('--no-introspection', 'answer no introspection queries'),
  async run(cli, _, o) {
    const store = await storeOf(cli, o, true);
    return serveUntilStopped(cli, store, o);
  },
};
