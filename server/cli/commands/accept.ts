import { UserError } from '../../../schema/index.ts';
import type { CliCommand } from '../command.ts';
import { withStoreOptions } from '../scan-options.ts';
import { storeOf } from '../store.ts';

export const command: CliCommand = {
  name: 'accept',
  define: (c) => withStoreOptions(c.description('accept a risk: the finding stays in the result, marked, until the date').argument('<fingerprint>', 'of a finding or posture row, or its first 8 characters')).option('--owner <who>', 'who answers for it').option('--reason <text>', 'why it is accepted').option('--until <date>', 'YYYY-MM-DD; it is open again afterwards').option('--remove', 'take the acceptance back'),
  async run(cli, args, o) {
    const store = await storeOf(cli, o, true);
    try {
      const want = args[0]!;
      const { Answers } = await import('../../service/answers.ts');
      const { result } = await new Answers(store, { env: cli.env, now: cli.now, newId: cli.newId, progress: cli.log, version: cli.version }).run();
      const known = [...result.findings.map((f) => f.fingerprint), ...result.posture.map((p) => p.fingerprint), ...(await store.acceptances()).map((a) => a.fingerprint)];
      const hits = [...new Set(known.filter((f) => f === want || (want.length >= 8 && f.startsWith(want))))];
      if (hits.length !== 1) throw new UserError(hits.length === 0 ? `no finding or posture row ${want} in the last run` : `${want} is the beginning of ${hits.length} fingerprints: give more characters`);
      const [fingerprint] = hits as [string];
      if (o['remove']) {
        await store.unaccept(fingerprint);
        cli.out(`${fingerprint} is open again from the next scan\n`);
        return 0;
      }
      for (const need of ['owner', 'reason', 'until']) if (!o[need]) throw new UserError(`--${need} is needed to accept a risk`);
      const until = String(o['until']);
      if (!/^\d{4}-\d{2}-\d{2}$/.test(until) || Number.isNaN(Date.parse(until))) throw new UserError(`--until ${until}: write a date as YYYY-MM-DD`);
      if (until < cli.now().toISOString().slice(0, 10)) throw new UserError(`--until ${until} is in the past`);
      await store.accept({ fingerprint, owner: String(o['owner']), reason: String(o['reason']), until, at: cli.now().toISOString() });
      cli.out(`${fingerprint} is accepted by ${String(o['owner'])} until ${until}\n`);
      return 0;
    } finally {
      await store.close();
    }
  },
};
