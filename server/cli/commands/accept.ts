import { UserError } from '../../../schema/index.ts';
import type { CliCommand } from '../command.ts';
import { askerOf, decisionsOf } from '../decisions.ts';
import { withStoreOptions } from '../scan-options.ts';
import { storeOf } from '../store.ts';

export const command: CliCommand = {
  name: 'accept',
  define: (c) => withStoreOptions(c.description('accept a risk: the finding stays in the result, marked, until the date').argument('<fingerprint>', 'of a finding or posture row, or its first 8 characters')).option('--owner <who>', 'who answers for it').option('--reason <text>', 'why it is accepted').option('--until <date>', 'YYYY-MM-DD; it is open again afterwards').option('--remove', 'take the acceptance back'),
  async run(cli, args, o) {
    const store = await storeOf(cli, o, true);
    try {
      const decisions = decisionsOf(cli, store);
      const want = args[0]!;
      if (o['remove']) {
        const { fingerprint } = await decisions.reopen(askerOf(cli), want);
        cli.out(`${fingerprint} is open again\n`);
        return 0;
      }
      for (const need of ['owner', 'reason', 'until']) if (!o[need]) throw new UserError(`--${need} is needed to accept a risk`);
      const [owner, until] = [String(o['owner']), String(o['until'])];
      const { fingerprint } = await decisions.acceptRisk(askerOf(cli), { fingerprint: want, owner, reason: String(o['reason']), until });
      cli.out(`${fingerprint} is accepted by ${owner} until ${until}\n`);
      return 0;
    } finally {
      await store.close();
    }
  },
};
