import { expect, test } from 'vitest';
import { packOf } from '../../queries/rules/packs.ts';
import { compare } from '../../queries/review/compare.ts';
import { gateOf, leftOut } from '../../server/service/gate.ts';
import type { Comparison } from '../../schema/index.ts';
import { analyzeText } from '../helpers/analyze.ts';
import { CHAT } from './chat.ts';

const opened = compare(await analyzeText({ 'main.tf': '' }), await analyzeText({ 'main.tf': CHAT }), { before: 'a', after: 'b' });
const withRules = (...rules: string[]): Comparison => ({ ...opened, opened: opened.opened.map((x) => ({ ...x, finding: { ...x.finding, rules } })) });
const pack = packOf('plan');
const code = (c: Comparison, p?: ReadonlySet<string>): number => gateOf(c, 'low', [], p).code;

test('a combination of the pack is rejected; a path of other rules passes, and is said', () => {
  expect(opened.opened.length).toBeGreaterThan(0);
  expect([code(withRules('AGT-007'), pack), code(withRules('AGT-007', 'AGT-015'), pack), code(withRules('AGT-015'), pack)]).toEqual([1, 1, 0]);
  expect(leftOut(withRules('AGT-015'), 'low', pack)).toMatch(/outside the plan pack \(AGT-015\).*--rules-pack all/);
  expect(leftOut(withRules('AGT-007', 'AGT-015'), 'low', pack)).toBeUndefined();
});
test('a path that no rule names counts, and without a pack every path does', () => {
  expect([code(withRules(), pack), code(withRules('AGT-015'))]).toEqual([1, 1]);
});
