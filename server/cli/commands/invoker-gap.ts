import { asCsv, asLines, asMarkdown, gapMatrix, gapRows } from '../../text/reviews.ts';
import type { CliCommand } from '../command.ts';
import { oneNode, reviewsOf, withAnswers } from '../inquiry.ts';
import { oneOf } from '../option-values.ts';
import { writeText } from '../output.ts';
import { withStoreOptions } from '../scan-options.ts';

const FORMATS = ['table', 'json', 'csv', 'markdown'];
const SCREEN = 36;

export const command: CliCommand = {
  name: 'invoker-gap',
  define: (c) => withStoreOptions(c.description('who gains what by talking to which agent, over what they may do themselves').argument('[agent]', 'name, ARN, Terraform address, file:line or glob (default: every agent)')).option('--format <name>', FORMATS.join(', '), 'table').option('--output <file>', 'write to a file'),
  run: (cli, args, o) => withAnswers(cli, o, async (answers) => {
    const format = oneOf('format', String(o['format']), FORMATS);
    const agent = args[0] === undefined ? undefined : await oneNode(answers, args[0], ['Agent']);
    const all = (await reviewsOf(answers)).gap();
    const mine = <T extends { agent: { id: string } }>(list: readonly T[]): T[] => list.filter((x) => agent === undefined || x.agent.id === agent);
    const [cells, rows] = [mine(all.cells), mine(all.rows)];
    if (format === 'json') writeText(cli, JSON.stringify({ cells, rows, notes: all.notes }, null, 2) + '\n', o);
    else if (format === 'csv') writeText(cli, asCsv(gapRows(rows)), o);
    else if (format === 'markdown') writeText(cli, asMarkdown('Invoker gap', { says: 'Who gains how much from which agent', rows: gapMatrix(cells) }, { says: 'Gained effects', rows: gapRows(rows) }), o);
    else writeText(cli, [...(cells.length === 0 ? ['Nobody gains anything by talking to an agent, within what was read.'] : asLines(gapMatrix(cells), [44, 8, 32, 6, 6, 5, 11, Math.max(40, cli.width - 125)], SCREEN)), ...all.notes.map((n) => `note: ${n}`), ''].join('\n'), o);
    return 0;
  }),
};
