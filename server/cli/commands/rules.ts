import { UserError } from '../../../schema/index.ts';
import { columns } from '../../text/style.ts';
import type { CliCommand } from '../command.ts';
import { ownKnowledge } from '../scan-options.ts';
import { storeOf } from '../store.ts';

export const command: CliCommand = {
  name: 'rules',
  define: (c) => c.description('list the rules, or run the hit and misses of each through the real readers').argument('<what>', 'list or test').argument('[id]', 'only this rule')
    .option('--rules <folder>', 'own rules beside the built-in ones').option('--store <where>', 'store the tests run on', ':memory:').option('--format <name>', 'table or json', 'table'),
  async run(cli, args, o) {
    const { rules: extra } = await ownKnowledge(cli, o['rules'] as string | undefined);
    const { allRules, ruleFiles } = await import('../../../queries/rules/index.ts');
    const { rules } = allRules(extra);
    const wanted = rules.filter((r) => args[1] === undefined || r.id === args[1]);
    if (wanted.length === 0) throw new UserError(`there is no rule ${args[1]}`);
    if (args[0] === 'list') {
      cli.out(o['format'] === 'json' ? JSON.stringify(wanted, null, 2) + '\n' : columns([['id', 'type', 'default', 'title'], ...wanted.map((r) => [r.id, r.type, r.lowNoise ? 'yes' : '', r.title])]).join('\n') + '\n');
      return 0;
    }
    if (args[0] !== 'test') throw new UserError(`rules ${args[0]}: list or test`);
    const { testRules } = await import('../../../queries/rules/run.ts');
    const { scanCase } = await import('../../service/scan-case.ts');
    const { Rule } = await import('../../../schema/index.ts');
    const store = await storeOf(cli, o);
    try {
      const ids = new Set(wanted.map((r) => r.id));
      const raw = [...ruleFiles, ...extra].map((f) => Rule.parse(f.rule)).filter((r) => ids.has(r.id));
      const outcomes = [];
      for (const rule of raw) {
        cli.log(`testing ${rule.id}`);
        outcomes.push(...(await testRules([rule], (files) => scanCase(store, files, extra, { env: {}, now: cli.now, newId: cli.newId, progress: () => undefined, version: cli.version }))));
      }
      const failed = outcomes.filter((x) => !x.ok);
      cli.out(o['format'] === 'json' ? JSON.stringify(outcomes, null, 2) + '\n' : [...columns(outcomes.map((x) => [x.ok ? 'ok' : 'FAIL', x.rule, x.case, x.says])), '', `${outcomes.length - failed.length} passed, ${failed.length} failed`, ''].join('\n'));
      return failed.length > 0 ? 1 : 0;
    } finally {
      await store.close();
    }
  },
};
