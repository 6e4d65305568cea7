import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { allRules } from '../../queries/rules/index.ts';
import { UserError } from '../../schema/index.ts';

export interface RuleFile { name: string; rule: unknown }

/** Own rules: every .yaml file of a folder, checked like ours. Everything that is wrong is said at once. */
export function loadRuleFolder(folder: string): RuleFile[] {
  const wrong: string[] = [];
  const files: RuleFile[] = [];
  for (const name of readdirSync(folder).filter((f) => /\.ya?ml$/.test(f)).sort()) {
    const doc = parseDocument(readFileSync(join(folder, name), 'utf8'));
    if (doc.errors.length > 0) wrong.push(...doc.errors.map((e) => `${name}:${e.linePos?.[0].line ?? 1}:${e.linePos?.[0].col ?? 1}: ${e.message.split('\n')[0]}`));
    else files.push({ name, rule: doc.toJS({ maxAliasCount: 100 }) as unknown });
  }
  wrong.push(...allRules(files).problems.map((p) => `${p.rule}: ${p.message}`));
  if (wrong.length > 0) throw new UserError(`rules in ${folder} cannot be used:\n${wrong.map((w) => `  ${w}`).join('\n')}`);
  return files;
}
