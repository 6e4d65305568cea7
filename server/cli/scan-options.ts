import { existsSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { AnalysisResult, Severity, UserError } from '../../schema/index.ts';
import type { OwnKnowledge } from '../service/rule-folder.ts';
import type { ScanRequest } from '../service/scan.ts';
import type { Cli } from './command.ts';
import { oneOf, repeated } from './option-values.ts';

/** Options that every command which reads inputs shares. */
export const withScanOptions = (c: Command): Command => c
  .option('--root <folder>', 'Terraform root to read (repeatable; default: every folder no module call names)', repeated)
  .option('--var <name=value>', 'Terraform variable (repeatable)', repeated)
  .option('--var-file <file>', 'Terraform variable file, or CloudFormation parameter file (repeatable)', repeated)
  .option('--parameter <name=value>', 'CloudFormation parameter (repeatable)', repeated)
  .option('--workspace <name>', 'value of terraform.workspace', 'default')
  .option('--account <dump>', 'account dump or folder of API answers to add (repeatable)', repeated)
  .option('--account-id <id>', 'AWS account the code is deployed to, when the code does not say')
  .option('--scope <name>', 'name of this estate in ids (default: overreach.yaml, the git remote, or "local")');

export const withStoreOptions = (c: Command): Command => c
  .option('--store <where>', 'file of the embedded store, or neo4j:// / bolt:// address', '.overreach/graph.db');

export const withOutputOptions = (c: Command): Command => c
  .option('--format <name>', 'table, json, sarif, markdown, mermaid or csv', 'table')
  .option('--output <file>', 'write the answer to a file instead of stdout');

const list = (v: unknown): string[] => (Array.isArray(v) ? (v as string[]) : []);

export async function scanRequest(cli: Cli, paths: string[], o: Record<string, unknown>): Promise<ScanRequest> {
  const at = (p: string): string => (isAbsolute(p) ? p : resolve(cli.cwd, p));
  for (const p of [...paths, ...list(o['account']), ...list(o['varFile'])]) if (!existsSync(at(p))) throw new UserError(`${p} does not exist`);
  const variables: Record<string, string> = {};
  for (const [option, v] of [...list(o['var']).map((x) => ['--var', x] as const), ...list(o['parameter']).map((x) => ['--parameter', x] as const)]) {
    const eq = v.indexOf('=');
    if (eq < 1) throw new UserError(`${option} ${v}: write name=value`);
    variables[v.slice(0, eq)] = v.slice(eq + 1);
  }
  const account = o['accountId'] as string | undefined;
  if (account !== undefined && !/^\d{12}$/.test(account)) throw new UserError(`--account-id ${account}: an AWS account id has 12 digits`);
  const own = await ownKnowledge(cli, o['rules'] as string | undefined);
  return {
    paths: (paths.length > 0 ? paths : ['.']).map(at), scope: o['scope'] as string | undefined, roots: list(o['root']), variables, varFiles: list(o['varFile']).map(at),
    workspace: String(o['workspace'] ?? 'default'), accounts: list(o['account']).map(at), account, allRules: o['allRules'] === true, extraRules: own.rules, own: { techniques: own.techniques, words: own.words }, keepRuns: Number(o['keepRuns'] ?? 10),
  };
}

export async function ownKnowledge(cli: Cli, dir: string | undefined): Promise<OwnKnowledge> {
  if (!dir) return { rules: [], techniques: [], words: {} };
  const path = resolve(cli.cwd, dir);
  if (!existsSync(path) || !statSync(path).isDirectory()) throw new UserError(`--rules ${dir} is not a folder`);
  const { loadRuleFolder } = await import('../service/rule-folder.ts');
  return loadRuleFolder(path);
}

/** Rules that count: a pack of rules.md 5.K with the user's own rules, or undefined for all of them. */
export async function rulesPack(o: Record<string, unknown>, extra: readonly { rule: unknown }[], otherwise: string): Promise<ReadonlySet<string> | undefined> {
  const { packOf, PACKS } = await import('../../queries/rules/packs.ts');
  const pack = oneOf('rules-pack', String(o['rulesPack'] ?? otherwise), [...PACKS, 'all']);
  return pack === 'all' ? undefined : packOf(pack, extra);
}

export function failOn(o: Record<string, unknown>): Severity | undefined {
  const v = o['failOn'] as string | undefined;
  return v === undefined ? undefined : oneOf('fail-on', v, Severity.options);
}

/** Fingerprints of a former result: what is in it is not new. */
export function baseline(cli: Cli, file: string | undefined): Set<string> | undefined {
  if (!file) return undefined;
  const path = join(isAbsolute(file) ? '' : cli.cwd, file);
  if (!existsSync(path)) throw new UserError(`--baseline ${file} does not exist`);
  let json: unknown;
  try { json = JSON.parse(readFileSync(path, 'utf8')); } catch (e) { throw new UserError(`--baseline ${file}: ${(e as Error).message}`); }
  const parsed = AnalysisResult.pick({ resultVersion: true }).safeParse(json);
  if (!parsed.success) throw new UserError(`--baseline ${file} is not a result of \`overreach scan --format json\``);
  const r = json as AnalysisResult;
  return new Set([...r.findings.map((f) => f.fingerprint), ...r.posture.map((p) => p.fingerprint)]);
}
