import type { AnalysisResult } from '../../../schema/index.ts';
import type { CliCommand } from '../command.ts';
import { checkFormat, writeResult } from '../output.ts';
import { baseline, failOn, rulesPack, scanRequest, withOutputOptions, withScanOptions, withStoreOptions } from '../scan-options.ts';
import { storeOf } from '../store.ts';

/** What the default set of rules speaks of. The JSON result always holds everything. */
function lowNoise(r: AnalysisResult): AnalysisResult {
  const quiet = new Set(r.rules.filter((x) => x.lowNoise).map((x) => x.id));
  return ofRules(r, quiet);
}

const ofRules = (r: AnalysisResult, ids: ReadonlySet<string>): AnalysisResult => ({ ...r, findings: r.findings.filter((f) => f.rules.some((x) => ids.has(x))), posture: r.posture.filter((p) => ids.has(p.rule)) });

export const command: CliCommand = {
  name: 'scan',
  define: (c) => withOutputOptions(withStoreOptions(withScanOptions(c.description('read code, plans, dumps and configurations, and show how agents can be turned against their owner').argument('[paths...]', 'folders or files, or one archive (.zip, .tar, .tar.gz) (default: the working folder)'))))
    .option('--fail-on <severity>', 'exit 1 when a finding at or above is proven or conditional, 2 when only undecided ones are')
    .option('--baseline <result.json>', 'only what is new since this result')
    .option('--all-rules', 'show every finding, not only the low-noise set')
    .option('--rules <folder>', 'own rules, techniques and sensitivity words, validated like the built-in ones')
    .option('--rules-pack <name>', 'only findings of a policy pack: plan')
    .option('--keep-runs <n>', 'complete runs kept in the store', '10'),
  async run(cli, args, o) {
    checkFormat(String(o['format']));
    const severity = failOn(o);
    const known = baseline(cli, o['baseline'] as string | undefined);
    const request = await scanRequest(cli, args, o);
    const { scan } = await import('../../service/scan.ts');
    const { exitOf } = await import('../../service/exit-code.ts');
    const store = await storeOf(cli, o);
    try {
      const { withUnpacked } = await import('../../service/archive/unpack.ts');
      const world = { env: cli.env, now: cli.now, newId: cli.newId, progress: cli.log, version: cli.version };
      const result = await withUnpacked(request.paths, (paths) => scan(store, { ...request, paths }, world));
      const shown = known ? { ...result, findings: result.findings.filter((f) => !known.has(f.fingerprint)), posture: result.posture.filter((p) => !known.has(p.fingerprint)) } : result;
      const pack = await rulesPack(o, request.extraRules, 'all');
      const quiet = pack ? ofRules(shown, pack) : o['allRules'] === true || o['format'] === 'json' ? shown : lowNoise(shown);
      writeResult(cli, quiet, o);
      const exit = exitOf(pack ? quiet : o['allRules'] === true ? shown : lowNoise(shown), severity);
      for (const r of exit.reasons) cli.log(`exit ${r.code}: ${r.reason}`);
      return exit.code;
    } finally {
      await store.close();
    }
  },
};
