import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { compileAccess, type Decision, type Request } from '../../queries/policy/index.ts';
import type { NodeRecord } from '../../schema/index.ts';
import type { CollectOptions } from '../../collectors/run.ts';
import { collectText } from '../helpers/scan.ts';

export const ACCOUNT = '111122223333';

/** Terraform of one account, with what it allows. */
export interface Scanned { snapshot: GraphSnapshot; node(name: string, kind?: string): NodeRecord; ask(who: string | undefined, action: string, on: string, more?: Partial<Request>): Decision; effects(who: string, on: string): string[] }

export async function scanned(files: Record<string, string>, options: Partial<CollectOptions> = {}): Promise<Scanned> {
  const batch = await collectText(files, { account: ACCOUNT, ...options });
  const snapshot = new GraphSnapshot(batch.nodes, batch.edges);
  const access = compileAccess(snapshot);
  const node = (name: string, kind?: string): NodeRecord => {
    const found = snapshot.nodes.find((n) => n.name === name && (kind === undefined || n.kind === kind) && n.kind !== 'Policy');
    if (!found) throw new Error(`no node ${name}`);
    return found;
  };
  return {
    snapshot, node,
    ask: (who, action, on, more = {}) => access.decide({ ...(who === undefined ? {} : { principal: node(who, 'Identity') }), action, resource: String(node(on).props['arn']), target: node(on), ...more }),
    effects: (who, on) => [...new Set(access.grantsOf(node(who, 'Identity').id).filter((g) => g.verdict !== 'unknown' && g.assets.includes(node(on).id)).map((g) => g.effect))].sort(),
  };
}

export const tf = (text: string): Record<string, string> => ({ 'main.tf': `provider "aws" {\n  region = "us-east-1"\n}\n${text}` });

export const role = (name: string, statements: string, more = ''): string => `
resource "aws_iam_role" "${name}" {
  name = "${name}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
  ${more}
}
resource "aws_iam_role_policy" "${name}" {
  role   = aws_iam_role.${name}.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [${statements}] })
}
`;
