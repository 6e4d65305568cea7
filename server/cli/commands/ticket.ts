import { resolve } from 'node:path';
import { UserError } from '../../../schema/index.ts';
import type { CliCommand } from '../command.ts';
import { writeText } from '../output.ts';
import { withScanOptions, withStoreOptions } from '../scan-options.ts';

export const command: CliCommand = {
  name: 'ticket',
  define: (c) => withStoreOptions(withScanOptions(c.description('one ticket per fix: says what it would do; --apply does it').argument('[source]', 'folder, file, run id or "latest"', 'latest')))
    .requiredOption('--tracker <name>', 'file, webhook or github')
    .requiredOption('--to <place>', 'folder, address, or owner/repository')
    .option('--apply', 'write to the tracker').option('--dry-run', 'write nothing, whatever else is given')
    .option('--label <name>', 'label of new tickets (repeatable; default: overreach)', (v: string, all: string[] = []) => [...all, v])
    .option('--assignee <login>', 'who new tickets are assigned to').option('--link-base <url>', 'address before file paths in tickets')
    .option('--max-runs <n>', 'analyses that may be made as proof', '60')
    .option('--format <name>', 'table or json', 'table').option('--output <file>', 'write to a file'),
  async run(cli, args, o) {
    const [name, to] = [String(o['tracker']), String(o['to'])];
    const dryRun = o['dryRun'] === true || o['apply'] !== true;
    const wait = (ms: number): Promise<void> => new Promise((ok) => { setTimeout(ok, ms); });
    const { remedies } = await import('../../service/remedies.ts');
    const { syncTickets } = await import('../../service/tickets.ts');
    const { TrackerRefused } = await import('../../trackers/tracker.ts');
    let tracker: import('../../trackers/tracker.ts').Tracker;
    if (name === 'file') tracker = (await import('../../trackers/file.ts')).fileTracker(resolve(cli.cwd, to));
    else if (name === 'webhook') {
      if (!/^https:\/\/|^http:\/\/(localhost|127\.0\.0\.1)[:/]/.test(to)) throw new UserError('--to: a webhook needs an https address');
      tracker = (await import('../../trackers/webhook.ts')).webhookTracker(to, cli.env['OVERREACH_WEBHOOK_SECRET'], wait);
    } else if (name === 'github') {
      if (!/^[\w.-]+\/[\w.-]+$/.test(to)) throw new UserError('--to: owner/repository');
      tracker = (await import('../../trackers/github.ts')).githubTracker({ repository: to, token: cli.env['GITHUB_TOKEN'], ...(cli.env['GITHUB_API_URL'] && { baseUrl: cli.env['GITHUB_API_URL'] }), wait, log: cli.log });
    } else throw new UserError(`--tracker ${name}: one of file, webhook, github`);
    const answer = await remedies(cli, args[0] ?? 'latest', o, Number(o['maxRuns']), true);
    const linkBase = (o['linkBase'] as string | undefined) ?? (name === 'github' ? `https://github.com/${to}/blob/HEAD/` : '');
    try {
      const done = await syncTickets(tracker, answer, { today: cli.now(), linkBase, labels: (o['label'] as string[] | undefined) ?? ['overreach'], ...(o['assignee'] !== undefined && { assignee: String(o['assignee']) }), dryRun, log: cli.log });
      const failed = done.filter((d) => d.action === 'failed').length;
      writeText(cli, o['format'] === 'json' ? JSON.stringify({ dryRun, done }, null, 2) + '\n' : [...done.map((d) => `${d.action.padEnd(8)}${d.ref ? `${d.ref}  ` : ''}${d.title}${d.why ? ` (${d.why})` : ''}`), dryRun ? 'nothing was written: --apply does it' : `${done.length - failed} of ${done.length} done`].join('\n') + '\n', o);
      if (failed > 0) cli.log(`exit 4: ${failed} ticket${failed === 1 ? '' : 's'} could not be written; run again to finish`);
      return failed > 0 ? 4 : 0;
    } catch (e) {
      throw e instanceof TrackerRefused ? new UserError(e.message, 4) : e;
    }
  },
};
