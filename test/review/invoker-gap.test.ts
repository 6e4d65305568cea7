import { describe, expect, test } from 'vitest';
import { asCsv, gapMatrix, gapRows } from '../../server/text/reviews.ts';
import { allow, finance, reviews } from './finance.ts';

const BOTH = `${allow('GetItem PutItem DeleteItem', 'billing')}, ${allow('GetItem', 'salaries')}`;
const clerks = (n: number): string => Array.from({ length: n }, (_, i) => `resource "aws_iam_user" "u${i}" {
  name = "u${i}"
}
resource "aws_iam_user_policy" "u${i}" {
  name   = "ask"
  user   = aws_iam_user.u${i}.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "bedrock:InvokeAgent", Resource = aws_bedrockagent_agent_alias.live.agent_alias_arn }] })
}
`).join('');
const gapOf = async (user: string, more = '') => (await reviews({ 'main.tf': finance(BOTH, user) + more })).reviews.gap();
const told = (r: { effect: string; asset: { name: string } }): string => `${r.effect} ${r.asset.name}`;

describe('who gains what by talking to an agent (model 6.4)', () => {
  test('a clerk with no rights of its own gains everything the agent does', async () => {
    const gap = await gapOf('');
    expect(gap.rows.map(told)).toEqual(['delete billing', 'write billing', 'read salaries', 'read billing']);
    expect(gap.cells).toMatchObject([{ invoker: { name: 'clerk' }, count: 1, agent: { name: 'finance' }, gained: 28, given: 28, cdg: 1 }]);
    for (const r of gap.rows) expect(r.evidence.some((e) => e.source?.file === 'main.tf')).toBe(true);
  });

  test('what it may do itself is no gain', async () => {
    const gap = await gapOf(`, ${allow('GetItem PutItem', 'billing')}`);
    expect(gap.rows.map(told)).toEqual(['delete billing', 'read salaries']);
    expect(gap.cells[0]).toMatchObject({ gained: 16, given: 28, cdg: 0.57 });
    expect((await gapOf(`, ${BOTH}`)).cells).toEqual([]);
  });

  test('without the right to ask there is nothing to gain', async () => {
    const { reviews: r } = await reviews({ 'main.tf': finance(BOTH).replace('Action = "bedrock:InvokeAgent"', 'Action = "bedrock:ListAgents"') });
    expect(r.gap().cells).toEqual([]);
  });

  test('many who gain the same are one row, and the weakest stands for them', async () => {
    const gap = await gapOf(`, ${allow('GetItem', 'billing')}`, clerks(150));
    expect(gap.cells.map((c) => [c.count, c.members.length, c.gained])).toEqual([[150, 20, 28], [1, 1, 25]]);
    expect(gap.cells[0]!.invoker.name).toMatch(/^u\d+$/);
  });

  test('the export names each gain, and no cell begins like a formula', async () => {
    const gap = await gapOf('');
    const text = asCsv(gapRows(gap.rows));
    expect(text.split('\r\n')[1]).toMatch(/^clerk,1,clerk,finance,delete,billing,confidential,12,/);
    const evil = { ...gap.rows[0]!, asset: { ...gap.rows[0]!.asset, name: '=HYPERLINK("http://a.example")' }, invoker: { ...gap.rows[0]!.invoker, name: '@cmd' } };
    expect(asCsv(gapRows([evil])).split('\r\n')[1]).toMatch(/^'@cmd,1,clerk,finance,delete,"'=HYPERLINK\(""http:\/\/a\.example""\)",/);
    expect(gapMatrix(gap.cells)[1]).toEqual(['clerk', '1', 'finance', '28', '28', '1.00', expect.any(String), 'delete billing, write billing, read salaries, read billing']);
  });
});
