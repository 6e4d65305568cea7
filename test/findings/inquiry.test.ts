import { beforeAll, describe, expect, test } from 'vitest';
import { inquire, type Inquiry } from '../../queries/review/inquiry.ts';
import { collectText, snapshotOf } from '../helpers/scan.ts';
import { flagship, parts } from './flagship.ts';

const ask = async (files: Record<string, string>): Promise<Inquiry> => inquire(snapshotOf(await collectText(files)));
const deny = parts.tool.replace('Resource = "*" },\n      { Effect = "Allow", Action = ["s3', 'Resource = "*" },\n      { Effect = "Deny", Action = ["dynamodb:*"], Resource = "*" },\n      { Effect = "Allow", Action = ["s3');
const closed = parts.route.replace('route_key = "POST /chat"', 'route_key = "POST /chat"\n  authorization_type = "AWS_IAM"');
const person = `
resource "aws_iam_user" "clerk" {
  name = "clerk"
}

resource "aws_iam_user_policy" "clerk" {
  user = aws_iam_user.clerk.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["bedrock:InvokeAgent"], Resource = aws_bedrockagent_agent_alias.live.agent_alias_arn }]
  })
}
`;

describe('questions about the worked example', () => {
  let q: Inquiry;
  const id = (text: string, kinds?: string[]): string => { const f = q.find(text, kinds); expect(f.map((n) => n.name)).toHaveLength(1); return f[0]!.id; };
  beforeAll(async () => { q = await ask(flagship({ table: parts.table + person })); });

  test('nodes by name, address, place and glob', () => {
    const table = id('customers');
    expect(id('aws_dynamodb_table.customers')).toBe(table);
    const line = flagship()['main.tf']!.split('\n').findIndex((l) => l.includes('"aws_dynamodb_table" "customers"')) + 1;
    expect(id(`main.tf:${line}`, ['DataStore'])).toBe(table);
    expect(q.find('*role', ['Identity']).map((n) => n.name).sort()).toEqual(['agent-role', 'chat-role', 'tool-role']);
    expect(q.find('no such thing')).toEqual([]);
  });

  test('paths from an entry class, and from a person', () => {
    expect(q.paths('E0', id('customers'), 3).paths[0]!.hops.map((h) => h.fact)).toEqual(['PRESENCE', 'PRESENCE', 'INFLUENCE', 'TOOL', 'EFFECT', 'GOAL']);
    expect(q.paths(id('clerk'), id('customers'), 1).paths[0]!.hops[0]!.says).toMatch(/clerk/i);
    expect(q.paths(id('agent-role'), id('customers'), 1).paths).toEqual([]);
  });

  test('who can write: the tool role directly, everyone and the clerk through the agent', () => {
    const holders = q.whoCan('dynamodb:PutItem', id('customers')).map((h) => [h.identity.name.split(':')[0], h.through?.name]);
    expect(holders).toContainEqual(['tool-role', undefined]);
    expect(holders).toContainEqual(['E0', 'support']);
    expect(holders).toContainEqual(['clerk', 'support']);
    expect(holders).not.toContainEqual(['agent-role', undefined]);
    expect(q.whoCan('write', id('customers')).map((h) => h.identity.name)).toContain('tool-role');
  });

  test('two radii: credentials are worth at least what steering is', () => {
    const b = q.blastRadius(id('support', ['Agent']));
    expect(b.influence.effects.map((e) => e.asset.name)).toContain('customers');
    expect(b.credential.weight).toBeGreaterThanOrEqual(b.influence.weight);
    expect(b.upstream[0]).toMatch(/^E0/);
  });

  test('what is reached says so', () => expect(q.whyNot('E0', id('customers')).reached).toBe(true));
});

describe('why not: the first fact that blocks', () => {
  test.each([
    ['a deny', { tool: deny }, 'E0', 'customers', 'deny'],
    ['authentication', { route: closed }, 'E0', 'customers', 'auth'],
    ['no permission', { tool: parts.tool.replace('["dynamodb:*"]', '["sqs:ListQueues"]') }, 'E0', 'customers', 'no-permission'],
  ] as const)('%s', async (_, change, from, to, kind) => {
    const q = await ask(flagship(change));
    const answer = q.whyNot(from, q.find(to)[0]!.id);
    expect([answer.reached, answer.blockedBy?.kind]).toEqual([false, kind]);
    if (kind !== 'no-permission') expect(answer.blockedBy!.evidence.length).toBeGreaterThan(0);
  });

  test('a declared contract', async () => {
    const q = await ask({ ...flagship(), 'overreach.yaml': 'tools:\n  - match: { kind: Tool, name: update_customer }\n    effects: [write]\n' });
    expect(q.paths('E0', q.find('customers')[0]!.id, 5).paths.flatMap((p) => p.hops.map((h) => h.effect ?? ''))).not.toContain('delete');
  });
});
