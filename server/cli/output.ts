import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stableHash, UserError, type AnalysisResult, type Comparison, type LetIn, type PostureRow } from '../../schema/index.ts';
import { FORMATS } from '../formats.ts';
import type { Cli } from './command.ts';
import { oneOf } from './option-values.ts';

/** Where rule pages live; helpUri of SARIF points there. */
const RULE_BASE = 'https://github.com/overreach-security/overreach/blob/main/docs/rules/';

export function checkFormat(name: string): void {
  oneOf('format', name, [...FORMATS.keys()]);
}

/** Writes an answer to stdout or --output. A file that cannot be written is exit code 4. */
export function writeResult(cli: Cli, result: AnalysisResult, o: Record<string, unknown>): void {
  const name = String(o['format'] ?? 'table');
  checkFormat(name);
  writeText(cli, FORMATS.get(name)!.render(result, { allRules: o['allRules'] === true, color: cli.color && !o['output'], width: cli.width, ruleBase: RULE_BASE, sourceRoot: '', version: cli.version }), o);
}

/** Of a comparison code scanning must see what the change adds, not the whole estate. Widened trust is told under the rule about trust. */
export const changeSarif = (after: AnalysisResult, c: Comparison, version: string, letIn: readonly LetIn[] = []): string =>
  FORMATS.get('sarif')!.render({ ...after, findings: [...c.opened, ...c.undetermined].map((x) => x.finding), posture: [...c.postureOpened, ...letIn.filter((x) => x.severity !== 'info').map(asRow)] }, { allRules: true, color: false, width: 0, ruleBase: RULE_BASE, sourceRoot: '', version });

const asRow = (x: LetIn): PostureRow => ({
  fingerprint: stableHash('let-in', x.node.id, x.says), rule: 'AGT-038', title: 'Trust is widened', node: x.node, severity: x.severity, verdict: x.verdict, requires: [],
  evidence: x.source ? [{ source: x.source, basis: 'code' }] : [], detail: `${x.says}; whoever that is could ${x.could}`, state: 'open',
});

/** `mode`: of a new file, where it is for its owner alone. */
export function writeText(cli: Cli, text: string, o: Record<string, unknown>, mode?: number): void {
  const file = o['output'] as string | undefined;
  if (!file) { cli.out(text); return; }
  try { writeFileSync(resolve(cli.cwd, file), text, { mode }); } catch (e) { throw new UserError(`cannot write ${file}: ${(e as Error).message}`, 4); }
}
