import { UserError } from '../../../schema/index.ts';
import { mermaid } from '../../text/mermaid.ts';
import { pathLines } from '../../text/path.ts';
import { painter } from '../../text/style.ts';
import type { CliCommand } from '../command.ts';
import { oneNode, startOf, withAnswers } from '../inquiry.ts';
import { writeText } from '../output.ts';
import { withStoreOptions } from '../scan-options.ts';

export const command: CliCommand = {
  name: 'paths',
  define: (c) => withStoreOptions(c.description('how one gets from a start to a node'))
    .requiredOption('--from <start>', 'entry class (E0 … E8, internet), or name, ARN, Terraform address, file:line or glob of a principal or agent')
    .requiredOption('--to <node>', 'name, ARN, Terraform address, file:line or glob')
    .option('--k <n>', 'paths to show, at most 10', '1').option('--format <name>', 'table, json or mermaid', 'table').option('--output <file>', 'write to a file'),
  run: (cli, _, o) => withAnswers(cli, o, async (answers) => {
    const k = Number(o['k']);
    if (!Number.isInteger(k) || k < 1 || k > 10) throw new UserError(`--k ${String(o['k'])}: a number from 1 to 10`);
    const [from, to] = [await startOf(answers, String(o['from'])), await oneNode(answers, String(o['to']))];
    const inquiry = await answers.inquiry();
    const found = inquiry.paths(from, to, k);
    if (o['format'] === 'json') writeText(cli, JSON.stringify(found, null, 2) + '\n', o);
    else if (o['format'] === 'mermaid') writeText(cli, found.paths.map(mermaid).join('\n\n') + '\n', o);
    else if (found.paths.length === 0) writeText(cli, `No path was found. ${inquiry.whyNot(from, to).blockedBy?.text ?? ''}\n`, o);
    else writeText(cli, found.paths.flatMap((p, i) => [`path ${i + 1}: ${p.verdict}, ${p.hops.length} hops`, ...pathLines(p, painter(cli.color), cli.width), '']).join('\n') + (found.truncated ? 'more paths exist: --k\n' : ''), o);
    return 0;
  }),
};
