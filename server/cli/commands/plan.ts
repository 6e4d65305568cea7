import type { CliCommand } from '../command.ts';
import { oneOf } from '../option-values.ts';
import { changeSarif, writeText } from '../output.ts';
import { failOn, ownKnowledge, rulesPack, withScanOptions, withStoreOptions } from '../scan-options.ts';

export const command: CliCommand = {
  name: 'plan',
  define: (c) => withStoreOptions(withScanOptions(c.description('what a Terraform plan opens and closes, before it is applied').argument('<tfplan.json>', 'terraform show -json of the plan')))
    .option('--over <base>', 'base: store, run id, folder, dump, result.json, or nothing (default: the plan’s own prior state)')
    .option('--code <folder>', 'code the plan was made from, for lines (default: the folder of the plan)')
    .option('--fail-on <severity>', 'exit 1 when a path at or above is opened, or trust is widened to as much; 2 when either is only undetermined')
    .option('--rules <folder>', 'own rules')
    .option('--rules-pack <name>', 'rules whose findings the gate counts: plan (the combinations to reject) or all', 'plan')
    .option('--format <name>', 'table, markdown, json or sarif', 'table').option('--output <file>', 'write to a file'),
  async run(cli, args, o) {
    const format = oneOf('format', String(o['format']), ['table', 'markdown', 'json', 'sarif']);
    const severity = failOn(o);
    const { reviewPlan } = await import('../../service/plan.ts');
    const { gateOf, leftOut } = await import('../../service/gate.ts');
    const { comparisonLines } = await import('../../text/comparison.ts');
    const { driftLines } = await import('../../text/drift.ts');
    const { letInLines, planMarkdown, radiusLines } = await import('../../text/plan.ts');
    const { cutsOf } = await import('../../service/cuts.ts');
    const review = await reviewPlan(cli, args[0]!, o);
    const { comparison: c } = review;
    const cuts = await cutsOf(cli, review);
    const pack = await rulesPack(o, (await ownKnowledge(cli, o['rules'] as string | undefined)).rules, 'plan');
    const exit = gateOf(c, severity, [review.after], pack, review.letIn);
    const passed = leftOut(c, severity, pack);
    if (passed !== undefined) c.notes.push(passed);
    if (format === 'json') writeText(cli, JSON.stringify({ ...c, letIn: review.letIn, blastRadius: review.radii, cuts, exit }, null, 2) + '\n', o);
    else if (format === 'markdown') writeText(cli, planMarkdown(review, cuts, exit), o);
    else if (format === 'sarif')       writeText(cli, changeSarif(review.after, c, cli.version, review.letIn), o);
    else writeText(cli, [...comparisonLines(c), ...letInLines(review.letIn), ...driftLines(c), ...radiusLines(review.radii), ...cuts.map((k) => `cut           ${k.place}: ${k.text} (closes ${k.closes} of ${k.of})`)].join('\n') + '\n', o);
    for (const r of exit.reasons) cli.log(`exit ${r.code}: ${r.reason}`);
    return exit.code;
  },
};
