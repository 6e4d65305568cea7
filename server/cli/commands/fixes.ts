import type { CliCommand } from '../command.ts';
import { maxRunsOf, oneOf } from '../option-values.ts';
import { writeText } from '../output.ts';
import { withScanOptions, withStoreOptions } from '../scan-options.ts';

export const command: CliCommand = {
  name: 'fixes',
  define: (c) => withStoreOptions(withScanOptions(c.description('the fewest changes that close the most, each proven by analysing again').argument('[source]', 'folder, file, run id or "latest"; --patch needs the folder of the code', 'latest')))
    .option('--patch <file>', 'write the changes as a diff for git apply, proven by reading the patched code again')
    .option('--rules <folder>', 'own rules, techniques and sensitivity words')
    .option('--harden', 'also conditions and controls that close no path by themselves')
    .option('--max-runs <n>', 'analyses that may be made as proof', '60')
    .option('--format <name>', 'table, markdown or json', 'table').option('--output <file>', 'write to a file'),
  async run(cli, args, o) {
    const format = oneOf('format', String(o['format']), ['table', 'markdown', 'json']);
    const maxRuns = maxRunsOf(o);
    const { remedies } = await import('../../service/remedies.ts');
    const { fixLines, fixesMarkdown } = await import('../../text/fixes.ts');
    const { plan, findings, patched, diff, proof } = await remedies(cli, args[0] ?? 'latest', o, maxRuns);
    if (diff === '') cli.log(`${String(o['patch'])} is not written: none of the changes can be made in the code by itself`);
    else if (diff !== undefined) writeText(cli, diff, { output: o['patch'] });
    const text = format === 'json' ? JSON.stringify({ ...plan, patched: Object.fromEntries(patched), ...(proof && { proof }) }, null, 2) + '\n' : format === 'markdown' ? fixesMarkdown(plan, findings, patched) : fixLines(plan, findings, patched).join('\n') + '\n';
    writeText(cli, text, o);
    if (proof) cli.log(proof.says);
    return 0;
  },
};
