import { fillHoles, showHoles, type EdgeRecord, type Evidence, type NodeRecord, type SourceRef } from '../../schema/index.ts';
import { arnOf, arnParts } from '../../queries/derive/escalate/arn.ts';
import type { KeyFinding, KeyNode } from './findings.ts';

/** A node as the keys name it: the source's own type, physical name with `*` for what is not known, address and file. */
export function keyNode(n: NodeRecord): KeyNode {
  const at = n.sources[0];
  return {
    type: TYPES[n.type] ?? n.sourceType ?? n.type, name: physicalName(n),
    ...(at?.address === undefined ? {} : { address: at.address }), ...(at?.file === undefined ? {} : { file: at.file }),
  };
}

export const INTERNET: KeyNode = { type: 'internet', name: 'anonymous' };
export const ADMIN: KeyNode = { type: 'account-admin', name: 'account admin', isAdmin: true };

const TYPES: Record<string, string> = {
  'aws.iam.role': 'iam-role', 'aws.iam.user': 'iam-user', 'aws.iam.group': 'iam-group', 'aws.iam.external': 'external-identity', 'aws.s3.bucket': 's3-bucket', 'aws.lambda.function': 'lambda-function',
  'aws.ec2.instance': 'ec2-instance', 'aws.secretsmanager.secret': 'secret', 'aws.bedrock.agent': 'bedrock-agent', 'aws.bedrock.knowledgebase': 'bedrock-knowledge-base',
  'aws.bedrockagentcore.runtime': 'agentcore-runtime', 'aws.bedrockagentcore.gateway': 'agentcore-gateway', 'aws.bedrockagentcore.memory': 'agentcore-memory',
  'aws.bedrockagentcore.codeinterpretercustom': 'agentcore-code-interpreter', 'aws.bedrockagentcore.browsercustom': 'agentcore-browser', 'aws.dynamodb.table': 'dynamodb-table',
};

function physicalName(n: NodeRecord): string {
  const arn = arnOf(n);
  if (n.props['identityType'] === 'external' && arn !== undefined) return fillHoles(arn, () => '*');
  const resource = n.type.startsWith('aws.iam.') && arn !== undefined ? arnParts(arn)?.resource : undefined;
  const name = resource === undefined ? n.name : resource.slice(resource.lastIndexOf('/') + 1);
  return fillHoles(name, () => '*');
}

export const place = (s: SourceRef): NonNullable<KeyFinding['iac']>[number] => ({ ...(s.file === undefined ? {} : { file: s.file }), ...(s.startLine === undefined ? {} : { line: s.startLine }), ...(s.address === undefined ? {} : { address: s.address }) });

const SHOWN = 12;

/** Where in the code a finding comes from: its evidence, each place once. */
export function places(evidence: Iterable<Evidence>): NonNullable<KeyFinding['iac']> {
  const out = new Map<string, NonNullable<KeyFinding['iac']>[number]>();
  for (const e of evidence) if (e.source) { const p = place(e.source); out.set(JSON.stringify(p), p); }
  return [...out.values()].slice(0, SHOWN);
}

export const evidenceOf = (edges: Iterable<EdgeRecord>): Evidence[] => [...edges].flatMap((e) => e.evidence);
export const shown = (text: string): string => showHoles(text);
