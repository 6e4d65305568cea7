import { showHoles, showSource, UserError, type Finding } from '../../../schema/index.ts';
import { pathLines } from '../../text/path.ts';
import { painter } from '../../text/style.ts';
import type { CliCommand } from '../command.ts';
import { oneNode, startOf, withAnswers } from '../inquiry.ts';
import { writeText } from '../output.ts';
import { withStoreOptions } from '../scan-options.ts';

function text(f: Finding, color: boolean, width: number): string {
  const p = painter(color);
  const evidence = f.path.hops.flatMap((h, i) => h.evidence.map((e) => `  ${i + 1}. ${showSource(e.source) || e.basis}${e.text ? `: ${showHoles(e.text)}` : ''}${e.document ? ` (${e.document})` : ''}`));
  return [
    `${p.severity(f.severity, f.severity.toUpperCase())} ${f.score.value}  ${p.bold(f.title)}`, `  fingerprint ${f.fingerprint} · ${f.verdict} · ${f.rules.join(' ')} · ${f.state}${f.owner ? ` · owner ${f.owner}` : ''}`,
    ...pathLines(f.path, p, width), '', 'score', `  ${f.score.why}`, ...f.score.factors.map((x) => `  ${x.name.padEnd(28)} ${String(x.value).padStart(6)}${x.scoreIfFixed === undefined ? '' : `   score without it: ${x.scoreIfFixed}`}${x.evidence ? `   ${showHoles(x.evidence)}` : ''}`),
    ...(f.score.raised ? [`  ${f.score.raised}`] : []), '', 'evidence', ...evidence, '',
  ].join('\n');
}

export const command: CliCommand = {
  name: 'explain',
  define: (c) => withStoreOptions(c.description('everything about one finding, or why something is not reached').argument('[finding]', 'fingerprint, or its first 8 characters'))
    .option('--why-not <start and node...>', 'two names: the first fact that keeps the start from the node (deny, boundary, auth, contract, …)').option('--format <name>', 'table or json', 'table').option('--output <file>', 'write to a file'),
  run: (cli, args, o) => withAnswers(cli, o, async (answers) => {
    const pair = o['whyNot'] as string[] | undefined;
    if (pair) {
      if (pair.length !== 2) throw new UserError('--why-not takes two names: a start and a node');
      const answer = (await answers.inquiry()).whyNot(await startOf(answers, pair[0]!), await oneNode(answers, pair[1]!));
      if (o['format'] === 'json') writeText(cli, JSON.stringify(answer, null, 2) + '\n', o);
      else writeText(cli, [answer.reached ? 'It is reached: `overreach paths` shows how.' : `Not reached. Furthest: ${showHoles(answer.lastFact)}`, ...(answer.blockedBy ? [`blocked by ${answer.blockedBy.kind}: ${showHoles(answer.blockedBy.text)}`, ...answer.blockedBy.evidence.map((e) => `  ${showSource(e.source)} ${showHoles(e.text ?? '')}`)] : []), ''].join('\n'), o);
      return 0;
    }
    const want = args[0];
    if (!want) throw new UserError('name a finding (its fingerprint), or use --why-not START NODE');
    const { result } = await answers.run();
    const hits = result.findings.filter((f) => f.fingerprint === want || (want.length >= 8 && f.fingerprint.startsWith(want)));
    if (hits.length !== 1) throw new UserError(hits.length === 0 ? `no finding ${want} in the last run` : `${want} is the beginning of ${hits.length} fingerprints: give more characters`);
    writeText(cli, o['format'] === 'json' ? JSON.stringify(hits[0], null, 2) + '\n' : text(hits[0]!, cli.color, cli.width), o);
    return 0;
  }),
};
