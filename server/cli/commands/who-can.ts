import { showHoles, showSource } from '../../../schema/index.ts';
import { columns } from '../../text/style.ts';
import type { CliCommand } from '../command.ts';
import { oneNode, withAnswers } from '../inquiry.ts';
import { writeText } from '../output.ts';
import { withStoreOptions } from '../scan-options.ts';

export const command: CliCommand = {
  name: 'who-can',
  define: (c) => withStoreOptions(c.description('who holds an action or effect on an asset: directly, and through an agent').argument('<what>', 'action (dynamodb:PutItem) or effect class (read, write, delete, credential, …)').argument('<asset>', 'name, ARN, Terraform address, file:line or glob')).option('--format <name>', 'table or json', 'table').option('--output <file>', 'write to a file'),
  run: (cli, args, o) => withAnswers(cli, o, async (answers) => {
    const asset = await oneNode(answers, args[1]!);
    const holders = (await answers.inquiry()).whoCan(args[0]!, asset);
    if (o['format'] === 'json') { writeText(cli, JSON.stringify(holders, null, 2) + '\n', o); return 0; }
    const rows = holders.map((h) => [showHoles(h.identity.name), h.through ? `through ${showHoles(h.through.name)}` : 'directly', h.verdict, h.effects.join(', '), h.evidence.map((e) => showSource(e.source)).filter(Boolean).slice(0, 2).join(' '), h.requires.map(showHoles).join(' · ')]);
    writeText(cli, rows.length === 0 ? 'Nobody in what was read.\n' : columns([['who', 'how', 'verdict', 'effects', 'by', 'holds if'], ...rows], [44, 34, 11, 30, 60, 60]).join('\n') + '\n', o);
    return 0;
  }),
};
