import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unusedRatio } from '../../queries/findings/last-use.ts';
import type { Batch, Known } from '../../schema/index.ts';
import { analyzeText } from '../helpers/analyze.ts';
import { lastAccessed, type Service } from '../helpers/last-accessed.ts';
import { collectText } from '../helpers/scan.ts';
import { allow, finance, purpose, reviews } from './finance.ts';

const T = '2026-04-01T08:00:00+00:00';
const ROLE = 'arn:aws:iam::111122223333:role/tool';
const report = (services: readonly Service[], more: object = {}): string => JSON.stringify({ Arn: ROLE, ...lastAccessed(services), ...more });
const use = async (statements: string, files: Record<string, string>) => {
  const { reviews: r, id, batch } = await reviews({ 'main.tf': finance(statements), ...files });
  const numbers = r.access.agent(id('finance'));
  const rows = r.access.rows({ agent: id('finance') });
  return { batch, numbers, rows, used: Object.fromEntries(rows.map((x) => [`${x.effect} ${x.asset.name}`, x.used])), usage: Object.fromEntries(rows.map((x) => [`${x.effect} ${x.asset.name}`, x.usage])) };
};
const of = (statements: string, services: readonly Service[]) => use(statements, { 'usage/tool.json': report(services) });
const both = `${allow('GetItem', 'billing')}, ${allow('DeleteTable', 'billing')}`;

describe('use by service', () => {
  test('not used: the unused ratio comes out', async () => {
    const { used, usage, numbers } = await of(allow('GetItem PutItem', 'billing'), [['dynamodb']]);
    expect(used).toEqual({ 'read billing': 'no', 'write billing': 'no' });
    expect(usage['read billing']).toBe('not used in the tracking period: dynamodb; the report of 2026-05-02');
    expect([numbers.upr, numbers.unusedAtLeast]).toEqual([1, undefined]);
    expect(numbers.notes).toEqual(['use of tool is told by service and tracked action, attempts of at least 400 days before 2026-05-02, never by thing']);
  });
  test('used, and one thing is all it can mean', async () => {
    const { used, usage, numbers } = await of(allow('GetItem', 'billing'), [['dynamodb', T]]);
    expect([used, numbers.upr]).toEqual([{ 'read billing': 'yes' }, 0]);
    expect(usage['read billing']).toMatch(/^dynamodb was used on 2026-04-01, and by what is in the input it can have been this only/);
  });
  test.each<[string, string]>([
    ['another effect', allow('GetItem PutItem', 'billing')],
    ['another thing', `${allow('GetItem', 'billing')}, ${allow('GetItem', 'salaries')}`],
    ['an action that has no thing', `${allow('GetItem', 'billing')}, { Effect = "Allow", Action = "dynamodb:ListTables", Resource = "*" }`],
  ])('used, and it may have been %s: open', async (_, statements) => {
    const { used, usage, numbers } = await of(statements, [['dynamodb', T]]);
    expect(new Set(Object.values(used))).toEqual(new Set(['unknown']));
    expect(usage['read billing']).toMatch(/dynamodb was used on 2026-04-01, for what of it is not told/);
    expect([numbers.upr, numbers.unusedAtLeast]).toEqual([undefined, undefined]);
  });
  test('a service that the report does not list is not told of', async () => {
    const { used, usage, numbers } = await of(allow('GetItem', 'billing'), [['sqs']]);
    expect([used, numbers.upr, numbers.unusedAtLeast]).toEqual([{ 'read billing': 'unknown' }, undefined, undefined]);
    expect(usage['read billing']).toBe('nothing is told of dynamodb: the report of 2026-05-02');
  });
  test('passing a role leaves no attempt of its own', async () => {
    const iam = (action: string): string => `{ Effect = "Allow", Action = "iam:${action}", Resource = aws_iam_role.agent.arn }`;
    const open = await of(iam('PassRole'), [['iam']]);
    const told = await of(iam('PutRolePolicy'), [['iam']]);
    expect(Object.values(told.used)).toContain('no');
    expect(Object.values(open.used)).not.toContain('no');
  });
});

describe('use by tracked action', () => {
  test('one action was not used, two others are told by their service only: a part of the ratio', async () => {
    const { used, numbers } = await of(`${both}, ${allow('PutItem', 'billing')}`, [['dynamodb', T, [['DeleteTable']]]]);
    expect(used).toEqual({ 'read billing': 'unknown', 'write billing': 'unknown', 'delete billing': 'no' });
    expect([numbers.upr, numbers.unusedAtLeast]).toEqual([undefined, 0.5]);
  });
  test('one action was not used, so that the use of the service was the other: all of the ratio', async () => {
    const { used, numbers } = await of(both, [['dynamodb', T, [['DeleteTable']]]]);
    expect(used).toEqual({ 'read billing': 'yes', 'delete billing': 'no' });
    expect([numbers.upr, numbers.unusedAtLeast]).toEqual([0.8, undefined]);
  });
  test('it was used, and on one thing only it may be', async () => {
    const { used, usage } = await of(both, [['dynamodb', T, [['DeleteTable', T]]]]);
    expect(used['delete billing']).toBe('yes');
    expect(usage['delete billing']).toMatch(/^dynamodb:DeleteTable was used on 2026-04-01/);
  });
  test('it was used, and on two things it may be: open for both', async () => {
    const { used } = await of(`${both}, ${allow('DeleteTable', 'salaries')}`, [['dynamodb', T, [['DeleteTable', T]]]]);
    expect(used).toMatchObject({ 'delete billing': 'unknown', 'delete salaries': 'unknown' });
  });
  test('every action told: the ratio is of weights', async () => {
    const { used, numbers } = await of(both, [['dynamodb', T, [['DeleteTable'], ['GetItem', T]]]]);
    expect(used).toEqual({ 'read billing': 'yes', 'delete billing': 'no' });
    expect(numbers).toMatchObject({ upr: 0.8 });
  });
  test('a row with an unused action and one that is not told is open', async () => {
    expect((await of(allow('DeleteTable DeleteItem GetItem', 'billing'), [['dynamodb', T, [['DeleteTable']]]])).used).toMatchObject({ 'delete billing': 'unknown' });
    expect((await of(allow('DeleteTable GetItem', 'billing'), [['dynamodb', T, [['DeleteTable']]]])).used).toMatchObject({ 'delete billing': 'no' });
  });
});

describe('whose report it is', () => {
  const says = (batch: Batch): string[] => batch.coverage.flatMap((c) => c.problems).filter((p) => p.source?.file?.startsWith('usage/')).map((p) => p.message);
  test('the role of an account dump, found by its ARN', async () => {
    const role = { Path: '/', RoleName: 'tool', RoleId: 'AROAEXAMPLETOOL00001', Arn: ROLE, AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] }, RolePolicyList: [], AttachedManagedPolicies: [], InstanceProfileList: [] };
    const batch = await collectText({ 'account.json': JSON.stringify({ RoleDetailList: [role] }), 'usage/tool.json': report([['dynamodb', T]]) });
    const found = batch.nodes.filter((n) => n.props['usage'] !== undefined);
    expect(found).toMatchObject([{ kind: 'Identity', name: 'tool', props: { usage: { reportedAt: expect.stringMatching(/^2026-05-02/), unused: [], used: { dynamodb: { last: T } }, source: { file: 'usage/tool.json', startLine: 1 } } } }]);
    expect(found[0]!.sources.map((s) => s.source)).toEqual(['aws-dump']);
  });
  test('a principal that is not in the input: said, and nothing is made of it', async () => {
    const { batch, used } = await use(allow('GetItem', 'billing'), { 'usage/x.json': report([['dynamodb']], { Arn: `${ROLE}s` }) });
    expect(says(batch)).toEqual([expect.stringMatching(/role\/tools of this report of last use is not in the input/)]);
    expect([used, batch.nodes.some((n) => n.id.includes('role/tools'))]).toEqual([{ 'read billing': 'unknown' }, false]);
  });
  test('a report without principal, and one with several, say nothing of anybody', async () => {
    const none = await use(allow('GetItem', 'billing'), { 'usage/x.json': JSON.stringify(lastAccessed([['dynamodb']])) });
    const several = lastAccessed([['dynamodb'], ['sqs', T]]);
    (several['ServicesLastAccessed'] as unknown[]).push(...(lastAccessed([['sns', T]], { by: `${ROLE}s` })['ServicesLastAccessed'] as unknown[]));
    for (const x of [none, await use(allow('GetItem', 'billing'), { 'usage/x.json': JSON.stringify(several) })]) expect([x.used, x.numbers.upr, says(x.batch).length]).toEqual([{ 'read billing': 'unknown' }, undefined, 1]);
  });
  test('of two reports the newer counts, whatever the files are called', async () => {
    const old = report([['dynamodb', T]], { JobCreationDate: '2026-04-02T00:00:00+00:00' });
    for (const [a, b] of [['a', 'b'], ['b', 'a']] as const) {
      const { used, batch } = await use(allow('GetItem', 'billing'), { [`usage/${a}.json`]: old, [`usage/${b}.json`]: report([['dynamodb']]) });
      expect([used, says(batch)]).toEqual([{ 'read billing': 'no' }, [expect.stringContaining(`in usage/${b}.json, is newer`)]]);
    }
  });
});

test('an effect on a thing was used when one of its holders used it, and not used when none did', () => {
  const held = (...used: Known[]) => used.map((u) => ({ cell: 'read a', weight: 3, used: u }));
  const other = { cell: 'write a', weight: 9, used: 'no' as const };
  expect([['no', 'yes'], ['yes', 'unknown'], ['no', 'no'], ['no', 'unknown']].map((x) => unusedRatio([...held(...(x as Known[])), other]))).toEqual([{ upr: 0.75 }, { upr: 0.75 }, { upr: 1 }, { unusedAtLeast: 0.75 }]);
  expect([unusedRatio([]), unusedRatio(held('unknown'))]).toEqual([{}, {}]);
});

test('a rule about more than is needed tells how much of it was not used', async () => {
  const posture = async (services: readonly Service[]) => {
    const r = await analyzeText({ 'main.tf': finance(`${allow('GetItem PutItem DeleteItem', 'billing')}, ${allow('GetItem PutItem', 'salaries')}`), 'overreach.yaml': purpose('effect: read, resources: { name: billing }'), 'usage.json': report(services) });
    return { row: r.posture.find((p) => p.rule === 'AGT-028')!, blind: r.rules.find((x) => x.id === 'AGT-028')!.blindSpots };
  };
  const [told, open] = [await posture([['dynamodb']]), await posture([['sqs', T]])];
  expect([told.row.detail, open.row.detail]).toEqual([expect.stringMatching(/; unused ratio 1\.00$/), expect.not.stringContaining('unused')]);
  expect(told.row.fingerprint).toBe(open.row.fingerprint);
  expect(told.blind).not.toContain('without last-used: decided in part');
});

test('whatever a report says, the graph differs by what it says of use only, and findings, rules and what may be done stay', async () => {
  const main = finance(`${both}, ${allow('PutItem', 'salaries')}`);
  const bare = async (files: Record<string, string>) => {
    const batch = await collectText({ 'main.tf': main, ...files });
    const { findings, posture, principals, agents, undecided, rules, counts } = await analyzeText({ 'main.tf': main, ...files });
    expect([findings.length > 0, batch.nodes.some((n) => n.props['usage'] !== undefined)]).toEqual([true, Object.keys(files).length > 0]);
    return JSON.stringify({
      findings, posture: posture.map((p) => [p.rule, p.fingerprint, p.severity, p.verdict]), principals, agents, undecided, rules: rules.map((r) => [r.id, r.evaluated, r.matches]), counts,
      nodes: batch.nodes.map((n) => ({ ...n, props: { ...n.props, usage: undefined } })), edges: batch.edges,
    });
  };
  const without = await bare({});
  const instant = fc.constantFrom(undefined, T);
  const services = fc.uniqueArray(fc.constantFrom('dynamodb', 'lambda', 'iam', 's3', 'sts'), { minLength: 1 }).chain((names) => fc.tuple(...names.map((n) => fc.tuple(fc.constant(n), instant, fc.option(fc.constant([['DeleteTable', undefined]] as const), { nil: undefined })))));
  await fc.assert(fc.asyncProperty(services, async (s) => { expect(await bare({ 'usage.json': report(s) })).toBe(without); }), { numRuns: 8 });
});
