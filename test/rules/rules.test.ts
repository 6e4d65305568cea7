import { describe, expect, test } from 'vitest';
import { loadRule, ruleFiles, allRules } from '../../queries/rules/index.ts';
import { testRules } from '../../queries/rules/run.ts';
import { analyzeText } from '../helpers/analyze.ts';

/** Rules whose source no reader yields yet: they must say so, and not look clean. An entry goes when its reader comes. */
const NOT_READ: Record<string, string> = { 'AGT-046': 'not evaluated, needs github', 'AGT-047': 'not evaluated, needs github' };

const scan = (files: Record<string, string>, _: unknown, before?: Record<string, string>) => analyzeText(files, {}, before);

describe('every rule fires on its hit and is silent on each miss', () => {
  test.each(ruleFiles.map((r) => [r.name, r.rule] as const))('%s', async (_, rule) => {
    expect(rule.miss.length).toBeGreaterThan(0);
    const outcomes = await testRules([rule], scan);
    const missing = NOT_READ[rule.id];
    if (missing === undefined) expect(outcomes.filter((o) => !o.ok)).toEqual([]);
    else expect(outcomes.map((o) => o.says)).toEqual(outcomes.map(() => missing));
  });
});

test('our rules load without a problem', () => expect(allRules().problems).toEqual([]));

describe('rules of others are checked like ours', () => {
  const good = ruleFiles.find((r) => r.name === 'AGT-007')!.rule;
  const problems = (change: object): string => loadRule({ ...good, ...change }, 'x').problems.map((p) => p.message).join('; ');
  test.each([
    [{ predicate: { fly: {} } }, /unknown predicate “fly”/],
    [{ predicate: { reach: { from: ['E0'], to: 'EFFECT(Bucket)' } } }, /“Bucket” is no node kind/],
    [{ predicate: { reach: { from: ['E0'], mustPas: [] } } }, /mustPas/],
    [{ predicate: { reach: { from: ['E9'] } } }, /from/],
    [{ severity: { from: 'score', floor: [{ when: 'sensitivity is high', band: 'high' }] } }, /cannot read condition/],
    [{ severity: { from: 'fixed' } }, /give severity.level/],
    [{ frames: { asi: ['ASI99'] } }, /ASI99 is not in frame asi/],
    [{ id: 'agt7' }, /id/],
  ])('%o', (change, message) => expect(problems(change)).toMatch(message));

  test('an id that is taken is refused', () => expect(allRules([{ name: 'mine', rule: good }]).problems.map((p) => p.message)).toEqual(['this id is taken by another rule']));

  test('a miss whose replacement finds nothing fails', async () => {
    const rule = { ...good, miss: [{ name: 'none', replace: [{ from: 'no such text', to: '' }] }] };
    const outcomes = await testRules([rule], scan);
    expect(outcomes.map((o) => o.ok)).toEqual([true, false]);
  });

  test('a rule of a folder runs beside ours', async () => {
    const mine = { ...good, id: 'ACME-001', title: 'Mine', predicate: { reach: { from: ['E0'], to: 'EFFECT(sensitive, [write])' } } };
    const outcomes = await testRules([mine], (files) => analyzeText(files, { extraRules: [{ name: 'ACME-001', rule: mine }] }));
    expect(outcomes.filter((o) => !o.ok)).toEqual([]);
  });
});
