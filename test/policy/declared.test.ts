import { describe, expect, it } from 'vitest';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { compileAccess } from '../../queries/policy/index.ts';
import { collectText } from '../helpers/scan.ts';

const CODE = { command: 'npx', args: ['-y', '@modelcontextprotocol/server-github'], env: { GITHUB_PERSONAL_ACCESS_TOKEN: '${GITHUB_TOKEN}' } };

describe('permissions that are stated, not computed', () => {
  it('are grants of the identity, with the condition and the line of the edge', async () => {
    const { nodes, edges } = await collectText({ '.mcp.json': JSON.stringify({ mcpServers: { code: CODE } }, null, 2) });
    const account = nodes.find((n) => n.type === 'mcp.account')!;
    const store = nodes.find((n) => n.type === 'mcp.codestore')!;
    const grants = compileAccess(new GraphSnapshot(nodes, edges)).grantsOf(account.id);
    const read = grants.find((g) => g.effect === 'read')!;
    expect(read).toMatchObject({ assets: [store.id], verdict: 'conditional', requires: ['what the token of code may do was not read'] });
    expect(read.evidence[0]?.source).toMatchObject({ file: '.mcp.json' });
    expect(new Set(grants.map((g) => g.key)).size).toBe(grants.length);
  });

  it('stand beside the compiled ones and leave every other identity as it is', async () => {
    const role = `
resource "aws_iam_role" "worker" {
  name               = "worker"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "worker" {
  role   = aws_iam_role.worker.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "\${aws_s3_bucket.data.arn}/*" }] })
}
resource "aws_s3_bucket" "data" { bucket = "data-of-shop" }
resource "aws_s3_bucket" "more" { bucket = "more-of-shop" }
`;
    const { nodes, edges } = await collectText({ 'main.tf': role });
    const worker = nodes.find((n) => n.type === 'aws.iam.role')!;
    const more = nodes.find((n) => n.name === 'more-of-shop')!;
    const before = compileAccess(new GraphSnapshot(nodes, edges)).grantsOf(worker.id);
    const said = { ...edges[0]!, id: 'said', kind: 'CAN' as const, from: worker.id, to: more.id, verdict: 'conditional' as const, requires: ['somebody said so'], props: { effects: ['read', 'write'] } };
    const after = compileAccess(new GraphSnapshot(nodes, [...edges, said])).grantsOf(worker.id);
    expect(after.slice(0, before.length).map((g) => g.key)).toEqual(before.map((g) => g.key));
    expect(after.slice(before.length).map((g) => [g.effect, g.assets, g.verdict])).toEqual([['read', [more.id], 'conditional'], ['write', [more.id], 'conditional']]);
  });
});
