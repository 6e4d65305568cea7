import { UserError } from '../../../schema/index.ts';
import type { Inquiry } from '../../../queries/review/inquiry.ts';
import { radiusLinesOf, radiusMermaid } from '../../text/radius.ts';
import { radiusSvg } from '../../text/radius-svg.ts';
import type { CliCommand } from '../command.ts';
import { oneNode, withAnswers } from '../inquiry.ts';
import { oneOf } from '../option-values.ts';
import { writeText } from '../output.ts';
import { withScanOptions, withStoreOptions } from '../scan-options.ts';

const FORMATS = ['table', 'json', 'mermaid', 'svg'];

export const command: CliCommand = {
  name: 'blast-radius',
  define: (c) => withStoreOptions(withScanOptions(c.description('what an agent can do to its owner: by influence alone, and once its code or credentials are taken').argument('<agent>', 'name, ARN, Terraform address, file:line or glob')))
    .option('--in <source>', 'a folder, a plan, a dump or a run instead of the last run: no account and no scan before is needed')
    .option('--format <name>', FORMATS.join(', '), 'table').option('--output <file>', 'write to a file'),
  async run(cli, args, o) {
    const format = oneOf('format', String(o['format']), FORMATS);
    const answer = async (asked: { inquiry: () => Promise<Inquiry> }): Promise<number> => {
      const b = (await asked.inquiry()).reviews!.radius(await oneNode(asked, args[0]!, ['Agent']));
      writeText(cli, format === 'json' ? JSON.stringify(b, null, 2) + '\n' : format === 'svg' ? radiusSvg(b) : format === 'mermaid' ? radiusMermaid(b) : radiusLinesOf(b).join('\n') + '\n', o);
      return 0;
    };
    if (o['in'] === undefined) return withAnswers(cli, o, answer);
    const { sideOf } = await import('../../service/sides.ts');
    const { inquire } = await import('../../../queries/review/inquiry.ts');
    const { GraphSnapshot } = await import('../../../graph/snapshot/snapshot.ts');
    const side = await sideOf(cli, String(o['in']), o);
    if (!side.graph) throw new UserError(`${String(o['in'])} holds findings and no graph: give a folder, a plan or a run`);
    const inquiry = inquire(new GraphSnapshot(side.graph.nodes, side.graph.edges), { now: cli.now().toISOString() });
    return answer({ inquiry: () => Promise.resolve(inquiry) });
  },
};
