import { asCsv, asLines, asMarkdown, ownerTable } from '../../text/reviews.ts';
import type { CliCommand } from '../command.ts';
import { reviewsOf, withAnswers } from '../inquiry.ts';
import { oneOf } from '../option-values.ts';
import { writeText } from '../output.ts';
import { withStoreOptions } from '../scan-options.ts';

const FORMATS = ['table', 'json', 'csv', 'markdown'];
const SCREEN = 60;

export const command: CliCommand = {
  name: 'owners',
  define: (c) => withStoreOptions(c.description('who answers for what, and by which source; what nobody answers for comes first')).option('--unresolved', 'only what nobody answers for').option('--kind <kind>', 'only nodes of this kind: Agent, Identity, DataStore, …')
    .option('--format <name>', FORMATS.join(', '), 'table').option('--output <file>', 'write to a file'),
  run: (cli, _, o) => withAnswers(cli, o, async (answers) => {
    const format = oneOf('format', String(o['format']), FORMATS);
    const all = (await reviewsOf(answers)).owners();
    const wanted = all.filter((r) => (o['unresolved'] !== true || r.owner === undefined) && (o['kind'] === undefined || r.node.kind.toLowerCase() === String(o['kind']).toLowerCase()));
    const { withHints } = await import('../../service/committers.ts');
    const rows = withHints(wanted, cli.cwd);
    if (format === 'json') writeText(cli, JSON.stringify(rows, null, 2) + '\n', o);
    else if (format === 'csv') writeText(cli, asCsv(ownerTable(rows)), o);
    else if (format === 'markdown') writeText(cli, asMarkdown('Owners', { says: 'Who answers for what', rows: ownerTable(rows) }), o);
    else {
      const unresolved = all.filter((r) => r.owner === undefined).length;
      writeText(cli, [`${unresolved} of ${all.length} things have no owner`, ...(rows.length === 0 ? [] : asLines(ownerTable(rows), [32, 40, 12, 44, 52, 40], SCREEN)), ''].join('\n'), o);
    }
    return 0;
  }),
};
