import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../../../schema/index.ts';
import type { CliCommand } from '../command.ts';
import { oneNode, reviewsOf, withAnswers } from '../inquiry.ts';
import { writeText } from '../output.ts';
import { withStoreOptions } from '../scan-options.ts';

export const command: CliCommand = {
  name: 'intent',
  define: (c) => withStoreOptions(c.description('draft: what agents without a purpose are for, as entries of overreach.yaml to edit').argument('<what>', 'draft').argument('[agent]', 'only this agent, also when it has a purpose'))
    .option('--into <overreach.yaml>', 'add the entries to this file; what stands in it is kept').option('--format <name>', 'yaml or json', 'yaml').option('--output <file>', 'write to a file'),
  run: (cli, args, o) => withAnswers(cli, o, async (answers) => {
    if (args[0] !== 'draft') throw new UserError(`intent ${args[0]}: draft`);
    const only = args[1] === undefined ? undefined : await oneNode(answers, args[1], ['Agent']);
    const drafts = (await reviewsOf(answers)).drafts(only);
    if (o['format'] === 'json') { writeText(cli, JSON.stringify(drafts, null, 2) + '\n', o); return 0; }
    const { draftYaml } = await import('../../text/intent-draft.ts');
    const into = o['into'] as string | undefined;
    const path = into === undefined ? undefined : resolve(cli.cwd, into);
    const text = path !== undefined && existsSync(path) ? readFileSync(path, 'utf8') : '';
    writeText(cli, draftYaml(drafts, text, into), into === undefined ? o : { ...o, output: into });
    cli.log(`${drafts.length} agent${drafts.length === 1 ? '' : 's'} without a purpose`);
    return 0;
  }),
};
