import { describe, expect, test } from 'vitest';
import { draftYaml } from '../../server/text/intent-draft.ts';
import { collectText } from '../helpers/scan.ts';
import { allow, finance, purpose, reviews } from './finance.ts';

const BOTH = `${allow('GetItem PutItem DeleteItem', 'billing')}, ${allow('GetItem PutItem', 'salaries')}`;
const READS = 'effect: read, resources: { name: billing }';

describe('intent against what is held (model 6.3)', () => {
  test('a finance agent that was meant to read only', async () => {
    const { reviews: r, id } = await reviews({ 'main.tf': finance(BOTH), 'overreach.yaml': purpose(READS) });
    const rows = r.access.rows({ agent: id('finance') });
    expect(rows.map((x) => [x.status, x.effect, x.asset.name, x.weight])).toEqual([
      ['excess', 'delete', 'billing', 12], ['excess', 'write', 'salaries', 12], ['excess', 'write', 'billing', 9], ['excess', 'read', 'salaries', 4], ['matched', 'read', 'billing', 3],
    ]);
    const n = r.access.agent(id('finance'));
    expect(n).toMatchObject({ from: 'purpose', owner: 'maria@acme.example', actual: 40, opr: 0.93, slack: 0.93, latent: 0, gap: 0, matched: 1, excess: 4, missing: 0, declaredAt: { file: 'overreach.yaml', startLine: 2 } });
    expect(n.upr).toBeUndefined();
    expect(rows[0]!.statements[0]!.source).toMatchObject({ file: 'main.tf' });
    expect(rows.at(-1)!.intent).toMatchObject({ file: 'overreach.yaml', startLine: 6 });
  });

  test('what is intended and not held is missing, with the line that names it', async () => {
    const { reviews: r, id } = await reviews({ 'main.tf': finance(allow('GetItem', 'billing')), 'overreach.yaml': purpose(READS, 'effect: write, resources: { name: billing }') });
    expect(r.access.rows({ agent: id('finance'), status: 'missing' })).toMatchObject([{ effect: 'write', asset: { name: 'billing' }, weight: 9, intent: { startLine: 7 }, statements: [] }]);
    expect(r.access.agent(id('finance'))).toMatchObject({ opr: 0, gap: 0.75, missing: 1 });
    const held = await reviews({ 'main.tf': finance(allow('GetItem PutItem', 'billing')), 'overreach.yaml': purpose(READS, 'effect: write, resources: { name: billing }') });
    expect(held.reviews.access.agent(held.id('finance'))).toMatchObject({ gap: 0, missing: 0, matched: 2 });
  });

  test('a class above the most sensitive one is excess, though the purpose names it', async () => {
    const files = (max: string) => ({ 'main.tf': finance(allow('GetItem', 'salaries')), 'overreach.yaml': `${purpose('effect: read, resources: { name: salaries }')}      dataClassesMax: ${max}\n` });
    const status = async (max: string): Promise<string[]> => { const { reviews: r, id } = await reviews(files(max)); return r.access.rows({ agent: id('finance') }).map((x) => x.status); };
    expect([await status('confidential'), await status('restricted')]).toEqual([['excess'], ['matched']]);
  });

  test('without a purpose the words of the tools are what it is compared with; without both there is nothing', async () => {
    const { reviews: r, id } = await reviews({ 'main.tf': finance(BOTH) });
    expect(r.access.agent(id('finance'))).toMatchObject({ from: 'tools', excess: 3 });
    const silent = await reviews({ 'main.tf': finance(BOTH).replace('get_invoice', 'invoice') });
    expect(silent.reviews.access.agent(silent.id('finance'))).toMatchObject({ from: 'none', undeclared: 5 });
    expect(silent.reviews.access.agent(silent.id('finance')).opr).toBeUndefined();
  });

  test('any principal, by effect and asset', async () => {
    const { reviews: r, id } = await reviews({ 'main.tf': finance(BOTH, `, ${allow('GetItem', 'billing')}`) });
    expect(r.access.rows({ principal: id('clerk', 'Identity'), effect: 'read' }).map((x) => [x.status, x.asset.name, x.statements[0]!.text])).toEqual([['undeclared', 'billing', expect.stringContaining('dynamodb:GetItem')]]);
    expect(r.access.rows({ asset: id('salaries', 'DataStore') }).map((x) => x.identity!.name)).toEqual(['tool', 'tool']);
  });
});

describe('three ways: intent, code, live', () => {
  const dump = (actions: readonly string[], used: object): string => JSON.stringify({
    UserDetailList: [], GroupDetailList: [], Policies: [],
    RoleDetailList: [{
      Path: '/', RoleName: 'tool', RoleId: 'AROAEXAMPLETOOL00001', Arn: 'arn:aws:iam::111122223333:role/tool', CreateDate: '2026-01-05T10:00:00+00:00', InstanceProfileList: [], AttachedManagedPolicies: [], Tags: [], RoleLastUsed: used,
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] },
      RolePolicyList: [{ PolicyName: 'data', PolicyDocument: { Version: '2012-10-17', Statement: actions.map((a) => ({ Effect: 'Allow', Action: [`dynamodb:${a}`], Resource: 'arn:aws:dynamodb:eu-west-1:111122223333:table/billing' })) } }],
    }],
  });
  const ways = async (live: readonly string[], used: object = {}) => {
    const { reviews: r, id } = await reviews({ 'main.tf': finance(allow('GetItem', 'billing')), 'account.json': dump(live, used), 'overreach.yaml': purpose(READS) });
    return { rows: r.access.rows({ agent: id('finance') }).map((x) => [x.effect, x.status, x.inCode, x.live, x.used]), numbers: r.access.agent(id('finance')) };
  };
  test('the same in the code and live', async () => expect((await ways(['GetItem'])).rows).toEqual([['read', 'matched', 'yes', 'yes', 'no']]));
  test('added by hand in the account', async () => expect((await ways(['GetItem', 'DeleteItem'])).rows).toEqual([['delete', 'excess', 'no', 'yes', 'no'], ['read', 'matched', 'yes', 'yes', 'no']]));
  test('a role that was never used is unused as a whole; one that was used leaves it open', async () => {
    expect((await ways(['GetItem'])).numbers).toMatchObject({ upr: 1 });
    const { numbers } = await ways(['GetItem'], { LastUsedDate: '2026-05-01T08:00:00+00:00', Region: 'eu-west-1' });
    expect(numbers.upr).toBeUndefined();
    expect(numbers.notes).toEqual(['tool was used on 2026-05-01; which permissions, the input does not say']);
  });
});

describe('overreach.yaml is checked with file and line', () => {
  const problems = async (yaml: string) => (await collectText({ 'main.tf': finance(BOTH), 'overreach.yaml': yaml })).coverage.flatMap((c) => c.problems).filter((p) => p.code === 'bad-config').map((p) => [p.source?.startLine, p.message]);
  test.each<[string, string, number, RegExp]>([
    ['a selector with a slip selects nothing less', purpose('effect: read, resources: { kind: DataStore, nme: billing }'), 6, /nme/],
    ['an effect that does not exist', purpose('effect: peek, resources: { name: billing }'), 6, /effect/],
    ['a key that is not known', purpose(READS).replace('owner:', 'ownr:'), 2, /ownr/],
    ['a thing that is not there', purpose('effect: read, resources: { name: bilings }'), 6, /nothing in the graph matches/],
    ['a class that does not exist', `${purpose(READS)}      dataClassesMax: secret\n`, 7, /dataClassesMax/],
  ])('%s', async (_, yaml, line, message) => expect(await problems(yaml)).toEqual([[line, expect.stringMatching(message)]]));
  test('the same without the slip', async () => expect(await problems(purpose(READS))).toEqual([]));
});

describe('first draft', () => {
  const files = { 'main.tf': finance(BOTH) };
  test('reads back without a problem, and names what the tools are for', async () => {
    const { reviews: r } = await reviews(files);
    const yaml = draftYaml(r.drafts());
    const again = await reviews({ ...files, 'overreach.yaml': yaml });
    expect(again.batch.coverage.flatMap((c) => c.problems).filter((p) => p.code === 'bad-config')).toEqual([]);
    const rows = again.reviews.access.rows({ agent: again.id('finance') });
    expect(rows.filter((x) => x.status === 'matched').map((x) => `${x.effect} ${x.asset.name}`).sort()).toEqual(['read billing', 'read salaries']);
    expect(rows.filter((x) => x.status === 'missing')).toEqual([]);
    expect(again.reviews.drafts()).toEqual([]);
    expect(yaml).toContain('may do now, and is not named below: delete billing');
  });
  test('keeps what stands in the file', async () => {
    const { reviews: r } = await reviews(files);
    const yaml = draftYaml(r.drafts(), '# ours\nscope: acme\nignore:\n  - { rule: AGT-021, match: { kind: Tool, name: get_invoice }, reason: "reads" } # agreed\n');
    expect(yaml).toMatch(/^# ours\nscope: acme\n/);
    expect(yaml).toContain('# agreed');
    const again = await collectText({ ...files, 'overreach.yaml': yaml });
    expect(again.coverage.flatMap((c) => c.problems).filter((p) => p.code === 'bad-config')).toEqual([]);
  });
  test('a file that is no list of agents is refused with its line', () => expect(() => draftYaml([], 'agents: [\n', 'o.yaml')).toThrow(/o\.yaml:\d/));
});
