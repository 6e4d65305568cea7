import { showHoles } from '../../../schema/index.ts';
import { placeText } from '../../text/hops.ts';
import { columns, painter } from '../../text/style.ts';
import type { CliCommand } from '../command.ts';
import { withAnswers } from '../inquiry.ts';
import { writeText } from '../output.ts';
import { withStoreOptions } from '../scan-options.ts';

export const command: CliCommand = {
  name: 'agents',
  define: (c) => withStoreOptions(c.description('inventory: every agent with platform, identities, tools, stores, exposure, owner and where it is defined')).option('--format <name>', 'table or json', 'table').option('--output <file>', 'write to a file'),
  run: (cli, _, o) => withAnswers(cli, o, async (answers) => {
    const { result } = await answers.run();
    if (o['format'] === 'json') { writeText(cli, JSON.stringify(result.agents, null, 2) + '\n', o); return 0; }
    const p = painter(cli.color);
    const rows = result.agents.map((a) => [
      showHoles(a.agent.name), a.platform, `${a.tier}`, a.exposure.internet ? `internet (${a.exposure.auth})` : a.exposure.classes.join(' ') || 'none known', a.identities.map((i) => `${showHoles(i.identity.name)} {${i.for}}`).join(', '),
      a.tools.map((t) => showHoles(t.tool.name)).join(', '), a.stores.map((s) => `${showHoles(s.store.name)} [${s.effects.join(',')}]`).join(', '), a.owner ?? 'nobody', placeText(a.definedAt),
    ]);
    writeText(cli, rows.length === 0 ? 'No agent was found in what was read.\n' : columns([['agent', 'platform', 'tier', 'reached from', 'identities', 'tools', 'stores', 'owner', 'defined at'], ...rows], [32, 18, 4, 22, 48, 48, 60, 24, 62], (c, y) => (y === 0 ? p.dim(c) : c)).join('\n') + '\n', o);
    return 0;
  }),
};
