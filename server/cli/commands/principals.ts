import { TECHNIQUES } from '../../../knowledge/techniques/index.ts';
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
const SCREEN = 37;

export const command: CliCommand = {
  name: 'principals',
  define: (c) => withStoreOptions(c.description('every user, role and external trust: admin now, can become admin and by which techniques, worst asset; of one, step by step with the statements').argument('[who]', 'one principal: name, ARN, Terraform address, file:line or glob (default: all)'))
    .option('--admin', 'only those that are admin now').option('--can-become-admin', 'only those that are not, and can become it').option('--by <technique>', 'only those whose way to admin, as it is told, takes this technique')
    .option('--format <name>', FORMATS.join(', '), 'table').option('--output <file>', 'write to a file'),
  run: (cli, args, o) => withAnswers(cli, o, async (answers) => {
    const format = oneOf('format', String(o['format']), FORMATS);
    const { result } = await answers.run();
    const filter = { ...(o['admin'] ? { isAdmin: true } : {}), ...(o['canBecomeAdmin'] ? { canBecomeAdmin: true } : {}), ...(o['by'] === undefined ? {} : { technique: String(o['by']) }) };
    if (filter.technique !== undefined && !TECHNIQUES.has(filter.technique) && principalsWhere(result.principals, { technique: filter.technique }).length === 0) throw new UserError(`--by ${filter.technique}: no technique of that id is known, and no way of the last run takes one`);
    const unread = result.missingLayers.length > 0 ? [`layers not in the input: ${result.missingLayers.join(', ')}`] : [];
    let rows = worstFirst(principalsWhere(result.principals, filter));
    if (args[0] !== undefined) {
      const id = await oneNode(answers, args[0], ['Identity']);
      const one = result.principals.find((r) => r.identity.id === id);
      if (!one) throw new UserError(`${args[0]} is no user, role or external trust that was read: groups have what shows on their members`);
      rows = rows.filter((r) => r === one);
      if (rows.length === 0) throw new UserError(`${args[0]} was read and is none of those that are asked for: leave out --admin, --can-become-admin and --by`);
    }
    const table = principalTable(rows);
    if (format === 'json') writeText(cli, JSON.stringify(rows, null, 2) + '\n', o);
    else if (format === 'csv') writeText(cli, asCsv(table), o);
    else if (format === 'markdown') writeText(cli, asMarkdown('Principals', { says: 'Admin now, can become admin, worst asset', rows: table }), o);
    else {
      const lines = rows.length === 0 ? ['No such principal in what was read.'] : args[0] === undefined ? asLines(table, [40, 10, 11, 11, 5, 60, 60, 70], SCREEN) : principalText(rows[0]!);
      writeText(cli, [...lines, ...unread, ''].join('\n'), o);
    }
    return 0;
  }),
};
