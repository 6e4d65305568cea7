import { principalsWhere, worstFirst } from '../../../queries/review/principal-list.ts';
import { UserError } from '../../../schema/index.ts';
import { principalTable, principalText } from '../../text/principals.ts';
import { asCsv, asLines, asMarkdown } from '../../text/reviews.ts';
import type { CliCommand } from '../command.ts';
import { oneNode, withAnswers } from '../inquiry.ts';
import { oneOf } from '../option-values.ts';
import { writeText } from '../output.ts';
import { withStoreOptions } from '../scan-options.ts';

const FORMATS = ['table', 'json', 'csv', 'markdown'];
const SCREEN = 38;

export const command: CliCommand = {
  name: 'principals',
  define: (c) => withStoreOptions(c.description('every user, role and external trust: admin now, can become admin and by which techniques, worst asset; of one, step by step with the statements').argument('[who]', 'one principal: name, ARN, Terraform address, file:line or glob (default: all)'))
    .option('--admin', 'only those that are admin now').option('--can-become-admin', 'only those that are not, and can become it').option('--by <technique>', 'only those whose way to admin takes this technique')
    .option('--format <name>', FORMATS.join(', '), 'table').option('--output <file>', 'write to a file'),
  run: (cli, args, o) => withAnswers(cli, o, async (answers) => {
    const format = oneOf('format', String(o['format']), FORMATS);
    const { result } = await answers.run();
    const filter = { ...(o['admin'] ? { isAdmin: true } : {}), ...(o['canBecomeAdmin'] ? { canBecomeAdmin: true } : {}), ...(o['by'] === undefined ? {} : { technique: String(o['by']) }) };
    let rows = worstFirst(principalsWhere(result.principals, filter));
    if (args[0] !== undefined) {
      const id = await oneNode(answers, args[0], ['Identity']);
      const one = result.principals.find((r) => r.identity.id === id);
      if (!one) throw new UserError(`${args[0]} is no user, role or external trust that was read: groups have what shows on their members`);
      rows = rows.filter((r) => r === one);
      if (format === 'table' && rows.length === 1) { writeText(cli, principalText(one), o); return 0; }
    }
    const table = principalTable(rows);
    if (format === 'json') writeText(cli, JSON.stringify(rows, null, 2) + '\n', o);
    else if (format === 'csv') writeText(cli, asCsv(table), o);
    else if (format === 'markdown') writeText(cli, asMarkdown('Principals', { says: 'Admin now, can become admin, worst asset', rows: table }), o);
    else writeText(cli, rows.length === 0 ? 'No such principal in what was read.\n' : asLines(table, [40, 10, 11, 11, 5, 60, 60, 70], SCREEN).join('\n') + '\n', o);
    return 0;
  }),
};
