import { UserError } from '../../../schema/index.ts';
import type { CliCommand } from '../command.ts';
import { writeText } from '../output.ts';
import { withStoreOptions } from '../scan-options.ts';
import { storeOf } from '../store.ts';

export const command: CliCommand = {
  name: 'export',
  define: (c) => withStoreOptions(c.description('write the graph of a run for another tool').argument('<format>', 'opengraph (BloodHound)'))
    .option('--run <id>', 'a complete run (default: the last)')
    .option('--derived', 'with permissions and other derived edges, for BloodHound to walk along; an import leaves them out again')
    .option('--output <file>', 'write to a file instead of stdout'),
  async run(cli, [format], o) {
    if (format !== 'opengraph') throw new UserError(`export ${format}: opengraph is the one format there is`);
    const store = await storeOf(cli, o, true);
    try {
      const stored = await store.load(o['run'] as string | undefined);
      if (!stored) throw new UserError(o['run'] === undefined ? 'there is no complete run yet: run `overreach scan <folder>` first' : `there is no complete run ${String(o['run'])}`);
      const { toOpenGraph } = await import('../../../graph/exchange/opengraph.ts');
      const added = o['derived'] === true ? await derived() : undefined;
      const { payload, notes } = toOpenGraph(stored, added?.edges, added?.nodes);
      const text = `${JSON.stringify(payload)}\n`;
      writeText(cli, text, o, 0o600);
      cli.log(`${payload.graph.nodes.length} nodes and ${payload.graph.edges.length} edges`);
      for (const n of notes) cli.log(`not in the file as it is here: ${n}`);
      return 0;

      async function derived() {
        const { analyzed } = await import('../../../queries/analyze.ts');
        const { publicationOf } = await import('../../service/published.ts');
        const { result, estate } = analyzed(stored!, { now: cli.now().toISOString() });
        return publicationOf(stored!, estate, result);
      }
    } finally {
      await store.close();
    }
  },
};
