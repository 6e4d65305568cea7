import { unknown, type Value } from '../../../schema/index.ts';
import type { Node } from './graph.ts';

/** What a node of Cartography becomes: a provider's own type and properties. Nothing is added that the graph does not say. */
export interface Shape { type: string; properties: { [key: string]: Value } }
type Map = (n: Node) => Shape['properties'];

const text = (v: unknown): string | undefined => (typeof v === 'string' && v !== '' ? v : typeof v === 'number' ? String(v) : undefined);
const strings = (v: unknown): string[] => (Array.isArray(v) ? v.filter((x): x is string => typeof x === 'string') : typeof v === 'string' ? [v] : []);
const some = (o: Record<string, Value | undefined>): { [key: string]: Value } => Object.fromEntries(Object.entries(o).filter((e): e is [string, Value] => e[1] !== undefined));
const related = (n: Node, direction: 'out' | 'in', relation: string, label?: string): Node[] => (n[direction].get(relation) ?? []).filter((x) => label === undefined || x.labels.includes(label));
const arn = (n: Node): string | undefined => text(n.props['arn']) ?? text(n.props['id']);
/** The last part of an ARN, after the path. */
const named = (n: Node): string | undefined => text(n.props['name']) ?? arn(n)?.split(/[:/]/).at(-1);

function parsed(v: unknown): Value | undefined {
  if (typeof v !== 'string') return v === null || v === undefined ? undefined : (v as Value);
  try { return JSON.parse(v) as Value; } catch { return unknown('a condition that is not JSON'); }
}

const statement = (s: Node): Value => some({
  Sid: text(s.props['sid']), Effect: text(s.props['effect']), Action: list(s, 'action'), NotAction: list(s, 'notaction'), Resource: list(s, 'resource'), NotResource: list(s, 'notresource'),
  Principal: parsed(s.props['principal']), Condition: parsed(s.props['condition']),
});
const list = (s: Node, key: string): Value | undefined => { const v = strings(s.props[key]); return v.length > 0 ? v : undefined; };
const byLine = (a: Node, b: Node): number => a.line - b.line;
/** Without a statement the graph does not say that the policy is empty: its statements were not taken in. */
const document = (statements: readonly Node[]): Value => (statements.length === 0 ? unknown('Cartography holds no statement of it') : { Version: '2012-10-17', Statement: [...statements].sort(byLine).map(statement) });

/** Policies of a principal: managed ones by ARN, inline ones with their statements. */
function policies(n: Node): { [key: string]: Value } {
  const all = related(n, 'out', 'POLICY').sort(byLine);
  const inline = all.filter((p) => p.labels.includes('AWSInlinePolicy') || text(p.props['type']) === 'inline');
  return {
    ManagedPolicyArns: all.filter((p) => !inline.includes(p)).flatMap((p) => text(p.props['arn']) ?? text(p.props['id']) ?? []),
    Policies: inline.map((p) => ({ PolicyName: named(p) ?? p.id, PolicyDocument: document(related(p, 'out', 'STATEMENT')) })),
  };
}

const principal = (nameKey: string): Map => (n) => ({ ...some({ Arn: arn(n), [nameKey]: named(n), Path: text(n.props['path']) }), ...policies(n) });

/** Cartography keeps whom a role trusts, not the conditions of its trust policy: whether they hold is unknown. */
function trust(n: Node): Value | undefined {
  const trusted = related(n, 'out', 'TRUSTS_AWS_PRINCIPAL').sort(byLine).flatMap((p) => arn(p) ?? []);
  if (trusted.length === 0) return undefined;
  const kind = (a: string): string => (/\.amazonaws\.com(\.cn)?$/.test(a) ? 'Service' : /:(saml|oidc)-provider\//.test(a) || !/^(arn:|\d{12}$|\*$)/.test(a) ? 'Federated' : 'AWS');
  const groups: Record<string, string[]> = {};
  for (const a of trusted) (groups[kind(a)] ??= []).push(a);
  return {
    Version: '2012-10-17',
    Statement: Object.entries(groups).map(([k, of]) => ({ Effect: 'Allow', Action: k === 'Federated' ? ['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML'] : ['sts:AssumeRole'], Principal: { [k]: of }, Condition: unknown('Cartography keeps no conditions of trust policies') })),
  };
}

const flag = (v: unknown): boolean | undefined => (typeof v === 'boolean' ? v : undefined);

/** Labels in the order in which they decide what a node is, today's name first. */
const SHAPES: readonly (readonly [labels: readonly string[], type: string, map: Map])[] = [
  [['AWSRole'], 'AWS::IAM::Role', (n) => ({ ...principal('RoleName')(n), ...some({ RoleId: text(n.props['roleid']), AssumeRolePolicyDocument: trust(n) }) })],
  [['AWSUser'], 'AWS::IAM::User', (n) => ({ ...principal('UserName')(n), ...some({ UserId: text(n.props['userid']), Groups: [...related(n, 'out', 'MEMBER_AWS_GROUP'), ...related(n, 'out', 'MEMBER_OF', 'AWSGroup')].flatMap((g) => named(g) ?? []).filter((g, i, all) => all.indexOf(g) === i) }) })],
  [['AWSGroup'], 'AWS::IAM::Group', principal('GroupName')],
  [['AWSManagedPolicy'], 'AWS::IAM::ManagedPolicy', (n) => some({ Arn: text(n.props['arn']) ?? text(n.props['id']), ManagedPolicyName: named(n), PolicyDocument: document(related(n, 'out', 'STATEMENT')) })],
  [['AWSS3Bucket', 'S3Bucket'], 'AWS::S3::Bucket', (n) => some({
    BucketName: named(n),
    ...(flag(n.props['block_public_acls']) === undefined ? {} : { PublicAccessBlockConfiguration: some({ BlockPublicAcls: flag(n.props['block_public_acls']), IgnorePublicAcls: flag(n.props['ignore_public_acls']), BlockPublicPolicy: flag(n.props['block_public_policy']), RestrictPublicBuckets: flag(n.props['restrict_public_buckets']) }) }),
  })],
  [['AWSLambda'], 'AWS::Lambda::Function', (n) => some({ Arn: arn(n), FunctionName: named(n), Runtime: text(n.props['runtime']), Handler: text(n.props['handler']), Role: [...related(n, 'out', 'STS_ASSUMEROLE_ALLOW'), ...related(n, 'out', 'ASSUMES')].flatMap((r) => arn(r) ?? [])[0] })],
  [['AWSDynamoDBTable', 'DynamoDBTable'], 'AWS::DynamoDB::Table', (n) => some({ Arn: arn(n), TableName: named(n) })],
  [['AWSSecretsManagerSecret', 'SecretsManagerSecret'], 'AWS::SecretsManager::Secret', (n) => some({ Arn: arn(n), Name: text(n.props['name']), KmsKeyId: text(n.props['kms_key_id']) })],
  [['AWSSQSQueue', 'SQSQueue'], 'AWS::SQS::Queue', (n) => some({ Arn: arn(n), QueueName: named(n) })],
  [['AWSSNSTopic', 'SNSTopic'], 'AWS::SNS::Topic', (n) => some({ Arn: arn(n), TopicName: named(n) })],
  [['AWSKMSKey', 'KMSKey'], 'AWS::KMS::Key', (n) => some({ Arn: text(n.props['arn']), KeyId: text(n.props['id']) })],
  [['AWSBedrockAgent'], 'AWS::Bedrock::Agent', (n) => some({
    Arn: arn(n), AgentId: text(n.props['agent_id']), AgentName: text(n.props['agent_name']), Instruction: text(n.props['instruction']), FoundationModel: text(n.props['foundation_model']),
    AgentResourceRoleArn: text(n.props['agent_resource_role_arn']) ?? related(n, 'out', 'HAS_ROLE').flatMap((r) => arn(r) ?? [])[0],
    ActionGroups: related(n, 'out', 'INVOKES', 'AWSLambda').map((l) => some({ ActionGroupName: named(l), ActionGroupExecutor: some({ Lambda: arn(l) }) })),
    KnowledgeBases: related(n, 'out', 'USES_KNOWLEDGE_BASE').map((k) => some({ KnowledgeBaseId: text(k.props['knowledge_base_id']) ?? arn(k)?.split('/').at(-1), KnowledgeBaseState: 'ENABLED' })),
  })],
  [['AWSBedrockKnowledgeBase'], 'AWS::Bedrock::KnowledgeBase', (n) => some({ Arn: arn(n), KnowledgeBaseId: text(n.props['knowledge_base_id']), Name: named(n), RoleArn: text(n.props['role_arn']) })],
];

/** Parts of other resources, and bookkeeping: said with what they belong to, or saying nothing about it. */
const PARTS = new Set(['AWSAccount', 'AWSInlinePolicy', 'AWSPolicyStatement', 'AWSS3PolicyStatement', 'AWSRootPrincipal', 'AWSServicePrincipal', 'AWSFederatedPrincipal', 'AWSTag', 'SyncMetadata', 'AWSPrincipal', 'AWSPolicy']);

/** What a node is; a label we have no shape for keeps its name, so that coverage counts it; undefined for what is part of another. */
export function shapeOf(n: Node): Shape | undefined {
  // What AWS manages is known by its ARN.
  if (n.labels.includes('AWSManagedPolicy') && (arn(n) ?? '').includes(':iam::aws:policy/')) return undefined;
  for (const [labels, type, map] of SHAPES) if (labels.some((l) => n.labels.includes(l))) return { type, properties: map(n) };
  const label = n.labels.find((l) => l.startsWith('AWS') && !PARTS.has(l));
  return label === undefined ? undefined : { type: `Cartography::${label}`, properties: some({ Arn: arn(n), Name: named(n) }) };
}

/** The policy of a bucket, from its statements. */
export function bucketPolicy(n: Node): Shape | undefined {
  const statements = related(n, 'out', 'POLICY_STATEMENT');
  return statements.length === 0 ? undefined : { type: 'AWS::S3::BucketPolicy', properties: some({ Bucket: named(n), PolicyDocument: document(statements) }) };
}

/** The account a node belongs to. */
export const accountOf = (n: Node): string | undefined =>
  related(n, 'in', 'RESOURCE', 'AWSAccount').flatMap((a) => text(a.props['id']) ?? [])[0] ?? /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn(n) ?? '')?.[1];
