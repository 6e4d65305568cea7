import { AccessStatus, EffectClass, showHoles } from '../../../schema/index.ts';
import { accessTable, asCsv, asLines, asMarkdown, intentTable } from '../../text/reviews.ts';
import type { CliCommand } from '../command.ts';
import { oneNode, reviewsOf, withAnswers } from '../inquiry.ts';
import { oneOf } from '../option-values.ts';
import { writeText } from '../output.ts';
import { withStoreOptions } from '../scan-options.ts';

const FORMATS = ['table', 'json', 'csv', 'markdown'];
const SCREEN = 40;

export const command: CliCommand = {
  name: 'access-review',
  define: (c) => withStoreOptions(c.description('what agents and principals may do against what they are for: excess, missing, matched; in the code and live').argument('[who]', 'agent or principal: name, ARN, Terraform address, file:line or glob (default: every agent)'))
    .option('--asset <name>', 'only on this asset').option('--effect <class>', 'only this effect').option('--status <status>', AccessStatus.options.join(', '))
    .option('--format <name>', FORMATS.join(', '), 'table').option('--output <file>', 'write to a file'),
  run: (cli, args, o) => withAnswers(cli, o, async (answers) => {
    const format = oneOf('format', String(o['format']), FORMATS);
    const one = <T extends string>(name: string, words: readonly T[]): T | undefined => (o[name] === undefined ? undefined : oneOf(name, String(o[name]), words));
    const filter = { effect: one('effect', EffectClass.options), status: one('status', AccessStatus.options), ...(o['asset'] ? { asset: await oneNode(answers, String(o['asset'])) } : {}) };
    const { access } = await reviewsOf(answers);
    const who = args[0] === undefined ? undefined : await oneNode(answers, args[0], ['Agent', 'Identity']);
    const agent = who?.startsWith('ovr:agent:') ? who : undefined;
    const rows = access.rows({ ...filter, ...(agent === undefined ? (who === undefined ? {} : { principal: who }) : { agent }) });
    const intents = agent !== undefined ? [access.agent(agent)] : who === undefined ? access.agents() : [];
    if (format === 'json') writeText(cli, JSON.stringify({ agents: intents, rows }, null, 2) + '\n', o);
    else if (format === 'csv') writeText(cli, asCsv(accessTable(rows)), o);
    else if (format === 'markdown') writeText(cli, asMarkdown('Access review', { says: 'Agents against their intent', rows: intentTable(intents) }, { says: 'Effects', rows: accessTable(rows) }), o);
    else {
      const numbers = intents.length > 0 ? [...asLines(intentTable(intents), [32, 7, 7, 5, 5, 6, 5, 6, 7, 6, 7, 24, 48], 20), ''] : [];
      const notes = intents.flatMap((r) => r.notes.map((n) => `note: ${showHoles(r.agent.name)}: ${n}`)).slice(0, 10);
      const list = rows.length === 0 ? ['Nothing in what was read.'] : asLines(accessTable(rows), [10, 30, 10, 34, 13, 6, 9, 7, 7, 7, 11, 44, 70, 40, 90], SCREEN);
      writeText(cli, [...numbers, ...list, ...notes, ''].join('\n'), o);
    }
    return 0;
  }),
};
