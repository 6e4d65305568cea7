import { expect, test } from 'vitest';
import { FixGraph, type Candidate, type FixKind, type HardeningKind, type Hop } from '../../queries/remedy/fix-kind.ts';
import { fix as narrowPrincipal } from '../../queries/remedy/fixes/narrow-principal.ts';
import { hardening as approval } from '../../queries/remedy/hardening/approval.ts';
import { hardening as passRole } from '../../queries/remedy/hardening/pass-role.ts';
import { hardening as roleSplit } from '../../queries/remedy/hardening/role-split.ts';
import { ORDERS } from './orders.ts';
import { swap, tried, type Tried } from './tried.ts';

const code = (text: string): Promise<Tried> => tried({ 'main.tf': text });
const text = (t: Tried, c: Candidate): string => { const p = t.patch(c.fix); return typeof p === 'string' ? `! ${p}` : p['main.tf']!; };

/** What a kind offers at the hops of all paths. */
const offered = (t: Tried, kind: FixKind | HardeningKind): Candidate[] => {
  const g = new FixGraph(t.graph, []);
  return t.result.findings.flatMap((f) => f.path.hops.flatMap((h, index) => kind.at!(h, { reached: { fingerprint: f.fingerprint, effect: f.effect, path: f.path, rules: f.rules }, index, hops: f.path.hops }, g)));
};

/** What a kind offers for the statements of a policy, as if a path went over them. */
const offeredFor = (t: Tried, kind: FixKind | HardeningKind, policy: string): Candidate[] => {
  const p = t.graph.nodes.find((n) => n.kind === 'Policy' && n.id.includes(policy))!;
  const hop = { ...t.result.findings[0]!.path.hops[0]!, evidence: p.sources.map((source) => ({ source, basis: 'code' as const })) } as Hop;
  const f = t.result.findings[0]!;
  return kind.at!(hop, { reached: { fingerprint: f.fingerprint, effect: f.effect, path: f.path, rules: f.rules }, index: 0, hops: [hop] }, new FixGraph(t.graph, []));
};

test('approval: Terraform has no argument for it, and that is said; near miss: a tool that only reads', async () => {
  const [c] = offered(await code(ORDERS), approval);
  expect(c!.fix.noPatch).toMatch(/x-requireConfirmation: ENABLED/);
  expect(offered(await code(swap(ORDERS, ['"dynamodb:GetItem", "dynamodb:PutItem"', '"dynamodb:GetItem"'])), approval)).toEqual([]);
});

test('role-split: a role behind two functions; near miss: a role of its own', async () => {
  const shared = swap(ORDERS, ['role          = aws_iam_role.front.arn', 'role          = aws_iam_role.tool.arn']);
  const [c] = offered(await code(shared), roleSplit);
  expect(c!.fix.text).toMatch(/give tool a role of its own: tool is shared with front/);
  expect(c!.fix.noPatch).toMatch(/each of them needs is not in the code/);
  expect(offered(await code(ORDERS), roleSplit)).toEqual([]);
});

const PASSES = (condition: string): string => swap(ORDERS, ['  statement {\n    actions   = ["dynamodb:GetItem"', `  statement {\n    actions   = ["iam:PassRole"]\n    resources = ["*"]${condition}\n  }\n\n  statement {\n    actions   = ["lambda:CreateFunction", "lambda:InvokeFunction"]\n    resources = ["*"]\n  }\n\n  statement {\n    actions   = ["dynamodb:GetItem"`]);

test('pass-role: only to the services that are called; near miss: a condition that says so', async () => {
  const t = await code(PASSES(''));
  const [c] = offeredFor(t, passRole, 'role/tool#policy/tool');
  expect(text(t, c!)).toContain('    resources = ["*"]\n\n    condition {\n      test     = "StringEquals"\n      variable = "iam:PassedToService"\n      values   = ["lambda.amazonaws.com"]\n    }\n  }');
  const said = await code(PASSES('\n\n    condition {\n      test     = "StringEquals"\n      variable = "iam:PassedToService"\n      values   = ["ecs-tasks.amazonaws.com"]\n    }'));
  expect(offeredFor(said, passRole, 'role/tool#policy/tool')).toEqual([]);
});

test('narrow-principal: this account instead of everybody; near miss: a principal by name', async () => {
  const bucket = (principal: string): string => `${ORDERS}
resource "aws_s3_bucket" "pages" {
  bucket = "pages"
}

resource "aws_s3_bucket_policy" "pages" {
  bucket = aws_s3_bucket.pages.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "All", Effect = "Allow", Principal = ${principal}, Action = "s3:PutObject", Resource = "arn:aws:s3:::pages/*" }, # who writes
    ]
  })
}
`;
  const t = await code(bucket('"*"'));
  const [c] = offeredFor(t, narrowPrincipal, 'pages');
  expect(text(t, c!)).toContain('Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }, Action = "s3:PutObject"');
  expect(t.proof(c!).opens).toEqual([]);
  expect(offeredFor(await code(bucket('{ AWS = "arn:aws:iam::111122223333:role/front" }')), narrowPrincipal, 'pages')).toEqual([]);
});
