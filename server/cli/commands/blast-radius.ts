import { showHoles } from '../../../schema/index.ts';
import { columns } from '../../text/style.ts';
import type { CliCommand } from '../command.ts';
import { oneNode, withAnswers } from '../inquiry.ts';
import { writeText } from '../output.ts';
import { withStoreOptions } from '../scan-options.ts';

export const command: CliCommand = {
  name: 'blast-radius',
  define: (c) => withStoreOptions(c.description('what an agent can do to its owner: by influence alone, and once its code or credentials are taken').argument('<agent>', 'name, ARN, Terraform address, file:line or glob')).option('--format <name>', 'table or json', 'table').option('--output <file>', 'write to a file'),
  run: (cli, args, o) => withAnswers(cli, o, async (answers) => {
    const b = (await answers.inquiry()).blastRadius(await oneNode(answers, args[0]!, ['Agent']));
    if (o['format'] === 'json') { writeText(cli, JSON.stringify(b, null, 2) + '\n', o); return 0; }
    const part = (name: string, says: string, r: typeof b.influence): string[] => [`${name}: weight ${r.weight.toFixed(0)}, ${r.effects.length} assets (${says})`, ...columns(r.effects.map((e) => [showHoles(e.asset.name), e.asset.kind, e.sensitivity, e.effects.join(', '), e.verdict]), [48, 12, 14, 60]).map((l) => '  ' + l)];
    writeText(cli, [`${showHoles(b.agent.name)}: reached from ${b.upstream.join(', ') || 'nobody known'}`, '', ...part('influence', 'what steering it does, through its tools', b.influence), '', ...part('credential', 'with the identities and code behind it', b.credential), '', b.amplification === undefined ? '' : `amplification ×${b.amplification.toFixed(1)}: what the sandbox is worth`, ''].join('\n'), o);
    return 0;
  }),
};
