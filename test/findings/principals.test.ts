import { expect, test } from 'vitest';
import { analyzeText } from '../helpers/analyze.ts';
import { allow, finance } from '../review/finance.ts';

const users = (n: number, table: (i: number) => string): string => Array.from({ length: n }, (_, i) => `resource "aws_iam_user" "u${i}" {
  name = "u${i}"
}
resource "aws_iam_user_policy" "u${i}" {
  name   = "ask"
  user   = aws_iam_user.u${i}.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "bedrock:InvokeAgent", Resource = aws_bedrockagent_agent_alias.live.agent_alias_arn }, { Effect = "Allow", Action = "dynamodb:GetItem", Resource = "arn:aws:dynamodb:eu-west-1:111122223333:table/${table(i)}" }] })
}
`).join('');
const TOOL = `${allow('GetItem DeleteItem', 'billing')}`;

test('principals of equal permissions are asked once: hundreds of them change no finding and no note', async () => {
  const few = await analyzeText({ 'main.tf': finance(TOOL) + users(1, () => 'salaries') });
  const many = await analyzeText({ 'main.tf': finance(TOOL) + users(150, () => 'salaries') });
  expect(few.findings.some((f) => f.startClass === 'P')).toBe(true);
  expect(many.findings.map((f) => f.fingerprint)).toEqual(few.findings.map((f) => f.fingerprint));
  expect(many.notes.filter((n) => /principals may invoke/.test(n))).toEqual([]);
});
