import { FRAMES } from '../../knowledge/frames.gen.ts';
import { Rule } from '../../schema/index.ts';
import { PREDICATES } from '../findings/predicates.ts';
import { parseWhen } from '../findings/when.ts';

export type LoadedRule = Omit<Rule, 'predicate'> & { predicate: { name: string; params: unknown } };
export interface RuleProblem { rule: string; message: string }

/**
 * Checks one rule as it stands in a file: shape, predicate and its parameters, patterns, conditions, frame ids.
 * Everything that is wrong is said at once.
 */
export function loadRule(raw: unknown, name: string): { rule?: LoadedRule; problems: RuleProblem[] } {
  const parsed = Rule.safeParse(raw);
  if (!parsed.success) return { problems: parsed.error.issues.map((i) => ({ rule: name, message: `${i.path.join('.') || 'rule'}: ${i.message}` })) };
  const rule = parsed.data;
  const problems: RuleProblem[] = [];
  const say = (message: string): void => { problems.push({ rule: rule.id, message }); };
  const [predicate, params] = Object.entries(rule.predicate)[0]!;
  const known = PREDICATES[predicate];
  let checked: unknown;
  if (!known) say(`unknown predicate “${predicate}”; known: ${Object.keys(PREDICATES).join(', ')}`);
  else {
    const p = known.params.safeParse(params);
    if (p.success) checked = p.data;
    else for (const i of p.error.issues) say(`${predicate}.${i.path.join('.')}: ${i.message}`);
  }
  for (const b of [...rule.severity.floor, ...rule.severity.ceiling])
    if (b.when !== undefined) {
      try {
        parseWhen(b.when);
      } catch (e) {
        say((e as Error).message);
      }
    }
  if (rule.severity.from === 'fixed' && rule.severity.level === undefined) say('severity.from is fixed: give severity.level');
  for (const [frame, ids] of Object.entries(rule.frames)) {
    const table = (FRAMES as unknown as Record<string, { ids: Record<string, string> }>)[frame];
    if (!table) say(`unknown frame “${frame}”`);
    else for (const id of ids) if (table.ids[id] === undefined) say(`${id} is not in frame ${frame}`);
  }
  if (problems.length > 0) return { problems };
  return { rule: { ...rule, predicate: { name: predicate, params: checked } }, problems };
}

/** Loads many; an id that occurs twice is refused, so that a user's rule cannot silently replace one of ours. */
export function loadRules(raw: readonly { name: string; rule: unknown }[]): { rules: LoadedRule[]; problems: RuleProblem[] } {
  const rules: LoadedRule[] = [];
  const problems: RuleProblem[] = [];
  const ids = new Set<string>();
  for (const r of raw) {
    const loaded = loadRule(r.rule, r.name);
    problems.push(...loaded.problems);
    if (!loaded.rule) continue;
    if (ids.has(loaded.rule.id)) problems.push({ rule: loaded.rule.id, message: 'this id is taken by another rule' });
    else rules.push(loaded.rule);
    ids.add(loaded.rule.id);
  }
  return { rules: rules.sort((a, b) => (a.id < b.id ? -1 : 1)), problems };
}
