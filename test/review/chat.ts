import { ruleFiles } from '../../queries/rules/index.ts';

const hit = ruleFiles.find((r) => r.name === 'AGT-007')!.rule.hit['terraform'];
/** An agent on the internet whose tool writes to a store: the case that a rule of ours ships with. */
export const CHAT = typeof hit === 'string' ? hit : '';

/** Replaces text that must be there. */
export function edit(text: string, ...changes: readonly (readonly [from: string, to: string])[]): string {
  let out = text;
  for (const [from, to] of changes) {
    if (!out.includes(from)) throw new Error(`not in the text: ${from}`);
    out = out.replace(from, to);
  }
  return out;
}

export const CLOSED_DOOR = ['authorization_type = "NONE"', 'authorization_type = "AWS_IAM"'] as const;
/** A second store that the tool may delete from. */
export const SECOND_STORE = `
resource "aws_dynamodb_table" "payroll" {
  name         = "payroll"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  tags         = { data-classification = "restricted" }
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_iam_role_policy" "payroll" {
  name = "payroll"
  role = aws_iam_role.tool.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "dynamodb:DeleteItem", Resource = aws_dynamodb_table.payroll.arn }]
  })
}
`;
