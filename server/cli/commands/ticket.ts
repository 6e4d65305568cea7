import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Synced } from '../../service/tickets.ts';
import type { Cli, CliCommand } from '../command.ts';
import { maxRunsOf, oneOf, repeated } from '../option-values.ts';
import { writeText } from '../output.ts';
import { withScanOptions, withStoreOptions } from '../scan-options.ts';
import { isRemote, storeOf, storePlace } from '../store.ts';

export const command: CliCommand = {
  name: 'ticket',
  define: (c) => withStoreOptions(withScanOptions(c.description('one ticket per fix: says what it would do; --apply does it').argument('[source]', 'folder, file, run id or "latest"', 'latest')))
    .requiredOption('--tracker <name>', 'file, webhook, github or jira')
    .requiredOption('--to <place>', 'folder, address, owner/repository, or address of the Jira')
    .option('--project <key>', 'Jira project').option('--issue-type <name>', 'Jira issue type', 'Task')
    .option('--apply', 'write to the tracker').option('--dry-run', 'write nothing, whatever else is given')
    .option('--label <name>', 'label of new tickets (repeatable; default: overreach)', repeated)
    .option('--assignee <login>', 'who new tickets are assigned to').option('--link-base <url>', 'address before file paths in tickets (default: the remote of the checkout)')
    .option('--rules <folder>', 'own rules, techniques and sensitivity words')
    .option('--max-runs <n>', 'analyses that may be made as proof', '60')
    .option('--format <name>', 'table or json', 'table').option('--output <file>', 'write to a file'),
  async run(cli, args, o) {
    const { openTracker, placeName, TRACKERS } = await import('../../trackers/open.ts');
    const tracked = oneOf('tracker', String(o['tracker']), TRACKERS);
    const maxRuns = maxRunsOf(o);
    oneOf('format', String(o['format']), ['table', 'json']);
    const where = { tracker: tracked, to: String(o['to']), ...(tracked === 'jira' && { project: o['project'] as string | undefined, issueType: String(o['issueType']) }) };
    const dryRun = o['dryRun'] === true || o['apply'] !== true;
    const wait = (ms: number): Promise<void> => new Promise((ok) => { setTimeout(ok, ms); });
    const tracker = await openTracker(where, { env: cli.env, cwd: cli.cwd, wait, log: cli.log });
    const { remedies } = await import('../../service/remedies.ts');
    const { syncTickets } = await import('../../service/tickets.ts');
    const { folderWithin, linkBaseOf } = await import('../../service/link-base.ts');
    const source = args[0] ?? 'latest';
    const read = await remedies(cli, source, o, maxRuns, true);
    // Two folders of one checkout have one scope, and files of the same names.
    const folder = folderWithin(resolve(cli.cwd, source));
    const answer = folder === undefined || read.scope === undefined ? read : { ...read, scope: `${read.scope}//${folder}` };
    const linkBase = (o['linkBase'] as string | undefined) ?? (linkBaseOf(resolve(cli.cwd, source)) || (where.tracker === 'github' ? `${cli.env['GITHUB_SERVER_URL'] ?? 'https://github.com'}/${where.to}/blob/HEAD/` : ''));
    const store = dryRun && !hasStore(cli, o) ? undefined : await storeOf(cli, o);
    try {
      const synced = await syncTickets(tracker, answer, {
        today: cli.now(), now: cli.now, wait, ledger: store?.ledger, place: placeName(where, cli.cwd), linkBase, labels: (o['label'] as string[] | undefined) ?? ['overreach'],
        ...(o['assignee'] !== undefined && { assignee: String(o['assignee']) }), dryRun,
      });
      return report(cli, synced, dryRun, o);
    } finally {
      await store?.close();
    }
  },
};

function hasStore(cli: Cli, o: Record<string, unknown>): boolean {
  const { where } = storePlace(cli, o);
  return isRemote(where) || existsSync(where);
}

/** What was done; what was not is said, and is exit code 4. */
function report(cli: Cli, { done, stopped }: Synced, dryRun: boolean, o: Record<string, unknown>): number {
  const failed = done.filter((d) => d.action === 'failed' || d.action === 'busy').length;
  const lines = [
    ...done.map((d) => `${d.action.padEnd(8)}${d.ref ? `${d.ref}  ` : ''}${d.title}${d.why ? ` (${d.why})` : ''}${d.url ? `  ${d.url}` : ''}`),
    dryRun ? 'nothing was written: --apply does it' : `${done.length - failed} of ${done.length} done`,
  ];
  writeText(cli, o['format'] === 'json' ? JSON.stringify({ dryRun, done, ...(stopped !== undefined && { stopped }) }, null, 2) + '\n' : lines.join('\n') + '\n', o);
  if (stopped !== undefined) cli.log(`error: ${stopped}`);
  if (failed > 0) cli.log(`exit 4: ${failed} ticket${failed === 1 ? '' : 's'} could not be written; run again to finish`);
  else if (stopped !== undefined) cli.log('exit 4: the tracker could not be asked; nothing was written');
  return failed > 0 || stopped !== undefined ? 4 : 0;
}
