import type { Rule } from '../../schema/index.ts';
import { loadRules, type LoadedRule, type RuleProblem } from './load.ts';
import { RULE_FILES } from './rules.gen.ts';

export { loadRule, loadRules, type LoadedRule, type RuleProblem } from './load.ts';

/** Rules that come with the product, as written in their files. */
export const ruleFiles: readonly { name: string; rule: Rule }[] = RULE_FILES as unknown as { name: string; rule: Rule }[];

/** Our rules and those of --rules folders, checked together. Problems of ours are a programming error. */
export function allRules(extra: readonly { name: string; rule: unknown }[] = []): { rules: LoadedRule[]; problems: RuleProblem[] } {
  return loadRules([...ruleFiles, ...extra]);
}
