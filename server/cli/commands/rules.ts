import { existsSync } from 'node:fs';
import { UserError, type AnalysisResult, type RuleStatus } from '../../../schema/index.ts';
import { columns } from '../../text/style.ts';
import type { Cli, CliCommand } from '../command.ts';
import { ownKnowledge } from '../scan-options.ts';
import { isRemote, storeOf, storePlace } from '../store.ts';

export const command: CliCommand = {
  name: 'rules',
  define: (c) => c.description('list the rules, or run the hit and misses of each through the real readers').argument('[what]', 'list or test', 'list').argument('[id]', 'only this rule')
    .option('--rules <folder>', 'own rules beside the built-in ones').option('--store <where>', 'list: store whose last run says what was evaluated (default .overreach/graph.db); test: store to run on (default in memory)').option('--format <name>', 'table or json', 'table'),
  async run(cli, args, o) {
    const { rules: extra } = await ownKnowledge(cli, o['rules'] as string | undefined);
    const { allRules, ruleFiles } = await import('../../../queries/rules/index.ts');
    const { rules } = allRules(extra);
    const wanted = rules.filter((r) => args[1] === undefined || r.id === args[1]);
    if (wanted.length === 0) throw new UserError(`there is no rule ${args[1]}`);
    if (args[0] === 'list') {
      const last = await lastStatus(cli, o);
      const listed = wanted.map((r) => ({ ...r, status: statusOf(r, last) }));
      cli.out(o['format'] === 'json' ? JSON.stringify(listed, null, 2) + '\n' : columns([['id', 'type', 'default', 'packs', last ? 'in the last run' : 'evaluated', 'title'], ...listed.map((r) => [r.id, r.type, r.lowNoise ? 'yes' : '', (r.packs ?? []).join(' '), r.status, r.title])], [10, 16, 7, 6, 44, 90]).join('\n') + '\n');
      return 0;
    }
    if (args[0] !== 'test') throw new UserError(`rules ${args[0]}: list or test`);
    const { testRules } = await import('../../../queries/rules/run.ts');
    const { scanCase } = await import('../../service/scan-case.ts');
    const { Rule } = await import('../../../schema/index.ts');
    const store = await storeOf(cli, { ...o, store: o['store'] ?? ':memory:' });
    try {
      const ids = new Set(wanted.map((r) => r.id));
      const raw = [...ruleFiles, ...extra].map((f) => Rule.parse(f.rule)).filter((r) => ids.has(r.id));
      const outcomes = [];
      for (const rule of raw) {
        cli.log(`testing ${rule.id}`);
        outcomes.push(...(await testRules([rule], (files, _, before) => scanCase(store, files, extra, { env: {}, now: cli.now, newId: cli.newId, progress: () => undefined, version: cli.version }, before))));
      }
      // A rule whose source no reader yields cannot be tried yet: it waits, and says for what.
      const waits = new Set(wanted.filter((r) => r.needs.some((n) => NO_READER.has(n))).map((r) => r.id));
      const waiting = outcomes.filter((x) => !x.ok && waits.has(x.rule));
      const failed = outcomes.filter((x) => !x.ok && !waits.has(x.rule));
      cli.out(o['format'] === 'json' ? JSON.stringify(outcomes, null, 2) + '\n' : [...columns(outcomes.map((x) => [x.ok ? 'ok' : waits.has(x.rule) ? 'waits' : 'FAIL', x.rule, x.case, x.says])), '', `${outcomes.length - failed.length - waiting.length} passed, ${failed.length} failed${waiting.length > 0 ? `, ${waiting.length} wait for a source` : ''}`, ''].join('\n'));
      return failed.length > 0 ? 1 : 0;
    } finally {
      await store.close();
    }
  },
};

/** How the last complete run judged each rule, when there is one. */
async function lastStatus(cli: Cli, o: Record<string, unknown>): Promise<ReadonlyMap<string, RuleStatus> | undefined> {
  const { where } = storePlace(cli, o);
  if (where === ':memory:' || (!isRemote(where) && !existsSync(where))) return undefined;
  const store = await storeOf(cli, o, true);
  try {
    const run = (await store.runs()).find((r) => r.status === 'complete');
    const text = run && (await store.loadResult(run.id));
    return text === undefined ? undefined : new Map((JSON.parse(text) as AnalysisResult).rules.map((r) => [r.id, r]));
  } finally {
    await store.close();
  }
}

/** Evaluated and how often it spoke, or what it waits for: a rule without its source is never called clean. */
function statusOf(rule: { id: string; needs: readonly string[] }, last: ReadonlyMap<string, RuleStatus> | undefined): string {
  const was = last?.get(rule.id);
  if (was) return was.evaluated ? `evaluated, ${was.matches} match${was.matches === 1 ? '' : 'es'}` : `not evaluated, needs ${was.needs.join(', ')}`;
  if (last) return 'not evaluated: not in that run';
  const needs = rule.needs.filter((n) => !n.endsWith('?'));
  const never = needs.filter((n) => NO_READER.has(n));
  return never.length > 0 ? `not evaluated, needs ${never.join(', ')}` : needs.length > 0 ? `with ${needs.join(', ')}` : 'always';
}

/** Sources that no reader of this version yields. */
const NO_READER = new Set(['github', 'registry', 'catalogue', 'advisories', 'traces', 'approval-log']);
