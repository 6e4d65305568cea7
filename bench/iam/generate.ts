import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { parsePolicyDocument } from '../../knowledge/policy-document/parse.ts';
import { type EdgeRecord, type NodeKind, nodeId, type NodeRecord, type Value } from '../../schema/index.ts';

export interface Shape { principals: number; users: number; resources: number; managed: number; seed: number }
export interface Estate { snapshot: GraphSnapshot; statements: number; attachments: number; actions: readonly string[] }

export const ACCOUNT = '111122223333';
const REGIONS = ['eu-west-1', 'us-east-1'];
const ENVIRONMENTS = ['dev', 'stage', 'prod'];

interface Service { service: string; kind: NodeKind; arn: (region: string, name: string) => string; below: string; actions: readonly string[]; resourcePolicies: boolean }
const of = (service: string, kind: NodeKind, path: string, actions: string, resourcePolicies = false, below = ''): Service => ({
  service, kind, below, resourcePolicies, actions: actions.split(' ').map((a) => `${service}:${a}`),
  arn: (region, name) => (service === 's3' ? `arn:aws:s3:::${name}` : `arn:aws:${service}:${region}:${ACCOUNT}:${path}${name}`),
});

/** Ten services, sixty actions. */
const SERVICES: readonly Service[] = [
  of('s3', 'DataStore', '', 'GetObject PutObject DeleteObject GetObjectVersion DeleteObjectVersion PutObjectAcl ListBucket', true, '/*'),
  of('dynamodb', 'DataStore', 'table/', 'GetItem PutItem DeleteItem UpdateItem Query Scan BatchGetItem DeleteTable'),
  of('sqs', 'DataStore', '', 'SendMessage ReceiveMessage DeleteMessage PurgeQueue SetQueueAttributes', true),
  of('sns', 'Channel', '', 'Publish Subscribe SetTopicAttributes DeleteTopic AddPermission', true),
  of('lambda', 'Compute', 'function:', 'InvokeFunction UpdateFunctionCode UpdateFunctionConfiguration GetFunction DeleteFunction AddPermission'),
  of('secretsmanager', 'Secret', 'secret:', 'GetSecretValue PutSecretValue UpdateSecret DeleteSecret PutResourcePolicy'),
  of('ssm', 'Secret', 'parameter/', 'GetParameter GetParameters PutParameter DeleteParameter GetParametersByPath GetParameterHistory'),
  of('kinesis', 'DataStore', 'stream/', 'GetRecords PutRecord PutRecords SubscribeToShard DeleteStream PutResourcePolicy'),
  of('ecr', 'DataStore', 'repository/', 'BatchGetImage PutImage BatchDeleteImage GetDownloadUrlForLayer DeleteRepository SetRepositoryPolicy'),
  of('states', 'Compute', 'stateMachine:', 'StartExecution StartSyncExecution UpdateStateMachine DeleteStateMachine DescribeStateMachine SendTaskSuccess'),
];

/** Deterministic 32-bit generator (mulberry32). */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * The estate of performance.md §4 and §9: names of 60 teams × 3 environments, head-heavy managed policies, inline policies on 60 %, boundaries on 15 %,
 * two SCPs, resource policies on 15 % of three services, 8 % conditions, 6 % denies, 1–1.5 % NotAction or NotResource.
 */
export function generate(shape: Shape): Estate {
  const rnd = random(shape.seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(rnd() * list.length)]!;
  const team = (): string => `team${Math.floor(rnd() ** 1.5 * 60)}`;
  const nodes: NodeRecord[] = [];
  const edges: EdgeRecord[] = [];
  const names: { service: Service; name: string; arn: string }[] = [];
  let statements = 0;
  const link = (kind: EdgeRecord['kind'], from: string, to: string, props: Record<string, unknown>): void => { edges.push({ id: `e${edges.length}`, kind, from, to, discriminator: '', verdict: 'proven', requires: [], evidence: [], props }); };
  const node = (kind: NodeKind, id: string, name: string, props: Record<string, unknown>): NodeRecord => {
    const n: NodeRecord = { id: nodeId(kind, 'aws', id), kind, type: `aws.${kind.toLowerCase()}`, name, provider: 'aws', scope: 'bench', environment: 'unknown', tags: {}, state: 'live', completeness: 'full', sources: [{ source: 'bench', file: 'bench.json', startLine: nodes.length + 1 }], aliases: [], props };
    nodes.push(n);
    return n;
  };
  const policy = (id: string, list: Value[], policyType: string): NodeRecord => {
    const { statements: parsed, parse } = parsePolicyDocument({ Version: '2012-10-17', Statement: list });
    statements += parsed.length;
    return node('Policy', `policy-${id}`, id, { policyType, statements: parsed, parse });
  };

  for (let i = 0; i < shape.resources; i++) {
    const service = SERVICES[i % SERVICES.length]!;
    const name = `${team()}-${pick(ENVIRONMENTS)}-${service.service}-${i}`;
    names.push({ service, name, arn: service.arn(pick(REGIONS), name) });
  }
  const pattern = (s: Service): string => {
    const x = rnd();
    const region = rnd() < 0.5 ? '*' : pick(REGIONS);
    if (x < 0.22) return '*';
    if (x < 0.62) return s.arn(region, `${team()}-${pick(ENVIRONMENTS)}-*`);
    if (x < 0.72) return s.arn(region, `${team()}-*`);
    if (x < 0.78) return s.arn(region, `*-${pick(ENVIRONMENTS)}-*`);
    if (x < 0.82) return s.arn('*', '*');
    const own = names.filter((n) => n.service === s);
    return (own.length > 0 ? pick(own).arn : s.arn(region, 'x')) + s.below;
  };
  const conditions: Value[] = [
    { Bool: { 'aws:SecureTransport': 'true' } }, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
    { StringEquals: { 'aws:PrincipalTag/team': 'team1' } }, { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
  ];
  const statement = (): Value => {
    const s = pick(SERVICES);
    const x = rnd();
    const actions = x < 0.25 ? [`${s.service}:*`] : x < 0.45 ? [`${s.service}:Get*`] : Array.from({ length: 1 + Math.floor(rnd() * 4) }, () => pick(s.actions));
    const out: Record<string, Value> = { Effect: rnd() < 0.06 ? 'Deny' : 'Allow' };
    out[rnd() < 0.012 ? 'NotAction' : 'Action'] = actions;
    out[rnd() < 0.012 ? 'NotResource' : 'Resource'] = Array.from({ length: 1 + Math.floor(rnd() * 2) }, () => pattern(s));
    if (rnd() < 0.08) out.Condition = pick(conditions);
    return out;
  };
  const list = (max: number): Value[] => Array.from({ length: 1 + Math.floor(rnd() * max) }, statement);

  const account = node('Scope', `account-${ACCOUNT}`, ACCOUNT, { scopeType: 'account', account: ACCOUNT });
  link('HAS_POLICY', account.id, policy('scp-1', [{ Effect: 'Allow', Action: '*', Resource: '*' }], 'scp').id, { as: 'scp' });
  link('HAS_POLICY', account.id, policy('scp-2', [{ Effect: 'Deny', Action: ['sqs:PurgeQueue', 'dynamodb:DeleteTable'], Resource: '*' }, { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::*-prod-*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }], 'scp').id, { as: 'scp' });
  const managed = Array.from({ length: shape.managed }, (_, i) => policy(`managed-${i}`, list(4), 'identity'));
  const boundaries = Array.from({ length: 8 }, (_, i) => policy(`boundary-${i}`, [{ Effect: 'Allow', Action: SERVICES.slice(0, 4 + (i % 6)).map((s) => `${s.service}:*`), Resource: '*' }, ...list(1)], 'boundary'));
  const principals: NodeRecord[] = [];
  for (let i = 0; i < shape.principals; i++) {
    const type = i < shape.users ? 'user' : 'role';
    const p = node('Identity', `arn:aws:iam::${ACCOUNT}:${type}/${team()}-p${i}`, `p${i}`, { identityType: type, arn: `arn:aws:iam::${ACCOUNT}:${type}/${team()}-p${i}`, account: ACCOUNT });
    p.tags = rnd() < 0.5 ? { team: team() } : {};
    principals.push(p);
    link('IN_SCOPE', p.id, account.id, {});
    const attached = new Set(Array.from({ length: 1 + Math.floor(rnd() * 4) }, () => Math.floor(rnd() ** 2.5 * shape.managed)));
    for (const m of attached) link('HAS_POLICY', p.id, managed[m]!.id, { as: 'identity' });
    if (rnd() < 0.6) link('HAS_POLICY', p.id, policy(`inline-${i}`, list(2), 'identity').id, { as: 'identity' });
    if (rnd() < 0.15) link('HAS_POLICY', p.id, pick(boundaries).id, { as: 'boundary' });
  }
  for (const r of names) {
    const n = node(r.service.kind, r.arn, r.name, { arn: r.arn });
    link('IN_SCOPE', n.id, account.id, {});
    if (!r.service.resourcePolicies || rnd() >= 0.15) continue;
    const named = Array.from({ length: 1 + Math.floor(rnd() * 3) }, () => String(pick(principals).props.arn));
    const doc: Value[] = [{ Effect: 'Allow', Principal: { AWS: named }, Action: pick(r.service.actions), Resource: r.arn + r.service.below }];
    if (rnd() < 0.5) doc.push({ Effect: 'Deny', Principal: '*', Action: `${r.service.service}:*`, Resource: [r.arn, r.arn + r.service.below], Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    link('HAS_POLICY', n.id, policy(`resource-${r.name}`, doc, 'resource').id, { as: 'resource' });
  }
  return { snapshot: new GraphSnapshot(nodes, edges), statements, attachments: edges.filter((e) => e.kind === 'HAS_POLICY').length, actions: SERVICES.flatMap((s) => s.actions) };
}
