import type { CliCommand } from '../command.ts';
import { oneOf } from '../option-values.ts';
import { changeSarif, writeText } from '../output.ts';
import { failOn, withScanOptions, withStoreOptions } from '../scan-options.ts';

export const command: CliCommand = {
  name: 'compare',
  define: (c) => withStoreOptions(withScanOptions(c.description('paths that are opened, closed, changed or undetermined between two answers').argument('<before>', 'result.json, run id, "latest", folder, file or git:<revision>').argument('<after>', 'the same')))
    .option('--fail-on <severity>', 'exit 1 when a path at or above is opened, 2 when one is only undetermined')
    .option('--format <name>', 'table, markdown, json or sarif', 'table').option('--output <file>', 'write to a file'),
  async run(cli, args, o) {
    const format = oneOf('format', String(o['format']), ['table', 'markdown', 'json', 'sarif']);
    const severity = failOn(o);
    const { sideOf } = await import('../../service/sides.ts');
    const { gateOf } = await import('../../service/gate.ts');
    const { comparisonOf } = await import('../../service/comparisons.ts');
    const { comparisonLines, comparisonMarkdown } = await import('../../text/comparison.ts');
    const { driftLines, driftMarkdown } = await import('../../text/drift.ts');
    const before = await sideOf(cli, args[0]!, o);
    // Both sides are one estate: ids of code must not differ because one of the folders is no checkout.
    const after = await sideOf(cli, args[1]!, o, { scope: before.result.run.scope });
    const c = await comparisonOf(cli, before, after, o);
    writeText(cli, format === 'sarif' ? changeSarif(after.result, c, cli.version) : format === 'json' ? JSON.stringify(c, null, 2) + '\n' : format === 'markdown' ? comparisonMarkdown(c) + driftMarkdown(c) : [...comparisonLines(c), ...driftLines(c)].join('\n') + '\n', o);
    const exit = gateOf(c, severity, [after.result]);
    for (const r of exit.reasons) cli.log(`exit ${r.code}: ${r.reason}`);
    return exit.code;
  },
};
