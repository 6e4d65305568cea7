import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { TECHNIQUES } from '../../knowledge/techniques/index.ts';
import { allRules } from '../../queries/rules/index.ts';
import { Technique, UserError } from '../../schema/index.ts';

export interface RuleFile { name: string; rule: unknown }
/** What a --rules folder adds: rules, escalation techniques, and words that speak about the content of a store. */
export interface OwnKnowledge { rules: RuleFile[]; techniques: Technique[]; words: z.infer<typeof Words> }

/** `words: { restricted: [manifest], public: [timetable] }`; `none` takes one of our words out. */
const list = z.array(z.string()).optional();
const Words = z.strictObject({ restricted: list, confidential: list, internal: list, public: list, none: list });

const isTechnique = (x: unknown): boolean => typeof x === 'object' && x !== null && 'permissions' in x && 'gives' in x;
const isWords = (x: unknown): x is { words: unknown } => typeof x === 'object' && x !== null && 'words' in x && !('predicate' in x);

/** Reads every .yaml file of a folder, told apart by shape and checked like ours. Everything that is wrong is said at once. */
export function loadRuleFolder(folder: string): OwnKnowledge {
  const wrong: string[] = [];
  const own: OwnKnowledge = { rules: [], techniques: [], words: {} };
  const say = (name: string, error: z.ZodError): void => { wrong.push(...error.issues.map((i) => `${name}: ${i.path.join('.')}: ${i.message}`)); };
  for (const name of readdirSync(folder).filter((f) => /\.ya?ml$/.test(f)).sort()) {
    const doc = parseDocument(readFileSync(join(folder, name), 'utf8'));
    if (doc.errors.length > 0) {
      wrong.push(...doc.errors.map((e) => `${name}:${e.linePos?.[0].line ?? 1}:${e.linePos?.[0].col ?? 1}: ${e.message.split('\n')[0]}`));
      continue;
    }
    const content = doc.toJS({ maxAliasCount: 100 }) as unknown;
    if (isTechnique(content)) {
      const t = Technique.safeParse(content);
      if (!t.success) say(name, t.error);
      else if (TECHNIQUES.has(t.data.id) || own.techniques.some((x) => x.id === t.data.id)) wrong.push(`${name}: the id ${t.data.id} is taken by another technique`);
      else own.techniques.push(t.data);
    } else if (isWords(content)) {
      const w = Words.safeParse(content.words);
      if (!w.success) say(name, w.error);
      else for (const [level, words] of Object.entries(w.data)) own.words[level as keyof typeof own.words] = [...(own.words[level as keyof typeof own.words] ?? []), ...(words ?? [])];
    } else own.rules.push({ name, rule: content });
  }
  wrong.push(...allRules(own.rules).problems.map((p) => `${p.rule}: ${p.message}`));
  if (wrong.length > 0) throw new UserError(`rules in ${folder} cannot be used:\n${wrong.map((w) => `  ${w}`).join('\n')}`);
  return own;
}

/** Several folders as one: what each adds, with ids that no two of them share. */
export function loadRuleFolders(folders: readonly string[]): OwnKnowledge {
  const all: OwnKnowledge = { rules: [], techniques: [], words: {} };
  for (const own of folders.map(loadRuleFolder)) {
    all.rules.push(...own.rules);
    all.techniques.push(...own.techniques);
    for (const [level, words] of Object.entries(own.words)) all.words[level as keyof typeof all.words] = [...(all.words[level as keyof typeof all.words] ?? []), ...(words ?? [])];
  }
  const twice = all.techniques.map((t) => t.id).filter((id, i, ids) => ids.indexOf(id) !== i);
  const wrong = [...allRules(all.rules).problems.map((p) => `${p.rule}: ${p.message}`), ...twice.map((id) => `technique ${id} is in two folders`)];
  if (wrong.length > 0) throw new UserError(`the rule folders cannot be used together:\n${wrong.map((w) => `  ${w}`).join('\n')}`);
  return all;
}
